"""Whoever does what he is told is not told that he should not have, and is never left without a way on."""

from dataclasses import replace

import pytest

from imu.training.due import due
from imu.training.engine import PlanState, plan_state
from imu.training.history import CheckIn, Decision, History, Run
from imu.training.load import session_spike
from imu.training.next_session import next_session
from imu.training.not_judged import NotJudged
from imu.training.plan_file import default_plan
from imu.training.stages import stages
from imu.training.warnings import RaisedWarning, warnings
from tests.training.athlete import BEFORE, ENTERED, INJURED, INJURY, after, at, bouts, planned, run, told

PLAN = default_plan()
BANDS = PLAN.pain_profiles.of("strain")
ROW = {stage.id: stage for stage in stages(PLAN, profile="strain")}


def raised(history: History, *, day: int) -> list[RaisedWarning]:
    state = plan_state(history, PLAN, now=at(day))
    followed = state if isinstance(state, PlanState) else None
    return [one for one in warnings(history, now=at(day), state=followed, bands=BANDS) if one.is_pressing]


def state_of(history: History, *, day: int) -> PlanState:
    state = plan_state(history, PLAN, now=at(day))
    assert isinstance(state, PlanState)
    return state


# --- Nobody follows a plan yet ----------------------------------------------------------------------------

HURT = CheckIn(at=at(0, 10), moment="during", pain=6, run_id="run-0", red_flags=("sudden_sharp",))
HEALTHY = History(runs=(*BEFORE, run(0, ("run", 600))))


def test_sudden_pain_of_somebody_without_a_plan_is_no_day_for_an_easy_run() -> None:
    hurt = replace(HEALTHY, check_ins=(HURT,))
    coming = next_session(hurt, PLAN, now=at(0, 11))
    assert coming.may_run == "rest"
    assert "pain was 6 of 10" in coming.reasons[0]
    assert "show this to a clinician" in coming.to_do[0]
    assert "record it" in coming.to_do[-1]
    (warning,) = raised(hurt, day=1)
    assert (warning.code, warning.level) == ("pain_response", "red")


def test_it_ends_with_an_answer_that_is_not_red_or_after_two_weeks() -> None:
    hurt = replace(HEALTHY, check_ins=(HURT,))
    calm = CheckIn(at=at(3), moment="after", pain=0)
    assert next_session(hurt, PLAN, now=at(3)).to_do[1:2] == ("Tell how much it hurts now, without a run.",)
    assert next_session(replace(hurt, check_ins=(HURT, calm)), PLAN, now=at(3, 12)).may_run == "yes"
    assert next_session(hurt, PLAN, now=at(15)).may_run == "yes"


def test_an_easy_run_as_long_as_was_suggested_is_no_spike() -> None:
    """16 min and a tenth are 17.6, which is not 18; and kilometres are compared, where all have them."""
    history = History(runs=(replace(run(0, ("run", 960)), distance_m=2700.0),))
    coming = next_session(history, PLAN, now=at(2))
    assert coming.words == "An easy run of up to 17 min, 2.9 km at most"
    assert coming.running_min is not None
    done = replace(run(2, ("run", 60 * coming.running_min)), distance_m=2900.0)
    found = session_spike(replace(history, runs=(*history.runs, done)), now=at(3))
    assert not isinstance(found, NotJudged)
    assert found.level == "usual"
    unmeasured = History(runs=(replace(run(0, ("run", 960)), distance_m=None),))
    assert next_session(unmeasured, PLAN, now=at(2)).words == "An easy run of up to 17 min"


# --- The day of the injury --------------------------------------------------------------------------------


def test_the_run_in_which_it_happened_was_against_no_plan() -> None:
    history = replace(INJURED, runs=(*BEFORE, run(0, ("run", 600))), check_ins=(HURT,))
    assert [one.code for one in raised(history, day=1)] == ["pain_response"]
    again = replace(history, runs=(*history.runs, run(1, ("run", 600))))
    assert "the entry gate was not met yet" in str(
        [one.evidence.sentence for one in raised(again, day=2) if one.code == "plan_exceeded"]
    )


def test_on_hold_after_a_red_flag_a_clinician_comes_before_a_brisk_walk() -> None:
    history = replace(INJURED, runs=(*BEFORE, run(0, ("run", 600))), check_ins=(HURT,))
    coming = next_session(history, PLAN, now=at(1))
    assert coming.to_do == ("Show this to your clinician.",)
    assert "on hold" in coming.reasons[0]
    assert not [one for one in due(history, PLAN, state_of(history, day=1), now=at(1)) if one.kind == "gate"]
    looked = Decision(at=at(2), kind="resume", by="Dr. Ito", reason="seen")
    resumed = replace(history, decisions=(looked,))
    assert any("Walk 30 min" in one for one in next_session(resumed, PLAN, now=at(3)).to_do)


def test_after_a_walk_that_was_long_enough_only_its_pain_is_asked_for() -> None:
    walk = Run(run_id="walk", start=at(5), duration_s=1860, bouts=bouts(("walk", 1860)))
    walked = replace(INJURED, runs=(*BEFORE, walk))
    assert next_session(walked, PLAN, now=at(5, 12)).to_do[0] == "Tell how much the walk of 2026-03-07 hurt."
    asked = due(walked, PLAN, state_of(walked, day=6), now=at(6))
    assert [one.key for one in asked if one.kind == "check_in_run"] == ["walk"]
    answer = CheckIn(at=at(5, 10), moment="during", pain=0, run_id="walk")
    answered = replace(walked, check_ins=(answer,))
    assert not [
        one for one in due(answered, PLAN, state_of(answered, day=6), now=at(6)) if one.kind == "check_in_run"
    ]


# --- On the way back --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("stage", "following"), [("8", "9"), ("9", "10")])
def test_the_session_of_the_next_stage_is_no_load_to_be_warned_of(stage: str, following: str) -> None:
    """Walk-run stages lie further apart than a tenth, and the ratio is made again after weeks."""
    set_there = Decision(at=at(44), kind="set_stage", by="Dr. Ito", reason="strong", stage=stage)
    history = replace(ENTERED, decisions=(set_there,))
    for day in (12, 22, 32, 42):
        history = after(history, planned(day, ROW["1"]))
    for day in (46, 48):
        history = after(history, planned(day, ROW[stage]))
    history = after(history, planned(50, ROW[following]))
    found = session_spike(history, now=at(51))
    assert not isinstance(found, NotJudged)
    assert found.level == "amber"
    assert "load_spike" not in {one.code for one in raised(history, day=51)}
    longer = after(history, run(52, ("run", 1800)))
    assert "load_spike" in {one.code for one in raised(longer, day=53)}


def test_an_answer_that_nobody_asks_for_any_more_keeps_nobody_from_the_next_session() -> None:
    during, _morning = told(12)
    history = replace(ENTERED, runs=(*BEFORE, planned(12, ROW["1"])), check_ins=(during,))
    assert next_session(history, PLAN, now=at(14, 6)).may_run == "easy"
    late = next_session(history, PLAN, now=at(15))
    assert (late.may_run, late.words) == ("yes", "Stage 1: 4 x (4.5 min walk, 30 s jog)")


def test_a_stage_is_told_since_it_was_reached_and_not_since_the_plan_began() -> None:
    history = ENTERED
    assert state_of(history, day=12).stage_since == at(10, 6)
    for day in (12, 14):
        history = after(history, planned(day, ROW["1"]))
    state = state_of(history, day=16)
    assert (state.stage and state.stage.id, state.entered_at) == ("2", at(10, 6))
    assert state.stage_since is not None
    assert state.stage_since.date() == at(14).date()


def test_after_a_red_run_it_is_told_when_to_tell() -> None:
    """On the day itself tomorrow, later today."""
    history = after(ENTERED, planned(12, ROW["1"]), during=5, morning=1)
    assert next_session(history, PLAN, now=at(12, 20)).to_do == (
        "Rest, and tell how it is tomorrow morning.",
    )
    settled = replace(history, check_ins=history.check_ins[:1])
    assert next_session(settled, PLAN, now=at(20)).to_do == ("Tell how much it hurts now, without a run.",)
    assert INJURY.resolved is None
