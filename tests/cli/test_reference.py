"""A heart-rate strap and a foot pod are recorded along, over virtual air, and compared with the truth."""

import json
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from imu.collect.recover import finish, unfinished
from imu.devices.standard.reference import REFERENCES
from imu.recording import Channel, load
from tests.cli.outings import Scene, found, scene
from tests.conftest import Restride

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send these signals"),
]
LONG = ("--no-standing", "--minutes", "10")


def world_s(out: Path, here: Scene, channel: Channel) -> np.ndarray:
    """A channel's times in those of the virtual world, by the samples beside it."""
    rows = found(load(out), "pelvis", here.wearer())
    times: np.ndarray = channel.time_s - np.median(rows.error_s)
    return times


def test_pulse_and_pace_are_recorded_whatever_drops_out_or_is_killed(tmp_path: Path) -> None:
    with scene(tmp_path, placements=("pelvis",), references=REFERENCES) as here:
        a_strap_that_drops_out_disturbs_nobody(here)
        what_was_said_outlives_a_kill(here)


def a_strap_that_drops_out_disturbs_nobody(here: Scene) -> None:
    with here.recorder(*LONG) as recorder:
        recorder.until("Recording for")
        assert "heart rate: connected to HRM-0001" in recorder.said()
        time.sleep(3.0)
        here.control.away("heart_rate")
        time.sleep(5.0)
        here.control.back("heart_rate")
        here.until_connected("heart_rate")  # it is looked for ten seconds after it was lost
        time.sleep(6.0)
        assert recorder.end(signal.SIGINT) == 0
    recording, wearer = load(recorder.out), here.wearer()
    assert (np.diff(found(recording, "pelvis", wearer).number) == 1).all()
    assert recording.collection is not None
    told = recording.collection["reference"]
    assert {kind: who["reconnects"] for kind, who in told.items()} == {"heart_rate": 1, "foot_pod": 0}

    pulse = recording.reference["heart_rate_bpm"]
    at_s = world_s(recorder.out, here, pulse)
    expected = [wearer.pace.heart_rate_bpm(each) for each in at_s]
    assert np.abs(pulse.values - expected).max() < 3.0  # it rises by 2.7 bpm a second at most
    assert 4.0 < np.diff(at_s).max() < 25.0

    speed = recording.reference["speed_mps"]
    assert np.diff(speed.time_s).max() < 3.0
    strides = wearer.truth.strides
    running = world_s(recorder.out, here, speed) > strides["ic_time_s"].min() + 2.0
    cadence = recording.reference["cadence_spm"]
    settled = world_s(recorder.out, here, cadence) > strides["ic_time_s"].min() + 2.0
    assert running.sum() > 5
    assert np.median(speed.values[running]) == pytest.approx(strides["speed_mps"].median(), rel=0.05)
    assert np.median(cadence.values[settled]) == pytest.approx(strides["cadence_spm"].median(), rel=0.03)
    beats = recording.reference["rr_s"]
    intervals_s = [60.0 / wearer.pace.heart_rate_bpm(each) for each in world_s(recorder.out, here, beats)]
    assert beats.values == pytest.approx(intervals_s, rel=0.1)


def what_was_said_outlives_a_kill(here: Scene) -> None:
    with here.recorder(*LONG) as recorder:
        recorder.until("Recording for")
        time.sleep(5.0)
        recorder.process.kill()
        recorder.process.wait()
    (waiting,) = unfinished(recorder.home / "sessions")
    finish(waiting.folder, recorder.out)
    recording = load(recorder.out)
    pulse = recording.reference["heart_rate_bpm"]
    assert len(pulse.values) >= 4
    assert pulse.time_s[-1] > recording.end_s - 3.0


def test_a_strap_is_scanned_and_paired_by_what_it_says(restride: Restride, tmp_path: Path) -> None:
    with scene(tmp_path, placements=("pelvis",), references=REFERENCES, begins_s=1e8) as here:
        radio = ("--radio", here.transport)
        scanned = restride("scan", *radio, "--seconds", "6", "--json")
        assert scanned.returncode == 0, scanned.stderr
        rows = {row["kind"]: row for row in json.loads(scanned.stdout)}
        assert rows["heart_rate"]["name"] == "HRM-0001"
        assert (rows["heart_rate"]["serial"], rows["heart_rate"]["battery_percent"]) == ("B0001", 88)
        assert rows["foot_pod"]["state"] == "ready"

        paired = restride("pair", *radio, "--placements", "heart_rate")
        assert paired.returncode == 0, paired.stderr
        assert paired.stdout == "heart_rate: HRM-0001 B0001, says 76 bpm now\n"
        by_name = restride("pair", *radio, "--sensor", "pod-0002", "--as", "foot pod")
        assert by_name.returncode == 0, by_name.stderr
        assert by_name.stdout.startswith("foot_pod: POD-0002 B0002, says ")
        wrong = restride("pair", *radio, "--sensor", "HRM-0001", "--as", "foot_pod")
        assert wrong.returncode == 3
        assert "HRM-0001: not found" in wrong.stderr

    known = json.loads(restride("sensors", "--json").stdout)
    assert [(each["placement"], each["address"] is not None) for each in known] == [
        ("heart_rate", True),
        ("foot_pod", True),
    ]
    retired = restride("sensors", "retire", "heart_rate")
    assert retired.returncode == 0, retired.stderr
