"""The rule of a control chart, by hand and as promises."""

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

from imu.training.ewma import Floats, Judged, Rule, judge

RULE = Rule(width=3.0)
CHANGES = arrays(float, st.integers(1, 60), elements=st.floats(-8, 8))


def judged(change: list[float] | Floats, *, unknown: float = 10**-0.5, least: float = 1.4) -> Judged:
    array = np.array(change, float)
    return judge(array, unknown=np.array([unknown]), least=np.array([least]), rule=RULE)


def test_two_runs_by_hand() -> None:
    found = judged([1.0, 2.0])
    assert found.z == pytest.approx([0.2, 0.56])
    assert found.limit == pytest.approx([3 * 0.14**0.5, 3 * (0.04 * (1 + 0.64) + 0.1) ** 0.5])
    assert found.recent == pytest.approx([1.0, 1.5])


def test_one_run_beyond_the_limit_never_warns() -> None:
    assert not judged([0, 0, 8, -4, 0, 0]).opened.any()


def test_a_lasting_change_warns_once() -> None:
    found = judged([0.0] * 20 + [3.0] * 20)
    assert found.opened.sum() == 1
    assert found.is_open[-1]
    assert 20 < found.opened.argmax() < 28


def test_a_warning_ends_when_the_chart_is_back_and_may_come_again() -> None:
    found = judged([3.0] * 15 + [0.0] * 15 + [3.0] * 15)
    assert found.opened.sum() == 2
    assert not found.is_open[29]


def test_a_change_below_the_least_effect_is_kept_silent_however_long_it_lasts() -> None:
    assert not judged([1.5] * 200, least=1.6).opened.any()
    assert judged([1.5] * 200, least=1.4).opened.any()


@given(CHANGES)
def test_a_less_certain_baseline_never_warns_where_a_certain_one_is_silent(change: Floats) -> None:
    if judged(change, unknown=0.8).opened.any():
        assert judged(change, unknown=0.2).opened.any()


@given(CHANGES, st.floats(0, 5))
def test_a_larger_change_never_warns_later(change: Floats, more: float) -> None:
    if judged(change).opened.any():
        larger = judged(change + more).opened
        assert larger.any()
        assert larger.argmax() <= judged(change).opened.argmax()


@given(CHANGES)
def test_many_runners_at_once_are_judged_like_one_by_one(change: Floats) -> None:
    both = judged(np.stack([change, -change]))
    assert np.array_equal(both.opened[0], judged(change).opened)
    assert np.array_equal(both.is_open[1], judged(-change).is_open)


@given(CHANGES)
def test_what_comes_later_does_not_change_what_was_said(change: Floats) -> None:
    half = len(change) // 2 + 1
    assert np.array_equal(judged(change).opened[:half], judged(change[:half]).opened)
