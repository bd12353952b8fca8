"""Runs in the formats of others: which there are, and what of a run goes into each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

import imu
from imu.analysis.columns import STRIDE_COLUMNS
from imu.analysis.trust import judge
from imu.analysis.withheld import sound
from imu.errors import RestrideError
from imu.followup.fhir_runs import fhir_of
from imu.followup.placing import placed
from imu.followup.redcap_rows import row_of, variables
from imu.followup.run_to_export import RunToExport, labelled
from imu.followup.seconds import nearest, of_running, second_table
from imu.formats.fit_file import FitRun, Lap, fit_bytes
from imu.formats.motion_bids import BidsRun, write_motion_bids
from imu.formats.opensim import write_angles
from imu.formats.redcap import write_redcap
from imu.formats.stride_table import Meaning, write_csv, write_parquet

MEANINGS = (
    *(Meaning(one.name, one.unit, one.meaning) for one in STRIDE_COLUMNS),
    Meaning("heart_rate_bpm", "1/min", "heart rate told nearest to the contact, by a strap or a watch"),
)
# What formats leave out that tell a value and not how far it can be trusted, by the sensor that told it.
_ALL_OF_IT = {
    "shank_left": "angles and impact of the left shank are",
    "shank_right": "angles and impact of the right shank are",
    "pelvis": "pelvic drop, tilt and vertical oscillation are",
}
_ANGLES_OVER_TIME = {
    "shank_left": "the inclination of the left shank is",
    "shank_right": "the inclination of the right shank is",
}
Write = Callable[[Sequence[RunToExport], Path], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format: `write` makes a file, or a folder, at a place where nothing is."""

    write: Write
    words: str  # what it is, in a few words
    as_folder: bool = False
    several: bool = False  # whether it takes many runs at once
    samples: bool = False  # whether it needs the recording itself
    names: bool = False  # whether it can tell who the athlete is
    leaves_out: Mapping[str, str] = field(default_factory=dict)  # of a sensor that is not to be trusted


def export(runs: Sequence[RunToExport], to: str, out: Path, *, force: bool = False) -> None:
    """Write runs in the format called `to`, whole or not at all. RestrideError for what cannot be written."""
    found, runs = FORMATS[to], labelled(runs)
    if len(runs) > 1 and not found.several:
        raise RestrideError(f"--to {to} takes one run at a time, not {len(runs)}")
    if found.samples and (bare := next((run for run in runs if run.recording is None), None)):
        raise RestrideError(f"{bare.name}: --to {to} needs the recording itself, not only its analysis")
    with placed(out, as_folder=found.as_folder, force=force) as place:
        found.write(runs, place)


def left_out(runs: Sequence[RunToExport], to: str) -> Iterator[str]:
    """For each sensor that is not to be trusted why, and that a format leaves out what only it told."""
    leaves_out = FORMATS[to].leaves_out
    for run in runs:
        judged = judge(run.summary)
        for placement in sorted(judged.unsound & leaves_out.keys()):
            yield f"{run.name}: {judged.because_of(placement)}; {leaves_out[placement]} left out"


def fit_of(run: RunToExport) -> bytes:
    """A FIT activity. RestrideError without a start or without fit-tool."""
    start, summary = run.begun(), run.summary
    strides = sound(run.strides, judge(summary).unsound)
    seconds = second_table(strides, summary, start=start, reference=run.reference)
    ran = run.strides[run.strides["activity"] == "run"]
    indices = {f"overstride_index_{side}": value for side, value in run.overstride.items()}
    told = FitRun(
        name=f"{run.subject} {start.isoformat()}",
        start=start,
        duration_s=summary["duration_s"],
        seconds=seconds,
        laps=[
            Lap(start_s=bout["start_s"], end_s=bout["end_s"], activity=bout["activity"])
            for bout in summary["bouts"]
        ],
        of_run={**of_running(seconds), **indices},
        strides=max((len(own) for _side, own in ran.groupby("side")), default=None),
        surface=run.surface,
        sensors=[
            " ".join((sensor["device"] or "sensor", *placement.split("_")))
            for placement, sensor in summary["sensors"].items()
        ],
        software=summary["version"],
    )
    return fit_bytes(told)


def with_heart(run: RunToExport) -> pd.DataFrame:
    """The stride table, and the heart rate beside it where one was told."""
    heart = run.reference.get("heart_rate_bpm")
    if heart is None:
        return run.strides
    return run.strides.assign(heart_rate_bpm=nearest(heart, run.strides["ic_time_s"].to_numpy(float)))


def _fit(runs: Sequence[RunToExport], place: Path) -> None:
    place.write_bytes(fit_of(runs[0]))


def _csv(runs: Sequence[RunToExport], place: Path) -> None:
    write_csv(with_heart(runs[0]), MEANINGS, place)


def _parquet(runs: Sequence[RunToExport], place: Path) -> None:
    write_parquet(with_heart(runs[0]), MEANINGS, place)


def _bids(runs: Sequence[RunToExport], place: Path) -> None:
    told = [
        BidsRun(subject=run.subject, recording=run.recording, start=run.start, events=_events(run))
        for run in runs
        if run.recording is not None
    ]
    write_motion_bids(told, place, name="Running with inertial sensors", software=runs[0].summary["version"])


def _events(run: RunToExport) -> pd.DataFrame:
    """Bouts, and contacts of the strides that count."""
    bouts = run.summary["bouts"]
    counted = run.strides[run.strides["valid"].astype(bool)]
    side = counted["side"].where(counted["side"] != "unknown")
    parts = [
        pd.DataFrame(
            {
                "time_s": [bout["start_s"] for bout in bouts],
                "duration_s": [bout["end_s"] - bout["start_s"] for bout in bouts],
                "trial_type": [bout["activity"] for bout in bouts],
                "side": None,
            }
        ),
        *(
            pd.DataFrame(
                {"time_s": counted[column], "duration_s": 0.0, "trial_type": what, "side": side}
            ).dropna(subset="time_s")
            for column, what in (("ic_time_s", "initial_contact"), ("to_time_s", "toe_off"))
        ),
    ]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _fhir(runs: Sequence[RunToExport], place: Path) -> None:
    (run,) = runs
    place.write_bytes(fhir_of(run, made_at=datetime.now(UTC), software=imu.__version__))


def _redcap(runs: Sequence[RunToExport], place: Path) -> None:
    write_redcap([row_of(run) for run in runs], variables(), place)


def _mot(runs: Sequence[RunToExport], place: Path) -> None:
    (run,) = runs
    assert run.recording is not None
    # It loads all that finds strides, which no other format needs.
    from imu.analysis.angles import shank_angles

    found = shank_angles(run.recording)
    if not found.angle_deg:
        raise RestrideError(
            f"{run.name}: no shank sensor with quiet standing before the run, so no angle over time is known"
        )
    judged = judge(run.summary)
    labels = {
        f"shank_{side}_inclination": angle
        for side, angle in found.angle_deg.items()
        if f"shank_{side}" not in judged.unsound
    }
    if not labels:
        because = "; ".join(judged.because_of(f"shank_{side}") for side in found.angle_deg)
        raise RestrideError(f"{run.name}: no shank sensor whose angles can be trusted ({because})")
    try:
        write_angles(f"{run.name} shank inclination", found.time_s, labels, place)
    except ValueError as error:
        raise RestrideError(f"{run.name}: no shank angle over time: {error}") from error


FORMATS: Mapping[str, Format] = {
    "fit": Format(write=_fit, words="a FIT activity, a record a second", leaves_out=_ALL_OF_IT),
    "csv": Format(write=_csv, words="the stride table, and NAME.dictionary.csv beside it"),
    "parquet": Format(write=_parquet, words="the stride table, and NAME.dictionary.csv beside it"),
    "bids": Format(
        write=_bids,
        words="a Motion-BIDS dataset of what the sensors recorded",
        as_folder=True,
        several=True,
        samples=True,
    ),
    "fhir": Format(
        write=_fhir, words="a FHIR R4B Bundle of the run's measures", names=True, leaves_out=_ALL_OF_IT
    ),
    "redcap": Format(
        write=_redcap,
        words="data.csv and dictionary.csv for REDCap",
        as_folder=True,
        several=True,
        leaves_out=_ALL_OF_IT,
    ),
    "mot": Format(
        write=_mot, words="shank angles over time for OpenSim", samples=True, leaves_out=_ANGLES_OVER_TIME
    ),
}
