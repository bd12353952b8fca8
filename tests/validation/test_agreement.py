"""Statistics against numbers worked out by hand."""

import numpy as np
import pytest

from imu.validation.agreement import agreement


def test_one_runner_has_plain_limits() -> None:
    result = agreement(np.array([1.0, 2.0, 3.0]))
    assert (result.n, result.runners, result.bias, result.sd) == (3, 1, 2.0, 1.0)
    assert (result.low, result.high) == pytest.approx((2 - 1.96, 2 + 1.96))
    assert result.rmse == pytest.approx(np.sqrt(14 / 3))


def test_two_runners_who_differ_widen_the_limits() -> None:
    # Within: (0-1)² + (2-1)² + (4-5)² + (6-5)² = 4 over 2 degrees of freedom, so 2. Between: the mean square
    # is 2(1-3)² + 2(5-3)² = 16, so (16 - 2) / 2 strides = 7. One stride of one more runner: 2 + 7 = 3².
    result = agreement(np.array([0.0, 2.0, 4.0, 6.0]), np.array(["a", "a", "b", "b"], dtype=object))
    assert (result.runners, result.bias) == (2, 3.0)
    assert result.sd_within == pytest.approx(np.sqrt(2))
    assert result.sd_between == pytest.approx(np.sqrt(7))
    assert result.half_width == pytest.approx(1.96 * 3)


def test_runners_with_different_numbers_of_strides_count_by_strides() -> None:
    # Sizes 3 and 1: typical size (16 - 10) / (1 · 4) = 1.5. Means 0 and 4, over all 1. Within: (1 + 0 + 1)
    # over 2 degrees of freedom = 1. Between: the mean square is 3(0-1)² + 1(4-1)² = 12, so (12 - 1) / 1.5.
    result = agreement(np.array([-1.0, 0.0, 1.0, 4.0]), np.array(["a", "a", "a", "b"], dtype=object))
    assert result.bias == 1.0
    assert result.sd_between**2 == pytest.approx(11 / 1.5)
    assert result.sd_within**2 == pytest.approx(1.0)


def test_runners_who_do_not_differ_leave_no_negative_variance() -> None:
    result = agreement(np.array([-1.0, 1.0, -1.0, 1.0]), np.array(["a", "a", "b", "b"], dtype=object))
    assert result.sd_between == 0.0
    assert result.sd == pytest.approx(np.sqrt(2))


def test_one_value_per_runner_is_all_between() -> None:
    result = agreement(np.array([1.0, 3.0, 5.0]), np.array(["a", "b", "c"], dtype=object))
    assert (result.sd_between, result.sd_within) == (2.0, 0.0)


def test_missing_values_are_left_out_and_nothing_gives_nothing() -> None:
    assert agreement(np.array([1.0, np.nan, 3.0])).n == 2
    nothing = agreement(np.empty(0))
    assert nothing.n == 0
    assert np.isnan([nothing.bias, nothing.sd, nothing.rmse]).all()
