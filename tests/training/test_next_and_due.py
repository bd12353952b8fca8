"""What a runner is told to do: the next session, what is due, and how the exercises go."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from imu.followup.exercise_log import remark
from imu.training.due import due
from imu.training.engine import plan_state
from imu.training.gates import entry_gates
from imu.training.history import CheckIn, Decision, Exercise, GateAnswer, History, Run
from imu.training.next_session import next_session
from imu.training.plan_state import PlanState
from imu.training.programme import programme
from imu.training.rehab import active_doses, adherence
from tests.training.athlete import (
    BEFORE,
    ENTERED,
    ENTRY,
    INJURED,
    INJURY,
    PLAN,
    ROW,
    after,
    at,
    bouts,
    planned,
    run,
    yes,
)


def test_before_the_gate_nobody_runs_and_every_condition_is_told() -> None:
    told = next_session(INJURED, PLAN, now=at(5))
    assert (told.may_run, told.earliest, told.kind) == ("rest", None, "none")
    assert {gate.key for gate in told.gates if not gate.met} == {
        "brisk_walk",
        "painless_single_leg_squat",
        "painless_single_leg_bridge",
    }
    assert len(told.to_do) == 3


@pytest.mark.parametrize(
    ("minutes", "pain", "met"), [(31, 1, True), (29, 0, False), (40, 2, False), (31, None, False)]
)
def test_a_recorded_walk_opens_its_gate_if_it_was_long_and_without_pain(
    minutes: float, pain: int | None, met: bool
) -> None:
    walk = Run(run_id="walk", start=at(5), duration_s=60 * minutes, bouts=bouts(("walk", 60 * minutes)))
    answers = () if pain is None else (CheckIn(at=at(5, 10), moment="during", pain=pain, run_id="walk"),)
    history = replace(INJURED, runs=(*BEFORE, walk), check_ins=answers)
    gate = entry_gates(history, PLAN, INJURY, at=at(6))[0]
    assert gate.met is met
    assert gate.evidence is not None
    assert gate.evidence.value == pytest.approx(minutes)


def test_an_injury_of_unknown_grade_waits_for_a_clinician_and_a_runners_word_is_not_one() -> None:
    ungraded = replace(ENTERED, injuries=(replace(INJURY, grade=None),))
    assert next_session(ungraded, PLAN, now=at(12)).may_run == "rest"
    own = replace(ungraded, gate_answers=(*ENTRY, yes(11, "clinician_ok")))
    assert next_session(own, PLAN, now=at(12)).may_run == "rest"
    agreed = replace(ungraded, gate_answers=(*ENTRY, yes(11, "clinician_ok", clinician=True)))
    assert next_session(agreed, PLAN, now=at(12)).may_run == "yes"


def test_a_squat_that_fails_later_closes_the_gate_until_it_passes() -> None:
    failed = GateAnswer(at=at(9, 7), gate="painless_single_leg_squat", passed=False, by="runner")
    early = tuple(replace(answer, at=at(8)) for answer in ENTRY[:2])
    history = replace(INJURED, gate_answers=(*early, failed))
    gates = {gate.key: gate.met for gate in entry_gates(history, PLAN, INJURY, at=at(9, 12))}
    assert gates["painless_single_leg_squat"] is False


def test_the_first_session_has_minutes_blocks_a_limit_of_speed_and_closed_gates() -> None:
    told = next_session(ENTERED, PLAN, now=at(12))
    assert (told.may_run, told.kind, told.running_min, told.total_min) == ("yes", "walk_run", 2, 20)
    assert told.words == "Stage 1: 4 × (4.5 min walk, 30 s jog)"
    assert told.to_mps == pytest.approx(0.6 * 7.0)
    assert {gate.key: gate.met for gate in told.gates} == {
        "hills": False,
        "uphill": False,
        "accelerations": False,
    }


def test_the_day_after_a_run_is_for_rest_and_says_when_to_go() -> None:
    told = next_session(after(ENTERED, planned(12, ROW["1"])), PLAN, now=at(13))
    assert (told.may_run, told.earliest) == ("rest", at(14).date())


def test_after_red_one_rests_until_it_was_told_that_it_settled() -> None:
    red = after(ENTERED, planned(12, ROW["1"]), during=5, morning=2)
    assert next_session(red, PLAN, now=at(14)).may_run == "rest"
    better = CheckIn(at=at(14, 7), moment="after", pain=0)
    settled = replace(red, check_ins=(*red.check_ins, better))
    assert next_session(settled, PLAN, now=at(14)).may_run == "yes"


def test_a_hold_lasts_until_the_clinician_resumes() -> None:
    hold = Decision(at=at(11), kind="hold", by="Dr. Ito", reason="scan first")
    held = replace(ENTERED, decisions=(hold,))
    assert "scan first" in next_session(held, PLAN, now=at(12)).reasons[0]
    resumed = replace(held, decisions=(hold, replace(hold, at=at(12), kind="resume", reason="scan is fine")))
    assert next_session(resumed, PLAN, now=at(13)).may_run == "yes"
    state = plan_state(resumed, PLAN, now=at(13))
    assert isinstance(state, PlanState)
    told = [(one.kind, one.at, one.by, one.before, one.after) for one in state.events[-2:]]
    assert told == [("held", at(11), "Dr. Ito", "1", "1"), ("resumed", at(12), "Dr. Ito", "1", "1")]
    assert state.events[-1].sentence == "Dr. Ito: scan is fine"


def test_an_amber_run_is_told_when_it_ended_and_leaves_the_stage_as_it_is() -> None:
    amber = planned(12, ROW["1"])
    history = after(ENTERED, amber, during=3, morning=1)
    state = plan_state(history, PLAN, now=at(14))
    assert isinstance(state, PlanState)
    (told,) = (one for one in state.events if one.at == amber.end)
    assert (told.kind, told.before, told.after, told.by) == ("repeat", "1", "1", None)
    assert "Amber: repeat." in told.sentence


def test_a_stage_set_by_a_clinician_is_the_next_session() -> None:
    history = replace(
        ENTERED, decisions=(Decision(at=at(11), kind="set_stage", by="Dr. Ito", reason="fit", stage="S2"),)
    )
    told = next_session(history, PLAN, now=at(12))
    assert (told.kind, told.stage and told.stage.id) == ("speed", "S2")
    assert told.from_mps == pytest.approx(0.65 * 7.0)
    assert told.to_mps == pytest.approx(0.7 * 7.0)  # the most that this stage allows


def test_no_repetition_is_to_be_faster_than_the_runners_own_record() -> None:
    for rung in PLAN.speed_ladder.steps:
        set_to = Decision(at=at(11), kind="set_stage", by="Dr. Ito", reason="fit", stage=rung.id)
        told = next_session(replace(ENTERED, decisions=(set_to,)), PLAN, now=at(12))
        assert told.kind == "speed"
        assert told.to_mps == pytest.approx(min(rung.percent, 100) / 100 * 7.0)


def test_without_an_injury_the_longest_run_leads() -> None:
    history = History(runs=tuple(run(day, ("run", 1800.0)) for day in range(0, 40, 2)))
    told = next_session(history, PLAN, now=at(41))
    assert (told.may_run, told.kind) == ("yes", "easy_run")
    assert told.running_min == pytest.approx(33)


@pytest.mark.parametrize(
    ("minutes", "day", "may_run"),
    [(30.0, 41, "yes"), (33.0, 41, "yes"), (33.4, 41, "easy"), (33.4, 42, "yes"), (60.0, 41, "easy")],
)
def test_without_an_injury_only_a_longer_run_lately_asks_for_an_easy_one(
    minutes: float, day: int, may_run: str
) -> None:
    """A usual run, of a tenth more at most, is no reason on the day after it; and a longer one leads to none
    that is as long."""
    history = History(
        runs=(*(run(day, ("run", 1800.0)) for day in range(0, 40, 2)), run(40, ("run", 60 * minutes)))
    )
    told = next_session(history, PLAN, now=at(day, 12))
    assert told.may_run == may_run
    assert len(told.reasons) == (1 if may_run == "yes" else 2)
    leads = "before that of 2026-04-11" if minutes > 33 else "of the last 30 days"
    assert told.reasons[0] == f"no plan is followed: the longest run {leads} leads"
    assert told.running_min == (36 if minutes == 33 else 33)


def test_check_ins_are_due_after_a_run_and_the_morning_after() -> None:
    history = replace(ENTERED, runs=(*BEFORE, planned(12, ROW["1"])))
    evening = [one.kind for one in due(history, PLAN, None, now=at(12, 20))]
    morning = [one.kind for one in due(history, PLAN, None, now=at(13, 8))]
    assert evening == ["check_in_run"]
    assert morning == ["check_in_run", "check_in_morning"]
    assert due(after(ENTERED, planned(12, ROW["1"])), PLAN, None, now=at(13, 8)) == ()
    assert due(history, PLAN, None, now=at(20)) == ()


def test_exercises_are_due_by_their_dose_and_those_of_a_clinician_after_a_word() -> None:
    state = plan_state(INJURED, PLAN, now=at(5, 18))
    assert isinstance(state, PlanState)
    waiting = {one.key for one in due(INJURED, PLAN, state, now=at(5, 18)) if one.kind == "exercise"}
    assert waiting == {"chair_bridge", "bridge_walkout", "power_position_hold"}
    done = Exercise(at=at(5, 9), exercise="chair_bridge", sets=2, reps=10, hold_s=4)
    short = replace(done, exercise="bridge_walkout", sets=1)
    some = replace(INJURED, exercises=(done, short))
    waiting = {one.key for one in due(some, PLAN, state, now=at(5, 18)) if one.kind == "exercise"}
    assert waiting == {"bridge_walkout", "power_position_hold"}
    agreed = replace(INJURED, gate_answers=(yes(3, "clinician_ok", clinician=True),))
    ids = {dose.id for dose in active_doses(agreed, PLAN, INJURY, now=at(5))}
    assert {"askling_extender", "askling_diver", "askling_glider"} <= ids


@pytest.mark.parametrize(
    ("day", "done_on", "is_due", "overdue"),
    [
        (5, None, True, False),  # since the injury, and never done: nothing was missed
        (5, 5, False, False),
        (6, 5, False, False),
        (7, 5, True, False),  # every second day
        (8, 5, True, True),
        (8, 7, False, False),
    ],
)
def test_an_exercise_of_every_second_day_is_due_from_the_second_day_after(
    day: int, done_on: int | None, is_due: bool, overdue: bool
) -> None:
    diver = next(dose for dose in PLAN.exercises if dose.id == "askling_diver")
    assert diver.every_days == 2
    done = () if done_on is None else (Exercise(at=at(done_on, 9), exercise=diver.id, sets=3, reps=6),)
    agreed = yes(3, "clinician_ok_exercises", clinician=True)
    history = replace(INJURED, exercises=done, gate_answers=(agreed,))
    state = plan_state(history, PLAN, now=at(day, 18))
    assert isinstance(state, PlanState)
    waiting = [one for one in due(history, PLAN, state, now=at(day, 18)) if one.key == diver.id]
    assert [one.overdue for one in waiting] == ([overdue] if is_due else [])


def at_noon(history: History, day: int) -> tuple[PlanState, datetime]:
    now = at(day, 12)
    state = plan_state(history, PLAN, now=now)
    assert isinstance(state, PlanState)
    return state, now


@pytest.mark.parametrize(("day", "when"), [(5, "done"), (6, "due"), (7, "overdue"), (8, "overdue")])
def test_what_is_overdue_is_so_in_the_programme_too(day: int, when: str) -> None:
    done = Exercise(at=at(5, 9), exercise="chair_bridge", sets=2, reps=10, hold_s=4)
    history = replace(INJURED, exercises=(done,))
    state, now = at_noon(history, day)
    asked = {one.dose.id: one for one in programme(history, PLAN, state, now=now)}
    assert asked["chair_bridge"].when == when
    waiting = {one.key: one.overdue for one in due(history, PLAN, state, now=now)}
    assert waiting.get("chair_bridge") == {"done": None, "due": False, "overdue": True}[when]


FLAGGED = CheckIn(at=at(8, 9), moment="after", pain=5, red_flags=("limp",))
TOLD_TO_WAIT = Decision(at=at(8, 9), kind="hold", by="Dr. Ito", reason="wait for the scan")


@pytest.mark.parametrize(
    "held",
    [replace(INJURED, check_ins=(FLAGGED,)), replace(INJURED, decisions=(TOLD_TO_WAIT,))],
    ids=["by a red flag", "by a clinician"],
)
def test_on_hold_exercises_wait_for_a_clinician_and_are_not_due(held: History) -> None:
    done = Exercise(at=at(5, 9), exercise="bridge_walkout", sets=2, reps=10)
    today = Exercise(at=at(8, 8), exercise="chair_bridge", sets=2, reps=10, hold_s=4)
    history = replace(held, exercises=(done, today))
    state, now = at_noon(history, 8)
    assert state.held_because is not None
    asked = {one.dose.id: one for one in programme(history, PLAN, state, now=now)}
    assert asked["chair_bridge"].when == "done"  # what was done stays done
    waits = [asked[one] for one in ("bridge_walkout", "power_position_hold", "march_skip_drill")]
    assert {one.when for one in waits} == {"waits for a clinician"}
    assert {one.waits_because for one in waits} == {
        f"Exercises wait for a clinician: the plan is on hold ({state.held_because})."
    }
    found = [one for one in due(history, PLAN, state, now=now) if one.kind.startswith("exercise")]
    assert [(one.kind, one.key, one.overdue) for one in found] == [
        ("exercise_on_hold", "bridge_walkout", False),
        ("exercise_on_hold", "power_position_hold", False),
    ]
    kept = adherence(history, PLAN, INJURY, now=now, waiting=True)
    assert {one.evidence.to_do for one in kept} == {""}
    lifted = Decision(at=at(8, 10), kind="resume", by="Dr. Ito", reason="seen")
    history = replace(history, decisions=(*history.decisions, lifted))
    state, now = at_noon(history, 8)
    again = {one.key: one.overdue for one in due(history, PLAN, state, now=now) if one.kind == "exercise"}
    assert again == {"bridge_walkout": True, "power_position_hold": False}


LET_GO_ON = replace(TOLD_TO_WAIT, at=at(8, 10), kind="hold_running")


@pytest.mark.parametrize(
    "held",
    [
        INJURED,
        replace(INJURED, check_ins=(FLAGGED,)),
        replace(INJURED, decisions=(TOLD_TO_WAIT,)),
    ],
    ids=["by this hold alone", "by a red flag before", "by a hold before"],
)
def test_a_clinician_who_holds_running_may_let_exercises_go_on(held: History) -> None:
    history = replace(held, decisions=(*held.decisions, LET_GO_ON))
    state, now = at_noon(history, 8)
    assert state.held_because == "wait for the scan"
    coming = next_session(history, PLAN, now=now)
    assert coming.may_run == "rest"
    assert coming.reasons == (
        "the plan is on hold: wait for the scan",
        "exercises go on: Dr. Ito said so",
    )
    asked = {one.dose.id: (one.when, one.waits_because) for one in programme(history, PLAN, state, now=now)}
    assert asked["chair_bridge"] == ("due", None)
    assert asked["askling_diver"] == ("waits for a clinician", None)  # it needs a word of its own
    found = {one.kind for one in due(history, PLAN, state, now=now)}
    assert "exercise" in found
    assert not found & {"exercise_on_hold", "gate"}
    done = Exercise(at=at(8, 11), exercise="chair_bridge", sets=2, reps=10, hold_s=4)
    dose = next(one for one in PLAN.exercises if one.id == "chair_bridge")
    assert "on hold" not in remark(history, PLAN, dose, done, now=now)
    events = [one.sentence for one in state.events if one.kind == "held"]
    assert events[-1] == "On hold until a clinician decides: wait for the scan. Exercises go on."


@pytest.mark.parametrize(
    "after",
    [
        {"check_ins": (replace(FLAGGED, at=at(8, 11)),)},
        {"decisions": (LET_GO_ON, replace(TOLD_TO_WAIT, at=at(8, 11)))},
    ],
    ids=["a red flag", "a hold without that word"],
)
def test_what_holds_the_plan_after_it_makes_exercises_wait_again(after: dict[str, Any]) -> None:
    history = replace(replace(INJURED, decisions=(LET_GO_ON,)), **after)
    state, now = at_noon(history, 8)
    assert state.exercises_go_on_by is None
    kinds = {one.kind for one in due(history, PLAN, state, now=now)}
    assert "exercise_on_hold" in kinds
    assert "exercise" not in kinds


@pytest.mark.parametrize("lets_on", [LET_GO_ON, replace(LET_GO_ON, kind="resume", reason="seen")])
def test_a_red_flag_that_is_told_later_is_not_answered_by_what_a_clinician_said_before(
    lets_on: Decision,
) -> None:
    ran = run(7, ("run", 600.0))
    told = CheckIn(at=at(8, 11), moment="next_morning", pain=3, run_id=ran.run_id, red_flags=("limp",))
    history = replace(INJURED, runs=(ran,), check_ins=(told,), decisions=(lets_on,))
    state, _now = at_noon(history, 8)
    because = f"a red flag was told of the run of {ran.start:%Y-%m-%d}: a limp"
    assert (state.held_because, state.exercises_go_on_by) == (because, None)
    seen = replace(lets_on, at=at(8, 11.5))
    state, _now = at_noon(replace(history, decisions=(lets_on, seen)), 8)
    assert state.held_because == (None if seen.kind == "resume" else "wait for the scan")


def test_a_red_flag_that_holds_already_is_told_once() -> None:
    ran = run(7, ("run", 600.0))
    told = CheckIn(at=at(7, 11), moment="after", pain=3, run_id=ran.run_id, red_flags=("limp",))
    again = replace(told, at=at(7, 20))
    state, _now = at_noon(replace(INJURED, runs=(ran,), check_ins=(told, again)), 8)
    assert [(one.kind, one.at) for one in state.events] == [("held", told.at)]
    assert state.held_because == "a red flag was told: a limp"


def test_whoever_ran_before_a_red_flag_was_told_ran_against_no_hold() -> None:
    first, second = run(5, ("run", 600.0)), run(7, ("run", 600.0))
    late = CheckIn(at=at(7, 11), moment="after", pain=3, run_id=first.run_id, red_flags=("limp",))
    state, _now = at_noon(replace(INJURED, runs=(first, second), check_ins=(late,)), 8)
    against = {one.session.day: [str(why) for why in one.against_the_plan] for one in state.judged}
    assert not any("on hold" in why for whys in against.values() for why in whys)
    assert state.held_because == f"a red flag was told of the run of {first.start:%Y-%m-%d}: a limp"
    third = run(8, ("run", 600.0))
    state, _now = at_noon(replace(INJURED, runs=(first, second, third), check_ins=(late,)), 8)
    whys = [str(why) for one in state.judged if third in one.session.runs for why in one.against_the_plan]
    assert f"the plan was on hold ({state.held_because})" in whys


def test_once_the_hold_is_lifted_nothing_is_left_of_it() -> None:
    lifted = Decision(at=at(8, 11), kind="resume", by="Dr. Ito", reason="seen")
    state, _now = at_noon(replace(INJURED, decisions=(LET_GO_ON, lifted)), 8)
    assert (state.held_because, state.exercises_go_on_by) == (None, None)


def test_adherence_counts_doses_reached() -> None:
    done = tuple(
        Exercise(at=at(day, 9), exercise="chair_bridge", sets=2, reps=10, hold_s=4, pain_during=day % 3)
        for day in range(1, 6)
    )
    short = Exercise(at=at(6, 9), exercise="chair_bridge", sets=1, reps=10)
    history = replace(INJURED, exercises=(*done, short))
    found = {one.dose.id: one for one in adherence(history, PLAN, INJURY, now=at(7, 20))}
    bridge = found["chair_bridge"]
    assert (bridge.done, bridge.asked, bridge.short, bridge.worst_pain) == (5, 7, 1, 2)
    assert bridge.share == pytest.approx(5 / 7)


@pytest.mark.parametrize(
    ("day", "asked", "said"),
    [(0, 1, "1 times today."), (4, 5, "5 times in 5 days."), (6, 7, "in 7 days."), (30, 7, "in 7 days.")],
)
def test_nothing_was_asked_for_before_the_injury(day: int, asked: int, said: str) -> None:
    found = {one.dose.id: one for one in adherence(INJURED, PLAN, INJURY, now=at(day, 20))}
    assert found["chair_bridge"].asked == asked
    assert found["chair_bridge"].evidence.sentence.endswith(said)
