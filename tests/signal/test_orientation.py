"""Turning with a gyroscope, and where up is: against SciPy's rotations and motions known in closed form."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from imu.signal.orientation import (
    SHORT_SCAN,
    attitude,
    conjugate,
    cross,
    dot,
    level,
    rotate,
    strapdown,
    turned,
)

Array = NDArray[np.float64]
RNG = np.random.default_rng(4)
G = 9.80665


def scipy_of(q: Array) -> Rotation:
    return Rotation.from_quat(q.T[:, [1, 2, 3, 0]])


def test_products_of_vectors_are_those_of_numpy() -> None:
    a, b = RNG.standard_normal((2, 3, 20))
    assert cross(a, b) == pytest.approx(np.cross(a, b, axis=0))
    assert cross(a, b[:, :1]) == pytest.approx(np.cross(a, b[:, :1], axis=0))
    assert dot(a, b) == pytest.approx((a * b).sum(axis=0))
    matrix = RNG.standard_normal((3, 3))
    assert turned(matrix, a) == pytest.approx(matrix @ a)


def test_vectors_are_turned_as_scipy_turns_them() -> None:
    rotations = Rotation.random(20, random_state=1)
    q = rotations.as_quat()[:, [3, 0, 1, 2]].T
    vectors = RNG.standard_normal((3, 20))
    assert rotate(q, vectors) == pytest.approx(rotations.apply(vectors.T).T)
    assert rotate(conjugate(q), rotate(q, vectors)) == pytest.approx(vectors)
    assert rotate(q, vectors[:, :1]) == pytest.approx(rotations.apply(vectors[:, 0]).T)


@pytest.mark.parametrize("n", [1, 2, 3, 100, SHORT_SCAN, SHORT_SCAN + 1, 5000, 70_000])
def test_a_constant_turn_goes_on_for_any_length(n: int) -> None:
    rate, rate_hz = np.array([0.3, -2.0, 1.1]), 200.0
    q = strapdown(np.tile(rate, (n, 1)), sampling_rate_hz=rate_hz)
    assert q.shape == (4, n)
    expected = Rotation.from_rotvec(np.outer(np.arange(n) / rate_hz, rate))
    assert (scipy_of(q).inv() * expected).magnitude().max() < 1e-6
    assert np.linalg.norm(q, axis=0) == pytest.approx(np.ones(n))


def test_a_fast_turn_is_integrated_as_exactly_as_a_slow_one() -> None:
    """2000 deg/s at 100 Hz, the fastest that a gyroscope tells: 20 degrees a sample."""
    rate = np.radians(2000.0) * np.array([0.6, 0.0, 0.8])
    q = strapdown(np.tile(rate, (50, 1)), sampling_rate_hz=100.0)
    expected = Rotation.from_rotvec(np.outer(np.arange(50) / 100.0, rate))
    assert (scipy_of(q).inv() * expected).magnitude().max() < 1e-6


def test_a_cone_is_followed_without_drift() -> None:
    """An axis that goes round turns a sensor about a third one, of which its rates alone say nothing."""
    rate_hz, swing, turns_hz = 200.0, np.radians(20.0), 2.0
    phase = 2 * np.pi * turns_hz * np.arange(400) / rate_hz
    lean = Rotation.from_rotvec(swing * np.stack([np.cos(phase), np.sin(phase), 0 * phase], axis=1))
    fine = np.arange(400 * 50) / (rate_hz * 50) * 2 * np.pi * turns_hz
    path = Rotation.from_rotvec(swing * np.stack([np.cos(fine), np.sin(fine), 0 * fine], axis=1))
    between = (path[:-1].inv() * path[1:]).as_rotvec() * rate_hz * 50
    rates = between[49::50][:399]  # just before each sample: what a gyroscope reads there
    gyr = np.vstack([between[:1], rates])
    q = strapdown(gyr, sampling_rate_hz=rate_hz)
    expected = lean[0].inv() * lean
    assert np.degrees((scipy_of(q).inv() * expected).magnitude().max()) < 0.1


def test_two_turns_one_after_the_other_are_joined_to_the_third_order() -> None:
    """Of a rate that goes evenly from one axis to another, against two thousand small turns."""
    rate_hz, first, last = 100.0, np.array([4.0, 0.0, 1.0]), np.array([0.0, 5.0, -1.0])

    def turned_by(parts: int) -> Rotation:
        share = (np.arange(parts) + 0.5)[:, None] / parts
        whole = Rotation.identity()
        for rate in first + share * (last - first):
            whole = whole * Rotation.from_rotvec(rate / rate_hz / parts)
        return whole

    q = strapdown(np.stack([first, last]), sampling_rate_hz=rate_hz)
    assert (scipy_of(q)[1].inv() * turned_by(2000)).magnitude() < 1e-6


def test_a_turn_that_changes_is_the_mean_of_both_ends_of_a_sample() -> None:
    rate_hz = 100.0
    speed = np.linspace(0.0, 3.0, 101)
    q = strapdown(np.outer(speed, [0.0, 0.0, 1.0]), sampling_rate_hz=rate_hz)
    assert 2 * np.arctan2(q[3, -1], q[0, -1]) == pytest.approx(1.5)  # half of 3 rad/s over one second


def tumbling(n: int, *, up: Array) -> tuple[Array, Array, Array]:
    """Force and rate of a sensor that turns about a slanted axis, and where up is in it at each sample."""
    rate = np.array([0.5, 0.2, -0.4])
    to_frame = Rotation.from_rotvec(np.outer(np.arange(n) / 200.0, rate))
    up_in_sensor = to_frame.inv().apply(up)
    bounce = 1.0 + 0.8 * np.sin(2 * np.pi * np.arange(n) / 140.0)  # of a stride of 0.7 s
    return G * bounce[:, None] * up_in_sensor, np.tile(rate, (n, 1)), up_in_sensor.T


def test_up_is_found_in_a_sensor_that_turns_and_bounces() -> None:
    acc, gyr, up = tumbling(2400, up=np.array([0.6, 0.0, 0.8]))
    found = attitude(acc, gyr, np.zeros(2400, bool), sampling_rate_hz=200.0, stride_s=0.7).up_in_sensor()
    assert np.degrees(np.arccos(np.clip(dot(found, up), -1, 1))).max() < 0.1


def test_up_is_not_known_in_a_gap_nor_where_no_whole_stride_is() -> None:
    acc, gyr, up = tumbling(2400, up=np.array([0.0, 0.0, 1.0]))
    missing = np.zeros(2400, bool)
    missing[1000:1040] = missing[1170:1200] = True  # between them less than a stride
    found = attitude(acc, gyr, missing, sampling_rate_hz=200.0, stride_s=0.7).up_in_sensor()
    unknown = np.zeros(2400, bool)
    unknown[1000:1200] = True
    assert np.isnan(found[0]).tolist() == unknown.tolist()
    assert np.degrees(np.arccos(np.clip(dot(found, up), -1, 1)))[~unknown].max() < 0.1


@pytest.mark.parametrize("smoothing_s", [0.5, 2.0])
def test_a_level_is_a_mean_over_strides_that_passes_no_stride(smoothing_s: float) -> None:
    n, stride = 3000, 140
    time = np.arange(n)
    wave = np.sin(2 * np.pi * time / stride)
    slow = level(
        np.stack([5.0 + wave, 0.001 * time]),
        np.zeros(n, bool),
        half_stride=np.full(n, stride / 2),
        sampling_rate_hz=200.0,
        smoothing_s=smoothing_s,
    )
    assert slow[0] == pytest.approx(np.full(n, 5.0), abs=1e-3)
    middle = slice(1300, 1700)
    assert slow[1, middle] == pytest.approx(0.001 * time[middle], abs=1e-3)


def test_a_level_is_smoothed_by_a_gaussian_of_the_width_asked_for() -> None:
    """A step comes out as the normal distribution's own, after a mean over so short a stride."""
    from scipy.stats import norm

    n, smoothing_s = 4000, 2.0
    step = (np.arange(n) >= 2000).astype(float)[None]
    slow = level(
        step, np.zeros(n, bool), half_stride=np.full(n, 2.0), sampling_rate_hz=200.0, smoothing_s=smoothing_s
    )[0]
    apart_s = (np.arange(n) - 2000) / 200.0
    assert slow == pytest.approx(norm.cdf(apart_s / smoothing_s), abs=0.02)
