"""The colour of a session, by the bands of the plan; the numbers are those of the plan's file."""

from dataclasses import replace

import pytest

from imu.training.due import due
from imu.training.engine import plan_state
from imu.training.history import CheckIn, History, Moment, PainProfile, Run
from imu.training.pain import Colour, pain_response
from imu.training.plan_file import default_plan
from imu.training.plan_state import PlanState
from imu.training.sessions import sessions
from tests.training.athlete import INJURED, at, run, told

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


# --- Several runs of one day ------------------------------------------------------------------------------

LATER = replace(DONE, run_id="later", start=at(20, 18))


def sentence(*answers: CheckIn, runs: tuple[Run, ...] = (DONE, LATER)) -> str:
    history = History(runs=runs, check_ins=tuple(sorted(answers, key=lambda answer: answer.at)))
    (session,) = sessions(history, now=at(30))
    bands = default_plan().pain_profiles.of("strain")
    return pain_response(history, session, bands, now=at(30)).evidence.sentence


def about(run_id: str | None, pain: int, *, moment: Moment = "during") -> CheckIn:
    day, hour = (21, 7) if moment == "next_morning" else (20, 20)
    return CheckIn(at=at(day, hour), moment=moment, pain=pain, run_id=run_id)


def test_of_a_day_with_several_runs_the_one_that_was_told_of_is_named_by_its_time() -> None:
    assert sentence(about(DONE.run_id, 2), runs=(DONE,)).startswith("Pain of the run of 2026-03-22: 2 of 10")
    morning = about("later", 1, moment="next_morning")
    assert sentence(about("later", 2), morning).startswith(
        "Pain of the run of 2026-03-22 at 18:00: 2 of 10 in the run and after, 1 the next morning"
    )


def test_where_several_were_told_of_the_worse_one_is_named() -> None:
    both = sentence(about(DONE.run_id, 2), about("later", 5))
    assert both.startswith("Pain of the runs of 2026-03-22: 5 of 10 in the run at 18:00 and after")
    equal = sentence(about(DONE.run_id, 5), about("later", 5))
    assert equal.startswith("Pain of the runs of 2026-03-22: 5 of 10 in the runs and after")
    about_none = sentence(about(None, 5))
    assert about_none.startswith("Pain of the runs of 2026-03-22: 5 of 10 in the runs and after")


def test_what_is_asked_about_a_day_with_several_runs_names_the_run_that_its_answer_is_kept_with() -> None:
    history = History(runs=(DONE, LATER))
    asked, morning = due(history, default_plan(), None, now=at(21, 8))
    assert asked.key == morning.key == "later"
    assert asked.sentence == "How much did it hurt in the run of 2026-03-22 at 18:00, and after it?"
    assert morning.sentence == "How much does it hurt this morning, after the runs of 2026-03-22?"


def test_walks_of_one_day_are_told_apart_too() -> None:
    walks = tuple(
        replace(run(12, ("walk", 1900.0)), run_id=f"walk-{hour}", start=at(12, hour)) for hour in (8, 18)
    )
    for count in (1, 2):
        history = replace(INJURED, runs=(*INJURED.runs, *walks[:count]))
        state = plan_state(history, default_plan(), now=at(12, 20))
        assert isinstance(state, PlanState)
        asked = [one.sentence for one in due(history, default_plan(), state, now=at(12, 20))]
        known = {"" if count == 1 else f" at {hour}" for hour in ("08:00", "18:00")}
        assert {f"How much did it hurt in the walk of 2026-03-14{one}, and after it?" for one in known} <= {
            *asked
        }
        (step,) = [gate.to_do for gate in state.gates if gate.key == "brisk_walk"]
        assert step in {f"Tell how much the walk of 2026-03-14{one} hurt." for one in known}
