"""Weeks without a run: the plan goes back by itself, as far as the plan says, and tells why."""

from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest

from imu.training.engine import plan_state
from imu.training.history import Decision, DecisionKind, History
from imu.training.next_session import next_session
from imu.training.plan import Plan, Until
from imu.training.plan_file import default_text, parse_plan
from imu.training.plan_state import PlanState
from tests.training.athlete import BEFORE, ENTERED, INJURED, PLAN, ROW, after, at, planned, run, state_of

LAST = 32  # the day of the last run


def with_rules(**changed: Any) -> Plan:
    return replace(PLAN, rules=replace(PLAN.rules, **changed))


def one_success_in(stage: str) -> History:
    """Every stage twice, every second day, until one session of a stage counted on the last day."""
    history, reached = ENTERED, int(stage)
    days = range(LAST - 2 * (2 * reached - 2), LAST + 1, 2)
    asked = [str(number) for number in range(1, reached) for _ in range(2)] + [stage]
    for day, which in zip(days, asked, strict=True):
        history = after(history, planned(day, ROW[which]))
    return history


def stands(history: History, *, day: int, plan: Plan = PLAN) -> tuple[str | None, int]:
    state = state_of(history, day=day, plan=plan)
    return None if state.stage is None else state.stage.id, state.successes


@pytest.mark.parametrize(
    ("days", "stage", "successes"),
    [
        (1, "5", 1),
        (7, "5", 1),
        (13, "5", 1),
        (14, "4", 0),
        (20, "4", 0),
        (21, "3", 0),
        (28, "2", 0),
        (300, "1", 0),
    ],
)
def test_two_weeks_are_a_stage_back_and_each_further_week_another(
    days: int, stage: str, successes: int
) -> None:
    assert stands(one_success_in("5"), day=LAST + days) == (stage, successes)


def test_what_comes_next_says_why_it_is_less() -> None:
    coming = next_session(one_success_in("5"), PLAN, now=at(LAST + 22))
    assert (coming.may_run, coming.stage and coming.stage.id) == ("yes", "3")
    assert coming.reasons == (
        "stage 3: 0 of 2 sessions in a row counted",
        "no run on record for 22 days: the plan goes on from stage 3, not 5",
        "a run that is not on record counts once it is imported",
    )


def test_the_log_tells_each_step_on_its_day() -> None:
    back = [one for one in state_of(one_success_in("5"), day=LAST + 30).events if one.kind == "time_off"]
    assert [(one.at, one.before, one.after) for one in back] == [
        (at(LAST + 14, 0), "5", "4"),
        (at(LAST + 21, 0), "4", "3"),
        (at(LAST + 28, 0), "3", "2"),
    ]
    assert back[0].sentence == "No run on record for 14 days, since 2026-04-03: on from stage 4."


def test_a_run_imported_later_takes_the_step_back_away() -> None:
    history = one_success_in("5")
    assert stands(history, day=LAST + 14) == ("4", 0)
    assert stands(after(history, planned(LAST + 8, ROW["5"])), day=LAST + 14) == ("6", 0)


def test_who_runs_once_a_week_advances_all_the_same() -> None:
    history = ENTERED
    for day, stage in ((12, "1"), (19, "1"), (26, "2"), (33, "2")):
        history = after(history, planned(day, ROW[stage]))
    assert stands(history, day=40) == ("3", 0)


def test_after_the_break_the_plan_goes_on_from_the_earlier_stage() -> None:
    history = one_success_in("5")
    back = LAST + 16
    for day in (back, back + 2):
        history = after(history, planned(day, ROW["4"]))
    assert stands(history, day=back + 3) == ("5", 0)
    assert not any("no run on record" in one for one in next_session(history, PLAN, now=at(back + 4)).reasons)


def test_as_much_as_before_the_break_is_more_than_planned() -> None:
    history = after(one_success_in("5"), planned(LAST + 16, ROW["6"]))
    state = state_of(history, day=LAST + 18)
    assert (state.stage and state.stage.id, state.judged[-1].counted) == ("4", False)


def test_the_first_stage_begins_again_and_nobody_falls_out_of_the_plan() -> None:
    history = after(ENTERED, planned(12, ROW["1"]))
    assert stands(history, day=25) == ("1", 1)
    assert stands(history, day=26) == ("1", 0)
    assert next_session(history, PLAN, now=at(27)).reasons[1] == (
        "no run on record for 15 days: stage 1 begins again"
    )


def test_before_the_entry_gate_days_without_a_run_move_nothing() -> None:
    assert state_of(INJURED, day=90).stage is None
    assert not state_of(INJURED, day=90).events


@pytest.mark.parametrize("kind", ["hold", "resume", "sign_off", "set_stage"])
def test_from_a_clinicians_word_on_days_are_counted_anew(kind: DecisionKind) -> None:
    """Who decides has seen the stage; a hold says that nobody runs, and its days are days off, too."""
    stage = "5" if kind == "set_stage" else "S6" if kind == "sign_off" else None
    seen = Decision(at=at(LAST + 13), kind=kind, by="Dr. Ito", reason="seen", stage=stage)
    history = replace(one_success_in("5"), decisions=(seen,))
    assert stands(history, day=LAST + 15)[0] == ("4" if kind == "hold" else "5")
    assert stands(history, day=LAST + 13 + 14)[0] == ("3" if kind == "hold" else "4")


def test_a_clinician_sets_how_many_days() -> None:
    history = one_success_in("5")
    assert stands(history, day=LAST + 100, plan=with_rules(days_off_to_step_back=0)) == ("5", 1)
    assert stands(history, day=LAST + 100, plan=with_rules(days_off_per_further_stage=0)) == ("4", 0)
    assert stands(history, day=LAST + 10, plan=with_rules(days_off_to_step_back=10)) == ("4", 0)


def test_another_version_that_asks_for_less_time_off_takes_nothing_back_before_its_day() -> None:
    short = replace(with_rules(days_off_to_step_back=5), before=(Until(plan=PLAN, at=at(LAST + 10)),))
    events = state_of(one_success_in("5"), day=LAST + 11, plan=short).events
    assert [one.at for one in events] == sorted(one.at for one in events)
    assert [one.at for one in events if one.kind == "time_off"] == [at(LAST + 10)]


def without_the_rule() -> Plan:
    lines = [line for line in default_text().splitlines() if '"days_off_' not in line]
    return parse_plan("\n".join(lines), name="version 1")


def test_a_plan_that_was_adopted_before_there_was_the_rule_has_none_until_a_version_has() -> None:
    """What somebody did as it was asked then is neither taken back nor warned of now."""
    history = one_success_in("5")
    for day, stage in ((LAST + 15, "5"), (LAST + 17, "6"), (LAST + 19, "6")):
        history = after(history, planned(day, ROW[stage]))
    old = without_the_rule()
    assert (old.rules.days_off_to_step_back, old.rules.days_off_per_further_stage) == (0, 0)
    assert stands(history, day=LAST + 20, plan=old) == ("7", 0)
    adopted = replace(PLAN, before=(Until(plan=old, at=at(LAST + 20)),))
    assert stands(history, day=LAST + 20, plan=adopted) == ("7", 0)
    assert stands(history, day=LAST + 19 + 14, plan=adopted) == ("6", 0)


def test_a_run_over_midnight_ends_the_days_off_on_the_day_on_which_it_began() -> None:
    late = planned(LAST + 13, ROW["5"])
    late = replace(late, start=at(LAST + 13, 0) + timedelta(hours=23, minutes=54))
    history = after(one_success_in("5"), late)
    assert not [one for one in state_of(history, day=LAST + 15).events if one.kind == "time_off"]


def test_days_are_those_of_whoever_ran_wherever_they_are_looked_at_from() -> None:
    history = after(one_success_in("5"), replace(planned(LAST + 13, ROW["5"]), start=at(LAST + 13, 22)))
    for hours in (0, 2, -8):
        now = at(LAST + 15).astimezone(timezone(timedelta(hours=hours)))
        state = plan_state(history, PLAN, now=now)
        assert isinstance(state, PlanState)
        assert not [one for one in state.events if one.kind == "time_off"]


def test_a_dash_for_the_bus_is_no_run_that_keeps_the_stage() -> None:
    history = one_success_in("5")
    for day in (LAST + 10, LAST + 20):
        history = after(history, run(day, ("walk", 600), ("run", 20), ("walk", 600)))
    assert stands(history, day=LAST + 27)[0] == "3"


def test_it_is_said_why_it_is_less_also_when_a_hold_is_lifted_meanwhile() -> None:
    hold = Decision(at=at(LAST + 1), kind="hold", by="Dr. Ito", reason="scan")
    lifted = Decision(at=at(LAST + 22), kind="resume", by="Anna", reason="fine", cleared_by="Dr Mori")
    history = replace(one_success_in("5"), decisions=(hold, lifted))
    coming = next_session(history, PLAN, now=at(LAST + 22, 12))
    assert "no run on record for 22 days: the plan goes on from stage 3, not 5" in coming.reasons


def test_a_complete_plan_is_not_begun_again_by_a_holiday() -> None:
    done = replace(
        History(runs=BEFORE, injuries=INJURED.injuries),
        decisions=(Decision(at=at(12), kind="set_stage", by="Dr. Ito", reason="strong", stage="S6"),),
    )
    for day in (14, 18):
        done = after(done, planned(day, ROW["S6"]))
    assert state_of(done, day=20).is_complete
    assert state_of(done, day=120).is_complete
