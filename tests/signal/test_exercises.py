"""Parts of counting exercises on signals whose answer is known."""

import numpy as np
import pytest
from hypothesis import given, strategies as st
from numpy.typing import NDArray

from imu.signal.exercises import Reference, carriage, find_exercises
from imu.signal.exercises.carriage import RATE_HZ
from imu.signal.exercises.repetition import crossing

Floats = NDArray[np.float64]

G = 9.80665


def least_jerk(share: Floats) -> Floats:
    s = np.clip(share, 0, 1)
    way: Floats = s**3 * (10 - 15 * s + 6 * s**2)
    return way


@given(start_s=st.floats(1, 3), takes_s=st.floats(0.5, 3), low=st.floats(-90, 90), turn=st.floats(8, 60))
def test_a_way_begins_and_ends_where_it_did_however_far_and_fast(
    start_s: float, takes_s: float, low: float, turn: float
) -> None:
    time_s = np.arange(0, 8, 1 / RATE_HZ)
    way = low + turn * least_jerk((time_s - start_s) / takes_s)
    found = crossing(way, 0, len(way), low=low, high=low + turn)
    assert found is not None
    assert found[0] / RATE_HZ == pytest.approx(start_s, abs=0.1)
    assert found[1] / RATE_HZ == pytest.approx(start_s + takes_s, abs=0.1)


def test_a_change_that_never_arrives_has_no_end() -> None:
    assert crossing(np.linspace(0, 5, 100), 0, 100, low=0.0, high=10.0) is None


@pytest.mark.parametrize("offset_mps2", [0.0, 0.2])
def test_the_height_gained_is_told_in_any_mounting_and_with_an_offset(offset_mps2: float) -> None:
    time_s = np.arange(0, 12, 1 / RATE_HZ)
    height_m = 0.4 * least_jerk((time_s - 5) / 1.2)
    up = np.array([0.6, 0.0, 0.8])
    force = (np.gradient(np.gradient(height_m, time_s), time_s) + G + offset_mps2)[:, None] * up
    sensor = carriage(
        force, np.zeros_like(force), np.zeros(len(force), bool), reference=Reference(up, None, np.zeros(3))
    )
    assert sensor.rise_m(round(4.9 * RATE_HZ), round(6.3 * RATE_HZ)) == pytest.approx(0.4, abs=0.01)
    assert np.nanmax(sensor.angle_deg) < 1.0
    assert not sensor.is_signed


def test_a_gap_has_no_height() -> None:
    force = np.tile([0.0, G, 0.0], (500, 1))
    missing = np.zeros(500, bool)
    missing[200:260] = True
    sensor = carriage(
        force,
        np.zeros_like(force),
        missing,
        reference=Reference(np.array([0.0, 1.0, 0.0]), None, np.zeros(3)),
    )
    assert np.isnan(sensor.rise_m(150, 300))


@pytest.mark.unhurried
@given(seed=st.integers(0, 2**32 - 1), size=st.floats(0.01, 20))
def test_shaking_is_no_exercise(seed: int, size: float) -> None:
    rng = np.random.default_rng(seed)
    up = np.array([0.0, 1.0, 0.0])
    reference = Reference(up, np.array([0.0, 0.0, 1.0]), np.zeros(3))
    worn = [
        carriage(
            G * up + size * rng.standard_normal((1000, 3)),
            0.3 * size * rng.standard_normal((1000, 3)),
            np.zeros(1000, bool),
            reference=reference,
        )
        for _ in range(3)
    ]
    assert find_exercises(worn[0], {"left": worn[1], "right": worn[2]}) == []


def test_nothing_worn_or_recorded_is_no_exercise() -> None:
    assert find_exercises(None, {}) == []
