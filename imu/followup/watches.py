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
from imu.followup.importing import filled
from imu.followup.run_facts import RunFacts
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
    facts_words: str = ""  # what became of facts that were told of runs which were there before


@dataclass(frozen=True, slots=True, kw_only=True)
class _Brought:
    """An activity on its way in."""

    activity: Activity
    content: bytes | None
    watch: KeptWatch  # of no run yet
    is_ours: bool

    @property
    def hashed(self) -> str:
        return self.watch.content_hash

    @property
    def start(self) -> datetime:
        return self.activity.start

    @property
    def end(self) -> datetime:
        return self.activity.start + timedelta(seconds=round(self.activity.duration_s, 3))


def take_in_watch(
    store: Store,
    viewer: Account,
    athlete_id: str,
    activity: Activity,
    *,
    facts: RunFacts,
    analysis_version: str,
) -> KeptActivity:
    """Keep an activity; twice changes nothing but facts that nobody told before, and mends what could not be
    read after an upgrade.

    Whoever keeps the last of many judges the athlete anew.
    RecordingError for what is neither run nor walk; StoreError for one in the future.
    """
    if activity.sport == "other":
        raise RecordingError(activity.origin, "is neither a run nor a walk, so it has no place here")
    brought = _brought(activity, read_by=analysis_version)
    mended = _mended(store, viewer, athlete_id, brought, analysis_version=analysis_version)
    with store.seen_by(viewer) as repository:  # what takes long is done before anything is written
        laid = {
            one.run_id: _laid(repository, one.run_id, brought)
            for one in _new_to(repository, athlete_id, brought)
            if one.is_recorded and not brought.is_ours
        }
    with store.changed_by(viewer) as repository:
        known = repository.watches.runs_with(athlete_id, brought.hashed)
        chosen = _new_to(repository, athlete_id, brought)
        mended = tuple(run_id for run_id in mended if run_id in known)  # a recording may have taken one over
        if brought.is_ours and (told := [one.run_id for one in chosen if one.is_recorded]):
            kept = KeptActivity(became="known", run_ids=tuple(told), words=_OURS)
        elif chosen:
            kept = _joined(repository, athlete_id, brought, chosen, laid)
        elif known:
            kept = KeptActivity(became="known", run_ids=known, words=f"is there already, {_as_runs(known)}.")
        else:
            kept = _alone(repository, athlete_id, brought, facts, analysis_version=analysis_version)
        if kept.became != "new run":
            of_runs = [
                filled(repository, run_id, facts) for run_id in dict.fromkeys((*kept.run_ids, *mended))
            ]
            kept = replace(kept, facts_words=" ".join(dict.fromkeys(filter(None, of_runs))))
    if not mended:
        return kept
    words = f"is read again, {_as_runs(mended)}."
    if kept.became == "known":
        return replace(kept, became="read again", run_ids=mended, words=words)
    return replace(kept, run_ids=(*mended, *kept.run_ids), words=f"{words} Since then it {kept.words}")


def _brought(activity: Activity, *, read_by: str) -> _Brought:
    content = None if activity.original is None else activity.original()
    is_ours = content is not None and APPLICATION.bytes in content
    hashed = _hash(activity, content)
    return _Brought(
        activity=activity,
        content=content,
        watch=_kept(activity, hashed, content, is_ours=is_ours, read_by=read_by),
        is_ours=is_ours,
    )


def _mended(
    store: Store, viewer: Account, athlete_id: str, brought: _Brought, *, analysis_version: str
) -> tuple[str, ...]:
    """The runs whose watch is read again from what was brought, since its file could not be."""
    if brought.content is None:
        return ()
    with store.seen_by(viewer) as repository:
        unread = [
            old for old in repository.watches.unreadable(athlete_id) if old.content_hash == brought.hashed
        ]
    return tuple(
        old.run_id
        for old in unread
        if mend(
            store,
            viewer,
            athlete_id,
            old,
            brought.content,
            sport_told=brought.activity.sport_told,
            analysis_version=analysis_version,
        )
    )


def _new_to(repository: Repository, athlete_id: str, brought: _Brought) -> list[Neighbour]:
    """The runs that it is part of and that do not have it; of a known one only those recorded since."""
    near = repository.watches.neighbours(athlete_id, brought.start, brought.end)
    known = repository.watches.runs_with(athlete_id, brought.hashed)
    return [
        one
        for one in _belongs_to(repository, athlete_id, near, brought.start, brought.end)
        if not known or (one.is_recorded and one.run_id not in known)
    ]


def _joined(
    repository: Repository,
    athlete_id: str,
    brought: _Brought,
    chosen: Sequence[Neighbour],
    laid: Mapping[str, KeptWatch],
) -> KeptActivity:
    """It becomes part of these runs."""
    told = [_attached(repository, athlete_id, one, laid.get(one.run_id), brought) for one in chosen]
    made_whole(repository, athlete_id, brought.start, brought.end)
    beside = [_beside_words(repository.runs.run(one.run_id)) for one in chosen]
    words = " ".join(words for words in (*told, *beside) if words)
    return KeptActivity(became="attached", run_ids=tuple(one.run_id for one in chosen), words=words)


def _alone(
    repository: Repository, athlete_id: str, brought: _Brought, facts: RunFacts, *, analysis_version: str
) -> KeptActivity:
    """It becomes a run of its own."""
    activity = brought.activity
    run = run_of_watch(
        activity,
        run_id=run_id_of(athlete_id, brought.hashed),
        surface=facts.surface,
        shoe=facts.shoe,
        effort_cr10=facts.effort_cr10,
    )
    derived = derived_of_watch(run, activity, analysis_version=analysis_version)
    own = replace(brought.watch, run_id=run.run_id, alone=True)
    _write(repository, athlete_id, own, brought)
    near = repository.watches.neighbours(athlete_id, brought.start, brought.end)
    repository.runs.add(athlete_id, derived, None, beside=[one.run_id for one in near])
    repository.watches.keep(athlete_id, own)
    return KeptActivity(became="new run", run_ids=(run.run_id,), words=_run_words(run, own.facts))


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


def _write(repository: Repository, athlete_id: str, watch: KeptWatch, brought: _Brought) -> None:
    """Files before the rows that speak of them."""
    if watch.file is not None and brought.content is not None:
        repository.files.write_raw(athlete_id, watch.run_id, watch.file, brought.content)
    repository.files.write_derived(athlete_id, watch.run_id, watch.table, packed(brought.activity.channels))


def _attached(
    repository: Repository,
    athlete_id: str,
    neighbour: Neighbour,
    laid: KeptWatch | None,
    brought: _Brought,
) -> str:
    watch = laid or replace(brought.watch, run_id=neighbour.run_id)
    _write(repository, athlete_id, watch, brought)
    when = f"the run of {neighbour.start:%Y-%m-%d %H:%M}"
    if not neighbour.is_recorded:
        offset_s = (brought.start - neighbour.start).total_seconds()
        repository.watches.keep(athlete_id, replace(watch, fit=by_start(offset_s)))
        return f"belongs to {when}, which another watch told."
    # One that came since the runs were looked at has no fit yet.
    fitted = laid or _laid(repository, neighbour.run_id, brought)
    repository.watches.keep(athlete_id, fitted)
    return f"belongs to {when}. {clock_words(fitted)} {speed_words(fitted.fit)}"


def _laid(repository: Repository, run_id: str, brought: _Brought) -> KeptWatch:
    """The activity as it lies on a recorded run."""
    tables = partial(repository.files.derived, run_id)
    return laid_on(repository.runs.run(run_id), brought.watch, brought.activity.channels, tables)


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
