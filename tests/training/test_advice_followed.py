"""Whoever does what he is told is not told that he should not have, and is never left without a way on."""

from dataclasses import replace

import pytest

from imu.followup.judgement import judge
from imu.store import AthleteRecord
from imu.training.due import due
from imu.training.engine import plan_state
from imu.training.history import CheckIn, Decision, History, Run
from imu.training.load import session_spike
from imu.training.next_session import next_session
from imu.training.not_judged import NotJudged
from imu.training.plan_state import PlanState
from imu.training.stages import stages
from imu.training.warnings import RaisedWarning, warnings
from tests.benchmarks.judging import SIMULATED
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
    state_of,
    told,
    yes,
)

BANDS = PLAN.pain_profiles.of("strain")


def raised(history: History, *, day: int) -> list[RaisedWarning]:
    state = plan_state(history, PLAN, now=at(day))
    followed = state if isinstance(state, PlanState) else None
    return [one for one in warnings(history, now=at(day), state=followed, bands=BANDS) if one.is_pressing]


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


def test_no_answer_ends_a_red_flag_and_nobody_is_kept_from_running_by_it_for_ever() -> None:
    """Somebody who could not go on is not sent out because it hurts less the next morning."""
    calm = CheckIn(at=at(1, 7), moment="next_morning", pain=1)
    hurt = replace(HEALTHY, check_ins=(HURT, calm))
    for day in (1, 13):
        coming = next_session(hurt, PLAN, now=at(day, 9))
        assert (coming.may_run, "show this to a clinician" in coming.to_do[0]) == ("rest", True)
    assert next_session(hurt, PLAN, now=at(15)).may_run == "yes"


def test_red_pain_without_a_flag_ends_when_it_is_green_at_rest() -> None:
    during = replace(HURT, pain=7, red_flags=())
    soon = CheckIn(at=at(0, 12), moment="after", pain=2, run_id="run-0")
    hurt = replace(HEALTHY, check_ins=(during, soon))
    assert next_session(hurt, PLAN, now=at(0, 13)).may_run == "rest"
    worse = replace(hurt, check_ins=(*hurt.check_ins, CheckIn(at=at(1, 7), moment="next_morning", pain=2)))
    assert next_session(worse, PLAN, now=at(1, 9)).may_run == "rest"
    calm = replace(worse, check_ins=(*worse.check_ins, CheckIn(at=at(2), moment="after", pain=0)))
    assert next_session(calm, PLAN, now=at(2, 9)).may_run == "yes"


def test_red_by_the_morning_is_a_day_of_rest_too() -> None:
    mild = CheckIn(at=at(0, 10), moment="during", pain=2, run_id="run-0")
    before = CheckIn(at=at(-1, 7), moment="next_morning", pain=0)
    stiff = CheckIn(at=at(1, 7), moment="next_morning", pain=2, run_id="run-0")
    history = replace(HEALTHY, check_ins=(before, mild, stiff))
    assert [one.level for one in raised(history, day=1)] == ["red"]
    assert next_session(history, PLAN, now=at(1, 9)).may_run == "rest"


def test_the_day_on_which_an_injury_was_over_is_looked_at_as_any_other() -> None:
    over = replace(INJURY, resolved=at(30).date())
    pop = CheckIn(at=at(30, 18), moment="during", pain=7, run_id="run-30", red_flags=("pop",))
    history = History(runs=(*BEFORE, run(30, ("run", 600))), injuries=(over,), check_ins=(pop,))
    assert [(one.code, one.level) for one in raised(history, day=31)] == [("pain_response", "red")]
    assert next_session(history, PLAN, now=at(30, 20)).may_run == "rest"


def test_kilometres_are_told_only_where_there_were_some() -> None:
    treadmill = History(runs=(replace(run(0, ("run", 2400)), distance_m=0.0),))
    assert next_session(treadmill, PLAN, now=at(2)).words == "An easy run of up to 44 min"


# --- A walk counts as one who tells of it means it --------------------------------------------------------

WALK = Run(run_id="walk", start=at(5), duration_s=1860, bouts=bouts(("walk", 1860)))
POP = CheckIn(at=at(5, 9), moment="during", pain=0, run_id="walk", red_flags=("pop",))


def test_a_red_flag_in_a_walk_holds_the_plan_and_opens_no_gate() -> None:
    walked = replace(INJURED, runs=(*BEFORE, WALK), check_ins=(POP,))
    state = state_of(walked, day=6)
    assert state.held_because
    assert not next(gate for gate in state.gates if gate.key == "brisk_walk").met
    later = replace(ENTERED, runs=(*BEFORE, replace(WALK, start=at(15))))
    limping = replace(later, check_ins=(replace(POP, at=at(15, 9), red_flags=("limp",)),))
    assert next_session(limping, PLAN, now=at(16)).to_do == ("Show this to your clinician.",)
    healthy = History(runs=(*BEFORE, WALK), check_ins=(replace(POP, pain=8, red_flags=()),))
    assert [one.level for one in raised(healthy, day=6)] == ["red"]


def test_of_two_walks_the_long_one_is_asked_about_and_a_stroll_is_not() -> None:
    stroll = Run(run_id="stroll", start=at(4), duration_s=600, bouts=bouts(("walk", 600)))
    calm = CheckIn(at=at(4, 9), moment="during", pain=0, run_id="stroll")
    both = replace(INJURED, runs=(*BEFORE, stroll, WALK), check_ins=(calm,))
    assert next_session(both, PLAN, now=at(5, 12)).to_do[0] == "Tell how much the walk of 2026-03-07 hurt."
    untold = replace(both, check_ins=())
    asked = due(untold, PLAN, state_of(untold, day=5), now=at(5, 12))
    assert [one.key for one in asked if one.kind == "check_in_run"] == ["walk"]


def test_an_easy_run_as_long_as_was_suggested_is_no_spike() -> None:
    """26 min and a tenth are 28.6, which is not 29; and kilometres are compared, where all have them."""
    history = History(runs=(replace(run(0, ("run", 1560)), distance_m=4700.0),))
    coming = next_session(history, PLAN, now=at(2))
    assert coming.words == "An easy run of up to 28 min, 5.1 km at most"
    assert coming.running_min is not None
    done = replace(run(2, ("run", 60 * coming.running_min)), distance_m=5100.0)
    found = session_spike(replace(history, runs=(*history.runs, done)), now=at(3))
    assert not isinstance(found, NotJudged)
    assert found.level == "usual"
    unmeasured = History(runs=(replace(run(0, ("run", 1560)), distance_m=None),))
    assert next_session(unmeasured, PLAN, now=at(2)).words == "An easy run of up to 28 min"


def test_a_red_flag_without_a_run_is_named_and_its_small_pain_is_held_against_nothing() -> None:
    limps = CheckIn(at=at(0, 10), moment="next_morning", pain=2, red_flags=("limp",))
    (warning,) = raised(replace(HEALTHY, check_ins=(limps,)), day=1)
    evidence = warning.evidence
    assert evidence.sentence == f"Pain 2 of 10 on {at(0):%Y-%m-%d}, without a run, with a red flag: a limp."
    assert (evidence.reference, evidence.compared_with) == (None, "")
    assert evidence.to_do == "Stop running and show this to a clinician before the next run."


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
    assert (late.may_run, late.words) == ("yes", "Stage 1: 4 × (4.5 min walk, 30 s jog)")


def test_pain_that_nobody_said_was_settled_still_says_easy() -> None:
    during, _morning = told(12, during=4)
    tendon = replace(
        ENTERED,
        runs=(*BEFORE, planned(12, ROW["1"])),
        check_ins=(during,),
        injuries=(replace(INJURY, profile="tendon"),),
        gate_answers=(*ENTRY, yes(10, "clinician_ok", clinician=True)),
    )
    assert next_session(tendon, PLAN, now=at(15)).may_run == "easy"


def test_what_was_done_as_planned_raises_no_load_warning_after_the_injury_either() -> None:
    history = replace(
        ENTERED, decisions=(Decision(at=at(44), kind="set_stage", by="Dr. Ito", reason="strong", stage="8"),)
    )
    for day in (12, 22, 32, 42):
        history = after(history, planned(day, ROW["1"]))
    for day, stage in ((46, "8"), (48, "8"), (50, "9")):
        history = after(history, planned(day, ROW[stage]))
    over = replace(history, injuries=(replace(INJURY, resolved=at(52).date()),))
    record = AthleteRecord(athlete=SIMULATED, history=over, plans=(), baselines=(), acts=())
    assert "load_spike" not in {one.code for one in judge(record, now=at(53)).pressing}


def test_on_hold_a_plan_that_is_complete_is_on_hold() -> None:
    last = stages(PLAN, profile="strain")[-1].id
    decisions = (
        Decision(at=at(40), kind="set_stage", by="Dr. Ito", reason="strong", stage=last),
        Decision(at=at(60), kind="hold", by="Dr. Ito", reason="look first"),
    )
    history = replace(
        ENTERED,
        decisions=decisions,
        gate_answers=(*ENTERED.gate_answers, yes(39, "clinician_clearance", clinician=True)),
    )
    for day in (42, 49):
        history = after(history, planned(day, ROW[last]))
    assert state_of(history, day=55).is_complete
    coming = next_session(history, PLAN, now=at(61))
    assert (coming.may_run, coming.to_do) == ("rest", ("Show this to your clinician.",))


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
