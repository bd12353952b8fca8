"""`python -m tests.benchmarks.seasons`: how fast seasons are made, and how often charts warn in them.

Processor time of one process; figures of docs/simulator.md.
"""

import argparse
import time
from collections import Counter
from datetime import date

from imu.simulate.season import STORIES, ordinary_years, tell
from imu.training.chart import charts
from tests.benchmarks.warning_rules import RUNS_A_YEAR

UNTIL = date(2026, 11, 26)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.seasons", description=__doc__)
    parser.add_argument("--athletes", type=int, default=20)
    parser.add_argument("--years", type=float, default=1.0)
    parser.add_argument("--keep-every", type=int, default=1, help="segment of each leg")
    parser.add_argument("--warnings", action="store_true", help="also count warnings; takes much longer")
    options = parser.parse_args()
    runs = rows = 0
    took_s, raised = 0.0, Counter[str]()
    seasons = ordinary_years(athletes=options.athletes, years=options.years, keep_every=options.keep_every)
    began_s = time.process_time()
    for season in seasons:  # one at a time, as a study would
        took_s += time.process_time() - began_s
        runs += len(season.history.runs)
        rows += sum(len(run.segments) for run in season.history.runs)
        if options.warnings:
            drawn = charts(season.history, now=season.until)
            raised.update({chart.charted.name: len(chart.alarms) for chart in drawn})
        began_s = time.process_time()
    print("| what | measured |\n|---|---|")
    print(f"| ordinary runs | {runs}, {rows / runs:.0f} segments each |")
    print(f"| time for one | {1000 * took_s / runs:.2f} ms |")
    print(f"| segments a second | {rows / took_s:,.0f} |")
    for story in STORIES:
        began_s = time.process_time()
        days = tell(story, until=UNTIL).options.days
        print(f"| {story}, {days} days | {time.process_time() - began_s:.2f} s |")
    for name, count in raised.items():
        print(
            f"| {name}: warnings in {RUNS_A_YEAR} runs without a change | {count * RUNS_A_YEAR / runs:.2f} |"
        )


if __name__ == "__main__":
    main()
