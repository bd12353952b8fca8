"""Another version of a plan holds from the day it was adopted: what was reached before stays reached."""

import json
from dataclasses import replace

import pytest

from imu.errors import PlanError
from imu.training.engine import plan_state
from imu.training.history import CheckIn, Decision, History, Run
from imu.training.plan import Plan, Until
from imu.training.plan_file import default_plan, default_text, parse_plan
from imu.training.plan_state import PlanState
from imu.training.stages import stages
from imu.training.warnings import warnings
from tests.training.athlete import ENTERED, after, at, bouts, planned

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


def of_other_stages() -> Plan:
    """Five walk-run stages instead of eleven, so that the same numbers mean more: as its file is read."""
    content = json.loads(default_text())
    content["walk_run"]["stages"] = [
        {"stage": number, "walk_min": 5 - jog, "jog_min": jog}
        for number, jog in enumerate((0.5, 1.5, 2.5, 3.5, 5), start=1)
    ]
    content["continuous"]["stages"] = [
        {"stage": number, "run_min": minutes} for number, minutes in enumerate((20, 22, 24, 26), start=6)
    ]
    content["continuous"]["hills_from_stage"] = 9
    content["continuous"]["uphill_from_stage_if_tendon"] = 9
    return parse_plan(json.dumps(content), name="other stages")


@pytest.mark.parametrize("reached", ["1", "3", "8", "11", "12", "14", "S1", "S3"])
def test_another_version_never_leads_to_more_than_was_reached(reached: str) -> None:
    set_there = Decision(at=at(20), kind="set_stage", by="Dr. Ito", reason="strong", stage=reached)
    history = replace(ENTERED, decisions=(set_there,))
    stage = state_of(history, adopted(of_other_stages(), day=25), day=26).stage
    old = ROW[reached]
    kinds = ("walk_run", "continuous", "speed")
    assert stage is not None
    assert kinds.index(stage.kind) <= kinds.index(old.kind)
    if stage.kind == old.kind:
        assert (stage.running_s, stage.jog_s) <= (old.running_s, old.jog_s)
        assert stage.rep_percent <= old.rep_percent
    assert state_of(history, adopted(of_other_stages(), day=25), day=24).stage == old


def test_what_counted_for_another_stage_counts_no_more_and_for_the_same_one_still() -> None:
    history = after(at_stage_3(), planned(20, ROW["3"]))
    assert state_of(history, adopted(of_other_stages(), day=22), day=23).successes == 0
    assert state_of(history, adopted(MORE_REST, day=22), day=23).successes == 1


def test_one_who_has_done_enough_by_the_new_version_goes_on_at_once() -> None:
    history = after(at_stage_3(), planned(20, ROW["3"]))
    quicker = replace(FIRST, rules=replace(FIRST.rules, successes_to_advance=1))
    stage = state_of(history, adopted(quicker, day=22), day=23).stage
    assert stage == ROW["4"]


def test_who_was_let_in_by_one_version_stays_in_by_a_stricter_one() -> None:
    walk = Run(run_id="walk", start=at(3), duration_s=1860, bouts=bouts(("walk", 1860)))
    answers = tuple(one for one in ENTERED.gate_answers if one.gate != "brisk_walk")
    told = CheckIn(at=at(3, 9), moment="during", pain=0, run_id="walk")
    history = replace(
        ENTERED,
        runs=(*ENTERED.runs, walk),
        check_ins=(told,),
        gate_answers=tuple(replace(one, at=at(2)) for one in answers),
    )
    longer = replace(FIRST, entry_gate=replace(FIRST.entry_gate, brisk_walk_min=45))
    assert state_of(history, adopted(longer, day=5), day=6).stage == ROW["1"]


def test_earlier_versions_are_no_part_of_a_plans_file() -> None:
    content = {**json.loads(default_text()), "before": []}
    with pytest.raises(PlanError, match="unknown key 'before'"):
        parse_plan(json.dumps(content), name="mine")


def test_pain_was_red_or_not_by_the_limits_of_its_day() -> None:
    strict = replace(FIRST.pain_profiles.strain, amber_max_during=2)
    stricter = replace(FIRST, pain_profiles=replace(FIRST.pain_profiles, strain=strict))
    pains = tuple(CheckIn(at=at(day, 12), moment="after", pain=3) for day in (19, 22))
    history = replace(at_stage_3(), check_ins=(*at_stage_3().check_ins, *pains))
    state = state_of(history, adopted(stricter, day=20), day=23)
    assert [one.at for one in state.pain_at_rest] == [at(22, 12)]
