"""The colour of a session, by the bands of the plan; the numbers are those of the plan's file."""

from dataclasses import replace

import pytest

from imu.training.history import CheckIn, History, PainProfile
from imu.training.pain import Colour, pain_response
from imu.training.plan_file import default_plan
from imu.training.sessions import sessions
from tests.training.athlete import at, run, told

DONE = run(20, ("run", 1200.0))


def colour(*answers: CheckIn, profile: PainProfile = "strain") -> Colour | None:
    history = History(runs=(DONE,), check_ins=tuple(sorted(answers, key=lambda answer: answer.at)))
    (session,) = sessions(history, now=at(30))
    return pain_response(history, session, default_plan().pain_profiles.of(profile), now=at(30)).colour


def rest(day: int, pain: int) -> CheckIn:
    return CheckIn(at=at(day, 7), moment="next_morning", pain=pain)


@pytest.mark.parametrize(
    ("during", "morning", "expected"),
    [
        (0, 0, "green"),
        (1, 0, "green"),
        (2, 0, "amber"),
        (3, 0, "amber"),
        (4, 0, "red"),
        (0, 1, "amber"),
        (1, 1, "amber"),
        (0, 2, "red"),
    ],
)
def test_strain(during: int, morning: int, expected: Colour) -> None:
    assert colour(*told(20, during, morning)) == expected


@pytest.mark.parametrize(
    ("during", "morning", "expected"),
    [
        (2, 0, "green"),
        (3, 0, "amber"),
        (5, 0, "amber"),
        (6, 0, "red"),
        (3, 1, "red"),
        (1, 1, "amber"),
        (0, 2, "red"),
    ],
)
def test_tendon(during: int, morning: int, expected: Colour) -> None:
    assert colour(*told(20, during, morning), profile="tendon") == expected


def test_a_morning_is_compared_with_pain_at_rest_before() -> None:
    assert colour(rest(18, 1), *told(20, 1, 1)) == "green"
    assert colour(rest(18, 0), *told(20, 1, 1)) == "amber"


def test_pain_that_creeps_up_does_not_become_usual() -> None:
    assert colour(rest(12, 0), rest(16, 1), rest(18, 2), *told(20, 1, 2)) == "red"
    assert colour(rest(16, 3), rest(18, 3), *told(20, 1, 3)) == "red"


@pytest.mark.parametrize("missing", [0, 1])
def test_green_needs_both_answers(missing: int) -> None:
    assert colour(told(20)[1 - missing]) is None


def test_red_needs_one() -> None:
    assert colour(told(20, 5)[0]) == "red"


@pytest.mark.parametrize("profile", ["strain", "tendon"])
def test_a_red_flag_is_red_without_any_pain(profile: PainProfile) -> None:
    during, morning = told(20)
    assert colour(replace(during, red_flags=("pop",)), morning, profile=profile) == "red"


def test_a_tendon_that_is_worse_week_by_week_is_red() -> None:
    rising = [rest(7, 0), rest(14, 1), *told(20, 2, 0)]
    assert colour(*rising, profile="tendon") == "red"
    assert colour(rest(7, 2), rest(14, 1), *told(20, 2, 0), profile="tendon") == "green"


def test_answers_without_a_run_belong_to_the_day() -> None:
    assert colour(CheckIn(at=at(20, 20), moment="after", pain=5)) == "red"
    assert colour(CheckIn(at=at(19, 20), moment="after", pain=1), *told(20)) == "green"
