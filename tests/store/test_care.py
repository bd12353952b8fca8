"""What cannot be is refused in a line, and nothing of it is kept."""

from datetime import timedelta

import pytest

from imu.errors import RestrideError
from imu.store import Account, Athlete, Store, StoreError
from imu.training.history import Injury
from tests.store.conftest import NOON


def test_an_injury_cannot_be_over_on_a_day_that_has_not_come(
    store: Store, anna: Account, athlete: Athlete
) -> None:
    today = NOON.date()
    tomorrow = Injury(
        injury_id="strain", side="left", site="hamstring", onset=today, resolved=today + timedelta(days=1)
    )
    with pytest.raises(StoreError, match="in the future"), store.changed_by(anna) as repository:
        repository.care.add_injury(athlete.athlete_id, tomorrow)
    with store.seen_by(anna) as repository:
        assert repository.record(athlete.athlete_id).history.injuries == ()


def test_what_is_no_plan_is_not_adopted(store: Store, anna: Account, athlete: Athlete) -> None:
    with pytest.raises(RestrideError, match="unknown key 'stagess'"), store.changed_by(anna) as repository:
        repository.care.adopt_plan(athlete.athlete_id, {"stagess": []}, reason="a slip")
    with store.seen_by(anna) as repository:
        assert repository.record(athlete.athlete_id).plans == ()
