"""A run beside the runner's own range, and two runs beside each other."""

import numpy as np
import pytest

from imu.training.baseline import Baseline, fit_baseline
from imu.training.comparison import NotCompared
from imu.training.history import History
from imu.training.metrics import METRICS, SHANK_ANGLE_IC
from imu.training.two_runs import Difference, as_they_were, at_matched_speed
from imu.training.usual_range import UsualRange, usual_range
from tests.training.histories import PER_MPS_DEG, after, run, usual

HISTORY = History(runs=usual(10))


def baseline() -> Baseline:
    found = fit_baseline(HISTORY, SHANK_ANGLE_IC, "left", now=after(HISTORY))
    assert isinstance(found, Baseline)
    return found


LEFT = baseline()


def seen(**options: float) -> UsualRange:
    return usual_range(run(30, **options), SHANK_ANGLE_IC, "left", LEFT)  # type: ignore[arg-type]


def test_the_range_follows_the_speed() -> None:
    slow, fast = seen(speed_mps=2.7), seen(speed_mps=3.3)
    more = np.median(fast.expected_deg) - np.median(slow.expected_deg)
    assert more == pytest.approx(0.6 * PER_MPS_DEG, abs=0.5)


@pytest.mark.unhurried
def test_about_nineteen_of_twenty_usual_segments_lie_within() -> None:
    """Of many runners; the range of a single one rests on ten runs, and may be too narrow or too wide."""
    inside = []
    for seed in range(1, 17):
        history = History(runs=usual(10, seed=seed))
        own = fit_baseline(history, SHANK_ANGLE_IC, "left", now=after(history))
        assert isinstance(own, Baseline)
        for at in range(30, 50):
            found = usual_range(run(at, seed=seed), SHANK_ANGLE_IC, "left", own)
            inside.append(np.abs(found.value_deg - found.expected_deg) <= found.half_deg)
    assert 0.92 < np.concatenate(inside).mean() < 0.98


def test_where_the_baseline_knows_nothing_there_is_no_range_and_a_reason() -> None:
    sprint = seen(speed_mps=6.0)
    assert np.isnan(sprint.expected_deg).all()
    assert sprint.not_judged is not None
    assert "the baseline knows" in sprint.not_judged
    assert len(sprint.value_deg) > 0  # the run itself is shown all the same


def test_without_a_baseline_values_stay() -> None:
    found = usual_range(run(30), SHANK_ANGLE_IC, "left", None)
    assert found.not_judged == "no baseline yet"
    assert np.isfinite(found.value_deg).all()


def test_a_new_shoe_is_named() -> None:
    found = usual_range(run(30, shoe="new"), SHANK_ANGLE_IC, "left", LEFT)
    assert found.unknown == ("shoe new",)


def test_a_baseline_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="expects nothing of"):
        usual_range(run(30), METRICS["shank_angle_max_deg"], "left", LEFT)


def matched(**options: object) -> Difference | NotCompared:
    slow = run(40, speed_mps=2.7, day_sd_deg=0.0)
    return at_matched_speed(slow, run(41, speed_mps=3.3, day_sd_deg=0.0, **options), LEFT)  # type: ignore[arg-type]


def test_two_runs_of_two_speeds_do_not_differ_by_their_speed() -> None:
    found = matched()
    assert isinstance(found, Difference)
    assert found.value == pytest.approx(0, abs=0.5)
    assert not found.is_detected


def test_a_large_change_is_told_and_a_small_one_is_not() -> None:
    large, small = matched(ahead_deg={"left": 8.0}), matched(ahead_deg={"left": 1.0})
    assert isinstance(large, Difference)
    assert isinstance(small, Difference)
    assert large.is_detected
    assert not small.is_detected
    assert large.value == pytest.approx(8, abs=0.7)


@pytest.mark.unhurried
def test_about_one_of_twenty_pairs_of_usual_runs_differs_by_more_than_the_detectable_change() -> None:
    """Of many runners; that of a single one rests on ten runs, and may be too small or too large."""
    told = []
    for seed in range(1, 17):
        history = History(runs=usual(10, seed=seed))
        own = fit_baseline(history, SHANK_ANGLE_IC, "left", now=after(history))
        assert isinstance(own, Baseline)
        for at in range(100, 140, 2):
            found = at_matched_speed(run(at, seed=seed), run(at + 1, seed=seed), own)
            assert isinstance(found, Difference)
            told.append(found.is_detected)
    assert 0.01 < np.mean(told) < 0.09


def test_a_shoe_that_the_baseline_does_not_know_is_not_compared() -> None:
    found = matched(shoe="new")
    assert isinstance(found, NotCompared)
    assert "shoe new" in found.reason


def test_plain_values_are_held_against_the_scatter_of_usual_runs() -> None:
    usual_values = [160.0, 164.0, 162.0, 158.0, 166.0, 162.0]
    found = as_they_were(162.0, 172.0, usual_values)
    assert found.standard_error == pytest.approx(2**0.5 * np.std(usual_values, ddof=1))
    assert found.detectable == pytest.approx(1.96 * 2**0.5 * np.std(usual_values, ddof=1))
    assert found.is_detected  # 10 steps/min, where 7.8 can be told from chance


def test_few_usual_runs_tell_no_error_and_so_no_change() -> None:
    found = as_they_were(162.0, 192.0, [160.0, 164.0])
    assert found.standard_error is None
    assert not found.is_detected
