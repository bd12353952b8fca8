"""What holds of everything a reader gives back, however broken the file was."""

import math

import numpy as np

from imu.errors import RestrideError
from imu.formats import Activity, Answers, Refused, SensorFile
from imu.formats.content import Content
from imu.formats.reading import read_source
from imu.formats.source import Source


def outcome(name: str, content: bytes) -> str:
    """`read`, `in part` or `refused`; raises for anything that a user could not put right."""
    found: list[Content] = []
    said = None
    try:
        found.extend(read_source(Source.of_bytes(name, content), Answers()))
    except RestrideError as error:
        said = str(error)
    for one in found:
        check_sound(one)
    if said is None:
        lost = any(isinstance(one, Refused) and one.is_known for one in found)
        return "in part" if lost else "read"
    assert said.isprintable(), "an error is one line"
    assert name.removesuffix(".gz") in said, "an error names its file"
    return "refused"


def check_sound(content: Content) -> None:
    if isinstance(content, Activity):
        assert content.start.tzinfo is not None
        assert math.isfinite(content.duration_s)
        assert content.duration_s > 0
        assert content.distance_m is None or 0 <= content.distance_m < math.inf
        for name, channel in content.channels.items():
            assert len(channel.time_s) == len(channel.values) > 0, name
            assert np.isfinite(channel.values).all(), name
            _check_times(channel.time_s, name)
        assert all(0 <= begin < end <= content.duration_s for begin, end in content.pauses_s)
    elif isinstance(content, SensorFile):
        assert content.start is None or content.start.tzinfo is not None
        assert content.acc_mps2 is not None or content.gyr_radps is not None
        for samples in (content.acc_mps2, content.gyr_radps):
            assert samples is None or samples.shape == (len(content.time_s), 3)
        _check_times(content.time_s, content.origin)
    else:
        assert content.reason


def _check_times(time_s: np.ndarray, name: str) -> None:
    assert np.isfinite(time_s).all(), name
    assert (np.diff(time_s) > 0).all(), name
