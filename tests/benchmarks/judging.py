"""`python -m tests.benchmarks.judging`: how long it takes to judge an athlete, by years on record.

Processor time of one process, the best of a few; a healthy simulated athlete with the usual chances.
"""

import argparse
import time
from dataclasses import replace

from imu.followup.judgement import judge
from imu.simulate.season import SeasonOptions, live
from imu.store import Athlete, AthleteRecord
from imu.training.history import History

SIMULATED = Athlete(
    athlete_id="simulated-1",
    name="Sim One",
    is_own=True,
    simulated=True,
    revision=1,
    rights=frozenset(),
)


def record_of(history: History) -> AthleteRecord:
    """A history as the store would read it, with nothing kept of earlier judgements."""
    return AthleteRecord(athlete=SIMULATED, history=history, plans=(), baselines=(), acts=())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.judging", description=__doc__)
    parser.add_argument("--years", type=int, nargs="+", default=[1, 5, 10])
    parser.add_argument("--times", type=int, default=5, help="judged so often, the fastest counts")
    options = parser.parse_args()
    print("| years | runs | check-ins | segments | seconds |\n|---|---|---|---|---|")
    for years in options.years:
        season = live(SeasonOptions(days=365 * years, seed=3))
        took_s = min(_judging_s(season.history) for _ in range(options.times))
        segments = sum(len(run.segments) for run in season.history.runs)
        runs, answers = len(season.history.runs), len(season.history.check_ins)
        print(f"| {years} | {runs} | {answers} | {segments} | {took_s:.3f} |", flush=True)


def _judging_s(history: History) -> float:
    fresh = record_of(replace(history))  # what a history looked up once does not help the next
    began_s = time.process_time()
    judge(fresh, now=history.runs[-1].end)
    return time.process_time() - began_s


if __name__ == "__main__":
    main()
