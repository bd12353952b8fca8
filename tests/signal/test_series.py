"""Small ways from samples to series, each against arithmetic by hand or the long way of NumPy and SciPy."""

import numpy as np
import pytest
from hypothesis import given, strategies as st
from numpy.typing import NDArray
from scipy.integrate import cumulative_trapezoid
from scipy.signal import butter, sosfiltfilt

from imu.signal.integrals import integrals_at
from imu.signal.lowpass import lowpass
from imu.signal.stretches import held, long_gaps, stretches
from imu.signal.strides import Intervals, chains, held_over_samples
from imu.signal.timeline import Timeline

NAN = np.nan


def gaps(text: str) -> NDArray[np.bool_]:
    """`..##.`: a dot is a sample that was measured."""
    return np.array([mark == "#" for mark in text], bool)


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("", [], []),
        ("...", [0], [3]),
        ("###", [], []),
        (".##..#", [0, 3], [1, 5]),
        ("#.#.", [1, 3], [2, 4]),
    ],
)
def test_stretches_lie_between_gaps(text: str, begins: list[int], ends: list[int]) -> None:
    first, last = stretches(gaps(text))
    assert (first.tolist(), last.tolist()) == (begins, ends)


@pytest.mark.parametrize(
    ("text", "longer_than", "left"),
    [
        ("#..##..###", 2, ".......###"),
        ("#..##..###", 1.9, "...##..###"),
        ("#..##..###", 3, ".........."),
        ("###", 2, "###"),
        ("", 2, ""),
    ],
)
def test_only_gaps_longer_than_asked_for_are_left(text: str, longer_than: float, left: str) -> None:
    assert long_gaps(gaps(text), longer_than=longer_than).tolist() == gaps(left).tolist()


def test_values_are_held_to_the_next_gap_and_never_over_it() -> None:
    missing = gaps("......##.....#..")
    places, values = np.array([2.0, 4.0, 6.5, 9.5]), np.array([[10.0, 20.0, 99.0, 5.0]])
    expected = [10, 10, 10, 15, 20, 20, NAN, NAN, 5, 5, 5, 5, 5, NAN, NAN, NAN]
    assert held(values, places, missing)[0] == pytest.approx(np.array(expected), nan_ok=True)


def test_lines_between_places_need_no_place_on_a_sample() -> None:
    series = held(np.array([[0.0, 3.0], [1.0, 1.0]]), np.array([0.5, 3.5]), gaps("....."))
    assert series == pytest.approx(np.array([[0, 0.5, 1.5, 2.5, 3], [1, 1, 1, 1, 1]]))
    assert np.isnan(held(np.array([[1.0]]), np.array([2.0]), gaps("..#..")[:5])).all()
    assert np.isnan(held(np.zeros((1, 0)), np.zeros(0), gaps("..."))).all()
    assert np.isnan(held(np.array([[1.0]]), np.array([0.0]), gaps("###"))).all()


@given(st.lists(st.booleans(), min_size=1, max_size=20), st.lists(st.booleans(), min_size=20, max_size=20))
def test_a_chain_goes_on_while_strides_are_whole_and_linked(whole: list[bool], linked: list[bool]) -> None:
    expected, number = [], -1
    for k, is_whole in enumerate(whole):
        goes_on = is_whole and k > 0 and whole[k - 1] and linked[k]
        number += is_whole and not goes_on
        expected.append(number if is_whole else -1)
    assert chains(np.array(whole), np.array(linked[: len(whole)])).tolist() == expected


def test_a_stride_speaks_for_the_samples_around_its_middle() -> None:
    intervals = Intervals(
        np.array([0.0, 2.0, 4.0]),
        np.array([2.0, 4.0, 6.0]),
        np.array([True, False, True]),
        np.zeros(3, np.intp),
    )
    assert intervals.middle.tolist() == [1.0, 3.0, 5.0]
    series = held_over_samples(np.array([[1.0, 50.0, 5.0]]), intervals, gaps("......."))
    assert series[0] == pytest.approx([1, 1, 2, 3, 4, 5, 5])


def test_a_timeline_is_straight_between_its_points_and_beyond_them() -> None:
    line = Timeline(np.array([0.0, 10.0, 20.0]), np.array([100.0, 110.0, 130.0]))
    assert line.at(np.array([-5.0, 0.0, 5.0, 10.0, 15.0, 20.0, 25.0])).tolist() == [
        95.0,
        100.0,
        105.0,
        110.0,
        120.0,
        130.0,
        140.0,
    ]


@pytest.mark.parametrize("n", [2, 3, 15, 16, 17, 400])
@pytest.mark.parametrize("cutoff_hz", [3.0, 20.0])
def test_a_low_pass_is_that_of_scipy_on_few_samples_too(n: int, cutoff_hz: float) -> None:
    signal = np.random.default_rng(n).standard_normal(n).cumsum()
    sections = butter(2, cutoff_hz, fs=200.0, output="sos")
    expected = sosfiltfilt(sections, signal, padlen=min(15, n - 1))
    assert lowpass(signal, cutoff_hz, sampling_rate_hz=200.0) == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=12), st.floats(0, 1), st.sampled_from([1.0, 200.0]))
def test_integrals_are_those_of_the_trapezoids_up_to_anywhere(
    values: list[float], share: float, rate_hz: float
) -> None:
    signal = np.array(values)
    once = cumulative_trapezoid(signal, dx=1 / rate_hz, initial=0)
    twice = cumulative_trapezoid(once, dx=1 / rate_hz, initial=0)
    places = np.append(np.arange(len(signal), dtype=float), [share * (len(signal) - 1), NAN, -3.0, 99.0])
    found = integrals_at(signal[None], places, sampling_rate_hz=rate_hz)
    on_line = np.arange(len(signal))
    inside = share * (len(signal) - 1)
    for mine, theirs in ((found.once[0], once), (found.twice[0], twice)):
        scale = 1e-9 + np.abs(theirs).max()
        assert np.abs(mine[: len(signal)] - theirs).max() <= 1e-9 * scale + 1e-9
        assert mine[len(signal)] == pytest.approx(np.interp(inside, on_line, theirs), abs=1e-9 * scale + 1e-9)
        assert np.isnan(mine[-3])
        assert (mine[-2], mine[-1]) == (
            pytest.approx(0.0),
            pytest.approx(theirs[-1], abs=1e-9 * scale + 1e-9),
        )


def test_integrals_at_no_place_are_none() -> None:
    found = integrals_at(np.ones((3, 5)), np.zeros(0), sampling_rate_hz=100.0)
    assert found.once.shape == found.twice.shape == (3, 0)
