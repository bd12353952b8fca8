"""Speed from positions that a device writes as densely as it likes."""

import tracemalloc

import numpy as np
import pytest

from imu.signal.ground import speed_from_way


def test_dense_points_cost_no_more_than_they_tell() -> None:
    time_s = np.linspace(0, 20, 5_000)
    tracemalloc.start()
    speed = speed_from_way(time_s, 3.0 * time_s)
    most_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert speed == pytest.approx(np.full(5_000, 3.0), abs=1e-6)
    assert most_bytes < 50e6  # every point with every neighbour would be 100 MB a table


def test_a_day_is_as_exact_as_a_minute() -> None:
    time_s = np.arange(20_000.0)
    speed = speed_from_way(time_s, 2.0 * time_s + 50 * np.sin(time_s / 500))
    assert speed[20:-20] == pytest.approx(2.0 + 0.1 * np.cos(time_s[20:-20] / 500), abs=1e-3)
