"""Load: hand-made histories, figures worked out by hand."""

from dataclasses import replace

import pytest

from imu.training.history import History
from imu.training.load import Compared, session_spike, weekly_change
from imu.training.not_judged import NotJudged
from tests.training.athlete import INJURY, at, run


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
