"""The activity of a watch comes in: part of a run that sensors recorded, or a run of its own.

An outing is one outing however many devices were there: what shares time with a recorded run belongs to it,
and is never counted twice.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal

from imu.errors import RecordingError
from imu.followup.identity import run_id_of
from imu.followup.importing import RunFacts
from imu.followup.watch_again import mend
from imu.followup.watch_attached import laid_on, made_whole
from imu.followup.watch_fit import packed
from imu.followup.watch_run import by_start, derived_of_watch, facts_of, run_of_watch
from imu.followup.watch_words import clock_words, speed_words
from imu.formats.content import Activity
from imu.formats.fit_file import APPLICATION
from imu.store import Account, KeptWatch, Repository, Store
from imu.store.watches import Neighbour
from imu.training.history import Run

_FILES = {b".FIT": "fit", b"<gpx": "gpx", b"Trai": "tcx"}

_OURS = "was written by restride itself of this run, so no other device told it; it is passed over"

Became = Literal["new run", "attached", "read again", "known"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptActivity:
    """What became of an activity."""

    became: Became
    run_ids: tuple[str, ...]
    words: str


def take_in_watch(
    store: Store,
    viewer: Account,
    athlete_id: str,
    activity: Activity,
    *,
    facts: RunFacts,
    analysis_version: str,
) -> KeptActivity:
    """Keep an activity; twice changes nothing, but mends what could not be read after an upgrade.

    Whoever keeps the last of many judges the athlete anew.
    RecordingError for what is neither run nor walk; StoreError for one in the future.
    """
    if activity.sport == "other":
        raise RecordingError(activity.origin, "is neither a run nor a walk, so it has no place here")
    content = None if activity.original is None else activity.original()
    hashed = _hash(activity, content)
    end = activity.start + timedelta(seconds=round(activity.duration_s, 3))
    is_ours = content is not None and APPLICATION.bytes in content
    watch = _kept(activity, hashed, content, is_ours=is_ours, read_by=analysis_version)
    with store.seen_by(viewer) as repository:  # what takes long is done before anything is written
        unread = [old for old in repository.watches.unreadable(athlete_id) if old.content_hash == hashed]
        near = repository.watches.neighbours(athlete_id, activity.start, end)
        laid = {
            one.run_id: _laid(repository, one.run_id, watch, activity)
            for one in _belongs_to(repository, athlete_id, near, activity.start, end)
            if one.is_recorded
            and not is_ours
            and one.run_id not in repository.watches.runs_with(athlete_id, hashed)
        }
    if content is not None and unread:
        for old in unread:
            mend(
                store,
                viewer,
                athlete_id,
                old,
                content,
                sport_told=activity.sport_told,
                analysis_version=analysis_version,
            )
        ids = tuple(old.run_id for old in unread)
        return KeptActivity(became="read again", run_ids=ids, words=f"is read again, {_as_runs(ids)}.")
    with store.changed_by(viewer) as repository:
        known = repository.watches.runs_with(athlete_id, hashed)
        near = repository.watches.neighbours(athlete_id, activity.start, end)
        chosen = _belongs_to(repository, athlete_id, near, activity.start, end)
        if known:
            chosen = [one for one in chosen if one.is_recorded and one.run_id not in known]
        if is_ours and (told := [one.run_id for one in chosen if one.is_recorded]):
            return KeptActivity(became="known", run_ids=tuple(told), words=_OURS)
        if known and not chosen:
            return KeptActivity(became="known", run_ids=known, words=f"is there already, {_as_runs(known)}.")
        if chosen:
            told = [
                _attached(
                    repository,
                    athlete_id,
                    one,
                    laid.get(one.run_id) or replace(watch, run_id=one.run_id),
                    activity,
                    content,
                )
                for one in chosen
            ]
            for one in chosen:
                repository.watches.fill(
                    one.run_id, surface=facts.surface, shoe=facts.shoe, effort_cr10=facts.effort_cr10
                )
            made_whole(repository, athlete_id, activity.start, end)
            beside = [_beside_words(repository.runs.run(one.run_id)) for one in chosen]
            words = " ".join(words for words in (*told, *beside) if words)
            kept = KeptActivity(became="attached", run_ids=tuple(one.run_id for one in chosen), words=words)
        else:
            run = run_of_watch(
                activity,
                run_id=run_id_of(athlete_id, hashed),
                surface=facts.surface,
                shoe=facts.shoe,
                effort_cr10=facts.effort_cr10,
            )
            derived = derived_of_watch(run, activity, analysis_version=analysis_version)
            own = replace(watch, run_id=run.run_id, alone=True)
            _write(repository, athlete_id, own, activity, content)
            repository.runs.add(athlete_id, derived, None, beside=[one.run_id for one in near])
            repository.watches.keep(athlete_id, own)
            words = _run_words(run, own.facts)
            kept = KeptActivity(became="new run", run_ids=(run.run_id,), words=words)
    return kept


def _belongs_to(
    repository: Repository,
    athlete_id: str,
    near: Sequence[Neighbour],
    start: datetime,
    end: datetime,
) -> list[Neighbour]:
    """The runs that something from `start` to `end` is part of: those recorded, else one that a watch told,
    also where a watch of it was on much longer than the sensors."""
    beside = [one for one in near if one.shares(start, end)]
    if recorded := [one for one in beside if one.is_recorded]:
        return recorded
    if told := [one for one in beside if one.has_watch]:
        return told[:1]
    for one in repository.watches.reaching(athlete_id, start, end):
        if one.shares(start, end):
            run = repository.runs.run(one.run_id)
            return [
                each
                for each in repository.watches.neighbours(athlete_id, run.start, run.end)
                if each.run_id == one.run_id
            ]
    return []


def _hash(activity: Activity, content: bytes | None) -> str:
    """A name for exactly this activity, wherever its file lies and whatever it is called."""
    told = hashlib.sha256(b"restride-watch/1")
    told.update(activity.start.astimezone(UTC).isoformat().encode())
    if content is not None:
        told.update(content)
    else:
        for name, channel in sorted(activity.channels.items()):
            told.update(name.encode())
            told.update(channel.time_s.tobytes())
            told.update(channel.values.tobytes())
    return told.hexdigest()


def _kept(
    activity: Activity, hashed: str, content: bytes | None, *, is_ours: bool, read_by: str
) -> KeptWatch:
    return KeptWatch(
        run_id="",
        content_hash=hashed,
        alone=False,
        file=None if content is None else f"watch-{hashed[:16]}.{_ending(content)}",
        facts=facts_of(activity, is_ours=is_ours, read_by=read_by),
        fit=by_start(0.0),
    )


def _ending(content: bytes) -> str:
    head = content[:4096].replace(b"\0", b"")
    return next((ending for mark, ending in _FILES.items() if mark in head), "bin")


def _write(
    repository: Repository, athlete_id: str, watch: KeptWatch, activity: Activity, content: bytes | None
) -> None:
    """Files before the rows that speak of them."""
    if watch.file is not None and content is not None:
        repository.files.write_raw(athlete_id, watch.run_id, watch.file, content)
    repository.files.write_derived(athlete_id, watch.run_id, watch.table, packed(activity.channels))


def _attached(
    repository: Repository,
    athlete_id: str,
    neighbour: Neighbour,
    watch: KeptWatch,
    activity: Activity,
    content: bytes | None,
) -> str:
    _write(repository, athlete_id, watch, activity, content)
    when = f"the run of {neighbour.start:%Y-%m-%d %H:%M}"
    if not neighbour.is_recorded:
        offset_s = (activity.start - neighbour.start).total_seconds()
        repository.watches.keep(athlete_id, replace(watch, fit=by_start(offset_s)))
        return f"belongs to {when}, which another watch told."
    # One that came since the runs were looked at has no fit yet.
    laid = watch if watch.fit["by"] != "start" else _laid(repository, neighbour.run_id, watch, activity)
    repository.watches.keep(athlete_id, laid)
    return f"belongs to {when}. {clock_words(laid)} {speed_words(laid.fit)}"


def _laid(repository: Repository, run_id: str, watch: KeptWatch, activity: Activity) -> KeptWatch:
    """The activity as it lies on a recorded run."""
    tables = partial(repository.files.derived, run_id)
    return laid_on(repository.runs.run(run_id), watch, activity.channels, tables)


def _beside_words(run: Run) -> str:
    """What a watch adds to the load of a run; empty where that is nothing."""
    if run.running_beside_s < 1:
        return ""
    return (
        f"While nothing was recorded it told {run.running_beside_s / 60:.1f} min of running, which count as "
        "load of that run too."
    )


def _as_runs(run_ids: Sequence[str]) -> str:
    return f"as run {' and '.join(run_id[:8] for run_id in run_ids)}"


def _run_words(run: Run, facts: Mapping[str, Any]) -> str:
    way = "" if run.distance_m is None else f"{run.distance_m / 1000:.2f} km, "
    device = f" by {facts['device']}" if facts["device"] else ""
    return (
        f"{way}{run.running_s / 60:.0f} min of running on {run.start:%Y-%m-%d}, told{device}. It counts as "
        "load; gait is not judged, since no sensors were worn."
    )
