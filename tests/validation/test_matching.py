"""Pairing in time: what must hold for any two lists."""

import numpy as np
from hypothesis import given, strategies as st
from numpy.typing import NDArray

from imu.validation.matching import match_times

TOLERANCE_S = 0.15
times = st.lists(st.floats(0, 10, allow_nan=False), max_size=40).map(lambda values: np.array(values, float))


@given(times, times)
def test_pairs_are_one_to_one_and_near(truth: NDArray[np.float64], ours: NDArray[np.float64]) -> None:
    pairs = match_times(truth, ours, tolerance_s=TOLERANCE_S)
    assert len(set(pairs.truth)) == len(set(pairs.ours)) == len(pairs.truth) == len(pairs.ours)
    assert np.all(np.abs(truth[pairs.truth] - ours[pairs.ours]) <= TOLERANCE_S)
    assert np.all(np.diff(truth[pairs.truth]) >= 0)


@given(times, times)
def test_nobody_who_could_pair_is_left_alone(truth: NDArray[np.float64], ours: NDArray[np.float64]) -> None:
    pairs = match_times(truth, ours, tolerance_s=TOLERANCE_S)
    left, right = np.delete(truth, pairs.truth), np.delete(ours, pairs.ours)
    assert not (np.abs(left[:, None] - right[None, :]) <= TOLERANCE_S).any()


@given(st.lists(st.floats(-0.05, 0.05), min_size=1, max_size=60))
def test_late_and_early_contacts_find_their_own(jitter_s: list[float]) -> None:
    truth = np.arange(len(jitter_s), dtype=np.float64) * 0.35
    pairs = match_times(truth, truth + np.array(jitter_s), tolerance_s=TOLERANCE_S)
    assert pairs.truth.tolist() == pairs.ours.tolist() == list(range(len(jitter_s)))


def test_of_two_near_one_the_nearer_pairs() -> None:
    pairs = match_times(np.array([1.0]), np.array([0.9, 1.01]), tolerance_s=TOLERANCE_S)
    assert pairs.ours.tolist() == [1]


def test_a_missed_and_an_invented_contact_shift_nothing() -> None:
    truth, ours = np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.01, 1.5, 2.01, 3.01])
    pairs = match_times(truth, ours, tolerance_s=TOLERANCE_S)
    assert (pairs.truth.tolist(), pairs.ours.tolist()) == ([0, 2, 3], [0, 2, 3])


def test_order_does_not_matter_and_nan_never_pairs() -> None:
    pairs = match_times(np.array([2.0, np.nan, 1.0]), np.array([1.0, 2.0, np.nan]), tolerance_s=TOLERANCE_S)
    assert (pairs.truth.tolist(), pairs.ours.tolist()) == ([2, 0], [0, 1])
