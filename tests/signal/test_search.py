"""Questions about a signal near many places at once."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from imu.signal.search import (
    Indices,
    crossing,
    first_below_zero,
    first_prominent,
    highest,
    lowest,
    nearest,
    refined,
    touched,
    value_at,
)


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


def at(*places: int) -> Indices:
    return np.array(places, np.intp)


UP_AND_DOWN = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0])


@pytest.mark.parametrize(
    ("first", "last", "top", "bottom"),
    [
        (0, 7, 5, 1),
        (2, 4, 4, 3),  # both ends count
        (5, 5, 5, 5),
        (6, 4, 6, 6),  # an interval that ends before it begins holds its beginning
        (-3, 0, 0, 0),
        (6, 99, 7, 6),
        (-9, -5, 0, 0),  # beside the signal its end is answered
        (50, 60, 7, 7),
    ],
)
def test_extremes_of_a_closed_interval(first: int, last: int, top: int, bottom: int) -> None:
    # Asked beside another interval, which changes nothing.
    assert highest(UP_AND_DOWN, at(first, 0), at(last, 7)).tolist() == [top, 5]
    assert lowest(UP_AND_DOWN, at(0, first), at(7, last)).tolist() == [1, bottom]


@pytest.mark.parametrize(
    ("share", "first", "last", "found"),
    [
        (0.5, 0, 8, 2),  # 4 of 8
        (0.51, 0, 8, 6),  # of a flat top its end, where it falls
        (0.0, 0, 8, 2),
        (0.5, 3, 8, 6),
        (0.5, 2, 8, 6),  # a slope that the interval cuts off is no top
        (0.9, 6, 8, 6),  # without a top the highest value
        (0.5, 0, 3, 2),
        (0.5, 8, 8, 8),
    ],
)
def test_the_first_top_that_is_nearly_as_high_as_the_highest(
    share: float, first: int, last: int, found: int
) -> None:
    signal = np.array([0.0, 1.0, 4.0, 1.0, 1.0, 8.0, 8.0, 2.0, 3.0])
    assert first_prominent(signal, at(first), at(last), share_of_highest=share).tolist() == [found]


def test_the_first_negative_value_or_the_end() -> None:
    signal = np.array([1.0, 0.0, -1.0, 2.0, -3.0, 1.0])
    first, last = at(0, 3, 5, 2, 0, 3), at(5, 5, 9, 2, 1, 4)
    assert first_below_zero(signal, first, last).tolist() == [2, 4, 5, 2, 1, 4]


@pytest.mark.parametrize("top", [2.5, 3.0, 3.3, 3.5])
def test_the_top_of_a_parabola_lies_between_samples_where_it_was_put(top: float) -> None:
    signal = 7.0 - 2.0 * (np.arange(8.0) - top) ** 2
    assert refined(signal, np.array([int(signal.argmax())])) == pytest.approx([top])
    assert refined(-signal, np.array([int(signal.argmax())])) == pytest.approx([top])


def test_a_top_is_refined_by_half_a_sample_at_most_and_not_at_all_where_it_is_flat() -> None:
    assert refined(np.array([0.0, 1.0, 9.0, 9.9, 0.0]), at(2)).tolist() == [2.5]
    assert refined(np.array([9.9, 9.0, 0.0, 0.0, 0.0]), at(1)).tolist() == [0.5]
    assert refined(np.array([1.0, 1.0, 1.0]), at(1)).tolist() == [1.0]
    assert refined(np.array([5.0, 4.0, 0.0, 0.0]), at(0)).tolist() == [0.5]  # an end has no neighbour
    assert refined(np.array([0.0, 0.0, 4.0, 5.0]), at(3)).tolist() == [2.5]
    # Where it is a valley that bends beside the end, its floor is another place.
    assert refined(np.array([5.0, 4.0, 3.5, 3.0]), at(0)).tolist() == [0.5]
    assert refined(np.array([3.0, 3.5, 4.0, 5.0]), at(3)).tolist() == [2.5]


def test_values_lie_on_straight_lines_between_samples() -> None:
    signal = np.array([[0.0, 10.0, 30.0], [1.0, 1.0, 5.0]])
    places = np.array([0.0, 0.25, 1.0, 1.5, 2.0, -1.0, 9.0, np.nan])
    assert value_at(signal, places) == pytest.approx(
        np.array([[0, 2.5, 10, 20, 30, 0, 30, np.nan], [1, 1, 1, 3, 5, 1, 5, np.nan]]), nan_ok=True
    )
    assert value_at(np.array([4.0]), np.array([0.0, 3.0])).tolist() == [4.0, 4.0]


def test_the_nearest_place_is_on_either_side() -> None:
    places = np.array([1.0, 2.0, 4.0])
    expected = np.array([-5.0, 1.4, 1.6, 2.9, 3.0, 3.1, 9.0])
    assert nearest(places, expected).tolist() == [0, 0, 1, 1, 2, 2, 2]


def test_a_crossing_begins_at_the_first_sample_above_and_lies_on_the_line_to_it() -> None:
    signal = np.array([0.0, 2.0, 4.0, 4.0, 1.0])
    first, last, level = at(0, 2, 0, 0), at(4, 4, 4, 4), np.array([3.0, 3.0, 4.0, -1.0])
    # Above from the start is answered with the start; at the level is not above it.
    assert crossing(signal, first, last, level).tolist() == [1.5, 1.5, 4.0, 0.0]


def test_what_is_not_known_where_it_was_counts_as_missing() -> None:
    missing = np.array([False, True, False, False])
    first, last = np.array([np.nan, 2.0, 0.0, 1.2, 2.0]), np.array([3.0, np.nan, 0.9, 3.0, 3.0])
    assert touched(missing, first, last).tolist() == [True, True, True, True, False]
