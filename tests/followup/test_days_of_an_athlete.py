"""A day is the athlete's, wherever the server stands: rest is not over because it is midnight elsewhere."""

import time as machine
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta, timezone
from pathlib import Path

import pytest

from imu.followup.seasons import keep_season
from imu.followup.standing import judged
from imu.simulate.season import SeasonOptions, live
from imu.store import Store
from imu.store.times import on_clock_of
from imu.training.next_session import NextSession

WEST = timezone(timedelta(hours=-8))
VERSION = "test"


@pytest.fixture
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock of a container."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "UTC")
        time_zone()
        yield
    time_zone()


def time_zone() -> None:
    if hasattr(machine, "tzset"):
        machine.tzset()
    else:
        pytest.skip("the zone of this machine cannot be set")


@pytest.mark.usefixtures("in_utc")
def test_the_day_of_rest_lasts_until_midnight_where_the_runner_lives(tmp_path: Path) -> None:
    season = live(SeasonOptions(days=60, seed=4, zone=WEST))
    ran = season.history.runs[-1].start
    evening = datetime.combine(ran.date(), time(16, 30), WEST)  # the same day there, tomorrow in UTC
    assert evening.astimezone(UTC).date() > ran.date()
    store = Store.at(tmp_path, clock=lambda: evening.astimezone(UTC))
    viewer = store.add_account("anna", "runner")
    athlete_id = keep_season(store, viewer, season, analysis_version=VERSION)
    with store.seen_by(viewer) as repository:
        assert repository.now(athlete_id).date() == ran.date()
        assert repository.now().tzinfo is UTC
        _record, found = judged(repository, athlete_id, analysis_version=VERSION)
    assert isinstance(found.next, NextSession)
    assert found.at == evening
    assert found.at.utcoffset() == timedelta(hours=-8)
    store.close()


@pytest.mark.usefixtures("in_utc")
def test_a_machine_on_the_same_clock_stays_with_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time_zone()
    summer = datetime(2026, 8, 1, 7, tzinfo=timezone(timedelta(hours=2)))
    winter = datetime(2026, 12, 1, 7, tzinfo=timezone(timedelta(hours=1)))
    assert on_clock_of(winter, summer).utcoffset() == timedelta(hours=1)
    assert on_clock_of(winter, None) is winter
    elsewhere = datetime(2026, 8, 1, 7, tzinfo=WEST)
    assert on_clock_of(winter, elsewhere).utcoffset() == timedelta(hours=-8)
    assert on_clock_of(winter, elsewhere) == winter
