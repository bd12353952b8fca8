"""One simulated athlete, day by day, through the whole plan, who does what the next session says."""

from dataclasses import dataclass, replace
from itertools import pairwise

import pytest

from imu.training.engine import plan_state
from imu.training.history import History
from imu.training.next_session import next_session
from imu.training.plan_file import default_plan
from imu.training.plan_state import PlanState
from imu.training.stages import stages
from tests.training.athlete import ENTRY, INJURED, at, fits, planned, run, told, yes

pytestmark = pytest.mark.unhurried

PLAN = default_plan()
ROW = [stage.id for stage in stages(PLAN, profile="strain")]
AMBER_ON_RUN, RED_ON_RUN = 5, 12
CLEARED_ON_DAY = 170


@dataclass
class Diary:
    """What the days brought."""

    history: History
    reached: list[str]
    ran_on: list[int]
    state: PlanState


def live(days: int) -> Diary:
    """Wake, look at the next session, run if it says so, answer truthfully."""
    history = INJURED
    reached: list[str] = []
    ran_on: list[int] = []
    state = plan_state(history, PLAN, now=at(0))
    assert isinstance(state, PlanState)
    for day in range(1, days):
        if day == 10:
            history = replace(history, gate_answers=ENTRY)
        if day == CLEARED_ON_DAY:
            final = ("h_test_no_apprehension", "strength_symmetric")
            answers = (yes(day, "clinician_clearance", clinician=True), *(yes(day, key) for key in final))
            history = replace(history, gate_answers=(*history.gate_answers, *answers))
        if ran_on and day - ran_on[-1] == 1:  # the morning after was told
            now = plan_state(history, PLAN, now=at(day, 7.5))
            assert isinstance(now, PlanState)
            state = now
            if state.is_complete:
                break
            if state.stage is not None and (not reached or reached[-1] != state.stage.id):
                reached.append(state.stage.id)
            continue
        suggested = next_session(history, PLAN, now=at(day, 7.5))
        if fits(suggested, at(day).date()):
            ran_on.append(day)
            assert suggested.running_min is not None
            done = (
                run(day, ("run", suggested.running_min * 60))
                if suggested.kind == "easy_run" or suggested.stage is None
                else planned(day, suggested.stage)
            )
            during = {AMBER_ON_RUN: 2, RED_ON_RUN: 5}.get(len(ran_on), 0)
            history = replace(
                history,
                runs=(*history.runs, done),
                check_ins=(*history.check_ins, *told(day, during)),
            )
    return Diary(history=history, reached=reached, ran_on=ran_on, state=state)


@pytest.fixture(scope="module")
def diary() -> Diary:
    return live(250)


def test_the_plan_is_completed(diary: Diary) -> None:
    assert diary.state.is_complete
    assert diary.state.stage is None
    assert diary.reached[-1] == "S6"


def test_nobody_runs_before_the_entry_gate(diary: Diary) -> None:
    assert diary.ran_on[0] == 10


def test_the_day_after_a_run_is_a_day_of_rest(diary: Diary) -> None:
    for day in diary.ran_on[:-1:7]:
        suggested = next_session(diary.history, PLAN, now=at(day + 1, 7.5))
        assert suggested.may_run == "rest"
        assert not fits(suggested, at(day + 1).date())


def test_every_stage_is_reached_and_one_after_the_other(diary: Diary) -> None:
    assert set(diary.reached) == set(ROW)
    steps = [ROW.index(later) - ROW.index(stage) for stage, later in pairwise(diary.reached)]
    assert max(steps) == 1
    assert [step for step in steps if step < 0] == [-2]  # the one red session


def test_every_stage_was_done_twice_in_a_row_before_the_next(diary: Diary) -> None:
    kinds = [event.kind for event in diary.state.events if event.kind in ("success", "advanced", "completed")]
    for place, kind in enumerate(kinds):
        if kind in ("advanced", "completed"):
            assert kinds[place - 2 : place] == ["success", "success"]


def test_the_sprint_waits_for_the_clinician(diary: Diary) -> None:
    into_sprint = next(e for e in diary.state.events if e.kind == "advanced" and e.after == "S6")
    assert into_sprint.at >= at(CLEARED_ON_DAY, 0)


def test_an_amber_run_is_repeated_and_a_red_one_goes_back_two_stages(diary: Diary) -> None:
    amber = diary.state.judged[AMBER_ON_RUN - 1]
    assert amber.response.colour == "amber"
    assert not amber.counted
    back = [event for event in diary.state.events if event.kind == "stepped_back"]
    assert len(back) == 1
    assert (ROW.index(back[0].before or ""), ROW.index(back[0].after or "")) == (5, 3)


def test_every_event_says_why(diary: Diary) -> None:
    assert all(event.sentence.endswith(".") for event in diary.state.events)
