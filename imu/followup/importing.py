"""A recording becomes a run: stored once, analysed, and only then known."""

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from imu.analysis import RunAnalysis, analyze
from imu.analysis.exercises import log_entries
from imu.errors import RecordingError
from imu.followup.derive import run_of
from imu.followup.identity import run_id_of
from imu.followup.watch_attached import made_whole, on_during, take_over
from imu.followup.withheld import sound_numbers
from imu.recording import Recording
from imu.recording.manifest import written_manifest
from imu.store import Account, Derived, RawRecord, Repository, Store
from imu.store.raw_files import content_hash, packed_files
from imu.training.history import Surface

HEADLINE = (
    "cadence_spm",
    "speed_mps",
    "shank_angle_ic_deg",
    "pelvic_drop_deg",
    "peak_tibial_acc_g",
    "contact_time_s",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What no sensor can tell of a run."""

    surface: Surface | None = None
    shoe: str | None = None
    effort_cr10: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A run that is in the store now; `is_new` is false if it was there before."""

    run_id: str
    athlete_id: str
    is_new: bool
    summary: Mapping[str, Any]


def import_recording(
    store: Store,
    viewer: Account,
    athlete_id: str,
    recording: Recording,
    *,
    facts: RunFacts,
    analysis_version: str,
    analysis: RunAnalysis | None = None,
    progress: Callable[[float], None] = lambda _share: None,
) -> Imported:
    """Keep a recording and what its analysis says; twice changes nothing.

    analysis: of this very recording, where there is one already; else progress is told the share done.

    What takes long is done before anything is written, and files are written before the rows that speak of
    them: a kill at any point leaves the run out, and the next try takes it in. A run of the same time that
    only a watch told becomes part of this one. RecordingError without a start time; StoreError for a run in
    the future or beside another one.
    """
    if recording.start is None:
        raise RecordingError(
            recording.path or "recording", "has no start time, so it has no place in a history; give --start"
        )
    hashed = content_hash(recording)
    run_id = run_id_of(athlete_id, hashed)
    start = recording.start  # to the end that the analysis will tell: what is refused is what would be kept
    end = start + timedelta(seconds=round(recording.duration_s, 3))
    with store.seen_by(viewer) as repository:
        if repository.runs.known(athlete_id, run_id):
            return _known(repository, athlete_id, run_id)
        beside = [one.run_id for one in repository.watches.alone_within(athlete_id, start, end)]
        repository.runs.refuse_impossible(athlete_id, run_id, start, end, beside=beside)
    analysis = analysis or analyze(recording, progress=progress)
    derived = derived_of(analysis, recording, run_id, facts=facts, analysis_version=analysis_version)
    with tempfile.TemporaryDirectory() as scratch:
        raw = dict(packed_files(recording, Path(scratch)))
    tables = packed_tables(analysis)
    with store.seen_by(viewer) as repository:
        watches = on_during(repository, athlete_id, derived.run, tables)
    with store.changed_by(viewer) as repository:
        if repository.runs.known(athlete_id, run_id):  # another process was quicker
            return _known(repository, athlete_id, run_id)
        for name, content in raw.items():
            repository.files.write_raw(athlete_id, run_id, name, content)
        write_tables(repository, athlete_id, run_id, tables)
        kept = RawRecord(
            content_hash=hashed,
            manifest=json.loads(written_manifest(recording)),
            files=tuple(raw),
            bytes=sum(map(len, raw.values())),
        )
        told = repository.watches.alone_within(athlete_id, start, derived.run.end)
        repository.runs.add(athlete_id, derived, kept, beside=[one.run_id for one in told])
        watched = [one.run_id for one in told if one.shares(start, derived.run.end)]
        take_over(repository, athlete_id, derived.run, watched, watches, tables)
        made_whole(repository, athlete_id, start, derived.run.end)
        _log_exercises(repository, athlete_id, analysis, recording)
    if watched:
        with store.changed_by(viewer) as repository:
            repository.watches.forget(athlete_id, watched)
    return Imported(run_id=run_id, athlete_id=athlete_id, is_new=True, summary=analysis.summary)


def derived_of(
    analysis: RunAnalysis, recording: Recording, run_id: str, *, facts: RunFacts, analysis_version: str
) -> Derived:
    """What is kept of an analysis."""
    assert recording.start is not None
    return Derived(
        run=run_of(
            analysis,
            run_id=run_id,
            start=recording.start,
            surface=facts.surface,
            shoe=facts.shoe,
            effort_cr10=facts.effort_cr10,
        ),
        headline=headline_of(analysis.summary),
        summary=dict(analysis.summary),
        analysis_version=analysis_version,
    )


def write_tables(repository: Repository, athlete_id: str, run_id: str, tables: Mapping[str, bytes]) -> None:
    """Keep the tables of an analysis beside its run."""
    for name, content in tables.items():
        repository.files.write_derived(athlete_id, run_id, name, content)


def packed_tables(analysis: RunAnalysis) -> dict[str, bytes]:
    """Names and contents of the files that are kept of an analysis."""
    tables = {"strides": analysis.strides, "curves": analysis.curves, "seconds": analysis.seconds}
    return {f"{name}.parquet": _parquet(table) for name, table in tables.items()}


def _log_exercises(
    repository: Repository, athlete_id: str, analysis: RunAnalysis, recording: Recording
) -> None:
    """What the sensors counted goes into the log, where the viewer may write there."""
    assert recording.start is not None
    if "write_symptoms" in repository.sharing.athlete(athlete_id).rights:
        for entry in log_entries(analysis.exercises, start=recording.start):
            repository.care.add_exercise(athlete_id, entry)


def _known(repository: Repository, athlete_id: str, run_id: str) -> Imported:
    return Imported(
        run_id=run_id, athlete_id=athlete_id, is_new=False, summary=repository.runs.summary(run_id)
    )


def headline_of(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Medians of a side, for lists: the summary's own numbers, without those of sensors not to be trusted."""
    return {
        side: {name: (numbers.get(name) or {}).get("median") for name in HEADLINE}
        for side, numbers in sound_numbers(summary).items()
    }


def _parquet(table: pd.DataFrame) -> bytes:
    out = BytesIO()
    table.to_parquet(out, index=False, compression="zstd")
    return out.getvalue()
