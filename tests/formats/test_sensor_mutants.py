"""Changed exports of sensors end in a recording or in one line, never in a crash."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from imu.errors import RestrideError
from imu.formats import READERS, Answers, SensorFile, Source
from imu.formats.content import ColumnMap
from imu.formats.matching import by_outing, placed
from imu.formats.pairing import recorded
from imu.formats.reading import read_source
from imu.recording import Recording
from tests.formats.foreign import G, plain
from tests.formats.sensors_golden import SENSOR_GENERATORS, shaken

_MAP = ColumnMap(time="a", acc=("b", "c", "d"), gyr=("e", "f", "g"), acc_unit="g", gyr_unit="rad/s")
MAPPED = "mapped.csv"
GOLDEN = {name: make() for name, make in SENSOR_GENERATORS.items()} | {
    MAPPED: plain(shaken(), names="a,b,c,d,e,f,g", acc=1 / G).encode()
}
_PARTS = st.one_of(
    st.binary(max_size=12),
    st.sampled_from(
        [
            b",",
            b"\n",
            b"\r",
            b'"',
            b";",
            b"\t",
            b"1e999",
            b"1e300",
            b"nan",
            b"-1",
            b"4294967296",
            b"9" * 40,
            b"(g)",
        ]
    ),
)
# Where (half of all changes in the first lines, which say what a file is), how much goes, what comes.
_CHANGES = st.lists(
    st.tuples(st.one_of(st.integers(0, 300), st.integers(0, 40_000)), st.integers(0, 2_000), _PARTS),
    max_size=4,
)


def read(name: str, content: bytes) -> list[Recording]:
    """All the way to recordings, worn wherever."""
    answers = Answers(columns=_MAP if name == MAPPED else None)
    source = Source.of_bytes(name, content)
    sensors = [one for one in read_source(source, answers) if isinstance(one, SensorFile)]
    return [recorded(outing) for outing in by_outing(placed(sensors, {"pelvis": name} if sensors else {}))]


@pytest.mark.parametrize("name", GOLDEN)
def test_files_that_are_right_are_read(name: str) -> None:
    if "Gyroscope" in name:
        with pytest.raises(RestrideError, match="has no acceleration"):
            read(name, GOLDEN[name])
        return
    (recording,) = read(name, GOLDEN[name])
    assert 4.5 < recording.duration_s < 5.5


@pytest.mark.unhurried
@settings(max_examples=300)
@given(st.sampled_from(sorted(GOLDEN)), _CHANGES, st.integers(0, 60_000))
def test_changed_files_are_read_or_refused_in_one_line(
    name: str, changes: list[tuple[int, int, bytes]], kept: int
) -> None:
    content = GOLDEN[name]
    for at, gone, comes in changes:
        content = content[:at] + comes + content[at + gone :]
    try:
        recordings = read(name, content[: len(content) if kept > 50_000 else kept])
    except RestrideError as error:
        said = str(error)
        assert said.isprintable()
        assert len(said) < 600
        return
    for recording in recordings:
        time_s = recording.tracks["pelvis"].samples().time_s
        assert np.isfinite(time_s).all()
        assert (np.diff(time_s) > 0).all()


@given(st.binary(max_size=2000))
def test_looking_at_any_bytes_never_fails(content: bytes) -> None:
    source = Source.of_bytes("anything", content)
    with suppress(RestrideError):
        list(read_source(source, Answers()))
    assert all(reader.sniff(source) in (True, False) for reader in READERS)
