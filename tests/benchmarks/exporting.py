"""`python -m tests.benchmarks.exporting`: an hour written as FIT, in processor time and by the clock."""

import time
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from imu.formats.fit_fields import NATIVE, OWN
from imu.formats.fit_file import FitRun, fit_bytes

RECORDS = 3600
GOAL_S = 1.0


def hour_of_seconds(*, unknown_share: float) -> pd.DataFrame:
    """Every field that we write; `unknown_share` of the seconds lack some of our own."""
    random = np.random.default_rng(1)
    columns = {name: random.uniform(0.2, 3.0, RECORDS) for name in ("cadence_spm", *NATIVE, *OWN)}
    for name in OWN:
        columns[name][random.random(RECORDS) < unknown_share] = np.nan
    return pd.DataFrame({"time_s": np.arange(float(RECORDS)), **columns})


def main() -> None:
    start = datetime(2026, 3, 2, 7, tzinfo=UTC)
    fit_bytes(
        FitRun(
            name="first", start=start, duration_s=1, seconds=hour_of_seconds(unknown_share=0)[:2], of_run={}
        )
    )
    print(
        "| seconds without some field of our own | processor | clock | goal | size |\n|---|---|---|---|---|"
    )
    for share in (0.0, 0.01, 0.2):
        run = FitRun(
            name="hour",
            start=start,
            duration_s=RECORDS,
            seconds=hour_of_seconds(unknown_share=share),
            of_run={},
        )
        begun, clock = time.process_time(), time.perf_counter()
        written = fit_bytes(run)
        took_s, waited_s = time.process_time() - begun, time.perf_counter() - clock
        print(f"| {share:.0%} | {took_s:.2f} s | {waited_s:.2f} s | {GOAL_S} s | {len(written) >> 10} kB |")


if __name__ == "__main__":
    main()
