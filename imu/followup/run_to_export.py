"""A run as it is written for others: out of the history, or of a folder."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import imu
from imu.errors import RecordingError, RestrideError, StoreError
from imu.followup.one_run import strides_of
from imu.followup.watch_fit import unpacked
from imu.recording import Channel, Recording, load
from imu.recording.reference_file import REFERENCE_FILE, read_reference
from imu.store import Repository
from imu.store.raw_files import restore_folder
from imu.training.baseline import Baseline
from imu.training.history import Run
from imu.training.overstride import OverstrideIndex, overstride_index

FEWEST_DIGITS = 4  # of a run's id


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunToExport:
    """What there is of a run. `recording` is None where a format needs no samples, or none are at hand."""

    name: str  # tells it from others
    run_id: str | None = None  # of the history
    athlete_id: str | None = None  # of the history: the whole random key
    subject: str = ""  # stands for the athlete, and names nobody; empty until `labelled`
    number: int = 1  # among the athlete's runs, in order of time
    start: datetime | None
    strides: pd.DataFrame
    summary: Mapping[str, Any]
    reference: Mapping[str, Channel] = field(default_factory=dict)
    recording: Recording | None = None
    overstride: Mapping[str, float] = field(default_factory=dict)  # index by side, where a baseline judges
    running_s: float | None = None  # of the history: a watch may have told more than was recorded
    surface: str | None = None
    effort_cr10: float | None = None
    athlete: str | None = None  # the name, only where it is wanted
    simulated: bool = False  # as far as the history knows

    def begun(self) -> datetime:
        """When it began. RestrideError where nobody said so."""
        if self.start is None:
            raise RestrideError(
                f"{self.name}: nobody said when it began, and this format tells it; give --start"
            )
        return self.start


def run_meant(repository: Repository, athlete_id: str, words: str) -> str:
    """The id of the run that is meant by `last` or the first digits of an id. StoreError if there is none."""
    ids = [one.run.run_id for one in repository.runs.listed(athlete_id)]
    if not ids:
        raise StoreError(f"run {words}: there is no run in the history yet")
    if words == "last":
        return ids[-1]
    found = [one for one in ids if one.startswith(words)] if len(words) >= FEWEST_DIGITS else []
    if len(found) != 1:
        why = "is the begin of several" if found else "there is none"
        raise StoreError(
            f"run {words}: {why}; give `last`, {FEWEST_DIGITS} or more digits of the id, or a folder"
        )
    return found[0]


def of_history(
    repository: Repository, run_id: str, *, scratch: Path, samples: bool, with_name: bool = False
) -> RunToExport:
    """A run that the viewer may see. `Forbidden` for any other; StoreError for one without its strides.

    scratch: a folder for its recording, where `samples` are wanted; it must last as long as the result.
    """
    run = repository.runs.run(run_id)
    athlete_id = repository.runs.athlete_of(run_id)
    athlete = repository.sharing.by_id(athlete_id)
    raw = repository.runs.raw(run_id)
    ids = [one.run.run_id for one in repository.runs.listed(athlete_id)]
    if raw is None:
        recorded = next((one for one in reversed(ids) if repository.runs.raw(one) is not None), None)
        instead = f"the last with one is {recorded[:8]}" if recorded else "no run has one yet"
        raise StoreError(
            f"run {run_id[:8]}: came without a recording, so there are no strides to export; {instead}"
        )
    wanted = [name for name in raw.files if samples or name == REFERENCE_FILE]
    folder = scratch / run_id
    restore_folder(wanted, lambda name: repository.files.raw(run_id, name), folder)
    beside = repository.yardsticks(athlete_id, run_id=run_id)
    return RunToExport(
        name=f"run {run_id[:8]}",
        run_id=run_id,
        athlete_id=athlete_id,
        subject=athlete_id[:8],
        number=ids.index(run_id) + 1,
        start=run.start,
        strides=strides_of(repository, run_id),
        summary=repository.runs.summary(run_id),
        reference={**_heart_of_watch(repository, run_id), **read_reference(folder / REFERENCE_FILE)},
        recording=load(folder) if samples else None,
        overstride=overstride_of(run, {chart: kept.baseline for chart, kept in beside.in_force.items()}),
        surface=run.surface,
        running_s=run.running_s,
        effort_cr10=beside.answers.effort_of(run),
        athlete=athlete.name if with_name else None,
        simulated=athlete.simulated,
    )


def _heart_of_watch(repository: Repository, run_id: str) -> dict[str, Channel]:
    """The heart rate of the first watch that told one, on the run's clock; a strap's own goes before it."""
    for watch in repository.watches.of_run(run_id):
        told = unpacked(repository.files.derived(run_id, watch.table)).get("heart_rate_bpm")
        if told is not None:
            return {"heart_rate_bpm": Channel(told.time_s + watch.offset_s, told.values)}
    return {}


def overstride_of(run: Run, baselines: Mapping[str, Baseline]) -> dict[str, float]:
    """The overstride index of each leg that a baseline in force can judge."""
    found = {}
    for side in ("left", "right"):
        baseline = baselines.get(f"overstride_{side}")
        index = None if baseline is None else overstride_index(run, (baseline,))
        if isinstance(index, OverstrideIndex):
            found[side] = index.value
    return found


def labelled(runs: Sequence[RunToExport]) -> list[RunToExport]:
    """The runs, those of folders with a label for each athlete that they name, and numbers within.

    Folders that name nobody are taken for one person's. A label that is there, from the history or because
    somebody gave one, stays.
    """
    athletes = dict.fromkeys(run.summary.get("athlete") for run in runs if not run.subject)
    labels = {athlete: f"{at:02d}" for at, athlete in enumerate(athletes, start=1)}
    numbers: Counter[str] = Counter()
    found = []
    for run in runs:
        if run.subject:
            found.append(run)
        else:
            label = labels[run.summary.get("athlete")]
            numbers[label] += 1
            found.append(replace(run, subject=label, number=numbers[label]))
    return found


def of_folder(
    folder: Path, *, start: datetime | None = None, progress: Callable[[float], None] = lambda _share: None
) -> RunToExport:
    """A recording, which is analysed now, or what `restride analyze` left. RecordingError for anything else.

    start: of one that does not say.
    """
    if (folder / "summary.json").exists() and not (folder / "recording.json").exists():
        return _of_results(folder, start)
    recording = load(folder)
    analysis = imu.analyze(recording, progress=progress)
    return RunToExport(
        name=folder.name,
        start=recording.start or start,
        strides=analysis.strides,
        summary=analysis.summary,
        reference=recording.reference,
        recording=recording,
    )


def _of_results(folder: Path, start: datetime | None) -> RunToExport:
    place = folder / "summary.json"
    try:
        summary = json.loads(place.read_text(encoding="utf-8"))
        told = summary["start"]
        begun = datetime.fromisoformat(told) if told else start
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecordingError(place, "is no summary of an analysis; analyse the recording again") from error
    place = folder / "strides.parquet"
    try:
        strides = pq.read_table(place).to_pandas()
    except (OSError, pa.ArrowException) as error:
        raise RecordingError(place, "cannot be read; analyse the recording again") from error
    return RunToExport(name=folder.name, start=begun, strides=strides, summary=summary)
