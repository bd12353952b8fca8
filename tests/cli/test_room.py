"""A disk that is too small is said before anybody runs, in one line."""

import time
from pathlib import Path

import pytest

from imu.cli import room
from imu.cli.room import check_room, check_room_for_logs, room_fault
from imu.cli.wearing import Places
from imu.collect.enough import DiskNeed
from imu.collect.registry import Registry
from imu.devices.sensor import Identity
from imu.errors import RestrideError
from tests.cli.outings import scene
from tests.conftest import Restride


@pytest.fixture
def nearly_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "free_bytes", lambda _folder: 50_000_000)


@pytest.fixture
def kept(tmp_path: Path) -> Places:
    return Places(tmp_path / "home" / "sessions" / "now", tmp_path / "run")


@pytest.mark.usefixtures("nearly_full")
def test_planned_minutes_that_do_not_fit_are_refused_with_the_arithmetic(
    kept: Places, tmp_path: Path
) -> None:
    with pytest.raises(RestrideError) as refused:
        check_room(kept, ["metamotion"] * 3, rate_hz=200.0, minutes=90.0)
    said = str(refused.value)
    assert said.startswith(
        f"{tmp_path}: 50 MB are free (20 of them for the results), 90 min of 3 sensors at 200 Hz need "
    )
    assert "enough for " in said
    check_room(kept, ["metamotion"] * 3, rate_hz=200.0, minutes=5.0)


@pytest.mark.usefixtures("nearly_full")
def test_a_run_of_any_length_is_only_warned(kept: Places, capsys: pytest.CaptureFixture[str]) -> None:
    check_room(kept, ["esp32"] * 3, rate_hz=200.0, minutes=None)
    (line,) = capsys.readouterr().err.splitlines()
    assert "60 min of 3 sensors at 200 Hz need" in line


@pytest.mark.usefixtures("nearly_full")
def test_logs_that_do_not_fit_stay_where_they_are(kept: Places) -> None:
    with pytest.raises(RestrideError, match="the sensors keep what they hold"):
        check_room_for_logs(kept, [DiskNeed(20_000_000, 10_000_000)] * 2)
    check_room_for_logs(kept, [DiskNeed(2_000_000, 1_000_000)] * 2)


def test_two_disks_are_two_sums(kept: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    need = DiskNeed(60_000_000, 60_000_000)
    monkeypatch.setattr(room, "free_bytes", lambda _folder: 100_000_000)
    assert room_fault(kept, need, what="all", minutes=None)
    shm = Path("/dev/shm")
    if shm.is_dir() and shm.stat().st_dev != kept.session.parents[2].stat().st_dev:
        assert room_fault(Places(kept.session, shm / "run"), need, what="all", minutes=None) is None


@pytest.mark.slow
@pytest.mark.usefixtures("nearly_full")
def test_record_and_sync_say_it_before_they_begin(
    restride: Restride, restride_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Registry(restride_home).pair(Identity("esp32", "virtual", "T0001", ""), "pelvis")
    with scene(tmp_path, placements=("pelvis",)) as here:
        radio = ("--radio", here.transport)
        done = restride("record", *radio, "--minutes", "90")
        assert done.returncode == 2
        (line,) = done.stderr.splitlines()
        assert "50 MB are free (20 of them for the results), 90 min of 1 sensor at 200 Hz need" in line
        assert not (restride_home / "sessions").exists()

        assert restride("arm", *radio, "--minutes", "1").returncode == 0
        monkeypatch.setattr(room, "free_bytes", lambda _folder: 1_000_000)
        refused = restride("sync", *radio)
        assert refused.returncode == 2
        assert "the logs on the sensors and their recording need" in refused.stderr.splitlines()[-1]
        monkeypatch.setattr(room, "free_bytes", lambda _folder: 10**12)
        time.sleep(3.0)  # there must be something to make a recording of
        synced = restride("sync", *radio)
        assert synced.returncode == 0, synced.stderr
