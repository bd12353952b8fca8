"""Sums a second: what alignment reads off them is what the samples themselves would say."""

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.signal.moments import Moments, joined, moments

Array = NDArray[np.float64]
RATE_HZ = 200.0
RNG = np.random.default_rng(7)
ACC = RNG.normal((0.0, 9.8, 1.0), (1.0, 2.0, 0.5), (700, 3))
GYR = RNG.gamma(2.0, 1.0, (700, 3)) - (2.0, 1.0, 0.0)
MISSING = np.zeros(700, bool)
MISSING[250:260] = True


def taken(signal: Array, *, first: int, last: int) -> Array:
    """The samples that count between two: every second one that was measured."""
    here = slice(first, last, 2)
    return signal[here][~MISSING[here]]


@pytest.fixture(scope="module")
def summed() -> Moments:
    return moments(ACC, GYR, MISSING, sampling_rate_hz=RATE_HZ)


def test_only_whole_seconds_and_measured_samples_count(summed: Moments) -> None:
    assert len(summed) == 3
    assert summed.samples.tolist() == [100, 95, 100]


def test_means_and_scatter_are_those_of_the_samples(summed: Moments) -> None:
    assert summed.mean_acc() == pytest.approx(taken(ACC, first=0, last=600).mean(axis=0))
    assert summed.mean_gyr() == pytest.approx(taken(GYR, first=0, last=600).mean(axis=0))
    for second in range(3):
        first, last = 200 * second, 200 * second + 200
        for found, signal in ((summed.acc_sd(), ACC), (summed.gyr_sd(), GYR)):
            own = taken(signal, first=first, last=last)
            expected = np.sqrt(((own - own.mean(axis=0)) ** 2).sum(axis=1).mean())
            assert found[second] == pytest.approx(expected)


@pytest.mark.parametrize("axis", [(1.0, 0.0, 0.0), (0.6, 0.0, 0.8), (2 / 3, -2 / 3, 1 / 3)])
def test_skewness_about_any_axis_follows_from_ten_sums(summed: Moments, axis: tuple[float, ...]) -> None:
    along = taken(GYR, first=0, last=600) @ np.array(axis)
    expected = (along**3).mean() / (along**2).mean() ** 1.5
    assert summed.skewness_along(np.array(axis)) == pytest.approx(expected)


def test_blocks_follow_each_other_and_seconds_can_be_chosen(summed: Moments) -> None:
    parts = [
        moments(ACC[i : i + 200], GYR[i : i + 200], MISSING[i : i + 200], sampling_rate_hz=RATE_HZ)
        for i in (0, 200, 400)
    ]
    whole = joined(parts)
    assert len(whole) == 3
    assert whole.acc_sd() == pytest.approx(summed.acc_sd())
    assert whole[1:].samples.tolist() == [95, 100]
    assert whole[np.array([True, False, True])].mean_gyr() == pytest.approx(
        (parts[0].gyr[0] + parts[2].gyr[0]) / 200
    )


def test_a_second_without_a_sample_was_never_quiet() -> None:
    nothing = Moments.nothing(2)
    assert len(nothing) == 2
    assert np.isinf(nothing.acc_sd()).all()
    assert np.isinf(nothing.gyr_sd()).all()
    assert nothing.mean_acc().tolist() == nothing.mean_gyr().tolist() == [0, 0, 0]
    assert nothing.skewness_along(np.array([1.0, 0.0, 0.0])) == 0
    assert len(joined([nothing, nothing])) == 4


def test_without_a_gyroscope_nothing_turns() -> None:
    alone = moments(ACC, None, MISSING, sampling_rate_hz=RATE_HZ)
    assert alone.gyr_sd().tolist() == [0, 0, 0]
    assert alone.mean_acc() == pytest.approx(taken(ACC, first=0, last=600).mean(axis=0))
