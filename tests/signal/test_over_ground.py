"""Speed and slope from positions and heights whose answer is known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.signal.ground import (
    EARTH_M,
    slope_percent,
    speed_from_positions,
    speed_from_way,
    way_from_speed,
)

Floats = NDArray[np.float64]
DEGREE_M = EARTH_M * np.pi / 180


def unknown(values: Floats) -> list[int]:
    return np.flatnonzero(np.isnan(values)).tolist()


@pytest.mark.parametrize("latitude_deg", [0.0, 52.0, -33.0])
@pytest.mark.parametrize("heading_deg", [0.0, 90.0, 200.0])
def test_a_straight_way_has_its_speed_at_any_place_and_heading(
    latitude_deg: float, heading_deg: float
) -> None:
    time_s, heading = np.arange(60.0), np.radians(heading_deg)
    north_m, east_m = 3.5 * time_s * np.cos(heading), 3.5 * time_s * np.sin(heading)
    speed = speed_from_positions(
        time_s,
        latitude_deg + north_m / DEGREE_M,
        179.999 + east_m / DEGREE_M / np.cos(np.radians(latitude_deg)),
    )
    assert speed == pytest.approx(np.full(60, 3.5), rel=1e-3)


def test_the_date_line_is_no_way_round_the_world() -> None:
    time_s = np.arange(40.0)
    longitude = 179.9995 + 3.0 * time_s / DEGREE_M
    longitude = np.where(longitude > 180, longitude - 360, longitude)
    assert speed_from_positions(time_s, np.zeros(40), longitude) == pytest.approx(np.full(40, 3.0), rel=1e-3)


def test_speed_follows_an_even_gain_to_both_ends() -> None:
    time_s = np.arange(50.0)
    speed = speed_from_way(time_s, 2.0 * time_s + 0.05 * time_s**2)
    assert speed == pytest.approx(2.0 + 0.1 * time_s, abs=1e-6)


def test_nobody_runs_backwards_along_his_way() -> None:
    time_s = np.arange(30.0)
    assert speed_from_way(time_s, 100.0 - time_s).tolist() == [0.0] * 30


@pytest.mark.parametrize(("hole_s", "joins"), [(10.0, True), (10.5, False)])
def test_a_hole_of_more_than_ten_seconds_parts_what_was_run(hole_s: float, joins: bool) -> None:
    time_s = np.concatenate([np.arange(3.0), 2.0 + hole_s + np.arange(3.0)])
    way_m = 3.0 * time_s
    known = np.isfinite(speed_from_way(time_s, way_m))
    assert known.all() == joins  # three seconds alone are too few
    assert known.any() == joins


def test_where_nobody_knows_there_is_no_speed() -> None:
    time_s = np.arange(30.0)
    way_m = 3.0 * time_s
    way_m[[5, 6]] = np.nan
    assert unknown(speed_from_way(time_s, way_m)) == [5, 6]
    latitude = way_m / DEGREE_M
    longitude = np.zeros(30)
    longitude[20] = np.nan
    assert unknown(speed_from_positions(time_s, latitude, longitude)) == [5, 6, 20]
    assert unknown(speed_from_way(time_s[:3], way_m[:3])) == [0, 1, 2]
    assert unknown(speed_from_positions(time_s[:3], latitude[:3], longitude[:3])) == [0, 1, 2]
    assert np.isfinite(speed_from_way(time_s[:4], way_m[:4])).all()
    assert unknown(speed_from_way(time_s, np.full(30, np.nan))) == list(range(30))


def test_scatter_is_smoothed_over_eleven_seconds() -> None:
    """Half a metre of scatter a second leaves about 0.05 m/s."""
    time_s = np.arange(4000.0)
    way_m = 3.0 * time_s + 0.5 * np.random.default_rng(2).standard_normal(4000)
    assert speed_from_way(time_s, way_m)[10:-10].std() == pytest.approx(0.048, abs=0.004)


def test_a_way_adds_up_what_was_run_and_nothing_over_a_hole() -> None:
    time_s = np.array([0.0, 1.0, 3.0, 13.0, 23.1, 24.0])
    speed = np.array([2.0, 4.0, 4.0, 2.0, 2.0, np.nan])
    assert way_from_speed(time_s, speed) == pytest.approx([0, 3, 11, 41, 41, 41])
    assert way_from_speed(time_s[:1], speed[:1]).tolist() == [0.0]
    assert len(way_from_speed(time_s[:0], speed[:0])) == 0


@pytest.mark.parametrize("percent", [-12.0, 0.0, 4.0, 59.0])
def test_an_even_hill_has_its_slope_but_for_fifty_metres_at_either_end(percent: float) -> None:
    way_m = np.arange(0.0, 401.0, 2.5)
    slope = slope_percent(way_m, 30.0 + percent / 100 * way_m)
    known = np.isfinite(slope)
    assert way_m[known].min() == 50.0
    assert way_m[known].max() == 350.0
    assert slope[known & (way_m >= 55) & (way_m <= 345)] == pytest.approx(percent, abs=0.1)


def test_a_slope_that_no_street_has_is_not_believed() -> None:
    way_m = np.arange(0.0, 300.0, 2.0)
    assert np.isnan(slope_percent(way_m, 0.62 * way_m)).all()
    assert np.isnan(slope_percent(way_m, -0.62 * way_m)).all()


@pytest.mark.parametrize(("length_m", "is_known"), [(99.9, False), (100.0, True)])
def test_less_than_a_hundred_metres_has_no_slope(length_m: float, is_known: bool) -> None:
    way_m = np.linspace(0.0, length_m, 101)
    assert np.isfinite(slope_percent(way_m, 0.05 * way_m)).any() == is_known


def test_standing_does_not_weigh_and_what_is_not_known_is_left_out() -> None:
    way_m = np.concatenate([np.arange(0.0, 150.0), np.full(500, 150.0), np.arange(150.0, 301.0)])
    height_m = 0.03 * way_m
    height_m[200:300] += 5.0  # a barometer that wanders while somebody stands
    height_m[40:45] = np.nan
    slope = slope_percent(way_m, height_m)
    known = np.isfinite(slope)
    assert slope[known] == pytest.approx(3.0, abs=0.15)
    assert np.isnan(slope_percent(np.array([0.0, 200.0, 400.0]), np.array([0.0, 1.0, 2.0]))).all()
