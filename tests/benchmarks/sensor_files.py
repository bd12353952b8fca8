"""`python -m tests.benchmarks.sensor_files`: an hour of a MetaMotion in two files, read and paired."""

import tempfile
import time
from pathlib import Path

import numpy as np

from imu.formats import SensorFile, read_all
from imu.formats.matching import by_outing
from imu.formats.pairing import recorded
from tests.formats.foreign import TICK_S, metabase

GOAL_S = 2.0
_ROWS, _RATE_HZ = 360_000, 100


def main() -> None:
    """Write, read three times, print the quickest."""
    stamp_s = np.floor(np.arange(_ROWS) / _RATE_HZ / TICK_S) * TICK_S
    moving = np.random.default_rng(1).normal(size=(_ROWS, 3)).cumsum(axis=0) % 3 - 1.5
    with tempfile.TemporaryDirectory() as folder:
        files = []
        streams = {"Accelerometer": ("g", moving + np.array([0, 0, 1])), "Gyroscope": ("deg/s", moving * 200)}
        for kind, (unit, values) in streams.items():
            files.append(Path(folder) / f"LeftShank_C10F6B5AC415_{kind}_100.000Hz.csv")
            files[-1].write_text(metabase(stamp_s, values, unit=unit))
        times = [_times(files) for _ in range(3)]
    print("| step | processor time | on the clock | goal |\n|---|---|---|---|")
    for at, what in enumerate(("read both files", "and put them on one clock and check them")):
        busy, clock = (min(one[at][kind] for one in times) for kind in (0, 1))
        print(f"| {what} | {busy:.2f} s | {clock:.2f} s | {GOAL_S:g} s |")


def _times(files: list[Path]) -> list[tuple[float, float]]:
    busy, clock = time.process_time(), time.perf_counter()
    sensors = [one for one in read_all(files) if isinstance(one, SensorFile)]
    read = (time.process_time() - busy, time.perf_counter() - clock)
    (outing,) = by_outing(sensors)
    recorded(outing)
    return [read, (time.process_time() - busy, time.perf_counter() - clock)]


if __name__ == "__main__":
    main()
