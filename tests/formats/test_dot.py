"""Exports of Movella DOT sensors become the recording they were made from."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

import imu
from imu.errors import RecordingError
from imu.formats import Answers, SensorFile, read_all
from imu.formats.matching import by_outing
from imu.formats.pairing import recorded
from imu.recording import Recording, Samples
from imu.simulate import SimulationConfig, simulate
from tests.formats.foreign import START, G, dot


@pytest.fixture(scope="module")
def run() -> Recording:
    config = SimulationConfig(pattern="stand:6,run:20@3,stand:2", errors="ideal")
    return simulate(config).recording


@pytest.fixture(scope="module")
def shank(run: Recording) -> Samples:
    return run.tracks["shank_left"].samples()


def _read(folder: Path, text: str, answers: Answers = Answers(), name: str = "dot.csv") -> SensorFile:
    file = folder / name
    file.write_text(text)
    (content,) = read_all([file], answers)
    assert isinstance(content, SensorFile)
    return content


def test_strides_are_those_of_the_recording_it_was_made_from(run: Recording, tmp_path: Path) -> None:
    files = []
    for name, track in run.tracks.items():
        files.append(tmp_path / f"{name}.csv")
        files[-1].write_text(dot(track.samples(), tag=name, synced=True))
    again = imu.analyze(imu.formats.load(files)).strides
    strides = imu.analyze(run).strides
    assert len(again) == len(strides)
    late_s = again.ic_time_s.to_numpy() - strides.ic_time_s.to_numpy()
    assert np.abs(late_s).max() < 0.006  # 120 Hz beside 200
    off_deg = (again.shank_angle_ic_deg - strides.shank_angle_ic_deg).abs()
    assert off_deg.median() < 1.0


def test_its_clock_may_begin_anew_meanwhile(shank: Samples, tmp_path: Path) -> None:
    content = _read(tmp_path, dot(shank, first_tick=(1 << 32) - 3_000_000))
    assert np.allclose(np.diff(content.time_s), 1 / 120, atol=2e-6)
    assert content.start == START
    assert (content.placement, content.acc_range_g) == ("shank_left", 16)


def test_without_the_clock_packets_are_counted(shank: Samples, tmp_path: Path) -> None:
    lines = dot(shank).splitlines()
    rows = [row.split(",") for row in lines]
    without = [",".join([row[0], "", *row[2:]]) if row[0].isdigit() else ",".join(row) for row in rows]
    lost = [*without[:100], *without[103:]]
    content = _read(tmp_path, "\n".join(lost))
    steps_s = np.diff(content.time_s)
    assert np.isclose(steps_s.max(), 4 / 120)
    assert np.isclose(np.median(steps_s), 1 / 120)


def test_synchronised_sensors_share_their_clock_also_across_its_new_beginning(
    run: Recording, tmp_path: Path
) -> None:
    left, pelvis = (run.tracks[name].samples() for name in ("shank_left", "pelvis"))
    # The second was begun 2 s later, by a telephone that is half a second off.
    later = START + timedelta(seconds=2.5)
    texts = {
        "shank_left": dot(left, first_tick=(1 << 32) - 1_000_000, synced=True),
        "pelvis": dot(pelvis, first_tick=1_000_000, start=later, synced=True),
    }
    contents = [_read(tmp_path, text, name=f"{name}.csv") for name, text in texts.items()]
    (outing,) = by_outing(contents)
    recording = recorded(outing)
    assert recording.tracks["shank_left"].start_s == 0
    assert np.isclose(recording.tracks["pelvis"].start_s, 2.0, atol=1e-6)
    assert "telephone" not in (recording.notes or "")


def test_sensors_that_were_not_synchronised_say_so(run: Recording, tmp_path: Path) -> None:
    contents = [
        _read(tmp_path, dot(run.tracks[name].samples(), tag="x"), name=f"{name}.csv")
        for name in ("shank_left", "pelvis")
    ]
    (outing,) = by_outing(contents)
    assert "clock of the telephone" in (recorded(outing).notes or "")


def test_units_are_those_of_the_manual(shank: Samples, tmp_path: Path) -> None:
    content = _read(tmp_path, dot(shank))
    assert content.acc_mps2 is not None
    assert content.gyr_radps is not None
    assert np.isclose(np.linalg.norm(content.acc_mps2[:400].mean(axis=0)), G, rtol=0.01)
    assert shank.gyr_radps is not None
    assert np.isclose(np.abs(content.gyr_radps).max(), np.abs(shank.gyr_radps).max(), rtol=0.02)


@pytest.mark.parametrize(
    ("made", "refused"),
    [
        (
            lambda s: dot(s, columns=("FreeAcc", "Gyr")),
            "line 8: has free acceleration",
        ),
        (
            lambda s: dot(s, columns=("Gyr",)),
            "line 8: has no acceleration; record it again in",
        ),
        (lambda s: dot(s).replace(" +0000", ""), "without a zone; give --zone, like --zone Europe/Berlin"),
        (
            lambda s: dot(s, first_tick=5_000_000, preamble=False).replace("\n65530,", "\n65530,9", 1),
            "split the file where the sensor began anew",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_clearly(
    shank: Samples, tmp_path: Path, made: Callable[[Samples], str], refused: str
) -> None:
    with pytest.raises(RecordingError, match=refused):
        _read(tmp_path, made(shank))


def test_counts_of_a_tenth_of_a_millisecond_are_not_taken_for_microseconds(
    shank: Samples, tmp_path: Path
) -> None:
    rows = [row.split(",") for row in dot(shank, preamble=False, first_tick=1_000_000).splitlines()]
    other = [rows[0], *([one[0], one[1][:-2] or "0", *one[2:]] for one in rows[1:])]
    with pytest.raises(RecordingError, match=r"too little for microseconds; .* give --map with its units"):
        _read(tmp_path, "\n".join(map(",".join, other)))
