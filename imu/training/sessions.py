"""Runs as sessions: all running of one calendar day belongs together, in however many recordings."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from imu.training.history import Doing, History, Run

FEWEST_RUNNING_S = 15.0  # less is a dash for a bus; the shortest jog of a plan lasts 30 s
SAME_BOUT_GAP_S = 8.0  # a bout is found to within 2 s at either end; the shortest planned walk lasts 30 s


class Stretch(NamedTuple):
    """A stretch of one activity, seconds since its run's start."""

    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True, kw_only=True)  # without slots: its sums are kept beside the fields
class Session:
    """The running of one day."""

    day: date
    runs: tuple[Run, ...]

    @property
    def start(self) -> datetime:
        return self.runs[0].start

    @cached_property
    def end(self) -> datetime:
        return max(run.end for run in self.runs)

    @cached_property
    def run_ids(self) -> tuple[str, ...]:
        return tuple(run.run_id for run in self.runs)

    @cached_property
    def running_s(self) -> float:
        return sum(map(running_s, self.runs))

    @cached_property
    def recorded_s(self) -> float:
        return sum(run.duration_s for run in self.runs)

    @cached_property
    def distance_m(self) -> float | None:
        """None where one of the runs has no distance."""
        return _sum([run.distance_m for run in self.runs])

    @property
    def accelerations(self) -> int | None:
        total = _sum([run.accelerations for run in self.runs])
        return None if total is None else int(total)

    @cached_property
    def is_trusted(self) -> bool:
        return all(run.trust != "poor" for run in self.runs)

    @property
    def has_bouts(self) -> bool:
        return all(run.bouts for run in self.runs)

    def jogs(self, *, gap_s: float = SAME_BOUT_GAP_S) -> tuple[Stretch, ...]:
        """The stretches of running; shorter gaps than `gap_s` do not part them."""
        return tuple(jog for run in self.runs for jog in stretches(run, "run", gap_s=gap_s))

    def seconds_above(self, speed_mps: float) -> float | None:
        """Seconds of running faster than a speed; None where no run was measured by bands of speed."""
        if not any(run.exposure for run in self.runs):
            return None
        return sum(seconds_above(run, speed_mps) for run in self.runs)


def sessions(history: History, *, now: datetime) -> tuple[Session, ...]:
    """Every day with running that has ended by `now`, in ascending order."""
    return history.found(_sessions, now)


def _sessions(history: History, now: datetime) -> tuple[Session, ...]:
    done = sorted((run for run in history.runs if run.end <= now), key=lambda run: (run.start, run.run_id))
    days = groupby(sorted(done, key=lambda run: run.start.date()), key=lambda run: run.start.date())
    found = (Session(day=day, runs=tuple(runs)) for day, runs in days)
    return tuple(session for session in found if session.running_s >= FEWEST_RUNNING_S)


def running_s(run: Run) -> float:
    """Seconds of running; a run that came without bouts, from a watch for instance, counts whole."""
    return run.running_s if run.bouts else run.duration_s


def runs_of(found: Iterable[Session]) -> frozenset[str]:
    """The runs of these sessions."""
    return frozenset(run_id for session in found for run_id in session.run_ids)


def shares_its_day(run: Run, history: History) -> bool:
    """Whether another run began on the same day, so that the day alone does not name it."""
    return any(one.run_id != run.run_id and one.start.date() == run.start.date() for one in history.runs)


def walked_s(run: Run) -> float:
    """Seconds of walking."""
    return sum(bout.end_s - bout.start_s for bout in run.bouts if bout.activity == "walk")


def is_walk(run: Run) -> bool:
    """Whether walking is all there was."""
    return bool(run.bouts) and running_s(run) < FEWEST_RUNNING_S and walked_s(run) > 0


def stretches(run: Run, activity: Doing, *, gap_s: float) -> tuple[Stretch, ...]:
    """The stretches of one activity, joined over short gaps, in ascending order."""
    found: list[Stretch] = []
    for bout in sorted(run.bouts, key=lambda bout: bout.start_s):
        if bout.activity != activity or bout.end_s <= bout.start_s:
            continue
        if found and bout.start_s - found[-1].end_s <= gap_s:
            found[-1] = Stretch(found[-1].start_s, max(found[-1].end_s, bout.end_s))
        else:
            found.append(Stretch(bout.start_s, bout.end_s))
    return tuple(found)


def seconds_above(run: Run, speed_mps: float) -> float:
    """Seconds of a run above a speed; the band that holds it is shared in proportion to its width."""
    total = 0.0
    for band in run.exposure:
        if band.from_mps >= speed_mps:
            total += band.seconds
        elif band.to_mps > speed_mps and band.to_mps != float("inf"):
            total += band.seconds * (band.to_mps - speed_mps) / (band.to_mps - band.from_mps)
    return total


def between(past: Sequence[Session], begin: date, end: date) -> Sequence[Session]:
    """The sessions, which are in ascending order, from one day until before another."""
    first, after = (bisect_left(past, day, key=lambda session: session.day) for day in (begin, end))
    return past[first:after]


def longest(past: Sequence[Session], *, before: date, days: int) -> Session | None:
    """The session with most running in the `days` before a day."""
    return max(
        between(past, before - timedelta(days=days), before),
        key=lambda session: session.running_s,
        default=None,
    )


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
