"""A store of its own for each test, on every database, at a time that stands still until it is moved."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from imu.store import Account, Athlete, Store
from tests.store import postgres
from tests.store.fresh import lay_tables

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL server for all tests of this process."""
    programs = postgres.binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: needs Debian's package postgresql")
    with postgres.running(programs) as started:
        yield started


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.unhurried)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        file = tmp_path / "store.sqlite"
        lay_tables(file)
        yield f"sqlite:///{file}"
    else:
        with request.getfixturevalue("cluster").database() as url:
            yield url


@pytest.fixture
def store(tmp_path: Path, database: str, clock: Clock) -> Iterator[Store]:
    opened = Store.at(tmp_path, database=database, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def anna(store: Store) -> Account:
    return store.add_account("anna", "runner")


@pytest.fixture
def athlete(store: Store, anna: Account) -> Athlete:
    with store.changed_by(anna) as repository:
        return repository.sharing.add_athlete("Anna", own=True)
