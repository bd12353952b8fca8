"""Two who change one athlete at the same time, and one who reads meanwhile; on both databases."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from imu.store import Derived, Store, StoreError
from imu.training.history import CheckIn, Run
from tests.store.conftest import NOON, Clock

SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """The URL of a server of these tests alone, that is reached by a socket in its folder."""
    if not SERVERS:
        pytest.skip("needs PostgreSQL, for instance Debian's package postgresql")
    pytest.importorskip("psycopg")
    # Not in pytest's own folder: a socket's path has to be short, and root's folders are closed to others.
    folder = Path(tempfile.mkdtemp(prefix="restride-"))
    folder.chmod(0o755)
    as_owner: list[str] = []
    if os.geteuid() == 0:  # a server refuses to be run by root
        shutil.chown(folder, "postgres")
        as_owner = ["runuser", "-u", "postgres", "--"]
    tools = SERVERS[-1].parent

    def run(*command: str) -> None:
        subprocess.run([*as_owner, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL)

    data = str(folder / "data")
    try:
        run(str(tools / "initdb"), "-D", data, "-U", "tests", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-F -c listen_addresses= -k {folder}"
        run(str(tools / "pg_ctl"), "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield f"postgresql://tests@/postgres?host={folder}"
        finally:
            run(str(tools / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def shared_store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    database = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    store = Store.at(tmp_path, database=database, clock=clock)
    yield store
    store.close()


def test_two_at_a_time_take_turns_and_a_reader_sees_one_moment(shared_store: Store) -> None:
    store = shared_store
    store.add_account("anna", "runner")
    with store.changed_by("anna") as repository:
        athlete = repository.sharing.add_athlete("Anna", own=True)
    both = Barrier(2)

    def add(minute: int) -> str:
        run = Run(run_id=f"r{minute}", start=NOON - timedelta(minutes=90 + minute), duration_s=1800, bouts=())
        both.wait(30)
        try:
            with store.changed_by("anna") as repository:
                kept = Derived(run=run, headline={}, summary={}, analysis_version="test")
                repository.runs.add(athlete.athlete_id, kept, None)
        except StoreError as error:
            return str(error)
        return "kept"

    with store.seen_by("anna") as reader:
        assert reader.runs.listed(athlete.athlete_id) == ()
        with ThreadPoolExecutor(2) as pool:
            told = sorted(pool.map(add, (1, 2)))
        assert reader.runs.listed(athlete.athlete_id) == ()
    assert told[0] == "kept"
    assert "overlaps run" in told[1]

    def answer(pain: int) -> None:
        both.wait(30)
        with store.changed_by("anna") as repository:
            repository.care.add_check_in(athlete.athlete_id, CheckIn(at=NOON, moment="after", pain=pain))

    for _ in range(5):
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(answer, (1, 2)))
    with store.seen_by("anna") as repository:
        assert repository.sharing.athlete().revision == athlete.revision + 11
