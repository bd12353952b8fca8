"""A plan followed to its end, day by day, by a simulated athlete; and by careless ones."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from imu.simulate.season import Overstride, Relapse, Season, SeasonOptions, Strain, live
from imu.training.engine import plan_state
from imu.training.history import History
from imu.training.next_session import next_session
from imu.training.plan_file import default_plan
from imu.training.plan_state import PlanState
from imu.training.rehab import adherence
from imu.training.stages import stages

PLAN = default_plan()
ROW = [stage.id for stage in stages(PLAN, profile="strain")]
TO_THE_END = SeasonOptions(days=230, strain=Strain(day=45), relapse=Relapse(stage="6"), seed=5)
CARELESS = SeasonOptions(
    days=150,
    strain=Strain(day=45),
    overstride=Overstride(side="right", stage="4"),
    obedience=0.6,
    missed_days=0.2,
    missed_check_ins=0.2,
    bad_sensors=0.1,
    lost_packets=0.1,
)


def open_again(history: History) -> History:
    """As it was before the injury was closed: so long the plan can be asked."""
    return replace(history, injuries=tuple(replace(one, resolved=None) for one in history.injuries))


def state_of(season: Season) -> PlanState:
    state = plan_state(open_again(season.history), PLAN, now=season.until)
    assert isinstance(state, PlanState)
    return state


@pytest.fixture(scope="module")
def returned() -> Season:
    return live(TO_THE_END)


@pytest.mark.unhurried
def test_the_plan_is_followed_to_its_end(returned: Season) -> None:
    state = state_of(returned)
    assert state.is_complete
    assert returned.truth.completed_on is not None
    assert returned.history.injuries[0].resolved == returned.truth.completed_on
    assert {event.after for event in state.events} >= set(ROW)


def test_then_the_usual_weeks_come_back_without_a_leap(returned: Season) -> None:
    completed = returned.truth.completed_on
    assert completed is not None
    later = [run for run in returned.history.runs if run.start.date() > completed]
    assert later
    for run in later:
        month = [
            one.running_s
            for one in returned.history.runs
            if timedelta(0) < run.start.date() - one.start.date() <= timedelta(days=30)
        ]
        assert run.running_s <= 1.1 * max(month)


@pytest.mark.unhurried
def test_every_run_of_the_return_was_allowed_that_morning(returned: Season) -> None:
    """Asked again afterwards, from the history as it was on that morning."""
    assert returned.truth.completed_on is not None
    (injury,) = returned.history.injuries
    run_days = {run.start.date(): run for run in returned.history.runs if run.running_s}
    day = injury.onset + timedelta(days=1)
    asked = 0
    while day < returned.truth.completed_on:
        if day in run_days or asked % 9 == 0:
            now = (
                run_days[day].start
                if day in run_days
                else returned.until.replace(year=day.year, month=day.month, day=day.day, hour=8)
            )
            suggested = next_session(open_again(returned.history), PLAN, now=now - timedelta(minutes=1))
            may = suggested.may_run != "rest" and suggested.earliest == day
            assert may or day not in run_days
        asked += 1
        day += timedelta(days=1)


def test_the_red_day_goes_back_two_stages(returned: Season) -> None:
    state = state_of(returned)
    (back,) = [event for event in state.events if event.kind == "stepped_back"]
    assert (back.before, back.after) == ("6", "4")
    red = next(one for one in state.judged if returned.truth.relapsed_in in one.session.run_ids)
    assert red.response.colour == "red"


def test_pain_told_is_pain_felt(returned: Season) -> None:
    felt = {day.day: day.pain_at_rest for day in returned.truth.days}
    resting = [answer for answer in returned.history.check_ins if answer.moment == "next_morning"]
    assert resting
    for answer in resting:
        assert 0 <= answer.pain - int(felt.get(answer.at.date(), 0.0)) <= 1


def test_exercises_are_done_about_as_often_as_the_athlete_is_diligent(returned: Season) -> None:
    (injury,) = returned.history.injuries
    now = returned.until.replace(
        year=injury.onset.year, month=injury.onset.month, day=injury.onset.day
    ) + timedelta(days=60)
    found = adherence(returned.history, PLAN, injury, now=now, days=50)
    shares = [one.share for one in found if one.share is not None and one.dose.per_day is not None]
    assert len(shares) >= 3
    assert all(0.6 <= share <= 1.0 for share in shares)


def test_nothing_is_told_before_it_happened() -> None:
    season = live(SeasonOptions(days=47, strain=Strain(day=45)))
    history = season.history
    for told in (history.check_ins, history.gate_answers, history.decisions, history.exercises):
        assert all(entry.at <= season.until for entry in told)
    assert next_session(history, PLAN, now=season.until).may_run == "rest"


def test_one_who_never_answers_never_gets_through_the_entry_gate() -> None:
    state = state_of(live(SeasonOptions(days=80, strain=Strain(day=45), missed_check_ins=1.0)))
    assert state.entered_at is None


@pytest.mark.unhurried
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_rules_of_the_plan_hold_whoever_follows_it(seed: int) -> None:
    state = state_of(live(replace(CARELESS, seed=seed)))
    assert state.entered_at is not None
    reds = {one.session.end for one in state.judged if one.response.colour == "red"}
    for event in state.events:
        places = [ROW.index(stage) if stage in ROW else None for stage in (event.before, event.after)]
        if None not in places:
            assert (places[1] or 0) - (places[0] or 0) <= 1
        assert event.kind not in ("advanced", "completed", "success") or event.at not in reds
    days = [one.session.day for one in state.judged if not one.against_the_plan and one.stage is not None]
    assert all((later - earlier).days >= 2 for earlier, later in pairwise(days))
    kinds = [event.kind for event in state.events]
    assert "not_counted" in kinds
    for place, kind in enumerate(kinds):
        if kind == "advanced":
            assert kinds[place - 1] == "success"
