"""What must hold for every history, however odd."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import get_args

import pytest
from hypothesis import assume, given, settings, strategies as st

from imu.training.due import due
from imu.training.engine import plan_state
from imu.training.history import (
    Bout,
    CheckIn,
    Decision,
    DecisionKind,
    Doing,
    History,
    Moment,
    PainProfile,
    RedFlag,
    Run,
    Trust,
)
from imu.training.load import session_spike, weekly_change
from imu.training.next_session import next_session
from imu.training.plan_file import default_plan
from imu.training.plan_state import PlanState
from imu.training.stages import stages
from imu.training.warnings import warnings
from tests.training.athlete import BEFORE, ENTRY, INJURY, at, planned, yes

pytestmark = pytest.mark.unhurried

PLAN = default_plan()
ROW = stages(PLAN, profile="strain")
AGREED = (*ENTRY, yes(10, "clinician_ok", clinician=True))
IDS = [stage.id for stage in ROW]
MOMENTS: tuple[Moment, ...] = ("during", "after", "next_morning")
ACTIVITIES: tuple[Doing, ...] = ("run", "walk", "stand")
TRUSTS: tuple[Trust, ...] = ("good", "poor")
PROFILES: tuple[PainProfile, ...] = ("strain", "tendon")
DECISIONS: tuple[DecisionKind, ...] = get_args(DecisionKind)


def odd_run(chance: Random, day: int) -> Run:
    """Some stage, or any bouts."""
    if chance.random() < 0.5:
        return planned(day, chance.choice(ROW))
    ends = sorted(chance.uniform(0, 7200) for _ in range(chance.randrange(6)))
    return Run(
        run_id=f"run-{day}",
        start=at(day),
        duration_s=ends[-1] if ends else 0.0,
        bouts=tuple(
            Bout(activity=chance.choice(ACTIVITIES), start_s=begin, end_s=end)
            for begin, end in pairwise(ends)
        ),
        trust=chance.choice(TRUSTS),
        distance_m=chance.choice([None, chance.uniform(0, 20000)]),
        top_speed_mps=chance.choice([None, chance.uniform(0, 20)]),
        accelerations=chance.choice([None, chance.randrange(50)]),
    )


def make_history(seed: int, *, decided: bool) -> History:
    """Some weeks of a runner who mostly keeps to the plan and feels well, so that stages are reached."""
    chance = Random(seed)
    care = chance.choice([0.6, 0.95, 0.99])
    reached, successes, day = 0, 0, 11
    runs: list[Run] = []
    check_ins: list[CheckIn] = []
    while day < 70:
        as_planned = chance.random() < care
        runs.append(planned(day, ROW[min(reached, len(ROW) - 1)]) if as_planned else odd_run(chance, day))
        worst = 0
        for hour, moment in zip((10, 12, 31), MOMENTS, strict=True):
            pain = 0 if chance.random() < care else chance.randrange(11)
            flags: tuple[RedFlag, ...] = ("limp",) if chance.random() < 0.005 else ()
            worst = max(worst, pain)
            if chance.random() < 0.5 + care / 2:
                check_ins.append(
                    CheckIn(at=at(day, hour), moment=moment, pain=pain, run_id=f"run-{day}", red_flags=flags)
                )
        successes = successes + 1 if as_planned and not worst else 0
        reached = max(0, reached - 2) if worst > 3 else reached + (successes == 2)
        successes %= 2
        day += 2 if chance.random() < care else chance.randrange(1, 6)
        day += chance.randrange(5, 30) if chance.random() < 0.03 else 0  # a holiday
    check_ins += [
        CheckIn(at=at(chance.randrange(70), 20), moment="after", pain=chance.randrange(11))
        for _ in range(chance.randrange(2))
    ]
    decisions = [
        Decision(
            at=at(chance.randrange(70), 18),
            kind=chance.choice(DECISIONS),
            by="Dr. Ito",
            reason="seen",
            stage=chance.choice([None, "99", *IDS]),
        )
        for _ in range(chance.randrange(4) if decided else 0)
    ]
    return History(
        runs=(*BEFORE, *runs),
        check_ins=tuple(sorted(check_ins, key=lambda answer: answer.at)),
        injuries=(replace(INJURY, profile=chance.choice(PROFILES)),),
        gate_answers=AGREED if chance.random() < 0.95 else AGREED[:2],
        decisions=tuple(sorted(decisions, key=lambda decision: decision.at)),
    )


def histories(*, decided: bool = True) -> st.SearchStrategy[History]:
    return st.integers(0, 2**32).map(lambda seed: make_history(seed, decided=decided))


def state_of(history: History, day: int = 75) -> PlanState:
    state = plan_state(history, PLAN, now=at(day))
    assert isinstance(state, PlanState)
    return state


def test_the_histories_of_these_tests_reach_many_stages() -> None:
    states = [state_of(make_history(seed, decided=False)) for seed in range(40)]
    assert {event.after for state in states for event in state.events} >= {*IDS[:12]}


def height(state: PlanState) -> tuple[int, int]:
    """How far along, to compare: stage, then successes in it."""
    if state.is_complete:
        return len(ROW), 0
    return (-1, 0) if state.stage is None else (IDS.index(state.stage.id), state.successes)


@given(histories(), st.integers(0, 80))
@settings(deadline=None, max_examples=50)
def test_every_history_has_an_answer(history: History, day: int) -> None:
    now = at(day, 13)
    state = plan_state(history, PLAN, now=now)
    assert isinstance(state, PlanState)
    suggested = next_session(history, PLAN, now=now)
    assert suggested.reasons
    assert suggested.may_run == "rest" or suggested.earliest is not None
    due(history, PLAN, state, now=now)
    warnings(history, now=now, state=state)
    for rule in (session_spike, weekly_change):
        rule(history, now=now)


@given(histories())
@settings(deadline=None, max_examples=50)
def test_the_same_history_gives_the_same_answer(history: History) -> None:
    assert state_of(history) == state_of(replace(history, runs=tuple(reversed(history.runs))))


@given(histories())
@settings(deadline=None, max_examples=50)
def test_never_two_stages_at_once_but_by_a_clinician(history: History) -> None:
    for event in state_of(history).events:
        if event.kind != "decided" and event.before and event.after:
            assert IDS.index(event.after) - IDS.index(event.before) <= 1


@given(histories(decided=False))
@settings(deadline=None, max_examples=20)
def test_between_two_days_the_plan_moves_one_stage_ahead_at_most(history: History) -> None:
    heights = [height(state_of(history, day))[0] for day in range(11, 60, 3)]
    assert all(later - earlier <= 1 for earlier, later in pairwise(heights[1:]))


@given(histories())
@settings(deadline=None, max_examples=50)
def test_days_off_lead_back_one_stage_at_a_time_and_never_ahead(history: History) -> None:
    state, never = state_of(history, 140), replace(PLAN.rules, days_off_to_step_back=0)
    events = state.events
    assert [one.at for one in events] == sorted(one.at for one in events)
    for event in events:
        if event.kind == "time_off":
            assert event.before
            assert event.after
            assert IDS.index(event.after) == max(0, IDS.index(event.before) - 1)
    without = plan_state(history, replace(PLAN, rules=never), now=at(140))
    assert isinstance(without, PlanState)
    if not any(one.kind == "set_stage" for one in history.decisions):
        assert height(state) <= height(without)


@given(histories())
@settings(deadline=None, max_examples=50)
def test_red_never_advances_and_goes_back(history: History) -> None:
    state = state_of(history)
    reds = {one.session.end for one in state.judged if one.stage and one.response.colour == "red"}
    assert reds <= {event.at for event in state.events if event.kind == "stepped_back"}
    for event in state.events:
        if event.at in reds:
            assert event.kind not in ("success", "advanced", "completed")
        if event.kind == "stepped_back" and event.before and event.after:
            assert IDS.index(event.after) == max(0, IDS.index(event.before) - 2)


@given(histories())
@settings(deadline=None, max_examples=50)
def test_an_advance_rests_on_two_green_sessions_done_as_planned(history: History) -> None:
    state = state_of(history)
    for judged in state.judged:
        if judged.counted:
            assert judged.response.colour == "green"
            assert judged.match is not None
            assert judged.match.outcome == "done"
    kinds = [event.kind for event in state.events if event.kind not in ("not_counted", "waiting", "resumed")]
    for place, kind in enumerate(kinds):
        if kind == "advanced":
            last = [one for one in kinds[:place] if one not in ("held", "decided")][-2:]
            assert last == ["success", "success"]


@given(histories(), st.data())
@settings(deadline=None, max_examples=50)
def test_more_pain_in_a_run_never_leads_further(history: History, data: st.DataObject) -> None:
    history = replace(history, injuries=(INJURY,))
    places = [
        at for at, answer in enumerate(history.check_ins) if answer.run_id and answer.moment != "next_morning"
    ]
    assume(places)
    more = list(history.check_ins)
    for place in data.draw(st.sets(st.sampled_from(places), min_size=1, max_size=3)):
        more[place] = replace(more[place], pain=min(10, more[place].pain + data.draw(st.integers(1, 5))))
    assert height(state_of(replace(history, check_ins=tuple(more)))) <= height(state_of(history))


@given(histories(), st.sampled_from(["strain", "tendon"]), st.sampled_from(MOMENTS), st.integers(1, 6))
@settings(deadline=None, max_examples=50)
def test_more_pain_never_makes_the_last_session_better(
    history: History, profile: PainProfile, moment: str, extra: int
) -> None:
    history = replace(history, injuries=(replace(INJURY, profile=profile),))
    judged = state_of(history).judged
    assume(judged)
    last = judged[-1].session.run_ids
    more = tuple(
        replace(answer, pain=min(10, answer.pain + extra))
        if answer.run_id in last and answer.moment == moment
        else answer
        for answer in history.check_ins
    )
    order = ["red", "amber", None, "green"]
    worse = state_of(replace(history, check_ins=more)).judged[-1].response.colour
    assert order.index(worse) <= order.index(judged[-1].response.colour)


@given(histories(decided=False), st.sampled_from(["sudden_sharp", "pop", "limp"]))
@settings(deadline=None, max_examples=50)
def test_after_a_red_flag_nothing_moves_until_a_clinician_decides(history: History, flag: RedFlag) -> None:
    flagged = CheckIn(at=at(40, 13), moment="after", pain=1, red_flags=(flag,))
    history = replace(history, check_ins=tuple(sorted((*history.check_ins, flagged), key=lambda a: a.at)))
    then, later = height(state_of(history, 41)), height(state_of(history, 75))
    assert later <= then or then == (-1, 0)
    assert next_session(history, PLAN, now=at(75)).may_run == "rest"


@given(histories(), st.integers(12, 70))
@settings(deadline=None, max_examples=50)
def test_nothing_that_comes_later_changes_what_was_said_then(history: History, day: int) -> None:
    now = at(day, 13)
    known = replace(
        history,
        runs=tuple(run for run in history.runs if run.end <= now),
        check_ins=tuple(answer for answer in history.check_ins if answer.at <= now),
        decisions=tuple(decision for decision in history.decisions if decision.at <= now),
    )
    assert plan_state(known, PLAN, now=now) == plan_state(history, PLAN, now=now)
    assert next_session(known, PLAN, now=now) == next_session(history, PLAN, now=now)
    later = now + timedelta(days=400)
    assert isinstance(plan_state(history, PLAN, now=later), PlanState)
