"""What cannot be is refused in a line, and nothing of it is kept."""

from dataclasses import replace
from datetime import timedelta

import pytest

from imu.errors import RestrideError
from imu.store import Account, Athlete, Store, StoreError
from imu.training.history import CheckIn, Exercise, Injury
from tests.store.conftest import NOON

ANSWER = CheckIn(at=NOON, moment="after", pain=2)


def test_an_injury_cannot_be_over_on_a_day_that_has_not_come(
    store: Store, anna: Account, athlete: Athlete
) -> None:
    today = NOON.date()
    too_late = Injury(
        injury_id="strain", side="left", site="hamstring", onset=today, resolved=today + timedelta(days=2)
    )
    with pytest.raises(StoreError, match="in the future"), store.changed_by(anna) as repository:
        repository.care.add_injury(athlete.athlete_id, too_late)
    with store.seen_by(anna) as repository:
        assert repository.record(athlete.athlete_id).history.injuries == ()


def test_what_is_no_plan_is_not_adopted(store: Store, anna: Account, athlete: Athlete) -> None:
    with pytest.raises(RestrideError, match="unknown key 'stagess'"), store.changed_by(anna) as repository:
        repository.care.adopt_plan(athlete.athlete_id, {"stagess": []}, reason="a slip")
    with store.seen_by(anna) as repository:
        assert repository.record(athlete.athlete_id).plans == ()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (replace(ANSWER, moment="whenever"), "moment 'whenever'"),  # type: ignore[arg-type]
        (replace(ANSWER, pain=2.5), "pain 2.5"),  # type: ignore[arg-type]
        (replace(ANSWER, at=NOON.replace(tzinfo=None)), "no time zone"),
        (replace(ANSWER, side="both"), "side 'both'"),  # type: ignore[arg-type]
        (replace(ANSWER, red_flags=("ouch",)), "red flag 'ouch'"),  # type: ignore[arg-type]
    ],
)
def test_an_answer_that_cannot_be_is_refused_in_a_line(
    store: Store, anna: Account, athlete: Athlete, answer: CheckIn, words: str
) -> None:
    with pytest.raises(StoreError, match=words), store.changed_by(anna) as repository:
        repository.care.add_check_in(athlete.athlete_id, answer)
    with store.seen_by(anna) as repository:
        assert repository.record(athlete.athlete_id).history.check_ins == ()


@pytest.mark.parametrize("broken", ["sore\0", "sore\ud800"])
def test_what_one_database_cannot_keep_is_refused_by_all(
    store: Store, anna: Account, athlete: Athlete, broken: str
) -> None:
    injury = Injury(injury_id="i", side="left", site=broken, onset=NOON.date())
    with pytest.raises(StoreError, match="type it again"), store.changed_by(anna) as repository:
        repository.care.add_check_in(athlete.athlete_id, replace(ANSWER, note=broken))
    with pytest.raises(StoreError, match="type it again"), store.changed_by(anna) as repository:
        repository.care.add_injury(athlete.athlete_id, injury)


def test_names_that_one_database_would_cut_are_refused_by_all(
    store: Store, anna: Account, athlete: Athlete
) -> None:
    injury = Injury(injury_id="i" * 33, side="left", site="hamstring", onset=NOON.date())
    with pytest.raises(StoreError, match="1 to 80"), store.changed_by(anna) as repository:
        repository.care.add_exercise(athlete.athlete_id, Exercise(at=NOON, exercise="e" * 200, sets=3))
    with pytest.raises(StoreError, match="1 to 32"), store.changed_by(anna) as repository:
        repository.care.add_injury(athlete.athlete_id, injury)


def test_the_day_an_injury_was_over_can_be_corrected_and_the_log_keeps_the_one_before(
    store: Store, anna: Account, athlete: Athlete
) -> None:
    today, earlier = NOON.date(), NOON.date() - timedelta(days=1)
    injury = Injury(injury_id="strain", side="left", site="hamstring", onset=today - timedelta(days=9))
    with store.changed_by(anna) as repository:
        repository.care.add_injury(athlete.athlete_id, injury)
        repository.care.resolve_injury(athlete.athlete_id, "strain", today)
        repository.care.resolve_injury(athlete.athlete_id, "strain", earlier)
    with store.seen_by(anna) as repository:
        (kept,) = repository.record(athlete.athlete_id).history.injuries
        log = repository.sharing.audit(athlete.athlete_id)
    assert kept.resolved == earlier
    assert log[0].detail == {"day": earlier.isoformat(), "before": today.isoformat()}


def test_today_in_auckland_is_not_in_the_future(store: Store, anna: Account, athlete: Athlete) -> None:
    tomorrow_here = NOON.date() + timedelta(days=1)
    injury = Injury(injury_id="strain", side="left", site="hamstring", onset=tomorrow_here)
    with store.changed_by(anna) as repository:
        repository.care.add_injury(athlete.athlete_id, injury)
