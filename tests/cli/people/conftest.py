"""The verbs of people, on a store of their own at a time that stands still until it is moved."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from imu.store import Account, Store
from tests.cli.people.story import EVENING, Clock
from tests.store.fresh import fresh_store


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(EVENING)
    monkeypatch.setattr(Store, "at", partial(Store.at, clock=clock))
    return clock


@pytest.fixture
def store(clock: Clock, restride_home: Path) -> Iterator[Store]:
    store = fresh_store(restride_home, clock=clock)
    yield store
    store.close()


@pytest.fixture
def anna(store: Store) -> Account:
    """The only account: a runner with an athlete of her own, and no runs."""
    account = store.add_account("Anna", "runner")
    with store.changed_by(account) as repository:
        repository.sharing.add_athlete("Anna", own=True)
    return account
