"""Values that were put into holes are told from those that were measured."""

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.signal.stuck import measured

RATE_HZ = 200.0
Floats = NDArray[np.float32]


def running(n: int = 2000) -> tuple[NDArray[np.float64], Floats, Floats]:
    random = np.random.default_rng(0)
    time_s = np.arange(n) / RATE_HZ
    wave = np.sin(2 * np.pi * 1.4 * time_s)[:, None]
    acc = [2.0, 9.8, 1.0] + 8 * wave + random.normal(scale=0.1, size=(n, 3))
    gyr = [0.5, 0.2, 4.0] * wave + random.normal(scale=0.02, size=(n, 3))
    return time_s, acc.astype(np.float32), gyr.astype(np.float32)


def test_an_ordinary_signal_is_all_measured() -> None:
    assert measured(*running()).all()


@pytest.mark.parametrize("gyroscope", [True, False])
def test_zeros_are_not_measured(gyroscope: bool) -> None:
    time_s, acc, gyr = running()
    acc[300:340] = gyr[300:340] = 0
    acc[700] = 0
    real = measured(time_s, acc, gyr if gyroscope else None)
    np.testing.assert_array_equal(np.flatnonzero(~real), [*range(300, 340), 700])


@pytest.mark.parametrize("gyroscope", [True, False])
def test_of_a_held_value_the_first_sample_counts(gyroscope: bool) -> None:
    time_s, acc, gyr = running()
    acc[701:741], gyr[701:741] = acc[700], gyr[700]
    acc[1500:], gyr[1500:] = acc[1499], gyr[1499]
    real = measured(time_s, acc, gyr if gyroscope else None)
    np.testing.assert_array_equal(np.flatnonzero(~real), [*range(701, 741), *range(1500, 2000)])


def test_a_slow_sensor_written_at_a_higher_rate_is_measured() -> None:
    time_s, acc, gyr = running()
    held = np.arange(2000) // 8 * 8  # 25 Hz
    assert measured(time_s, acc[held], gyr[held]).all()


def test_a_coarse_sensor_at_rest_is_measured() -> None:
    n = 1000
    assert measured(np.arange(n) / 100.0, np.full((n, 3), [0, 9.7, 0.4], np.float32), None).all()


def test_an_axis_that_was_never_measured_is_no_hole() -> None:
    time_s, acc, _ = running()
    acc[:, 0] = 0
    assert measured(time_s, acc, None).all()


@pytest.mark.parametrize("n", [0, 1, 2])
def test_almost_nothing_is_no_trouble(n: int) -> None:
    time_s, acc, gyr = running()
    assert measured(time_s[:n], acc[:n], gyr[:n]).tolist() == [True] * n
