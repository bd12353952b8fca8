"""What foreign files cost to read: processor time and memory, on files made here.

    python -m tests.benchmarks.formats apple_health --folder /tmp/apple --gigabytes 1

Processor seconds are of the reading process alone; the clock beside them tells how busy the machine was.
"""

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from multiprocessing.queues import Queue
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from imu.formats import Activity, read_all
from tests.formats.apple import END, START, STEADY, Run, begin, record, records_of, workout
from tests.formats.watches import an_hour, fit_bytes


def apple_health(folder: Path, gigabytes: float) -> None:
    """An export of years: a run of 40 minutes every second day, a heart rate every five minutes between."""
    path = folder / "export.xml"
    wanted = int(gigabytes * (1 << 30))
    if not path.exists() or abs(path.stat().st_size - wanted) > wanted // 100:
        _write_export(path, wanted)
        (folder / "export.zip").unlink(missing_ok=True)
    if not (folder / "export.zip").exists():
        with ZipFile(folder / "export.zip", "w", ZIP_DEFLATED) as archive:
            archive.write(path, "apple_health_export/export.xml")
    for file in (path, folder / "export.zip"):
        _print_cost(file.name, file)


def _write_export(path: Path, size: int) -> None:
    runs = [Run(start=START + timedelta(days=2 * number), minutes=40, kinds=STEADY) for number in range(1500)]
    with path.open("w", encoding="utf-8") as file:
        written = file.write(begin())
        ran = []
        for run in runs:
            ran.append(run)
            written += sum(map(file.write, records_of(run)))
            if written > 0.6 * size:
                break
        for row in _days():
            written += file.write(row)
            if written > size:
                break
        file.writelines(map(workout, ran))
        file.write(END)


def _days() -> Iterator[str]:
    for number in count():
        at = START - timedelta(days=4000) + timedelta(minutes=5 * number)
        yield record("HeartRate", "count/min", 60 + number % 40, at, at)


def _print_cost(label: str, path: Path) -> None:
    """Read in a process of its own, so that the peak is that of reading."""
    told: Queue[tuple[int, float, float, float, float]] = multiprocessing.get_context("spawn").Queue()
    process = multiprocessing.get_context("spawn").Process(target=_read, args=(path, told))
    process.start()
    activities, cpu_s, wall_s, before_mb, peak_mb = told.get()
    process.join()
    size_mb = path.stat().st_size / (1 << 20)
    print(
        f"{label}: {size_mb:.0f} MB, {activities} activities, {cpu_s:.1f} s processor, {wall_s:.1f} s clock, "
        f"peak {peak_mb:.0f} MB ({before_mb:.0f} MB before reading)"
    )


def _read(path: Path, told: "Queue[tuple[int, float, float, float, float]]") -> None:
    before_mb, cpu_s, wall_s = _peak_mb(), time.process_time(), time.monotonic()
    activities = sum(isinstance(content, Activity) for content in read_all([path]))
    told.put((activities, time.process_time() - cpu_s, time.monotonic() - wall_s, before_mb, _peak_mb()))


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def fit(folder: Path, _gigabytes: float) -> None:
    """An hour of a watch with running dynamics and a developer's field, 3,600 records, read five times."""
    path = folder / "hour.fit"
    path.write_bytes(fit_bytes(an_hour(), positions=True))
    for _ in range(5):
        begun, clock = time.process_time(), time.perf_counter()
        (run,) = read_all([path])
        assert isinstance(run, Activity)
        taken = f"{time.process_time() - begun:.2f} s of processor, {time.perf_counter() - clock:.2f} s"
        print(f"{len(run.channels['speed_mps'].values)} records: {taken}")


BENCHMARKS: dict[str, Callable[[Path, float], None]] = {"apple_health": apple_health, "fit": fit}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("benchmark", choices=BENCHMARKS)
    parser.add_argument("--folder", type=Path, required=True, help="for the files that are made")
    parser.add_argument("--gigabytes", type=float, default=1.0)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    BENCHMARKS[arguments.benchmark](arguments.folder, arguments.gigabytes)


if __name__ == "__main__":
    main()
