"""Load: hand-made histories, figures worked out by hand."""

from dataclasses import replace

import pytest

from imu.training.evidence import Evidence
from imu.training.exposure import Ledger, ledger
from imu.training.history import History, ImpactLoad, Run
from imu.training.load import (
    Averages,
    Compared,
    EffortLoad,
    acute_chronic,
    averages,
    effort_load,
    impact_load,
    session_spike,
    weekly_change,
)
from imu.training.not_judged import NotJudged
from tests.training.athlete import INJURY, TOP_MPS, at, run


def runner(*minutes: tuple[int, float]) -> History:
    return History(runs=tuple(run(day, ("run", 60.0 * length)) for day, length in minutes))


STEADY = tuple((day, 30.0) for day in range(0, 42, 2))  # 30 min every second day


@pytest.mark.parametrize(("minutes", "level"), [(33, "usual"), (33.4, "amber"), (39, "amber"), (39.5, "red")])
def test_a_session_is_held_against_the_longest_of_thirty_days(minutes: float, level: str) -> None:
    spike = session_spike(runner(*STEADY, (42, minutes)), now=at(43))
    assert isinstance(spike, Compared)
    assert spike.level == level
    assert spike.ratio == pytest.approx(minutes / 30, rel=1e-3)
    assert spike.evidence.n == 15


def test_a_long_run_of_thirty_one_days_ago_is_forgotten() -> None:
    spike = session_spike(runner((11, 60), *STEADY[6:], (42, 40)), now=at(43))
    assert isinstance(spike, Compared)
    assert spike.level == "red"


def test_two_runs_of_a_day_are_one_session() -> None:
    history = runner(*STEADY, (42, 25))
    again = replace(run(42, ("run", 1500.0)), run_id="again", start=at(42, 18))
    spike = session_spike(replace(history, runs=(*history.runs, again)), now=at(43))
    assert isinstance(spike, Compared)
    assert spike.level == "red"


def test_no_ratio_without_a_run_in_thirty_days_or_after_a_lay_off_or_injury() -> None:
    assert isinstance(session_spike(History(), now=at(1)), NotJudged)
    assert isinstance(session_spike(runner((0, 30), (40, 60)), now=at(41)), NotJudged)
    assert isinstance(session_spike(runner((0, 30), (16, 30), (20, 60)), now=at(21)), NotJudged)
    injured = replace(runner(*STEADY, (42, 60)), injuries=(replace(INJURY, onset=at(30).date()),))
    assert isinstance(session_spike(injured, now=at(43)), NotJudged)


def test_a_recording_that_lost_most_of_a_long_run_makes_no_spike_of_the_next() -> None:
    broken = replace(run(36, ("run", 600.0)), duration_s=3600.0, trust="poor")
    history = runner(*STEADY[:18], (38, 30), (40, 30), (42, 40))
    spike = session_spike(replace(history, runs=(*history.runs, broken)), now=at(43))
    assert isinstance(spike, Compared)
    assert spike.level == "usual"


def test_the_week_is_advice_only() -> None:
    doubled = (*STEADY[:17], *((day, 60.0) for day in range(35, 42, 2)))
    change = weekly_change(runner(*doubled), now=at(41, 20))
    assert isinstance(change, Compared)
    assert change.level == "amber"
    assert isinstance(weekly_change(runner(*STEADY[:5]), now=at(10)), NotJudged)


def test_effort_times_minutes_with_monotony_and_strain() -> None:
    rated = tuple(replace(run(day, ("run", 1800.0)), effort_cr10=4.0) for day in (0, 2, 4, 6))
    load = effort_load(History(runs=rated), now=at(6, 20))
    assert isinstance(load, EffortLoad)
    assert load.week == pytest.approx(480)  # 4 x 4 x 30
    assert load.monotony == pytest.approx((480 / 7) / 64.1427, rel=1e-4)  # sd of 120 0 120 0 120 0 120
    assert load.strain == pytest.approx(480 * (480 / 7) / 64.1427, rel=1e-4)


def test_a_run_that_was_not_rated_is_told() -> None:
    load = effort_load(
        History(runs=(replace(run(0, ("run", 1800.0)), effort_cr10=4.0), run(2, ("run", 1800.0)))), now=at(3)
    )
    assert isinstance(load, EffortLoad)
    assert (load.rated, load.sessions) == (1, 2)
    assert "1 of 2 runs were not rated" in load.evidence.sentence


def test_impacts_add_up_per_leg_and_say_when_some_are_missing() -> None:
    def impact(day: int, left: float) -> Run:
        measured = ImpactLoad(
            side="left", contacts=1000, cumulative_g=left, damage_index=left / 10, complete=True
        )
        return replace(run(day, ("run", 1800.0)), impact=(measured,))

    both = impact_load(History(runs=(impact(0, 5000), impact(2, 7000))), now=at(3))
    assert [(one.side, one.cumulative_g, one.damage_index, one.complete) for one in both] == [
        ("left", 12000, 1200, True)
    ]
    some = impact_load(History(runs=(impact(0, 5000), run(2, ("run", 1800.0)))), now=at(3))
    assert not some[0].complete


def test_averages_settle_at_the_daily_mean_of_a_steady_runner() -> None:
    found = averages(runner(*((day, 30.0) for day in range(120))), now=at(119, 20))
    assert isinstance(found, Averages)
    assert found.acute[-1] == pytest.approx(30)
    assert found.chronic[-1] == pytest.approx(30)


def test_a_day_off_moves_the_short_average_by_its_weight() -> None:
    found = averages(runner(*((day, 32.0) for day in range(60))), now=at(60, 20))
    assert isinstance(found, Averages)
    assert found.acute[-1] == pytest.approx(32 * (1 - 2 / 8))
    assert found.chronic[-1] == pytest.approx(32 * (1 - 2 / 29))


def test_the_ratio_is_off_unless_asked_for_described_then_and_absent_after_a_lay_off() -> None:
    steady = runner(*STEADY)
    assert isinstance(acute_chronic(steady, now=at(42)), NotJudged)
    shown = acute_chronic(steady, now=at(42), wanted=True)
    assert isinstance(shown, Evidence)
    assert "no more harm" in shown.sentence
    back = runner(*STEADY, (70, 20), (72, 20))
    assert isinstance(acute_chronic(back, now=at(73), wanted=True), NotJudged)


def test_the_ledger_puts_seconds_into_bands_of_own_top_speed() -> None:
    runs = (
        run(0, ("run", 1800.0), fast_s=20, fast_mps=TOP_MPS),
        run(30, ("run", 1800.0)),
        run(38, ("run", 1800.0), fast_s=60, fast_mps=0.75 * TOP_MPS),
    )
    found = ledger(History(runs=runs), now=at(39))
    assert isinstance(found, Ledger)
    assert [round(band.seconds) for band in found.bands] == [1740, 0, 60, 0, 0]
    assert found.bands_up == 2
    assert found.accelerations == 1


def test_without_fast_running_on_record_there_are_no_bands() -> None:
    found = ledger(runner(*STEADY), now=at(42))
    assert isinstance(found, NotJudged)
    assert "effort" in found.to_do
