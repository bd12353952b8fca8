"""Questions about a signal near many places at once."""

import numpy as np
from hypothesis import given, strategies as st

from imu.signal.search import crossing


@given(slope=st.floats(0.01, 100.0), level=st.floats(0.5, 38.5))
def test_a_straight_rise_is_crossed_where_the_line_says(slope: float, level: float) -> None:
    signal = slope * np.arange(40.0)
    found = crossing(signal, np.array([0]), np.array([39]), np.array([slope * level]))
    np.testing.assert_allclose(found, level, rtol=1e-6)


def test_the_first_of_several_crossings_counts_and_only_inside_the_interval() -> None:
    signal = np.array([5.0, 0.0, 1.0, 3.0, 0.0, 3.0])
    found = crossing(signal, np.array([1, 4]), np.array([5, 5]), np.array([2.0, 2.0]))
    np.testing.assert_allclose(found, [2.5, 4 + 2 / 3])


def test_a_level_that_is_never_reached_is_answered_with_the_end() -> None:
    assert crossing(np.arange(9.0), np.array([2]), np.array([6]), np.array([7.5])).tolist() == [6.0]
