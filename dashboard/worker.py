"""`python -m dashboard.worker`: does what takes long, one job at a time, each in a process of its own.

Any number of workers may run beside each other, and any of them may be killed at any time.
"""

import argparse
import multiprocessing
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TypeVar

import imu
from dashboard.minded import end_with_minder
from imu import matrices
from imu.errors import RestrideError
from imu.followup.arriving import arrive
from imu.followup.standing import judged_anew
from imu.home import home as default_home, keep_to_owner
from imu.store import HeldJob, Store
from imu.store.erase import compact_after_erasing
from imu.store.uploads import ARRIVAL
from imu.store.work import LostJobError

Result = TypeVar("Result")

LOOKS_EVERY_S = 1.0
HOLDS_EVERY_S = 10.0  # of a lease of a minute
LONGEST_S = 3600.0  # of one try
SWEEPS_EVERY_S = 3600.0
COMPACTS_EVERY_S = 300.0  # as long as somebody reads who holds the log of a SQLite store
JUDGES_EVERY_S = 60.0
JUDGES_AT_ONCE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the store lies; a child process opens it anew."""

    home: Path
    database: str | None = None
    blobs: str | None = None

    def opened(self) -> Store:
        return Store.at(self.home, database=self.database, blobs=self.blobs)


def work(place: Place, stop: threading.Event, *, until_idle: bool = False) -> None:
    """Do jobs until told to stop, or until none waits; between them, judge who was not judged lately."""
    store = place.opened()
    swept_at = judged_at = compacted_at = -float("inf")
    try:
        while not stop.is_set():
            held = _tried(store.jobs.take)
            if held is not None:
                _tried(lambda held=held: do(place, store, held, stop))  # type: ignore[misc]
                continue
            now = time.monotonic()
            if now - swept_at >= SWEEPS_EVERY_S:
                swept_at = now
                _tried(store.jobs.sweep)
            if now - judged_at >= JUDGES_EVERY_S:
                more = judge_again(store, stop)
                judged_at = judged_at if more else now
            if now - compacted_at >= COMPACTS_EVERY_S:
                compacted_at = now
                _tried(lambda: compact_after_erasing(store))
            if until_idle:
                return
            stop.wait(LOOKS_EVERY_S)
    finally:
        store.close()


def do(place: Place, store: Store, held: HeldJob, stop: threading.Event) -> None:
    """One try of one job. However its process ends, the job is done, failed or tried again."""
    if held.job.kind != ARRIVAL:
        store.jobs.fail(held.job, f"this restride knows no job of the kind {held.job.kind}")
        return
    # What is unpacked lies in a folder of ours: a process that is killed leaves its own behind.
    with tempfile.TemporaryDirectory(prefix="restride-job-", ignore_cleanup_errors=True) as scratch:
        child = _child_of(_in_child, place, held, scratch)
        try:
            child.start()
        except (OSError, EOFError) as error:  # memory is short, or the process to copy was just ended
            print(f"restride worker: {error}", file=sys.stderr)
            store.jobs.give_up(held.job, "the analysis could not be started")
            return
        try:
            ended = _minded(store, held, child, stop)
            if child.exitcode is None and stop.is_set():
                child.kill()
                store.jobs.put_back(held.job)
            elif ended:
                store.jobs.give_up(held.job, ended)
        except LostJobError:
            pass  # ended by the child, or by whoever took over
        finally:
            child.kill()
            child.join()


def _child_of(task: Callable[..., None], *arguments: Any) -> BaseProcess:
    """A process that is not started yet.

    It is a copy of one that holds nothing but what an analysis imports, loaded before the first job: a new
    one would load two seconds' worth for each. It has no locks of threads of ours, as a copy of this
    process would. Windows copies no processes.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn").Process(target=task, args=arguments, daemon=True)
    copied = multiprocessing.get_context("forkserver")
    copied.set_forkserver_preload(["imu.analysis.pipeline", "imu.followup.arriving"])
    return copied.Process(target=task, args=arguments, daemon=True)


def judge_again(store: Store, stop: threading.Event) -> bool:
    """Judge some of those whose kept standing holds no longer, so that lists are read and not made.

    Few at a time, as a job may come. Whether there are more.
    """
    found = _tried(lambda: store.jobs.stale_standings(analysis_version=imu.__version__)) or ()
    for account, athlete_id in random.sample(found, min(len(found), JUDGES_AT_ONCE)):
        if stop.is_set():
            break
        with suppress(RestrideError):
            judged_anew(store, account, athlete_id, analysis_version=imu.__version__)
    return len(found) > JUDGES_AT_ONCE


def _minded(store: Store, held: HeldJob, child: BaseProcess, stop: threading.Event) -> str:
    """Wait for the child and hold its job; why the try ended, empty where the child said so itself."""
    began = time.monotonic()
    held_at = began
    while True:
        child.join(LOOKS_EVERY_S / 4)
        if child.exitcode == 0:
            return ""
        if child.exitcode is not None:
            return f"the analysis ended unexpectedly (code {child.exitcode})"
        if stop.is_set():
            return ""
        if time.monotonic() - began > LONGEST_S:
            return f"the analysis took more than {LONGEST_S / 60:.0f} minutes"
        if time.monotonic() - held_at > HOLDS_EVERY_S:
            held_at = time.monotonic()
            store.jobs.hold(held.job)


def _in_child(place: Place, held: HeldJob, scratch: str) -> None:
    tempfile.tempdir = scratch
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the worker decides when it ends
    with suppress(OSError):  # where memory is short, this process goes, and nobody else
        Path("/proc/self/oom_score_adj").write_text("900", encoding="ascii")
    store = place.opened()
    try:
        with suppress(LostJobError):
            arrive(store, held, analysis_version=imu.__version__)
    finally:
        store.close()


def _tried(act: Callable[[], Result]) -> Result | None:
    """What a database that is away for a moment does not end."""
    try:
        return act()
    except RestrideError as error:
        # Its words may name a run or an athlete, which a log does not keep.
        print(f"restride worker: {type(error).__name__}", file=sys.stderr)
        return None


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m dashboard.worker", description=__doc__)
    parser.add_argument("--home", type=Path, default=None, help="folder of the store")
    parser.add_argument("--database", help="URL of the database")
    parser.add_argument("--blobs", help="folder or URL of the files")
    parser.add_argument("--until-idle", action="store_true", help="end when nothing waits")
    given = parser.parse_args()
    keep_to_owner()
    matrices.in_one_thread()  # of the jobs, each in a process of its own
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    end_with_minder(stop.set)
    place = Place(home=given.home or default_home(), database=given.database, blobs=given.blobs)
    try:
        work(place, stop, until_idle=given.until_idle)
    except RestrideError as error:
        print(f"restride worker: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
