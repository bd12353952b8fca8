"""A Motion-BIDS dataset holds what the specification requires, and the samples as they were recorded."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from imu.formats.motion_bids import BidsRun, write_motion_bids
from imu.recording import Recording, Samples, SensorTrack

START = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
CHANNEL_TYPES = {"ACCEL", "GYRO", "LATENCY"}
STEM = "sub-01_task-running_tracksys-shankleft_run-01"


def track(placement: str, *, start_s: float = 0.5, gyroscope: bool = True) -> SensorTrack:
    """Two seconds at 100 Hz, of which half a second was lost."""
    time_s = start_s + np.delete(np.arange(200) / 100, slice(50, 100))
    values = np.random.default_rng(1).normal(size=(len(time_s), 6)).astype(np.float32)
    samples = Samples(time_s, values[:, :3], values[:, 3:] if gyroscope else None)
    return SensorTrack.from_samples(placement, samples, device="MetaMotionS", serial="C0FFEE", rate_hz=100)


def events(time_s: list[float]) -> pd.DataFrame:
    kinds = ["run", "initial_contact", "toe_off"]
    return pd.DataFrame(
        {"time_s": time_s, "duration_s": [1.5, 0, 0], "trial_type": kinds, "side": [None, "left", "left"]}
    )


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    tracks = {
        one.placement: one for one in (track("shank_left"), track("pelvis", start_s=0.625, gyroscope=False))
    }
    recording = Recording(tracks=tracks, start=START)
    run = BidsRun(subject="01", recording=recording, start=START, events=events([0.5, 1.25, 1.0]))
    again = BidsRun(subject="01", recording=recording, start=None, events=events([0.5, 1.25, 1.0]))
    other = BidsRun(subject="ab", recording=recording, start=START, events=events([0.5, 1.25, 1.0]))
    write_motion_bids([run, again, other], tmp_path / "ds", name="Test", software="0.1.0")
    return tmp_path / "ds"


def tsv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)


def told(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.unhurried
def test_the_validator_of_bids_finds_nothing_wrong(dataset: Path) -> None:
    validator = Path(sys.executable).with_name("bids-validator-deno")
    ran = subprocess.run([validator, dataset, "--json"], capture_output=True, text=True, timeout=120)
    found = json.loads(ran.stdout)["issues"]["issues"]
    assert [one for one in found if one["severity"] == "error"] == []
    assert ran.returncode == 0
    (dataset / STEM[:6] / "motion" / f"{STEM}_channels.tsv").write_text("name\nacc_x\n", encoding="utf-8")
    ran = subprocess.run([validator, dataset], capture_output=True, text=True, timeout=120)
    assert ran.returncode != 0  # it would have found it


def test_the_dataset_says_what_it_is_and_who_took_part(dataset: Path) -> None:
    description = told(dataset / "dataset_description.json")
    assert description["Name"] == "Test"
    assert re.fullmatch(r"1\.\d+\.\d+", description["BIDSVersion"])
    assert description["DatasetType"] == "raw"
    assert description["GeneratedBy"][0]["Version"] == "0.1.0"
    participants = tsv(dataset / "participants.tsv")
    assert participants.columns[0] == "participant_id"
    assert list(participants["participant_id"]) == ["sub-01", "sub-ab"]
    assert {one.name for one in dataset.glob("sub-*")} == set(participants["participant_id"])
    assert set(told(dataset / "participants.json")) == set(participants.columns)
    assert (dataset / "README").stat().st_size > 100


def test_every_file_is_named_as_bids_names_it(dataset: Path) -> None:
    name = re.compile(
        r"sub-[a-zA-Z0-9]+_task-running_tracksys-[a-zA-Z0-9]+_run-\d+_"
        r"(motion\.tsv|motion\.json|channels\.tsv|channels\.json|events\.tsv|events\.json)"
    )
    files = [one for one in dataset.rglob("*") if one.is_file() and one.parent.name == "motion"]
    assert len(files) == 3 * (2 * 4 + 2)
    for one in files:
        assert name.fullmatch(one.name), one.name
        assert one.parents[1].name == one.name.split("_")[0]


def test_each_tracking_system_has_its_required_fields(dataset: Path) -> None:
    motions = sorted(dataset.rglob("*_motion.tsv"))
    assert len(motions) == 6
    for motion in motions:
        sidecar = told(motion.with_suffix(".json"))
        channels = tsv(motion.with_name(motion.name.replace("_motion.", "_channels.")))
        values = pd.read_csv(motion, sep="\t", header=None)
        for required in ("TaskName", "SamplingFrequency", "TrackingSystemName"):
            assert sidecar[required], required
        assert list(channels.columns[:5]) == ["name", "component", "type", "tracked_point", "units"]
        assert set(channels["type"]) <= CHANNEL_TYPES
        assert set(channels["component"]) <= {"x", "y", "z", "n/a"}
        assert channels["name"].is_unique
        assert sidecar["MotionChannelCount"] == len(channels) == values.shape[1]
        for kind in CHANNEL_TYPES:
            assert sidecar[f"{kind}ChannelCount"] == (channels["type"] == kind).sum()
        units = dict(zip(channels["type"], channels["units"], strict=True))
        assert units.items() <= {"LATENCY": "s", "ACCEL": "m/s^2", "GYRO": "rad/s"}.items()
        frames = told(motion.with_name(motion.name.replace("_motion.tsv", "_channels.json")))
        assert set(channels["reference_frame"]) - {"n/a"} == set(frames["reference_frame"]["Levels"])


def test_samples_are_as_recorded_and_lost_ones_are_missing(dataset: Path) -> None:
    values = pd.read_csv(
        dataset / "sub-01" / "motion" / f"{STEM}_motion.tsv", sep="\t", header=None
    ).to_numpy()
    samples = track("shank_left").samples()
    assert samples.gyr_radps is not None
    np.testing.assert_allclose(values[:, 0], samples.time_s - 0.5, atol=1e-6)
    np.testing.assert_array_equal(values[:, 1:4].astype(np.float32), samples.acc_mps2)
    np.testing.assert_array_equal(values[:, 4:].astype(np.float32), samples.gyr_radps)
    sidecar = told(dataset / "sub-01" / "motion" / f"{STEM}_motion.json")
    assert sidecar["SamplingFrequency"] == 100
    assert sidecar["SamplingFrequencyEffective"] == pytest.approx(149 / 1.99, abs=1e-5)


def test_scans_put_the_systems_on_one_clock(dataset: Path) -> None:
    scans = tsv(dataset / "sub-01" / "sub-01_scans.tsv")
    assert list(scans.columns) == ["filename", "acq_time"]
    assert all((dataset / "sub-01" / one).exists() for one in scans["filename"])
    begun = [datetime.fromisoformat(one) for one in scans["acq_time"][:2]]
    assert begun == [START + timedelta(seconds=0.5), START + timedelta(seconds=0.625)]
    assert list(scans["acq_time"][2:]) == ["n/a", "n/a"]


def test_events_are_in_order_and_since_the_first_sample(dataset: Path) -> None:
    found = tsv(dataset / "sub-01" / "motion" / f"{STEM}_events.tsv")
    assert list(found.columns[:2]) == ["onset", "duration"]
    assert list(found["onset"].astype(float)) == [0, 0.5, 0.75]
    assert list(found["trial_type"]) == ["run", "toe_off", "initial_contact"]
    assert list(found["side"]) == ["n/a", "left", "left"]
    described = told(dataset / "sub-01" / "motion" / f"{STEM}_events.json")
    assert set(found["trial_type"]) <= set(described["trial_type"]["Levels"])
    assert len(list(dataset.glob("sub-01/motion/*run-01_events.tsv"))) == 1


@pytest.mark.parametrize("subject", ["", "a_b", "../x", "é"])
def test_a_subject_that_bids_does_not_allow_is_refused(tmp_path: Path, subject: str) -> None:
    recording = Recording(tracks={"pelvis": track("pelvis")})
    run = BidsRun(subject=subject, recording=recording, start=None, events=events([0.5, 1.25, 1.0]))
    with pytest.raises(ValueError, match="letters and digits"):
        write_motion_bids([run], tmp_path / "ds", name="Test", software="0")
    assert not (tmp_path / "ds").exists()
