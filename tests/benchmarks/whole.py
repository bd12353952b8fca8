"""`python -m tests.benchmarks.whole`: every way in which somebody waits for the program, in one table.

Each step is the command that a user gives, in processes of its own, or a page as its server answers it.
Between two steps the yardstick of `make bench` is taken, because the machine's speed wanders. Writes its
tables into docs/performance.md, between the marks that stand there.
"""

import argparse
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import numpy as np
import psutil

import imu
from imu.followup.seasons import keep_season
from imu.simulate.season import SeasonOptions, live
from imu.store import Store
from tests.benchmarks import own
from tests.benchmarks.browsing import Visitor
from tests.benchmarks.dashboard import memory_mb, serving
from tests.benchmarks.dashboard_home import Home, home_of
from tests.benchmarks.hours import hour, repeated
from tests.benchmarks.reprocessing import cluster, filled
from tests.conftest import COMMAND
from tests.served import served

PAGE = Path("docs/performance.md")
_BEGIN, _END = "<!-- whole: begin -->", "<!-- whole: end -->"
_TENFOLD = 10
_OPENED = 7  # a page; the first only warms
_STARTED = 3
# Small, because what a process held before it became another program counts as that program's.
_SMALL = """
import resource, subprocess, sys, time
began_s = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
clock_s = time.perf_counter() - began_s
spent = resource.getrusage(resource.RUSAGE_CHILDREN)
print(clock_s, spent.ru_utime + spent.ru_stime, spent.ru_maxrss / 1024)
sys.exit(done.returncode)
"""
_SYNC = """
import sys
from pathlib import Path
from imu.cli.demo_run import logged_run
from imu.simulate import SimulationConfig
logged_run(Path(sys.argv[1]), SimulationConfig(pattern="stand:10,run:2980@3,stand:10"))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one step. `busy_s` is processor time, all processes together; NaN where it was not read."""

    clock_s: float
    busy_s: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Line:
    what: str
    cost: Cost
    yardstick_s: float

    def __str__(self) -> str:
        cost = self.cost
        told = cost.clock_s if np.isnan(cost.busy_s) else cost.busy_s
        times = told / self.yardstick_s
        yardsticks = f"{times:.0f}" if times >= 10 else f"{times:.2g}"
        busy = "" if np.isnan(cost.busy_s) else _time(cost.busy_s)
        peak = "" if np.isnan(cost.peak_mb) else f"{cost.peak_mb:.0f} MB"
        return f"| {self.what} | {_time(cost.clock_s)} | {busy} | {yardsticks} | {peak} |"


def _time(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms" if seconds < 0.995 else f"{seconds:.3g} s"


class Bench:
    """Takes steps, prints each, and the yardstick between them."""

    def __init__(self, one_hour: Path) -> None:
        self._filtered = own.filter_pass(one_hour)
        self.lines: list[Line] = []
        self.yardsticks_s = [self._yardstick_s()]

    def note(self, what: str, take: Callable[[], Cost]) -> Cost:
        cost = take()
        self.yardsticks_s.append(self._yardstick_s())
        line = Line(what, cost, sum(self.yardsticks_s[-2:]) / 2)
        self.lines.append(line)
        print(line, flush=True)
        return cost

    def _yardstick_s(self) -> float:
        return own.best_s(self._filtered, times=3)


def main() -> None:
    """Measure all of it and write the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.whole", description=__doc__)
    parser.add_argument("--keep", type=Path, default=Path("build/bench"), help="where what is made is kept")
    parser.add_argument("--runs", type=int, default=100, help="that are derived again; also a tenth of them")
    parser.add_argument("--athletes", type=int, default=200, help="of a squad; also a tenth of them")
    parser.add_argument("--print", action="store_true", help="only print; leaves the page as it is")
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    bench = Bench(hour(options.keep))
    grown: list[tuple[str, Cost, Cost]] = []
    with TemporaryDirectory(dir=options.keep, prefix="whole-") as folder:
        scratch = Path(folder)
        _starts(bench, options.keep, scratch, grown)
        _hours(bench, options.keep, scratch, grown)
        _pages(bench, options.keep, scratch, options.athletes, grown)
        _derived_again(bench, options.keep, options.runs, grown)
    tables = "\n".join(_tables(bench, grown))
    print(f"\n{tables}")
    if not options.print:
        before, _, rest = PAGE.read_text("utf-8").partition(_BEGIN)
        _, _, after = rest.partition(_END)
        PAGE.write_text(f"{before}{_BEGIN}\n\n{tables}\n\n{_END}{after}", "utf-8")


def _starts(bench: Bench, keep: Path, scratch: Path, grown: list[tuple[str, Cost, Cost]]) -> None:
    bench.note("`import imu`", partial(_quickest, [sys.executable, "-c", "import imu"], scratch))
    bench.note("`restride --help`", partial(_quickest, [*COMMAND, "--help"], scratch))
    costs = []
    for half_years in (1, _TENFOLD):
        home = keep / f"alone-{half_years}"
        if not home.exists():
            _years_alone(home, days=half_years * 1826 // _TENFOLD)
        _run([*COMMAND, "status"], home)  # what is judged once a day
        what = f"`restride status`, {'five years' if half_years > 1 else 'half a year'} of one runner"
        costs.append(bench.note(what, partial(_quickest, [*COMMAND, "status"], home)))
    grown.append(("runs of one runner, `restride status`", costs[0], costs[1]))


def _years_alone(home: Path, *, days: int) -> None:
    store = Store.at(home)
    first = (datetime.now(UTC) - timedelta(days=days)).date()
    options = SeasonOptions(athlete_id="alone", name="Alone", seed=7, first_day=first, days=days)
    keep_season(store, store.add_account("alone", "runner"), live(options), analysis_version=imu.__version__)
    store.close()


def _hours(bench: Bench, keep: Path, scratch: Path, grown: list[tuple[str, Cost, Cost]]) -> None:
    one = hour(keep)
    ten = keep / "ten-hours"
    if not ten.exists():
        imu.save(repeated(imu.load(one), times=_TENFOLD), ten)
    costs = []
    for words, path in (("an hour", one), ("ten hours", ten)):
        command = [*COMMAND, "analyze", str(path), "--out", str(scratch / path.name)]
        what = f"`restride analyze`, {words} of three sensors"
        costs.append(bench.note(what, partial(_run, command, scratch)))
    grown.append(("length of a recording, `restride analyze`", costs[0], costs[1]))
    command = [*COMMAND, "import", str(one), "--start", "2026-03-02T06:00"]
    bench.note("`restride import`, the same hour", partial(_run, command, scratch / "home"))
    bench.note(
        "50 minutes of three virtual sensors: simulated, logged, downloaded, verified, freed",
        partial(_run, [sys.executable, "-c", _SYNC, str(scratch / "sync")], scratch / "sync"),
    )


def _pages(
    bench: Bench, keep: Path, scratch: Path, athletes: int, grown: list[tuple[str, Cost, Cost]]
) -> None:
    costs: dict[str, list[Cost]] = {}
    for count in (athletes // _TENFOLD, athletes):
        folder = keep / f"squad-{count}"
        home = home_of(folder, athletes=count, years=1, patients=2)
        if count == athletes:
            bench.note("`restride serve` until the first page is answered", partial(_first_page, folder))
        with serving(folder, scratch / "serve.log") as (address, server):
            for name, take in _opened(address, server, home):
                what = f"page {name}, squad of {count}"
                costs.setdefault(name, []).append(bench.note(what, take))
    for name, (few, many) in costs.items():
        grown.append((f"athletes, page {name}", few, many))


def _first_page(home: Path) -> Cost:
    began_s = time.perf_counter()
    with _held_mb(os.getpid()) as held, served(home) as here:
        httpx.get(f"{here.address}/sign-in", timeout=60).raise_for_status()
        clock_s = time.perf_counter() - began_s
    return Cost(clock_s, float("nan"), max(held))


def _opened(address: str, server: int, home: Home) -> Iterator[tuple[str, Callable[[], Cost]]]:
    """Pages with all the calls that they make themselves: what the server took for them."""
    of = home.patients[0]
    for name, who, path in (
        ("Today", home.runners[0], "/today"),
        ("of a run of an hour", home.runners[0], f"/run/{home.recorded[0]}"),
        ("Squad", home.coach, "/squad"),
        ("Episode", home.clinician, f"/athlete/{of}/episode"),
    ):
        visitor = Visitor.signed_in(address, who)
        yield name, partial(_opening, visitor, path, server)
        visitor.browser.close()


def _opening(visitor: Visitor, path: str, server: int) -> Cost:
    clocks, busy = [], []
    for _ in range(_OPENED):
        visitor.answers.clear()
        visitor.open(path)
        clocks.append(sum(one.wall_ms for one in visitor.answers) / 1000)
        busy.append(sum(one.cpu_ms for one in visitor.answers) / 1000)
    return Cost(float(np.median(clocks[1:])), float(np.median(busy[1:])), float(sum(memory_mb(server))))


def _derived_again(bench: Bench, keep: Path, runs: int, grown: list[tuple[str, Cost, Cost]]) -> None:
    few, many = (_of_runs(keep, count) for count in (runs // _TENFOLD, runs))
    again = [*COMMAND, "reprocess", "--all"]
    costs = []
    for count, home in ((runs // _TENFOLD, few), (runs, many)):
        what = f"`restride reprocess --jobs 1`, {count:,} runs of a minute"
        costs.append(bench.note(what, partial(_run, [*again, "--jobs", "1"], home)))
    grown.append(("runs derived again, `restride reprocess`", costs[0], costs[1]))
    bench.note(f"`restride reprocess --jobs 2`, {runs:,} runs", partial(_run, [*again, "--jobs", "2"], many))
    with cluster(2) as address:
        command = [*again, "--scheduler", address]
        cost = partial(_run, command, many)
        bench.note(
            f"the same on a Dask cluster of two local workers, {runs:,} runs",
            lambda: Cost((took := cost()).clock_s, float("nan"), took.peak_mb),
        )


def _of_runs(keep: Path, runs: int) -> Path:
    home = keep / f"runs-{runs}"
    if not home.exists():
        store = Store.at(home)
        filled(store, runs=runs, minutes=1.0)
        store.close()
    return home


def _quickest(command: Sequence[str], home: Path) -> Cost:
    return min((_run(command, home) for _ in range(_STARTED)), key=lambda cost: cost.clock_s)


def _run(command: Sequence[str], home: Path) -> Cost:
    home.mkdir(parents=True, exist_ok=True)
    told = {**os.environ, "RESTRIDE_HOME": str(home.absolute())}
    process = subprocess.Popen(
        [sys.executable, "-c", _SMALL, *command], env=told, stdout=subprocess.PIPE, text=True
    )
    with _held_mb(process.pid) as held:
        said, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: ended with {process.returncode}")
    clock_s, busy_s, largest_mb = map(float, said.split())
    return Cost(clock_s, busy_s, max(largest_mb, *held))  # a short one is over between two looks


@contextmanager
def _held_mb(root: int) -> Iterator[list[float]]:
    """What all processes below one hold together, looked at twenty times a second."""
    held = [0.0]
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.05):
            with suppress(psutil.NoSuchProcess):
                held.append(sum(map(_resident_mb, psutil.Process(root).children(recursive=True))))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield held
    finally:
        ended.set()
        looking.join()


def _resident_mb(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):
        return float(process.memory_info().rss / 2**20)
    return 0.0


def _tables(bench: Bench, grown: Sequence[tuple[str, Cost, Cost]]) -> Iterator[str]:
    least, most = min(bench.yardsticks_s), max(bench.yardsticks_s)
    wanting = f"{os.getloadavg()[2]:.1f} processes wanting one in the last quarter of an hour"
    yield f"{os.cpu_count()} cores, {wanting}, these among them."
    yield f"The yardstick took {least:.2f} to {most:.2f} s.\n"
    yield "| what | on the clock | processor time | yardsticks | memory at most |\n|---|--:|--:|--:|--:|"
    yield from map(str, bench.lines)
    yield "\n| ten times as much | processor time | memory |\n|---|--:|--:|"
    for what, few, many in grown:
        times = many.busy_s / few.busy_s
        yield f"| {what} | x {times:.1f} | x {many.peak_mb / few.peak_mb:.1f} |"


if __name__ == "__main__":
    main()
