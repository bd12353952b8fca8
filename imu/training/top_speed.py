"""The runner's own top speed, which shares of speed refer to: the fastest that sensors saw as yet."""

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from imu.training.history import History
from imu.training.not_judged import NotJudged
from imu.training.said import said
from imu.training.sessions import running_s

# Distance runners sprint at about twice their easy pace. A record hardly faster than easy running says
# that no fast running was recorded, and shares of it would forbid jogging.
LEAST_RATIO = 1.5
LEAST_RUNNING_S = 60.0  # a shorter run has no usual speed
MOST_MPS = 12.5  # nobody is faster; a faster stride was measured wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class TopSpeed:
    speed_mps: float
    run_id: str
    runs: int  # in which a top speed was measured

    def at(self, percent: float) -> float:
        return self.speed_mps * percent / 100


class Measured(NamedTuple):
    """What is known about speed at the end of one trusted run."""

    end: datetime
    top: tuple[float, str] | None  # the fastest yet and its run
    tops: int  # runs in which a top speed was measured
    usual_mps: float | None  # median of the runs


def measured_speeds(history: History) -> tuple[Measured, ...]:
    """Speeds after every trusted run, also of those before an injury, in ascending order of their end."""
    found: list[Measured] = []
    usual_mps: list[float] = []  # ascending
    top, tops = None, 0
    trusted = [(run.end, run) for run in history.runs if run.trust != "poor"]
    for end, run in sorted(trusted, key=lambda one: one[0]):
        if run.top_speed_mps and run.top_speed_mps <= MOST_MPS:
            own = (run.top_speed_mps, run.run_id)
            top, tops = own if top is None else max(top, own), tops + 1
        seconds = running_s(run)
        if run.distance_m and seconds > LEAST_RUNNING_S:
            insort(usual_mps, run.distance_m / seconds)
        found.append(Measured(end, top, tops, _middle(usual_mps)))
    return tuple(found)


def top_speed(history: History, *, now: datetime) -> TopSpeed | NotJudged:
    """Fastest speed of all trusted runs that ended by `now`."""
    return fastest(measured_speeds(history), now=now)


def fastest(measured: Sequence[Measured], *, now: datetime) -> TopSpeed | NotJudged:
    """The same from speeds that were looked up before."""
    ended = bisect_right(measured, now, key=lambda one: one.end)
    known = measured[ended - 1] if ended else None
    if known is None or known.top is None or known.usual_mps is None:
        return NotJudged(because=said("no run with a speed is on record"))
    speed, run_id = known.top
    if speed < LEAST_RATIO * known.usual_mps:
        return NotJudged(
            because=said(
                "the fastest recorded is {fastest:.1f} m/s, close to your usual {usual:.1f} m/s",
                fastest=speed,
                usual=known.usual_mps,
            ),
            to_do=said("Go by effort; shares of top speed are judged once fast running was recorded."),
        )
    return TopSpeed(speed_mps=speed, run_id=run_id, runs=known.tops)


def _middle(ascending: Sequence[float]) -> float | None:
    """Median of values in order; `statistics.median` would order them again after every run."""
    half = len(ascending) // 2
    if not ascending:
        return None
    return ascending[half] if len(ascending) % 2 else (ascending[half - 1] + ascending[half]) / 2
