"""The runner's own top speed, which shares of speed refer to: the fastest that sensors saw as yet."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import NamedTuple

from imu.training.history import History
from imu.training.not_judged import NotJudged
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
    """What one trusted run says about speed."""

    end: datetime
    run_id: str
    top_mps: float | None
    usual_mps: float | None


def measured_speeds(history: History) -> tuple[Measured, ...]:
    """Speeds of every trusted run, also of those before an injury, in ascending order of their end."""
    found = []
    for run in history.runs:
        if run.trust == "poor":
            continue
        top = run.top_speed_mps
        seconds = running_s(run)
        usual = run.distance_m / seconds if run.distance_m and seconds > LEAST_RUNNING_S else None
        found.append(Measured(run.end, run.run_id, top if top and top <= MOST_MPS else None, usual))
    return tuple(sorted(found, key=lambda one: one.end))


def top_speed(history: History, *, now: datetime) -> TopSpeed | NotJudged:
    """Fastest speed of all trusted runs that ended by `now`."""
    return fastest(measured_speeds(history), now=now)


def fastest(measured: Sequence[Measured], *, now: datetime) -> TopSpeed | NotJudged:
    """The same from speeds that were looked up before."""
    past = measured[: bisect_right(measured, now, key=lambda one: one.end)]
    fast = [(one.top_mps, one.run_id) for one in past if one.top_mps is not None]
    usual = [one.usual_mps for one in past if one.usual_mps is not None]
    if not fast or not usual:
        return NotJudged(because="no run with a speed is on record")
    speed, run_id = max(fast)
    if speed < LEAST_RATIO * median(usual):
        return NotJudged(
            because=f"the fastest recorded is {speed:.1f} m/s, close to your usual {median(usual):.1f} m/s",
            to_do="Go by effort; shares of top speed are judged once fast running was recorded.",
        )
    return TopSpeed(speed_mps=speed, run_id=run_id, runs=len(fast))
