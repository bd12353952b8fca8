"""Recordings as a Motion-BIDS dataset: each sensor a tracking system on its own times, nothing resampled.

Source: Brain Imaging Data Structure 1.10, Motion; Jeung et al. 2024, doi:10.1038/s41597-024-03559-8.
"""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from imu.recording import Recording, SensorTrack

BIDS_VERSION = "1.10.0"
TASK = "running"
_AXES = ("x", "y", "z")
_POINTS = {
    "shank_left": "LeftShank",
    "shank_right": "RightShank",
    "pelvis": "Pelvis",
    "foot_left": "LeftFoot",
    "foot_right": "RightFoot",
}
_FRAME = {
    "LongName": "reference frame",
    "Description": "axes in which the values of a channel are told",
    "Levels": {
        "sensor": {
            "SpatialAxes": "n/a",
            "RotationRule": "right-hand",
            "Description": "the sensor's own axes, however it was strapped on",
        }
    },
}
_CHANNEL_TYPES = (  # of the specification; those that an IMU does not have are counted as none
    *("ACCEL", "ANGACCEL", "GYRO", "JNTANG", "LATENCY"),
    *("MAGN", "MISC", "ORNT", "POS", "VEL"),
)
_README = """{name}

Running with body-worn inertial sensors: specific force (m/s^2) and angular rate (rad/s) in the axes of each
sensor, on one clock, as recorded. Bouts, initial contacts and toe-offs were found by Restride {software}.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BidsRun:
    """A run of the dataset. events: `time_s` since the start, `duration_s`, `trial_type`, `side` or None."""

    subject: str  # letters and digits
    recording: Recording
    start: datetime | None  # aware
    events: pd.DataFrame


def write_motion_bids(runs: Sequence[BidsRun], folder: Path, *, name: str, software: str) -> None:
    """The dataset in a new folder. ValueError for a subject that BIDS does not allow, or without runs."""
    if not runs or not all(run.subject.isascii() and run.subject.isalnum() for run in runs):
        raise ValueError("a dataset needs runs, and subjects made of letters and digits")
    folder.mkdir()
    subjects = list(dict.fromkeys(run.subject for run in runs))
    _write_dataset(folder, subjects, name=name, software=software)
    for subject in subjects:
        own = [run for run in runs if run.subject == subject]
        scans = [scan for at, run in enumerate(own, start=1) for scan in _write_run(run, folder, at)]
        _write_tsv(folder / f"sub-{subject}" / f"sub-{subject}_scans.tsv", scans)


def _write_dataset(folder: Path, subjects: Sequence[str], *, name: str, software: str) -> None:
    _write_json(
        folder / "dataset_description.json",
        {
            "Name": name,
            "BIDSVersion": BIDS_VERSION,
            "DatasetType": "raw",
            "GeneratedBy": [{"Name": "Restride", "Version": software}],
        },
    )
    (folder / "README").write_text(_README.format(name=name, software=software), encoding="utf-8")
    _write_tsv(folder / "participants.tsv", [{"participant_id": f"sub-{one}"} for one in subjects])
    _write_json(folder / "participants.json", {"participant_id": {"Description": "stands for a runner"}})


def _write_run(run: BidsRun, folder: Path, number: int) -> Iterable[dict[str, str]]:
    """All files of a run; yields the rows of the list of scans."""
    place = folder / f"sub-{run.subject}" / "motion"
    place.mkdir(parents=True, exist_ok=True)
    for at, track in enumerate(run.recording.tracks.values()):
        system = track.placement.replace("_", "")
        stem = f"sub-{run.subject}_task-{TASK}_tracksys-{system}_run-{number:02d}"
        channels = list(_channels(track))
        _write_motion(track, place / f"{stem}_motion.tsv")
        _write_json(place / f"{stem}_motion.json", _sidecar(track, channels))
        _write_tsv(place / f"{stem}_channels.tsv", channels)
        _write_json(place / f"{stem}_channels.json", {"reference_frame": _FRAME})
        if at == 0:  # one table of events for all systems, on the times of the first
            _write_tsv(place / f"{stem}_events.tsv", _events(run, track), columns=_EVENTS)
            _write_json(place / f"{stem}_events.json", _EVENTS)
        yield {"filename": f"motion/{stem}_motion.tsv", "acq_time": _instant(run.start, track.start_s)}


def _channels(track: SensorTrack) -> Iterable[dict[str, str]]:
    point = _POINTS[track.placement]
    time = {"name": "latency", "component": "n/a", "type": "LATENCY", "tracked_point": "n/a", "units": "s"}
    yield {**time, "reference_frame": "n/a"}
    kinds = [("acc", "ACCEL", "m/s^2")] + [("gyr", "GYRO", "rad/s")] * track.has_gyroscope
    for name, kind, unit in kinds:
        for axis in _AXES:
            yield {
                "name": f"{name}_{axis}",
                "component": axis,
                "type": kind,
                "tracked_point": point,
                "units": unit,
                "reference_frame": "sensor",
            }


def _write_motion(track: SensorTrack, path: Path) -> None:
    """No head: the channels tell the columns. Lost samples are missing, as the latencies show."""
    samples = track.samples()
    columns: list[Any] = [np.round(samples.time_s - track.start_s, 6), *samples.acc_mps2.T]
    if samples.gyr_radps is not None:
        columns += [*samples.gyr_radps.T]
    table = pa.table([np.ascontiguousarray(one) for one in columns], [str(at) for at in range(len(columns))])
    options = pyarrow.csv.WriteOptions(include_header=False, delimiter="\t", quoting_style="none")
    pyarrow.csv.write_csv(table, path, options)


def _sidecar(track: SensorTrack, channels: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    lasted_s = track.end_s - track.start_s
    between = np.diff(track.samples().time_s)
    usual_hz = float(1 / np.median(between)) if len(between) else 0.0
    counts = {f"{kind}ChannelCount": sum(one["type"] == kind for one in channels) for kind in _CHANNEL_TYPES}
    told = {
        "TaskName": TASK,
        "TaskDescription": "running outdoors or on a treadmill, with standing and walking as it came",
        "TrackingSystemName": f"IMU {_POINTS[track.placement]}",
        "ManufacturersModelName": track.device,
        "DeviceSerialNumber": track.serial,
        "SamplingFrequency": round(track.rate_hz or usual_hz, 3),
        "SamplingFrequencyEffective": round((track.n_samples - 1) / lasted_s, 6) if lasted_s else None,
        "RecordingDuration": round(lasted_s, 6),
        "MotionChannelCount": len(channels),
        "TrackedPointsCount": 1,
        "MissingValues": "rows of lost samples are absent; see the latencies",
        **counts,
    }
    return {name: value for name, value in told.items() if value is not None}


_EVENTS: Mapping[str, Any] = {
    "onset": {"Description": "since the first sample of this tracking system", "Units": "s"},
    "duration": {"Description": "0 for a moment", "Units": "s"},
    "trial_type": {
        "Levels": {
            "stand": "a bout of standing",
            "walk": "a bout of walking",
            "run": "a bout of running",
            "initial_contact": "a foot meets the ground",
            "toe_off": "it leaves it",
        }
    },
    "side": {"Levels": {"left": "of the left foot", "right": "of the right foot"}},
}


def _events(run: BidsRun, main: SensorTrack) -> list[dict[str, Any]]:
    told = run.events.sort_values("time_s", kind="stable")
    onset = (told["time_s"] - main.start_s).round(6)
    rows = zip(onset, told["duration_s"].round(6), told["trial_type"], told["side"], strict=True)
    return [dict(zip(_EVENTS, row, strict=True)) for row in rows]


def _instant(start: datetime | None, time_s: float) -> str:
    if start is None:
        return "n/a"
    return f"{(start + timedelta(seconds=time_s)).astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_tsv(path: Path, rows: Sequence[Mapping[str, Any]], *, columns: Iterable[str] = ()) -> None:
    """What is not known is n/a, as BIDS asks for."""
    with path.open("w", encoding="utf-8", newline="") as file:
        names = list(columns) or list(rows[0])
        writer = csv.DictWriter(file, names, delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: "n/a" if pd.isna(one) else one for name, one in row.items()} for row in rows)
