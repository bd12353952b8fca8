"""Whole seasons: the same from the same seed, true to what was put in, and told by the rules as it was."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from imu.errors import RestrideError
from imu.simulate.season import (
    STORIES,
    Overstride,
    Relapse,
    Season,
    SeasonOptions,
    Strain,
    live,
    ordinary_years,
    squad,
    tell,
)
from imu.simulate.season.habits import CENTER_MPS, KEYS
from imu.simulate.season.stories import FULL
from imu.training.baseline import Baseline, fit_baseline
from imu.training.chart import charts
from imu.training.engine import plan_state
from imu.training.history import Run
from imu.training.metrics import SHANK_ANGLE_IC
from imu.training.plan_file import default_plan
from imu.training.plan_state import PlanState

TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 21, tzinfo=UTC)
PLAN = default_plan()


@pytest.fixture(scope="module")
def healthy() -> Season:
    return tell("healthy", until=TODAY, seed=3)


@pytest.fixture(scope="module")
def overstriding() -> Season:
    return tell("overstride", until=TODAY, seed=1)


def test_the_same_options_give_the_same_season(healthy: Season) -> None:
    assert live(healthy.options) == healthy
    assert live(replace(healthy.options, seed=4)).history != healthy.history


@pytest.mark.unhurried
def test_two_processes_tell_a_season_byte_for_byte_alike() -> None:
    script = (
        "from datetime import date; from imu.simulate.season import tell; "
        "season = tell('new', until=date(2026, 11, 26)); "
        "print(repr(season), *(run.segments.packed().hex() for run in season.history.runs))"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    season = tell("new", until=TODAY)
    assert told.split() == [
        *repr(season).split(),
        *(run.segments.packed().hex() for run in season.history.runs),
    ]


def test_a_season_says_that_it_is_simulated(healthy: Season) -> None:
    assert healthy.simulated
    assert "simulated" in healthy.name
    assert healthy.athlete_id.startswith("simulated")


def test_check_ins_that_are_missed_change_no_run() -> None:
    options = SeasonOptions(days=40, missed_check_ins=0.0)
    silent = live(replace(options, missed_check_ins=1.0))
    assert silent.history.runs == live(options).history.runs


@pytest.mark.unhurried
def test_everything_is_in_order_of_time(overstriding: Season) -> None:
    history = overstriding.history
    for told in (history.runs, history.check_ins, history.gate_answers, history.exercises, history.decisions):
        times = [entry.start if isinstance(entry, Run) else entry.at for entry in told]
        assert times == sorted(times)
    assert len({run.run_id for run in history.runs}) == len(history.runs)
    assert all(run.end <= overstriding.until for run in history.runs)


def test_a_run_adds_up(healthy: Season) -> None:
    for run in healthy.history.runs:
        assert sum(band.seconds for band in run.exposure) == pytest.approx(run.running_s)
        assert sum(band.metres for band in run.exposure) == pytest.approx(run.distance_m)
        assert run.bouts[-1].end_s == pytest.approx(run.duration_s)
        assert all(earlier.end_s == pytest.approx(later.start_s) for earlier, later in pairwise(run.bouts))
        assert all(0 < segment.minute < run.running_s / 60 for segment in run.segments)
        assert {segment.side for segment in run.segments} == {"left", "right"}


def test_the_late_swing_angle_is_no_smaller_than_the_one_at_contact(healthy: Season) -> None:
    for run in healthy.history.runs:
        for segment in run.segments:
            assert segment.shank_angle_ic_deg is not None
            assert segment.shank_angle_max_deg is not None
            assert segment.shank_angle_max_deg >= segment.shank_angle_ic_deg


def test_an_ordinary_season_changes_shoes_and_surfaces_and_has_days_off(healthy: Season) -> None:
    runs = healthy.history.runs
    assert len({run.shoe for run in runs}) >= 2
    assert {"road", "track"} <= {run.surface for run in runs}
    assert len(runs) < 0.8 * healthy.options.days
    assert max(run.top_speed_mps or 0 for run in runs) > 0.85 * healthy.truth.athlete.top_mps


def test_the_baseline_finds_the_habits_that_were_put_in(healthy: Season) -> None:
    for side in ("left", "right"):
        baseline = fit_baseline(healthy.history, SHANK_ANGLE_IC, side, now=healthy.until)
        assert isinstance(baseline, Baseline)
        answers = healthy.truth.athlete.habits.answers_deg[KEYS.index(("shank_angle_ic_deg", side))]
        level, per_mps, per_mps2, per_percent, per_log_minute = answers
        per_mps += 2 * per_mps2 * (baseline.center_mps - CENTER_MPS)  # its slope there
        error = np.abs(np.array(baseline.mean[1:5]) - [per_mps, per_mps2, per_percent, per_log_minute])
        spread = np.sqrt(np.diag(np.array(baseline.covariance)))[1:5]
        assert (error < 4 * spread).all()  # of segments taken as independent, which they are not quite
        assert abs(baseline.mean[0] - level) < 3.0
        assert baseline.sd_run_deg == pytest.approx(1.5, abs=1.0)


def test_an_overstride_is_warned_of_within_a_few_runs(overstriding: Season) -> None:
    assert overstriding.truth.overstride_from is not None
    left, right, _ = charts(overstriding.history, now=overstriding.until)
    (alarm,) = left.alarms
    ids = [run.run_id for run in overstriding.history.runs]
    began = ids.index(overstriding.truth.overstride_from)
    assert 0 < ids.index(alarm.raised_by) - began <= 8
    assert abs(ids.index(alarm.began_with) - began) <= 4
    assert alarm.evidence.value - (alarm.evidence.reference or 0) == pytest.approx(5.0, abs=2.0)
    assert right.alarms == ()


def test_the_truth_tells_what_was_added_to_which_run(overstriding: Season) -> None:
    ids = [run.run_id for run in overstriding.truth.runs]
    began = ids.index(overstriding.truth.overstride_from or "")
    at_contact = KEYS.index(("shank_angle_ic_deg", "left"))
    added = [run.shift_deg[at_contact] for run in overstriding.truth.runs]
    assert not any(added[:began])
    assert added[began] == pytest.approx(5 / 3)
    assert added[began + 2 :] == pytest.approx([5.0] * len(added[began + 2 :]))
    assert overstriding.truth.of(ids[began]).shift_deg[KEYS.index(("shank_angle_ic_deg", "right"))] == 0


@pytest.mark.unhurried
def test_healthy_athletes_are_seldom_warned_of() -> None:
    years = ordinary_years(athletes=4, years=0.6, seed=2, keep_every=4)
    raised = [len(chart.alarms) for season in years for chart in charts(season.history, now=season.until)]
    assert sum(raised) <= 8  # three are expected (docs/simulator.md); more than eight come once in 200 times


def test_bad_sensors_are_not_trusted_and_raise_no_chart() -> None:
    season = tell("bad_sensors", until=TODAY, seed=2)
    poor = {run.run_id for run in season.history.runs if run.trust == "poor"}
    assert poor == {run.run_id for run in season.truth.runs if run.trouble == "slipped"}
    assert len(poor) > 5
    assert all(run.untrusted_because for run in season.history.runs if run.trust != "good")
    raised_by = {
        alarm.raised_by for chart in charts(season.history, now=season.until) for alarm in chart.alarms
    }
    assert not raised_by & poor


def test_a_shank_that_lost_packets_has_fewer_segments() -> None:
    season = live(SeasonOptions(days=40, lost_packets=1.0, bad_sensors=0.0))
    for run in season.history.runs:
        of = {side: sum(one.side == side for one in run.segments) for side in ("left", "right")}
        lost = next(load.side for load in run.impact if not load.complete)
        assert of[lost] < 0.9 * max(of.values())
        assert run.trust == "usable"


@pytest.mark.parametrize("story", STORIES)
def test_as_a_demo_tells_it_no_story_is_warned_of_but_for_what_was_put_in(story: str) -> None:
    season = tell(story, until=TODAY)
    drawn = charts(season.history, now=season.until)
    raised = [(alarm.chart, alarm.closed_at) for chart in drawn for alarm in chart.alarms]
    assert raised == ([("overstride_left", None)] if story == "overstride" else [])


@pytest.mark.unhurried
def test_the_stories_with_a_plan_are_where_their_names_say() -> None:
    found = {story: plan_state(tell(story, until=TODAY).history, PLAN, now=NOW) for story in FULL}
    stages_of = {}
    for story, state in found.items():
        assert isinstance(state, PlanState)
        assert state.stage is not None
        stages_of[story] = int(state.stage.id)
    assert 3 <= stages_of["returning"] <= 8
    assert stages_of["relapse"] < 6
    assert stages_of["overstride"] > 8
    relapse = found["relapse"]
    assert isinstance(relapse, PlanState)
    (back,) = [event for event in relapse.events if event.kind == "stepped_back"]
    assert timedelta(0) < NOW - back.at < timedelta(days=14)


@pytest.mark.unhurried
def test_a_squad_has_the_full_stories_first() -> None:
    seasons = squad(athletes=5, until=TODAY)
    assert [bool(season.history.injuries) for season in seasons] == [True, True, True, False, False]
    assert len({season.athlete_id for season in seasons}) == len({season.name for season in seasons}) == 5
    assert all(season.until.date() == TODAY for season in seasons)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: tell("lazy", until=TODAY), "unknown"),
        (lambda: squad(athletes=0, until=TODAY), "one athlete"),
        (lambda: SeasonOptions(obedience=1.5), "0 to 1"),
        (lambda: SeasonOptions(days=0), "1 or more"),
        (lambda: SeasonOptions(overstride=Overstride(side="left")), "after a strain"),
        (lambda: SeasonOptions(days=30, strain=Strain(day=30)), "day 30 of 30"),
        (lambda: Overstride(side="left", stage="7", day=3), "either"),
        (lambda: live(SeasonOptions(strain=Strain(day=3), relapse=Relapse(stage="99"))), "not in the plan"),
    ],
)
def test_what_cannot_be_told_is_refused_in_one_line(wrong: object, says: str) -> None:
    assert callable(wrong)
    with pytest.raises(RestrideError, match=says) as refused:
        wrong()
    assert "\n" not in str(refused.value)


def test_a_new_athlete_has_no_baseline_yet() -> None:
    season = tell("new", until=TODAY)
    assert TODAY - season.history.runs[0].start.date() < timedelta(days=17)
    assert all(not isinstance(chart.baseline, Baseline) for chart in charts(season.history, now=season.until))


def test_a_strain_is_followed_by_a_lay_off() -> None:
    season = live(SeasonOptions(days=46, strain=Strain(day=40, side="right")))
    (injury,) = season.history.injuries
    assert injury.side == "right"
    assert season.history.runs[-1].run_id == season.truth.strained_in
    assert season.history.runs[-1].start.date() == injury.onset
    assert [day.hurt for day in season.truth.days] == sorted(
        (d.hurt for d in season.truth.days), reverse=True
    )
