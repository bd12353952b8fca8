"""Files that stand there but cannot be read."""

import os
from pathlib import Path

import pytest

import imu
from imu.errors import RecordingError
from tests.bad_input.corpus import sound_run


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("name", ["recording.json", "pelvis.parquet"])
def test_a_file_without_permission_is_named(name: str, tmp_path: Path) -> None:
    run = sound_run().write(tmp_path / "run")
    (run / name).chmod(0)
    with pytest.raises(RecordingError, match=rf"{name}: cannot be read \(Permission denied\)"):
        imu.load(run)


def test_a_sensor_file_that_is_not_listed_is_left_alone_and_told(tmp_path: Path) -> None:
    run = sound_run().write(tmp_path / "run")
    (run / "foot_left.csv").write_text("not looked at")
    recording = imu.load(run)
    assert list(recording.tracks) == ["shank_left", "shank_right", "pelvis"]
    assert recording.unlisted == ("foot_left",)


def test_a_recording_is_also_found_by_its_recording_json(tmp_path: Path) -> None:
    run = sound_run().write(tmp_path / "run")
    assert imu.load(run / "recording.json").path == imu.load(run).path == run
