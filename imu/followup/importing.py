"""A recording becomes a run: stored once, analysed, and only then known."""

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

import imu
from imu.analysis.counted import log_entries
from imu.analysis.withheld import sound_numbers
from imu.errors import RecordingError
from imu.followup.derive import run_of
from imu.followup.identity import run_id_of
from imu.followup.run_facts import RunFacts
from imu.followup.watch_attached import made_whole, on_during, take_over
from imu.recording import Recording
from imu.recording.manifest import written_manifest
from imu.store import Account, Derived, RawRecord, Repository, Store
from imu.store.raw_files import content_hash, packed_files

if TYPE_CHECKING:
    from imu.analysis import RunAnalysis

_FACTS = {"surface": "surface", "shoe": "shoe", "effort_cr10": "effort"}
HEADLINE = (
    "cadence_spm",
    "speed_mps",
    "shank_angle_ic_deg",
    "pelvic_drop_deg",
    "peak_tibial_acc_g",
    "contact_time_s",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A run that is in the store now; `is_new` is false if it was there before."""

    run_id: str
    athlete_id: str
    is_new: bool
    summary: Mapping[str, Any]
    facts_words: str = ""  # what became of facts that were told of a run which was there before


def import_recording(
    store: Store,
    viewer: Account,
    athlete_id: str,
    recording: Recording,
    *,
    facts: RunFacts,
    analysis_version: str,
    analysis: "RunAnalysis | None" = None,
    progress: Callable[[float], None] = lambda _share: None,
) -> Imported:
    """Keep a recording and what its analysis says; twice changes nothing but facts that nobody told before.

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
    if known := _known(store, viewer, athlete_id, run_id, facts):
        return known
    with store.seen_by(viewer) as repository:
        beside = [one.run_id for one in repository.watches.alone_within(athlete_id, start, end)]
        repository.runs.refuse_impossible(athlete_id, run_id, start, end, beside=beside)
    analysis = analysis or imu.analyze(recording, progress=progress)
    derived = derived_of(analysis, recording, run_id, facts=facts, analysis_version=analysis_version)
    with tempfile.TemporaryDirectory() as scratch:
        raw = dict(packed_files(recording, Path(scratch)))
    tables = packed_tables(analysis)
    with store.seen_by(viewer) as repository:
        watches = on_during(repository, athlete_id, derived.run, tables)
    with store.changed_by(viewer) as repository:
        if repository.runs.known(athlete_id, run_id):  # another process was quicker
            return _told_again(repository, athlete_id, run_id, facts)
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
    analysis: "RunAnalysis", recording: Recording, run_id: str, *, facts: RunFacts, analysis_version: str
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


def packed_tables(analysis: "RunAnalysis") -> dict[str, bytes]:
    """Names and contents of the files that are kept of an analysis."""
    tables = {"strides": analysis.strides, "curves": analysis.curves, "seconds": analysis.seconds}
    return {f"{name}.parquet": _parquet(table) for name, table in tables.items()}


def _log_exercises(
    repository: Repository, athlete_id: str, analysis: "RunAnalysis", recording: Recording
) -> None:
    """What the sensors counted goes into the log, where the viewer may write there."""
    assert recording.start is not None
    if "write_symptoms" in repository.sharing.athlete(athlete_id).rights:
        for entry in log_entries(analysis.exercises, start=recording.start):
            repository.care.add_exercise(athlete_id, entry)


def _known(store: Store, viewer: Account, athlete_id: str, run_id: str, facts: RunFacts) -> Imported | None:
    """The run, if it was there before; only what is to be written takes the right to write."""
    with store.seen_by(viewer) as repository:
        if not repository.runs.known(athlete_id, run_id):
            return None
        if not facts.is_told:
            return _told_again(repository, athlete_id, run_id, facts)
    with store.changed_by(viewer) as repository:
        return _told_again(repository, athlete_id, run_id, facts)


def _told_again(repository: Repository, athlete_id: str, run_id: str, facts: RunFacts) -> Imported:
    return Imported(
        run_id=run_id,
        athlete_id=athlete_id,
        is_new=False,
        summary=repository.runs.summary(run_id),
        facts_words=filled(repository, run_id, facts),
    )


def filled(repository: Repository, run_id: str, facts: RunFacts) -> str:
    """Keep facts of a run that is there already, and say what became of them; empty where none were told."""
    if not facts.is_told:
        return ""
    stands = repository.runs.fill(run_id, **asdict(facts))
    kept = [
        f"{_FACTS[name]} {value}"
        for name, value in asdict(facts).items()
        if value is not None and name not in stands
    ]
    words = [f"Kept with the run: {', '.join(kept)}."] if kept else []
    words += [
        f"Its {_FACTS[name]} stays {value}, as it was told before: the first word of a run stands."
        for name, value in stands.items()
    ]
    return " ".join(words)


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
