"""SIGKILL at random points of what writes the store: it opens, it is whole, and the next try finishes.

Half of the kills come before a random file, statement or commit, so that the short time in which something
is written is met as often as the long one before it; the other half at a random moment.
"""

import multiprocessing
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random

from sqlalchemy import select

from imu import save, simulate
from imu.store import Store
from imu.store.archive import Archive
from imu.store.backup import back_up
from imu.store.check import StoreCheck, check
from imu.store.database import exclusive, open_engine
from imu.store.restore import fill_as_it_was
from imu.store.rows import RunRow
from tests.faults.store_work import Work, at_work, derive_again, import_one, migrate, restore_over
from tests.store import revisions

_TIMEOUT_S = 120.0
# Forked from a process that has everything imported and no thread: real processes that start in no time.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.faults.store_work"])


@dataclass(slots=True)
class Victim:
    """One kind of work on one home, killed again and again."""

    work: Work
    home: Path
    random: Random
    points: int = 100
    took_s: float = 1.0
    killed: int = 0
    left_files: int = 0  # kills after which more files lay around for nobody
    orphans: set[str] = field(default_factory=set)

    def kill(self, number: int) -> StoreCheck | None:
        """Begin, and be killed at a random point. What is there then; None if it was done before that."""
        by_point = self.random.random() < 0.5
        dies_at = self.random.randint(1, self.points) if by_point else 0
        process, _ = self._started(number, dies_at)
        if not by_point:
            process.join(self.random.uniform(0.0, self.took_s))
            process.kill()
        process.join(_TIMEOUT_S)
        assert process.exitcode in (0, -signal.SIGKILL), f"ended by itself: {process.exitcode}"
        if process.exitcode == 0:
            return None
        self.killed += 1
        if self.work is migrate:
            _sound(self.home)  # before anything that mends it looks at it
        found = self.whole()
        self.left_files += not self.orphans.issuperset(found.orphans)
        self.orphans |= set(found.orphans)
        return found

    def finish(self, number: int) -> StoreCheck:
        """The next try, which nobody kills; where the next kills may lie follows from it."""
        began = time.monotonic()
        process, told = self._started(number, 0)
        process.join(_TIMEOUT_S)
        assert process.exitcode == 0, f"the next try did not finish: {process.exitcode}"
        self.points, self.took_s = told.recv(), time.monotonic() - began
        return self.whole()

    def whole(self) -> StoreCheck:
        """Opens, and nothing is missing."""
        store = Store.at(self.home)
        found = check(store, in_work=timedelta(0))
        store.close()
        assert found.is_whole, found
        return found

    def swept(self) -> str:
        """The figures, after what lay around was removed."""
        store = Store.at(self.home)
        check(store, repair=True, in_work=timedelta(0))
        found = check(store, in_work=timedelta(0))
        store.close()
        assert found.is_whole, found
        assert not found.orphans, found
        return f"{self.killed} kills; {self.left_files} left files for nobody, which were swept"

    def _started(self, number: int, dies_at: int) -> tuple[ForkServerProcess, Connection]:
        told, telling = _PROCESSES.Pipe(duplex=False)
        words = (self.work, self.home, number, dies_at, telling)
        process = _PROCESSES.Process(target=at_work, args=words)
        process.start()
        telling.close()
        return process, told


def imports(folder: Path, *, kills: int, seed: int = 1) -> str:
    """A run is in the store or not, and afterwards it is."""
    victim = Victim(import_one, _home(folder), Random(seed))
    victim.finish(0)
    number = 1
    while victim.killed < kills:
        found = victim.kill(number)
        assert found is None or found.runs in (number, number + 1)
        assert victim.finish(number).runs == number + 1
        number += 1
    return victim.swept()


def derivations(folder: Path, *, kills: int, seed: int = 2) -> str:
    """Every run has all of the old results or all of the new ones, and afterwards the new ones."""
    home = _home(folder)
    Victim(import_one, home, Random(seed)).finish(0)
    Victim(import_one, home, Random(seed)).finish(1)
    before = _derived_files(home)
    victim = Victim(derive_again, home, Random(seed))
    version = 1
    victim.finish(version)
    while victim.killed < kills:
        version += 1
        victim.kill(version)
        assert set(_versions(home)) <= {str(version - 1), str(version)}
        victim.finish(version)
        assert _versions(home) == [str(version)] * 2
    assert _derived_files(home) == before
    return victim.swept()


def migrations(folder: Path, *, kills: int, seed: int = 3) -> str:
    """From nothing and from every past revision: the tables are the old ones or the new ones."""
    victim = Victim(migrate, folder / "home", Random(seed))
    olds = list(_old_homes(folder))
    number = 0
    while victim.killed < kills:
        old, runs = olds[number % len(olds)]
        for is_measured in (True, False):
            shutil.rmtree(victim.home, ignore_errors=True)
            shutil.copytree(old, victim.home)
            if is_measured:
                victim.finish(number)
        victim.kill(number)
        assert victim.finish(number).runs == runs
        number += 1
    return f"{victim.killed} kills, from nothing and {len(olds) - 1} past revisions"


def restores(folder: Path, *, kills: int, seed: int = 4) -> str:
    """One of two stores, whole."""
    home = _home(folder)
    victim = Victim(import_one, home, Random(seed))
    for number in range(2):
        victim.finish(number)
        store = Store.at(home)
        for key in list(store.blobs.keys("derived")):
            if key.endswith("strides.parquet"):
                store.blobs.write(key, f"as of backup {number}".encode())
        back_up(store, folder / f"backup{number}", made_by="restride")
        store.close()
    victim = Victim(restore_over, home, Random(seed))
    number = 2
    victim.finish(number)
    while victim.killed < kills:
        number += 1
        found = victim.kill(number)
        assert found is None or found.runs in (1, 2)
        assert victim.finish(number).runs == 1 + number % 2
        as_of = {key: content for key, content in _derived_files(home).items() if "strides" in key}
        assert set(as_of.values()) == {f"as of backup {number % 2}".encode()}
    return victim.swept()


def _home(folder: Path) -> Path:
    """A store with its one account, and a recording beside it."""
    recording = simulate.simulate(simulate.SimulationConfig(pattern="stand:4,run:14@3,stand:4")).recording
    save(recording, folder / "recording")
    store = Store.at(folder / "home")
    store.only_account()
    store.close()
    return folder / "home"


def _old_homes(folder: Path) -> Iterator[tuple[Path, int]]:
    """Stores of every past revision, and how many runs each has."""
    empty = folder / "empty"
    empty.mkdir()
    yield empty, 0
    for revision, path in list(revisions.kept().items())[:-1]:
        old = folder / revision
        engine = open_engine(f"sqlite:///{old / 'store.sqlite'}")
        with Archive.opened(path) as archive, exclusive(engine) as connection:
            fill_as_it_was(connection, archive, lambda _share: None)
            for key, piece in archive.manifest.blobs.items():
                (old / "blobs" / key).parent.mkdir(parents=True, exist_ok=True)
                (old / "blobs" / key).write_bytes(archive.content(piece))
        engine.dispose()
        yield old, archive.manifest.rows["run"]


def _sound(home: Path) -> None:
    """The database's file, read by nothing but SQLite."""
    if (home / "store.sqlite").exists():
        with closing(sqlite3.connect(home / "store.sqlite")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def _versions(home: Path) -> list[str]:
    store = Store.at(home)
    with store.engine.connect() as connection:
        found = list(connection.scalars(select(RunRow.analysis_version)))
    store.close()
    return found


def _derived_files(home: Path) -> dict[str, bytes]:
    store = Store.at(home)
    found = {key: store.blobs.read(key) for key in store.blobs.keys("derived")}
    store.close()
    return found


KILLED: dict[str, Callable[..., str]] = {
    "store: import": imports,
    "store: reprocess": derivations,
    "store: migrate": migrations,
    "store: restore": restores,
}
