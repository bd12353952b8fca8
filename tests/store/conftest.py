"""A store of its own for each test, at a time that stands still until it is moved."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from imu.store import Account, Athlete, Store

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


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Store:
    return Store.at(tmp_path, clock=clock)


@pytest.fixture
def anna(store: Store) -> Account:
    return store.add_account("anna", "runner")


@pytest.fixture
def athlete(store: Store, anna: Account) -> Athlete:
    with store.changed_by(anna) as repository:
        return repository.sharing.add_athlete("Anna", own=True)
