"""`python -m tests.benchmarks.dashboard`: fifty people at a dashboard of hundreds of athletes, years of runs.

Two gunicorn workers as `restride serve` starts them, on a home that is made once and kept (`--home`). First
every page is opened and used by one person alone, then by many at once. What an answer took is told by the
server, on the clock and in processor time: where a machine has other things to do only the latter says much.
"""

import argparse
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import httpx
import numpy as np

from dashboard.serving.environment import Told
from dashboard.serving.processes import Processes, address_of, listening
from tests.benchmarks.browsing import Answer, Visitor
from tests.benchmarks.dashboard_home import Home, home_of

_CALLBACK_MS, _PAGE_MS, _RAW_MS = 150.0, 300.0, 100.0
_WORKERS = 2
_TIMES = 20  # each page, by one person alone


def main() -> None:
    """Make or take the home, let people look, print what it took."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.dashboard", description=__doc__)
    parser.add_argument("--home", type=Path, help="kept between calls  [default: made anew]")
    parser.add_argument("--athletes", type=int, default=500)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--patients", type=int, default=10)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--times", type=int, default=_TIMES)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="restride-bench-") as made:
        folder = options.home or Path(made)
        home = home_of(folder, athletes=options.athletes, years=options.years, patients=options.patients)
        print(f"{home.runs:,} runs of {len(home.athletes)} athletes\n", flush=True)
        with serving(folder, Path(made) / "serve.log") as (address, server):
            alone = _alone(address, home, options.times)
            print(f"One person alone\n\n{_table(alone)}\n", flush=True)
            if options.people:
                _crowd(address, server, home, people=options.people, seconds=options.seconds)


@contextmanager
def serving(folder: Path, log: Path) -> Iterator[tuple[str, int]]:
    """Serve a home with timed answers: the address, and the process that minds the workers."""
    with listening("127.0.0.1", 0) as bound, log.open("wb") as opened:
        address = address_of(bound)
        told = {**Told(insecure_cookies=True).variables(), "RESTRIDE_HOME": str(folder.absolute())}
        processes = Processes(told, opened)
        try:
            server = processes.start(_command(bound), keep_open=(bound.fileno(),))
            _until_open(address, server, log)
            yield address, server.pid
        finally:
            processes.end()


def _command(bound: socket.socket) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "--config", "python:dashboard.serving.gunicorn_settings"),
        *("--bind", f"fd://{bound.fileno()}", "--workers", str(_WORKERS)),
        "tests.benchmarks.timed:from_environment()",
    ]


def _until_open(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(f"{address}/healthz", timeout=60).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise SystemExit(f"the server does not answer; its log:\n{log.read_text()}")


Look = Callable[[Visitor, random.Random], None]


def looks_of(home: Home, role: str) -> tuple[Look, ...]:
    """What somebody of a role does, a page at a time."""
    first, second = home.recorded

    def opens(path: str) -> Look:
        return lambda visitor, _chance: visitor.open(path)

    def opens_one(path: str, whose: Iterable[str]) -> Look:
        known = tuple(whose)
        return lambda visitor, chance: visitor.open(path.format(of=chance.choice(known)))

    def filters(visitor: Visitor, chance: random.Random) -> None:
        visitor.open("/squad")
        value = chance.choice(("attention", "warnings"))
        visitor.change({"control": "squad", "name": "attention", "of": "", "key": ""}, "value", value)

    def narrows(visitor: Visitor, chance: random.Random) -> None:
        of = chance.choice(home.athletes)
        visitor.open(f"/athlete/{of}/runs")
        visitor.change({"control": "runs", "name": "period", "of": of, "key": ""}, "value", "365")

    def zooms(visitor: Visitor, chance: random.Random) -> None:
        visitor.open(f"/run/{first}")
        own = {"control": "run-raw", "name": "graph", "of": first, "key": ""}
        begin = chance.uniform(0, 3000)
        for length in (3600.0, 600.0, 60.0, 5.0):
            ends = {"xaxis.range[0]": begin * (length < 3600), "xaxis.range[1]": begin + length}
            visitor.change(own, "relayoutData", ends)

    own_pages = ("/today", "/progress", "/runs", "/sensors", "/sharing", "/account", "/help")
    return {
        "runner": (*map(opens, own_pages), opens(f"/compare/{first}/{second}"), zooms),
        "usual": tuple(map(opens, own_pages)),
        "coach": (
            filters,
            narrows,
            opens_one("/athlete/{of}", home.athletes),
            opens_one("/athlete/{of}/progress", home.athletes),
            opens_one("/athlete/{of}/today", home.patients),
        ),
        "clinician": (
            opens("/squad"),
            opens_one("/athlete/{of}/episode", home.patients),
            opens_one("/athlete/{of}/progress", home.patients),
            opens_one("/athlete/{of}/runs", home.patients),
            zooms,
        ),
    }[role]


def _people(home: Home) -> dict[str, str]:
    """A name of each role."""
    return {
        "runner": home.runners[0],
        "usual": home.owners[0],
        "coach": home.coach,
        "clinician": home.clinician,
    }


def _alone(address: str, home: Home, times: int) -> list[Answer]:
    """One person after the other does all that his role does, again and again; the first round only warms."""
    found, chance = [], random.Random(1)
    for role, name in _people(home).items():
        visitor = Visitor.signed_in(address, name)
        for number in range(times + 1):
            if number == 1:
                visitor.answers.clear()
            for look in looks_of(home, role):
                look(visitor, chance)
        visitor.browser.close()
        found += visitor.answers
    return found


@dataclass(slots=True)
class _Crowd:
    answers: list[Answer] = field(default_factory=list)
    broken: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)


def _crowd(address: str, server: int, home: Home, *, people: int, seconds: float) -> None:
    """Many at once, each in a session of his own, reading for a few seconds between two pages."""
    crowd, until = _Crowd(), time.monotonic() + seconds
    roles = (*("coach",) * 2, *("clinician",) * 2, "usual", *("runner",) * 1)
    names = _people(home)
    visitors = [
        (role, Visitor.signed_in(address, names[role]))
        for _, role in zip(range(people), cycle(roles), strict=False)
    ]
    threads = [
        threading.Thread(target=_visit, args=(visitor, looks_of(home, role), number, until, crowd))
        for number, (role, visitor) in enumerate(visitors)
    ]
    for one in threads:
        one.start()
    memory: list[tuple[int, ...]] = []
    began = time.monotonic()
    while any(one.is_alive() for one in threads):
        if time.monotonic() - began >= 30 * len(memory):
            memory.append(memory_mb(server))
        threads[0].join(1.0)
        time.sleep(1.0)
    memory.append(memory_mb(server))
    refused = Counter(f"{one.what}: {one.status}" for one in crowd.answers if one.status >= 400)
    print(f"{people} people at once for {seconds:.0f} s: {len(crowd.answers):,} answers, ", end="")
    print(f"{sum(refused.values()) + sum(crowd.broken.values())} errors {dict(refused + crowd.broken) or ''}")
    print("Memory of the workers (MB, each 30 s): ", "; ".join(" + ".join(map(str, one)) for one in memory))
    print(f"\n{_table(crowd.answers)}", flush=True)


def _visit(visitor: Visitor, looks: tuple[Look, ...], seed: int, until: float, crowd: _Crowd) -> None:
    chance, broken = random.Random(seed), Counter[str]()
    time.sleep(chance.uniform(0, 4))
    while time.monotonic() < until:
        try:
            chance.choice(looks)(visitor, chance)
        except (httpx.TransportError, AssertionError, ValueError) as error:
            broken[type(error).__name__] += 1
        time.sleep(chance.uniform(2, 6))
    visitor.browser.close()
    with crowd.lock:
        crowd.answers += visitor.answers
        crowd.broken += broken


def memory_mb(server: int) -> tuple[int, ...]:
    """What each worker has in memory (RSS)."""
    workers = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    pages = [int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in workers]
    return tuple(count * os.sysconf("SC_PAGE_SIZE") // 2**20 for count in pages)


def _table(answers: Iterable[Answer]) -> str:
    by_what = defaultdict(list)
    for one in answers:
        by_what[_template(one.what)].append(one)
    lines = [
        "| answer | n | processor: median | 95 % | most | on the clock: median | 95 % | most | kB | goal |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|---|",
    ]
    for what, found in sorted(by_what.items()):
        cpu, wall = ([getattr(one, name) for one in found] for name in ("cpu_ms", "wall_ms"))
        goal = _RAW_MS if "run-raw" in what else _CALLBACK_MS if what.startswith("callback") else _PAGE_MS
        told = [
            f"{value:.0f} ms"
            for times in (cpu, wall)
            for value in (*np.percentile(times, [50, 95]), max(times))
        ]
        met = "met" if np.percentile(wall, 95) < goal else "**missed**"
        size = np.median([one.bytes for one in found]) / 1000
        lines.append(f"| {what} | {len(found)} | {' | '.join(told)} | {size:.0f} | < {goal:.0f} ms, {met} |")
    return "\n".join(lines)


def _template(what: str) -> str:
    """An address without whose it is."""
    return "/".join("…" if len(part) == 32 else part for part in what.split("/"))


if __name__ == "__main__":
    main()
