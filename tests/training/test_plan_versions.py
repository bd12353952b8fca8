"""Another version of a plan holds from the day it was adopted: what was reached before stays reached."""

from dataclasses import replace

from imu.training.engine import PlanState, plan_state
from imu.training.history import CheckIn, History
from imu.training.plan import Plan, Until
from imu.training.plan_file import default_plan
from imu.training.stages import stages
from imu.training.warnings import warnings
from tests.training.athlete import ENTERED, after, at, planned

FIRST = default_plan()
ROW = {stage.id: stage for stage in stages(FIRST, profile="strain")}
MORE_REST = replace(FIRST, rules=replace(FIRST.rules, min_rest_days_between_runs=2))


def adopted(plan: Plan, *, day: int) -> Plan:
    return replace(plan, before=(Until(plan=FIRST, at=at(day)),))


def at_stage_3() -> History:
    """Two sessions at each of two stages, a day of rest between them."""
    history = ENTERED
    for day, stage in ((12, "1"), (14, "1"), (16, "2"), (18, "2")):
        history = after(history, planned(day, ROW[stage]))
    return history


def state_of(history: History, plan: Plan, *, day: int) -> PlanState:
    state = plan_state(history, plan, now=at(day))
    assert isinstance(state, PlanState)
    return state


def test_more_rest_from_now_on_takes_no_stage_back() -> None:
    history, plan = at_stage_3(), adopted(MORE_REST, day=20)
    state = state_of(history, plan, day=21)
    assert (state.stage and state.stage.id, state.plan.rules.min_rest_days_between_runs) == ("3", 2)
    assert not warnings(history, now=at(21), state=state)
    assert [one.counted for one in state.judged] == [True] * 4
    assert [one.sentence for one in state.events if one.at == at(20)] == [
        "From here on another version of the plan is followed."
    ]


def test_what_comes_after_it_is_judged_by_it() -> None:
    plan = adopted(MORE_REST, day=20)
    soon = after(after(at_stage_3(), planned(21, ROW["3"])), planned(23, ROW["3"]))
    state = state_of(soon, plan, day=25)
    assert [one.counted for one in state.judged[-2:]] == [True, False]
    assert "fewer than 2 days of rest" in state.judged[-1].not_counted_because[0]


def test_a_plan_with_fewer_stages_goes_on_at_the_nearest() -> None:
    walk_run = replace(FIRST.walk_run, stages=FIRST.walk_run.stages[:2])
    short = replace(FIRST, walk_run=walk_run)
    reached = state_of(at_stage_3(), adopted(short, day=20), day=21).stage
    assert reached is not None
    assert reached.id == stages(short, profile="strain")[2].id
    assert state_of(at_stage_3(), adopted(short, day=20), day=19).stage == ROW["3"]


def test_pain_was_red_or_not_by_the_limits_of_its_day() -> None:
    strict = replace(FIRST.pain_profiles.strain, amber_max_during=2)
    stricter = replace(FIRST, pain_profiles=replace(FIRST.pain_profiles, strain=strict))
    pains = tuple(CheckIn(at=at(day, 12), moment="after", pain=3) for day in (19, 22))
    history = replace(at_stage_3(), check_ins=(*at_stage_3().check_ins, *pains))
    state = state_of(history, adopted(stricter, day=20), day=23)
    assert [one.at for one in state.pain_at_rest] == [at(22, 12)]
