"""The product's collector among sensors that run the firmware's core: what chips measured is kept."""

import signal
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from imu.recording import load
from imu.simulate.boards.worn import ChipSettings
from tests.cli.outings import ALL, found, scene
from tests.cli.test_session import syncs_what_was_measured
from tests.faults.lab import IDEAL, PLACEMENTS, Lab

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="kills a process as POSIX does"),
]
WORLD = (sys.executable, "-m", "tests.firmware.core_world")


@pytest.mark.parametrize(("rate_hz", "minutes"), [(200, 0.3), pytest.param(800, 0.3, marks=pytest.mark.long)])
def test_a_recorded_run_is_what_the_chips_measured(
    tmp_path: Path, library: Path, rate_hz: int, minutes: float
) -> None:
    options = {placement: {"library": str(library)} for placement in ALL}
    with scene(tmp_path, options=options, world=WORLD) as here:
        words = ("--no-standing", "--rate", str(rate_hz), "--minutes", str(minutes))
        with here.recorder(*words) as recorder:
            assert recorder.end(seconds=180) == 0, recorder.said()
        recording, wearer = load(recorder.out), here.wearer()
        chip = ChipSettings(rate_hz=rate_hz, acc_lsb_per_g=2048.0, gyr_lsb_per_dps=16.4)
        rows = {place: found(recording, place, wearer, settings=chip) for place in ALL}
    for placement, sensor in rows.items():
        assert len(sensor.number) > 0.8 * 60 * minutes * rate_hz, placement
        assert (np.diff(sensor.number) == 1).all(), placement
    levels_s = [np.median(sensor.error_s) for sensor in rows.values()]
    assert np.ptp(levels_s) < 0.015


def test_a_logged_run_survives_a_killed_sync_and_is_found_to_be_true(tmp_path: Path, library: Path) -> None:
    lab = Lab(
        tmp_path,
        kind="esp32",
        placements=PLACEMENTS,
        run_s=25.0,
        rate_hz=200,
        readings=30,
        options={"library": str(library)},
        world=WORLD,
    )
    with lab.running():
        lab.armed()
        expected = {placement: lab.expected(placement) for placement in PLACEMENTS}
        assert all(len(counts) > 30 * 200 for counts in expected.values())

        assert lab.control is not None
        lab.control.link("pelvis", interval_s=0.1)  # ten seconds for its log: the kill is well within
        process = lab.start("sync")
        ends = time.monotonic() + 60.0
        while lab.boards()["pelvis"]["sent"] < 20_000 and time.monotonic() < ends:
            time.sleep(0.1)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        lab.control.link("pelvis", **IDEAL)
        assert lab.boards()["pelvis"]["sent"] >= 20_000
        assert all(lab.holds_log(placement) for placement in PLACEMENTS)

        syncs_what_was_measured(lab, expected, rate_hz=200)
