"""Everything derived anew from what is kept: runs of sensors and watches, then the baselines made of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from imu.errors import Forbidden, StoreError
from imu.followup.rederive import Derive, NotDerived, Rederived, Task, not_derived
from imu.followup.standing import judged_anew
from imu.followup.watch_again import keep_again, read_again, understand_again
from imu.followup.watch_attached import laid_again
from imu.store import Account, AthleteRecord, KeptBaseline, Repository, Store
from imu.store.watches import UNREADABLE
from imu.training.baseline import Baseline, fitted, metric_of
from imu.training.history import Run
from imu.training.metrics import observations


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A watch's file that this version makes nothing of; the run keeps what an older one read in it."""

    run_id: str
    file: str
    because: str


@dataclass(slots=True, kw_only=True)
class Reprocessed:
    """What became of everything that was to be derived again; a run is in `runs` or in `not_derived`."""

    runs: list[str] = field(default_factory=list)
    not_derived: list[NotDerived] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)  # of all runs, also those derived before
    baselines: list[str] = field(default_factory=list)  # charts, one entry for each athlete's


def reprocess(
    store: Store,
    viewer: Account,
    athlete_ids: list[str],
    *,
    derive: Derive,
    analysis_version: str,
    everything: bool = False,
    progress: Callable[[float], None] = lambda _share: None,
    failed: Callable[[NotDerived], None] = lambda _one: None,
) -> Reprocessed:
    """Derive all runs of these athletes again that another analysis understood, or `everything`.

    Each run is written in a transaction of its own, so that a kill keeps what was done, and the next call
    goes on with the rest; after `everything` that is one without it. A run that cannot be derived stays as it
    is and is told to `failed`. Files of watches are read anew, also those of runs that a watch alone told;
    one that this version makes nothing of is named, and fails nothing.
    Baselines in force are then fitted again to the same runs.
    """
    done = Reprocessed()
    waiting: dict[str, str] = {}  # athletes by run
    total = 0
    for athlete_id in athlete_ids:
        with store.seen_by(viewer) as repository:
            than = None if everything else analysis_version
            found = repository.runs.derived_otherwise(athlete_id, than=than)
            watched = repository.watches.read_otherwise(athlete_id, than=than)
        waiting |= dict.fromkeys(found, athlete_id)
        total += len({*found, *watched})

    def report(one: NotDerived) -> None:
        failed(one)
        # Of sensors that were derived its watch may fail, or both: it counts once, and as what is left to do.
        done.runs = [run_id for run_id in done.runs if run_id != one.run_id]
        if one.run_id not in {known.run_id for known in done.not_derived}:
            done.not_derived.append(one)

    def shown() -> None:
        progress(min(1.0, (len(done.runs) + len(done.not_derived)) / total))

    def tasks() -> Iterator[Task]:
        # Only now is there somebody who asks for them: a cluster out of reach leaves all as it was.
        for athlete_id in athlete_ids if everything else ():
            with store.changed_by(viewer) as repository:
                repository.runs.doubt_all(athlete_id)
                repository.watches.doubt_all(athlete_id)
        yield from _tasks(store, viewer, list(waiting), analysis_version=analysis_version, failed=report)

    for outcome in derive(tasks()):
        if isinstance(outcome, NotDerived):
            report(outcome)
        elif _kept(store, viewer, waiting[outcome.run_id], outcome):
            done.runs.append(outcome.run_id)
        shown()
    touched = {waiting[run_id] for run_id in done.runs}
    told = {*done.runs, *(one.run_id for one in done.not_derived)}
    for athlete_id in athlete_ids:
        for run_id in _read_again(
            store, viewer, athlete_id, analysis_version=analysis_version, failed=report
        ):
            touched.add(athlete_id)
            done.runs += [] if run_id in told else [run_id]
            shown()
        done.unreadable += _unreadable(store, viewer, athlete_id)
        done.baselines += _judged_again(
            store, viewer, athlete_id, analysis_version=analysis_version, is_touched=athlete_id in touched
        )
    return done


def _tasks(
    store: Store,
    viewer: Account,
    run_ids: list[str],
    *,
    analysis_version: str,
    failed: Callable[[NotDerived], None],
) -> Iterator[Task]:
    """The files of one run after another, read when they are wanted."""
    for run_id in run_ids:
        try:
            with store.seen_by(viewer) as repository:
                raw = repository.runs.raw(run_id)
                if raw is None:
                    continue
                files = {name: repository.files.raw(run_id, name) for name in raw.files}
        except StoreError as error:
            failed(NotDerived(run_id=run_id, because=str(error)))
            continue
        yield Task(
            run_id=run_id, content_hash=raw.content_hash, files=files, analysis_version=analysis_version
        )


def _read_again(
    store: Store,
    viewer: Account,
    athlete_id: str,
    *,
    analysis_version: str,
    failed: Callable[[NotDerived], None],
) -> Iterator[str]:
    """Runs whose watches are read anew now: those that a watch alone told, and what was not read before."""
    with store.seen_by(viewer) as repository:
        watched = repository.watches.read_otherwise(athlete_id, than=analysis_version)
    for run_id in watched:
        try:
            if understand_again(store, viewer, athlete_id, run_id, analysis_version=analysis_version):
                yield run_id
        except Exception as error:  # of a bug, too: the others go on
            failed(not_derived(run_id, error))


def _unreadable(store: Store, viewer: Account, athlete_id: str) -> list[Unreadable]:
    with store.seen_by(viewer) as repository:
        found = repository.watches.unreadable(athlete_id)
    return [
        Unreadable(run_id=one.run_id, file=one.file or one.table, because=one.facts[UNREADABLE])
        for one in found
    ]


def _kept(store: Store, viewer: Account, athlete_id: str, found: Rederived) -> bool:
    """Write a run, with what people told of it as that is now. False if it was removed meanwhile."""
    run, version = found.derived.run, found.derived.analysis_version
    with store.seen_by(viewer) as repository:
        try:
            again = read_again(repository, run, found.tables.__getitem__, read_by=version)
        except Exception:  # of a bug, too: said when it is its turn
            again = ()
    with store.changed_by(viewer) as repository:
        try:
            told = repository.runs.run(found.run_id)
        except Forbidden:
            return False
        for name, content in found.tables.items():
            repository.files.write_derived(athlete_id, found.run_id, name, content)
        keep_again(repository, athlete_id, again)
        run = replace(run, surface=told.surface, shoe=told.shoe, effort_cr10=told.effort_cr10)
        watches = {one.watch.content_hash: one.watch for one in again}
        run = laid_again(repository, athlete_id, run, watches, found.tables)
        repository.runs.derive_again(replace(found.derived, run=run))
    return True


def _judged_again(
    store: Store, viewer: Account, athlete_id: str, *, analysis_version: str, is_touched: bool
) -> list[str]:
    """Fit what is frozen again, and judge, while others may write. The charts whose baseline is another
    one now; one that somebody froze meanwhile stays."""
    with store.seen_by(viewer) as repository:
        known = repository.record(athlete_id, segments=False)
        frozen_before = any(kept.analysis_version != analysis_version for kept in _in_force(known))
        if not (is_touched or frozen_before):
            return []
        record = repository.record(athlete_id)
    again = [(kept, _fitted_again(record, kept.baseline)) for kept in _in_force(record)]
    with store.changed_by(viewer) as repository:
        still = _in_force(repository.record(athlete_id, segments=False))
        charts = [
            kept.chart
            for kept, fit in again
            if kept in still
            and _refitted(repository, athlete_id, kept, fit, analysis_version=analysis_version)
        ]
    judged_anew(store, viewer, athlete_id, analysis_version=analysis_version)
    return charts


def _in_force(record: AthleteRecord) -> list[KeptBaseline]:
    return [kept for kept in record.baselines if kept.replaced_at is None]


def _refitted(
    repository: Repository,
    athlete_id: str,
    kept: KeptBaseline,
    again: Baseline | None,
    *,
    analysis_version: str,
) -> bool:
    """Freeze a baseline anew from the runs it is made of, as far as these still show what it is about."""
    if again is None or (again == kept.baseline and kept.analysis_version == analysis_version):
        return False
    still = f"; {again.runs} of its {kept.baseline.runs} runs still show it"
    repository.care.keep_baseline(
        athlete_id,
        kept.chart,
        again,
        on_purpose=kept.on_purpose,
        reason=f"the analysis changed{still if again.runs < kept.baseline.runs else ''}",
        analysis_version=analysis_version,
    )
    return True


def _fitted_again(record: AthleteRecord, baseline: Baseline) -> Baseline | None:
    metric = metric_of(baseline)
    runs: list[Run] = [
        run
        for run in record.history.runs
        if run.run_id in baseline.run_ids and len(observations(run, metric, baseline.side).value_deg)
    ]
    return fitted(runs, metric, baseline.side, frozen_at=baseline.frozen_at) if runs else None
