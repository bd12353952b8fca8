"""Looking between the steps of the method: what a leg's signals are, against the truth of the simulator."""

from typing import Literal

import numpy as np
import pytest

import imu
from imu.simulate import Simulation, SimulationConfig, simulate


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return simulate(SimulationConfig(pattern="stand:8,run:25@3,stand:6", seed=5))


@pytest.mark.parametrize("side", ["left", "right"])
def test_contacts_and_inclination_are_those_of_the_asked_leg(
    simulation: Simulation, side: Literal["left", "right"]
) -> None:
    leg = imu.leg_signals(simulation.recording, side=side)
    strides = simulation.truth.strides
    true_s = strides.loc[strides["side"] == side, "ic_time_s"].to_numpy()
    nearest = np.abs(true_s[:, None] - leg.initial_contact_s).min(axis=1)
    assert np.median(nearest) < 0.01
    series = simulation.truth.series
    true_deg = np.interp(leg.time_s, series["time"], series[f"shank_rel_{side}"])
    inside = (leg.activity == "run") & ~leg.missing & (leg.time_s > 12) & (leg.time_s < 30)
    assert np.nanmedian(np.abs(leg.inclination_deg - true_deg)[inside]) < 2


def test_standing_force_lies_along_the_shank_and_swing_forward_is_positive(simulation: Simulation) -> None:
    leg = imu.leg_signals(simulation.recording)
    standing = (leg.activity == "stand") & (leg.time_s > 1) & (leg.time_s < 7)
    assert leg.axial_mps2[standing].mean() == pytest.approx(9.81, abs=0.7)
    swings = np.interp(leg.mid_swing_s, leg.time_s, leg.rate_radps)
    assert (swings > 0).all()
    assert np.median(swings) > 4  # the last one, in which he stops, is slow


def test_a_leg_without_a_sensor_is_refused_in_a_line() -> None:
    only_left = simulate(SimulationConfig(pattern="stand:6,run:12@3", placements=("shank_left",))).recording
    with pytest.raises(imu.RestrideError, match=r"^right shank: no steps"):
        imu.leg_signals(only_left, side="right")
