"""Sensors of any rate on one grid: exact where it can be, straight over holes, nothing made up beside."""

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.signal.grid import GRID_HZ, to_grid

Array = NDArray[np.float64]


def three(values: Array) -> Array:
    return np.stack([values, -values, 2 * values], axis=1)


def gridded(time_s: Array, values: Array, *, n: int, start_s: float = 0.0) -> tuple[Array, NDArray[np.bool_]]:
    found = to_grid(time_s, three(values), None, start_s=start_s, n=n)
    assert found.gyr_radps is None
    assert found.acc_mps2[:, 1:] == pytest.approx(found.acc_mps2[:, :1] * [-1, 2])
    return found.acc_mps2[:, 0], found.missing


def cubic(time_s: Array) -> Array:
    return 3.0 + 2.0 * time_s - 40.0 * time_s**2 + 300.0 * time_s**3


@pytest.mark.parametrize("rate_hz", [100.0, 150.0, 199.3, 202.0])
def test_a_cubic_comes_out_as_it_was_between_samples(rate_hz: float) -> None:
    time_s = 0.0013 + np.arange(100) / rate_hz
    n = int((time_s[-1] - 0.03) * GRID_HZ)
    values, missing = gridded(time_s, cubic(time_s), n=n)
    inner = slice(8, n - 8)
    assert values[inner] == pytest.approx(cubic(np.arange(n)[inner] / GRID_HZ), abs=1e-4)
    assert not missing.any()


def test_a_faster_sensor_is_averaged_over_a_step_of_the_grid() -> None:
    time_s = np.arange(2000) / 1000.0
    fast = np.sin(2 * np.pi * 200.0 * time_s)  # would fold to nothing but an offset
    values, missing = gridded(time_s, 1.0 + 2.0 * time_s + fast, n=380)
    assert values[5:-5] == pytest.approx(1.0 + 2.0 * np.arange(380)[5:-5] / GRID_HZ, abs=1e-3)
    assert not missing.any()


@pytest.mark.parametrize(
    ("lost", "is_gap"),
    [(1, False), (2, False), (3, True), (10, True)],
)
def test_two_lost_samples_are_bridged_and_three_are_a_gap(lost: int, is_gap: bool) -> None:
    time_s = np.delete(np.arange(100) / GRID_HZ, np.arange(50, 50 + lost))
    values, missing = gridded(time_s, 5.0 * time_s, n=100)
    assert np.flatnonzero(missing).tolist() == (list(range(50, 50 + lost)) if is_gap else [])
    assert values == pytest.approx(5.0 * np.arange(100) / GRID_HZ, abs=1e-3)


@pytest.mark.parametrize(("spacing_s", "is_gap"), [(0.0174, False), (0.0176, True)])
def test_of_a_slower_sensor_a_gap_is_longer(spacing_s: float, is_gap: bool) -> None:
    before = np.arange(50) * 0.01
    time_s = np.concatenate([before, before[-1] + spacing_s + np.arange(50) * 0.01])
    _, missing = gridded(time_s, time_s, n=190)
    assert missing.any() == is_gap


def test_beside_a_gap_lines_are_straight_so_that_nothing_swings_out() -> None:
    time_s = np.concatenate([np.arange(40), np.arange(60, 100)]) / GRID_HZ + 0.002
    values = np.where(time_s < 0.25, 0.0, 1.0)
    values[:40] += 0.001 * np.arange(40) ** 2
    found, missing = gridded(time_s, values, n=100)
    expected = np.interp(np.arange(100) / GRID_HZ, time_s, values)
    beside = np.r_[39:62]
    assert found[beside] == pytest.approx(expected[beside], abs=1e-6)
    assert np.flatnonzero(missing).tolist() == list(range(40, 61))


def test_outside_the_recording_is_missing_but_for_a_period() -> None:
    time_s = 0.1002 + np.arange(20) / GRID_HZ  # to 0.1952
    values, missing = gridded(time_s, np.arange(20.0), n=60)
    assert np.flatnonzero(~missing).tolist() == list(range(20, 41))
    assert values[:20].tolist() == [0.0] * 20
    assert values[41:].tolist() == [19.0] * 19
    shifted, _ = gridded(time_s, np.arange(20.0), n=40, start_s=0.1002)
    assert shifted[:20] == pytest.approx(np.arange(20.0), abs=1e-6)


def test_rates_of_turn_lie_on_the_same_grid() -> None:
    time_s = np.arange(50) / GRID_HZ
    found = to_grid(time_s, three(time_s), three(10 * time_s), start_s=0.0, n=50)
    assert found.gyr_radps is not None
    assert found.gyr_radps == pytest.approx(10 * found.acc_mps2)


@pytest.mark.parametrize("n", [0, 1])
def test_less_than_two_samples_are_all_missing(n: int) -> None:
    found = to_grid(np.zeros(n), np.zeros((n, 3)), np.zeros((n, 3)), start_s=0.0, n=7)
    assert found.missing.tolist() == [True] * 7
    assert found.acc_mps2.tolist() == [[0.0] * 3] * 7
    assert found.gyr_radps is not None
    assert found.gyr_radps.shape == (7, 3)
