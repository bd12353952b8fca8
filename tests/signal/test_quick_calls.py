"""Our own short ways give what NumPy and SciPy give the long way."""

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.ndimage import median_filter

from imu.signal.medians import median, running_median
from imu.signal.search import slope, touched
from imu.signal.strides import smooth_over_strides

NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40)


@given(NUMBERS, st.integers(1, 15))
def test_a_running_median_is_that_of_scipy(values: list[float], size: int) -> None:
    expected = median_filter(np.array(values), size=size, mode="nearest")
    assert np.array_equal(running_median(np.array(values), size=size), expected)


def test_a_running_median_of_indices_is_an_index() -> None:
    assert running_median(np.array([5, 1, 3]), size=3).dtype.kind == "i"


@given(NUMBERS)
def test_a_median_is_that_of_numpy(values: list[float]) -> None:
    assert median(np.array(values)) == pytest.approx(np.median(values), abs=1e-9)


@pytest.mark.parametrize("values", [[], [1.0, np.nan, 2.0]])
def test_a_median_of_nothing_known_is_not_known(values: list[float]) -> None:
    assert np.isnan(median(np.array(values)))


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40))
def test_a_slope_is_the_gradient_of_numpy(values: list[float]) -> None:
    assert np.allclose(slope(np.array(values)), np.gradient(values), rtol=0, atol=1e-6)


@given(
    st.lists(st.booleans(), min_size=1, max_size=30),
    st.floats(-5, 35),
    st.floats(0, 12),
)
def test_an_interval_is_touched_where_a_sample_in_it_is_missing(
    missing: list[bool], first: float, width: float
) -> None:
    inside = range(max(int(np.floor(first)), 0), int(np.ceil(first + width)) + 1)
    expected = any(missing[i] for i in inside if i < len(missing))
    assert touched(np.array(missing), np.array([first]), np.array([first + width])) == [expected]


@given(st.lists(st.integers(-1, 2), min_size=1, max_size=25).map(sorted), st.floats(0.5, 3.0))
def test_strides_are_averaged_within_their_chain_only(chain: list[int], sd_strides: float) -> None:
    number, values = np.array(chain), np.arange(len(chain), dtype=float) ** 2
    lag = np.subtract.outer(np.arange(len(chain)), np.arange(len(chain)))
    near = (number[:, None] == number) & (np.abs(lag) <= np.ceil(2.5 * sd_strides))
    weight = near * np.exp(-0.5 * (lag / sd_strides) ** 2)
    expected = np.where(number < 0, np.nan, weight @ values / weight.sum(axis=1))
    assert np.allclose(
        smooth_over_strides(values[None], number, sd_strides=sd_strides)[0], expected, equal_nan=True
    )


@pytest.mark.parametrize(("sd_strides", "reach"), [(0.5, 2), (2.0, 5), (3.0, 8)])
def test_strides_are_averaged_as_far_as_two_and_a_half_deviations(sd_strides: float, reach: int) -> None:
    one = np.zeros((1, 41))
    one[0, 20] = 1.0
    found = smooth_over_strides(one, np.zeros(41, np.intp), sd_strides=sd_strides)[0]
    assert np.flatnonzero(found).tolist() == list(range(20 - reach, 21 + reach))
    assert found[20 - reach : 21 + reach] == pytest.approx(found[20 - reach : 21 + reach][::-1])
    assert found.sum() == pytest.approx(1.0)
