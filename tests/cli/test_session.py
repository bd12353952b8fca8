"""One run from scan to analysis, each step a process of its own, with what usually goes wrong on the way."""

import json
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import imu
from tests.faults.lab import IDEAL, PLACEMENTS, Lab, ended, recorded

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="kills a process as POSIX does"),
]


def test_a_run_is_scanned_armed_run_lost_killed_resumed_and_found_to_be_true(tmp_path: Path) -> None:
    lab = Lab(tmp_path, placements=PLACEMENTS, run_s=25.0, rate_hz=100, readings=30)
    with lab.running():
        scanned = lab.restride("scan", "--seconds", "4")
        assert all(lab.serial(placement) in scanned for placement in PLACEMENTS)
        assert "Impact is not measured at this rate. With --rate 200 it is" in lab.armed()
        expected = {placement: lab.expected(placement) for placement in PLACEMENTS}
        assert lab.control is not None

        lab.control.away("pelvis")
        code, _, said = ended(lab.start("sync"))
        assert code == 3
        assert "pelvis (MetaMotion S LAB002): not found" in said
        assert "--without" in said.splitlines()[-1]
        assert not lab.recordings()
        lab.control.back("pelvis")

        lab.control.link("pelvis", interval_s=0.015)  # half a minute for its log: the kill is well within
        process = lab.start("sync")
        _until_sent(lab, "pelvis", 1500)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        lab.control.link("pelvis", **IDEAL)
        assert all(lab.holds_log(placement) for placement in PLACEMENTS)

        syncs_what_was_measured(lab, expected, rate_hz=100)


def syncs_what_was_measured(lab: Lab, expected: Mapping[str, np.ndarray], *, rate_hz: int) -> None:
    """One more `sync` ends with everything: a recording of the chips' samples, true strides, free sensors."""
    (told,) = json.loads(lab.restride("sync", "--json", "--surface", "track", "--shoe", "blue"))
    assert not any(lab.holds_log(placement) for placement in PLACEMENTS)
    assert not lab.sessions()
    (folder,) = lab.recordings()
    assert told["recording"] == str(folder)
    for placement, counts in expected.items():
        is_part_of(recorded(folder, placement), counts, rate_hz=rate_hz)
    (run,) = json.loads(lab.restride("status", "--runs", "--json"))
    assert (run["surface"], run["shoe"]) == ("track", "blue")
    recording = imu.load(folder)
    assert recording.start is not None
    strides = pd.read_csv(folder / "results" / "strides.csv")
    compare_with_truth(strides, lab.wearer().truth.strides, lab.world_s(recording.start))


def _until_sent(lab: Lab, placement: str, entries: int) -> None:
    before, ends = lab.sent(placement), time.monotonic() + 60.0
    while lab.sent(placement) < before + entries and time.monotonic() < ends:
        time.sleep(0.2)


def is_part_of(found: np.ndarray, expected: np.ndarray, *, rate_hz: int) -> None:
    """All of it, but for the ends at which the sensors were not yet, or no longer, all at work."""
    assert len(expected) - len(found) < 2 * rate_hz * 5
    first = next(i for i in range(len(expected)) if np.array_equal(expected[i : i + 20], found[:20]))
    np.testing.assert_array_equal(found, expected[first : first + len(found)])


def compare_with_truth(found: pd.DataFrame, truth: pd.DataFrame, begins_s: float) -> None:
    for side in ("left", "right"):
        ours, theirs = (table[table["side"] == side] for table in (found, truth))
        at_s = ours["ic_time_s"].to_numpy() + begins_s
        nearest = np.abs(at_s[:, None] - theirs["ic_time_s"].to_numpy()).argmin(axis=1)
        matched = theirs.iloc[nearest]
        while_worn = theirs["ic_time_s"].between(at_s[0] - 0.1, at_s[-1] + 0.1)
        assert len(ours) >= while_worn.sum() - 1 > 10  # none is lost in between, however long arming took
        assert np.median(np.abs(at_s - matched["ic_time_s"])) < 0.02
        angle = ours["shank_angle_ic_deg"].to_numpy() - matched["shank_angle_ic_deg"].to_numpy()
        assert np.nanmedian(np.abs(angle)) < 2.0
