"""The record of an athlete, as the rules read it."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from imu.store import Account, Athlete, Store, StoreError
from imu.store.rows import WarningActRow
from imu.training.warnings import Act
from tests.store.conftest import NOON, Clock


def test_of_two_answers_at_one_moment_the_later_told_is_the_later(
    store: Store, anna: Account, athlete: Athlete, clock: Clock
) -> None:
    told = [Act(at=NOON, warning="load", kind=kind, by="anna") for kind in ("acknowledged", "reopened")]
    for act in told:
        with store.changed_by(anna) as repository:
            repository.care.act(athlete.athlete_id, act)
        clock.forward(minutes=1)
    with store.engine.begin() as connection:  # a database may give rows in any order: turn them round
        for kind, recorded_at in (("acknowledged", NOON + timedelta(minutes=1)), ("reopened", NOON)):
            row = update(WarningActRow).where(WarningActRow.kind == kind)
            connection.execute(row.values(recorded_at=recorded_at))
    with store.seen_by(anna) as repository:
        assert [act.kind for act in repository.record(athlete.athlete_id).acts] == [
            "reopened",
            "acknowledged",
        ]


def test_a_number_that_is_none_is_kept_nowhere(store: Store, anna: Account, athlete: Athlete) -> None:
    with pytest.raises(StoreError, match="not finite"), store.changed_by(anna) as repository:
        repository.standings.keep(
            athlete.athlete_id, {"load": float("nan")}, holds_until=NOON, analysis_version="test"
        )
