"""The files of watches read anew: what a newer version understands otherwise is mended in kept runs.

A file that this version makes nothing of costs nothing that an older one read: its watch stays as it is
remembered, and says why (`UNREADABLE` of its facts) until its file is read again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from imu.errors import Forbidden, RecordingError
from imu.followup.watch_attached import laid_on, made_whole
from imu.followup.watch_fit import packed, unpacked
from imu.followup.watch_run import by_start, derived_of_watch, facts_of, remembered, run_of_watch
from imu.formats.content import Activity, Answers, Sport
from imu.formats.reading import UnknownKindError, read_source
from imu.formats.source import Source
from imu.store import Account, KeptWatch, Repository, Store
from imu.store.watches import UNREADABLE
from imu.training.history import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAgain:
    """A watch of a run as its file is understood now, laid on the run."""

    watch: KeptWatch
    activity: Activity
    table: bytes


def read_again(
    repository: Repository, run: Run, tables: Callable[[str], bytes], *, read_by: str
) -> tuple[ReadAgain, ...]:
    """The watches of a run that sensors recorded. Writes nothing. StoreError for a file that is gone."""
    found = []
    for old in repository.watches.of_run(run.run_id):
        watch, activity = _understood(repository, old, read_by)
        laid = laid_on(run, watch, activity.channels, tables)
        found.append(ReadAgain(watch=laid, activity=activity, table=packed(activity.channels)))
    return tuple(found)


def keep_again(repository: Repository, athlete_id: str, found: tuple[ReadAgain, ...]) -> None:
    """Write them; the run itself is to be told by them then."""
    for one in found:
        repository.files.write_derived(athlete_id, one.watch.run_id, one.watch.table, one.table)
        repository.watches.keep(athlete_id, one.watch)


def understand_again(
    store: Store, viewer: Account, athlete_id: str, run_id: str, *, analysis_version: str
) -> bool:
    """Read the files of a run's watches anew, and derive what rests on them. False if the run was removed.

    What people told of the run stays. StoreError for a file that is gone; then all stays.
    """
    alone: ReadAgain | None = None
    with store.seen_by(viewer) as repository:
        try:
            run = repository.runs.run(run_id)
        except Forbidden:
            return False
        before = repository.watches.of_run(run_id)
        if any(one.alone for one in before):
            found = _on_each_other(repository, before, read_by=analysis_version)
            alone = next(one for one in found if one.watch.alone)
        else:
            tables = partial(repository.files.derived, run_id)
            found = read_again(repository, run, tables, read_by=analysis_version)
    spans = [one.span_s for one in (*before, *(one.watch for one in found))]
    start, end = (run.start + timedelta(seconds=edge) for edge in (min(spans)[0], max(to for _, to in spans)))
    with store.changed_by(viewer) as repository:
        try:
            run = repository.runs.run(run_id)
        except Forbidden:
            return False
        keep_again(repository, athlete_id, found)
        if alone is not None:
            told = run_of_watch(
                alone.activity,
                run_id=run_id,
                surface=run.surface,
                shoe=run.shoe,
                effort_cr10=run.effort_cr10,
            )
            repository.runs.derive_again(
                derived_of_watch(told, alone.activity, analysis_version=analysis_version)
            )
        made_whole(repository, athlete_id, start, end)
    return True


def mend(
    store: Store,
    viewer: Account,
    athlete_id: str,
    watch: KeptWatch,
    content: bytes,
    *,
    sport_told: Sport | None,
    analysis_version: str,
) -> bool:
    """Read a watch whose file could not be read from the same file, which somebody brought once more.

    False where this version makes nothing of it either, or its run was removed.
    """
    assert watch.file is not None
    with store.changed_by(viewer) as repository:
        repository.files.write_raw(athlete_id, watch.run_id, watch.file, content)
        if sport_told is not None:
            watch = replace(watch, facts={**watch.facts, "sport_told": sport_told})
            repository.watches.keep(athlete_id, watch)
    if not understand_again(store, viewer, athlete_id, watch.run_id, analysis_version=analysis_version):
        return False
    with store.seen_by(viewer) as repository:
        return watch.watch_id not in {one.watch_id for one in repository.watches.unreadable(athlete_id)}


def _on_each_other(
    repository: Repository, watches: tuple[KeptWatch, ...], *, read_by: str
) -> tuple[ReadAgain, ...]:
    """Watches of a run that one of them alone told."""
    read = [_understood(repository, old, read_by) for old in watches]
    began = next(activity.start for watch, activity in read if watch.alone)
    return tuple(
        ReadAgain(
            watch=replace(watch, fit=by_start((activity.start - began).total_seconds())),
            activity=activity,
            table=packed(activity.channels),
        )
        for watch, activity in read
    )


def _understood(repository: Repository, old: KeptWatch, read_by: str) -> tuple[KeptWatch, Activity]:
    """A watch by its file, with the facts of it; as it is remembered where there is none, or none to read."""
    facts: dict[str, Any] = {**old.facts, "read_by": read_by}
    if old.file is not None:
        try:
            activity = _of_file(old, repository.files.raw(old.run_id, old.file))
        except UnknownKindError:  # its advice is about other files
            facts[UNREADABLE] = "is of no kind that this version knows"
        except RecordingError as error:
            facts[UNREADABLE] = error.reason
        else:
            is_ours = bool(old.facts.get("by_restride"))
            return replace(old, facts=facts_of(activity, is_ours=is_ours, read_by=read_by)), activity
    channels = unpacked(repository.files.derived(old.run_id, old.table))
    return replace(old, facts=facts), remembered(old, channels)


def _of_file(watch: KeptWatch, content: bytes) -> Activity:
    """What the file of a watch says. RecordingError where that is no run and no walk.

    The clock's zone, and a name that an account's list gave, stand in no file, so they stay.
    """
    assert watch.file is not None
    source = Source.of_bytes(watch.file, content)
    told = [
        one
        for one in read_source(source, Answers(sport=watch.facts.get("sport_told")))
        if isinstance(one, Activity) and one.sport != "other"
    ]
    if not told:
        raise RecordingError(watch.file, "is neither a run nor a walk by this version")
    began = datetime.fromisoformat(watch.facts["start"])
    one = min(told, key=lambda one: abs(one.start - began))
    return replace(one, start=one.start.astimezone(began.tzinfo), name=watch.facts["name"] or one.name)
