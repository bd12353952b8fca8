"""A store with a story in it, at a time that a test sets, for the verbs that go on with it."""

import sqlite3
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from imu.followup.seasons import keep_season
from imu.followup.standing import judged_and_kept
from imu.simulate.season import tell
from imu.store import Account, Athlete, Derived, Store
from imu.training.history import Bout, Run

EVENING = datetime(2026, 6, 30, 21, tzinfo=UTC)
MORNING = EVENING + timedelta(hours=10)


class Clock:
    """The time by which the program goes, until the test moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def athlete_of(store: Store, account: Account) -> Athlete:
    with store.seen_by(account) as repository:
        return repository.sharing.athlete()


def run_of_today(run_id: str, *, start: datetime = EVENING - timedelta(hours=2), minutes: float = 20) -> Run:
    whole = Bout(activity="run", start_s=0.0, end_s=60 * minutes, speed_mps=2.8)
    return Run(run_id=run_id, start=start, duration_s=60 * minutes, bouts=(whole,), distance_m=168 * minutes)


def keep_run(store: Store, account: Account, run: Run) -> Run:
    with store.changed_by(account) as repository:
        derived = Derived(run=run, headline={}, summary={}, analysis_version="test")
        repository.runs.add(repository.sharing.athlete().athlete_id, derived, None)
    return run


def keep_story(store: Store, account: Account, story: str) -> None:
    """A season with a name instead of what was there: of `account` too, with `ito` as its clinician."""
    assert account.name == "Anna"
    kept = sqlite3.connect(":memory:")
    kept.deserialize(_told(story))
    with store.engine.connect() as connection:
        there = connection.connection.driver_connection
        assert isinstance(there, sqlite3.Connection)
        kept.backup(there)
    kept.close()


@cache
def _told(story: str) -> bytes:
    """A whole database: a season takes seconds to live and to judge, and is the same for every test."""
    with TemporaryDirectory() as folder:
        store = Store.at(Path(folder), clock=lambda: EVENING)
        anna = store.add_account("Anna", "runner")
        store.add_account("ito", "clinician")
        season = tell(story, until=EVENING.date(), name="Anna")
        athlete_id = keep_season(store, anna, season, analysis_version="test")
        with store.changed_by(anna) as repository:
            repository.sharing.grant(athlete_id, "ito", "clinical")
            judged_and_kept(repository, athlete_id, analysis_version="test")
        with store.engine.connect() as connection:
            there = connection.connection.driver_connection
            assert isinstance(there, sqlite3.Connection)
            content = there.serialize()
        store.close()
    return content[:18] + b"\x01\x01" + content[20:]  # memory knows no write-ahead log
