"""The runner's own top speed, which shares of speed refer to: the fastest that sensors saw as yet."""

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from imu.training.history import History
from imu.training.not_judged import NotJudged
from imu.training.sessions import running_s

# Distance runners sprint at about twice their easy pace. A record hardly faster than easy running says
# that no fast running was recorded, and shares of it would forbid jogging.
LEAST_RATIO = 1.5
MOST_MPS = 12.5  # nobody is faster; a faster stride was measured wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class TopSpeed:
    speed_mps: float
    run_id: str
    runs: int  # in which a top speed was measured

    def at(self, percent: float) -> float:
        return self.speed_mps * percent / 100


def top_speed(history: History, *, now: datetime) -> TopSpeed | NotJudged:
    """Fastest speed of all trusted runs, those before an injury too."""
    runs = [run for run in history.runs if run.end <= now and run.trust != "poor"]
    fast = [
        (run.top_speed_mps, run.run_id)
        for run in runs
        if run.top_speed_mps is not None and run.top_speed_mps <= MOST_MPS
    ]
    usual = [run.distance_m / seconds for run in runs if run.distance_m and (seconds := running_s(run)) > 60]
    if not fast or not usual:
        return NotJudged(because="no run with a speed is on record")
    speed, run_id = max(fast)
    if speed < LEAST_RATIO * median(usual):
        return NotJudged(
            because=f"the fastest recorded is {speed:.1f} m/s, close to your usual {median(usual):.1f} m/s",
            to_do="Go by effort; shares of top speed are judged once fast running was recorded.",
        )
    return TopSpeed(speed_mps=speed, run_id=run_id, runs=len(fast))
