"""Every odd or broken recording is refused in one line or loads; nothing else ever happens."""

import re
from pathlib import Path

import pytest

import imu
from imu.errors import RecordingError
from tests.bad_input import file_cases, manifest_cases, signal_cases, time_cases
from tests.bad_input.corpus import CASES, Case, sound_run

MODULES = (manifest_cases, time_cases, signal_cases, file_cases)  # importing them fills CASES
LONGEST_LINE = 300  # without the path: what a terminal shows in two or three lines

REFUSED = [case for case in CASES.values() if not case.loads]
LOADED = [case for case in CASES.values() if case.loads]


def test_the_corpus_is_large_and_what_it_is_made_from_is_sound(tmp_path: Path) -> None:
    assert len(CASES) >= 150
    recording = imu.load(sound_run().write(tmp_path / "run"))
    assert list(recording.tracks) == ["shank_left", "shank_right", "pelvis"]
    assert recording.duration_s == pytest.approx(30, abs=0.01)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_a_broken_recording_is_refused_in_one_line(case: Case, tmp_path: Path) -> None:
    path = case.make(tmp_path)
    with pytest.raises(RecordingError) as refusal:
        imu.load(path)
    assert case.refused is not None
    assert re.search(case.refused, str(refusal.value)), str(refusal.value)
    assert refusal.value.reason.isprintable()
    assert len(refusal.value.reason) < LONGEST_LINE


@pytest.mark.parametrize("case", LOADED, ids=lambda case: case.name)
def test_an_odd_recording_loads(case: Case, tmp_path: Path) -> None:
    recording = imu.load(case.make(tmp_path))
    for track in recording.tracks.values():
        assert len(track.samples()) == track.n_samples > 0
