"""Watches on the runs that sensors recorded: laid on when either comes, and again after an upgrade."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO

import pandas as pd

from imu.followup.derive import with_load
from imu.followup.watch_fit import fitted, unpacked, with_slope
from imu.followup.watch_run import Span, remembered, run_of_watch, with_rest
from imu.recording import Channel
from imu.store import KeptWatch, Repository
from imu.training.history import Run


def laid_on(
    run: Run, watch: KeptWatch, channels: Mapping[str, Channel], tables: Callable[[str], bytes]
) -> KeptWatch:
    """A watch as it lies on a recorded run. tables: what was derived of the run, by name.

    Takes seconds for an outing of hours, so nobody shall wait for it with a transaction that writes.
    """
    began = datetime.fromisoformat(watch.facts["start"])
    fit = fitted(
        _frame(tables("strides.parquet")),
        _frame(tables("seconds.parquet")),
        channels,
        clocks_offset_s=(began - run.start).total_seconds(),
        by_satellites=bool(watch.facts.get("positions")),
    )
    return replace(watch, run_id=run.run_id, alone=False, fit=fit)


def on_during(
    repository: Repository, athlete_id: str, run: Run, tables: Mapping[str, bytes]
) -> dict[str, KeptWatch]:
    """The watches that were on during a run, as they lie on it, by their content. Writes nothing."""
    found: dict[str, KeptWatch] = {}
    for one in repository.watches.reaching(athlete_id, run.start, run.end):
        if one.watch.content_hash not in found and one.shares(run.start, run.end):
            channels = _channels(repository, one.watch)
            found[one.watch.content_hash] = laid_on(run, one.watch, channels, tables.__getitem__)
    return found


def laid_again(
    repository: Repository,
    athlete_id: str,
    run: Run,
    found: Mapping[str, KeptWatch],
    tables: Mapping[str, bytes],
) -> Run:
    """The run as it was derived anew, with its watches on its new strides. found: by `on_during`."""
    for watch in repository.watches.of_run(run.run_id):
        laid = found.get(watch.content_hash)
        if laid is None:
            laid = laid_on(run, watch, _channels(repository, watch), tables.__getitem__)
        repository.watches.keep(athlete_id, laid)
    return whole(repository, athlete_id, run)


def take_over(
    repository: Repository,
    athlete_id: str,
    run: Run,
    watched: Sequence[str],
    found: Mapping[str, KeptWatch],
    tables: Mapping[str, bytes],
) -> None:
    """Let a run that was just added take over what watches alone knew of the same time.

    A watch that belongs to another recording and was on during this one belongs to both. found: by
    `on_during`; what came since then is laid on now.
    """
    reaching = repository.watches.reaching(athlete_id, run.start, run.end)
    taken = {one.content_hash: one for one in repository.watches.take_over(athlete_id, watched, run.run_id)}
    for one in reaching:
        is_old = one.run_id in watched or one.watch.content_hash in taken
        if not is_old and one.shares(run.start, run.end):
            repository.watches.copy(athlete_id, one.watch, run.run_id)
            taken[one.watch.content_hash] = one.watch
    for content_hash, watch in taken.items():
        laid = found.get(content_hash)
        if laid is None:
            own = replace(watch, run_id=run.run_id)
            laid = laid_on(run, own, _channels(repository, own), tables.__getitem__)
        repository.watches.keep(athlete_id, laid)


def made_whole(repository: Repository, athlete_id: str, start: datetime, end: datetime) -> None:
    """Write anew the runs whose watches were on between both, after something changed there."""
    near = repository.watches.reaching(athlete_id, start, end)
    if not near:
        return
    # A watch that was laid on reaches further, and takes from others there.
    start, end = min(one.start for one in near), max(one.end for one in near)
    runs = dict.fromkeys(one.run_id for one in repository.watches.reaching(athlete_id, start, end))
    for run_id in runs:
        run = repository.runs.run(run_id)
        watches = repository.watches.of_run(run_id)
        if len(watches) > 1 or not watches[0].alone:
            repository.watches.told(whole(repository, athlete_id, _first_told(repository, run, watches)))


def whole(repository: Repository, athlete_id: str, run: Run) -> Run:
    """A run with the slope under its segments, and what its watches told while nobody else did.

    An outing counts once: time of another run is that run's, and of what a watch told between two runs that
    it belongs to, or two watches of two runs, the run that began first has it.
    """
    watches = [one for one in repository.watches.of_run(run.run_id) if not one.alone]
    if not watches:
        return run
    began, ended = (
        run.start + timedelta(seconds=edge(one.span_s[at] for one in watches))
        for at, edge in ((0, min), (1, max))
    )

    def on_run(start: datetime, end: datetime) -> Span:
        return (start - run.start).total_seconds(), (end - run.start).total_seconds()

    near = repository.watches.neighbours(athlete_id, began, ended)
    reaching = repository.watches.reaching(athlete_id, began, ended)
    earlier = [one for one in reaching if (one.run_start, one.run_id) < (run.start, run.run_id)]
    taken = [
        (0.0, run.duration_s),
        *(on_run(one.start, one.end) for one in near),
        *(on_run(one.start, one.end) for one in earlier),
    ]
    for watch in watches:
        channels = _channels(repository, watch)
        run = with_slope(run, channels.get("grade_percent"), offset_s=watch.offset_s)
        run = with_rest(run, remembered(watch, channels), offset_s=watch.offset_s, taken_s=taken)
        taken.append(watch.span_s)
    return run


def _first_told(repository: Repository, run: Run, watches: Sequence[KeptWatch]) -> Run:
    """A run by its sensors, or by the watch that alone told it."""
    for watch in watches:
        if watch.alone:
            channels = _channels(repository, watch)
            told = run_of_watch(remembered(watch, channels), run_id=run.run_id)
            return replace(told, surface=run.surface, shoe=run.shoe, effort_cr10=run.effort_cr10)
    strides = _frame(repository.files.derived(run.run_id, "strides.parquet"))
    return with_load(run, strides, repository.runs.summary(run.run_id))


def _channels(repository: Repository, watch: KeptWatch) -> dict[str, Channel]:
    return unpacked(repository.files.derived(watch.run_id, watch.table))


def _frame(content: bytes) -> pd.DataFrame:
    return pd.read_parquet(BytesIO(content))
