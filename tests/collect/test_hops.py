"""Three hops are found where they are, and nowhere else; they say how far clocks are apart."""

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.collect.hops import find_hops
from imu.simulate import SimulationConfig, simulate
from imu.simulate.sensors import PRESETS, SensorErrors
from imu.simulate.simulation import Simulation

Worn = dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]

TRUE_TIMES = SensorErrors(
    acc_noise_ug_per_rthz=150.0, bandwidth_hz=80.0, rate_error=0.01, acc_range_g=16.0, clock_error_s=0.0,
    tissue=True,
)  # fmt: skip


def felt(simulation: Simulation) -> Worn:
    samples = {p: track.samples() for p, track in simulation.recording.tracks.items()}
    return {p: (one.time_s, one.acc_mps2.astype(np.float64)) for p, one in samples.items()}


def hopping(seed: int, *, rate_hz: float = 200.0) -> Simulation:
    strike = ("heel", "midfoot", "forefoot")[seed % 3]
    return simulate(
        SimulationConfig(
            pattern="stand:6,hops,stand:4,run:5@3,stand:5", errors=TRUE_TIMES, seed=seed, strike=strike,
            rate_hz=rate_hz,
        )
    )  # fmt: skip


@pytest.mark.parametrize("rate_hz", [100.0, 200.0])
@pytest.mark.parametrize("seed", range(6))
def test_hops_tell_how_far_clocks_are_apart_within_what_they_say(seed: int, rate_hz: float) -> None:
    """Of the rest, feet that land apart and a pelvis that feels landings later are what remains."""
    worn = felt(hopping(seed, rate_hz=rate_hz))
    moved_s = {"shank_left": 0.0, "shank_right": 0.1234, "pelvis": -0.3101}
    late = {p: (time_s + moved_s[p], acc) for p, (time_s, acc) in worn.items()}
    (found,) = find_hops(late, reference="shank_left")
    for placement, by_s in moved_s.items():
        error_ms = 1e3 * abs(found.late_s[placement] - by_s)
        assert error_ms <= max(found.uncertainty_ms[placement], 1e-9)
        assert error_ms < 12


@pytest.mark.parametrize("moved_s", [0.0, 0.0017, -0.25, 1.9])
def test_the_same_movement_is_found_within_half_a_millisecond(moved_s: float) -> None:
    """What the comparison itself errs, with another sensor of another rate on the very same segment."""
    time_s, acc = felt(hopping(3))["pelvis"]
    other_s = np.arange(time_s[0], time_s[-1], 1 / 187.3)
    again = np.column_stack([np.interp(other_s, time_s, axis) for axis in acc.T])
    (found,) = find_hops({"pelvis": (time_s, acc), "twin": (other_s + moved_s, again)}, reference="pelvis")
    assert found.late_s["twin"] == pytest.approx(moved_s, abs=5e-4)


@pytest.mark.parametrize(
    "pattern",
    [
        "stand:8,run:30@2.5,stand:8",
        "stand:8,walk:30@1.4,stand:8",
        "stand:8,run:1.5@3,stand:8,run:2@4,stand:8,walk:3@1.4,stand:8",
        "stand:6,run:6@3.5>9.5,run:3@9.5,run:4@9.5>3,stand:6",
    ],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_gait_is_never_taken_for_hops(pattern: str, seed: int) -> None:
    simulation = simulate(SimulationConfig(pattern=pattern, errors="field", seed=seed))
    for reference in ("shank_left", "pelvis"):
        assert find_hops(felt(simulation), reference=reference) == []


def test_hops_that_not_all_sensors_felt_are_none() -> None:
    worn = felt(hopping(1))
    standing = simulate(SimulationConfig(pattern="stand:30", errors=TRUE_TIMES, seed=1))
    worn["pelvis"] = felt(standing)["pelvis"]
    assert find_hops(worn, reference="shank_left") == []
    assert find_hops({"pelvis": felt(hopping(1))["pelvis"]}, reference="pelvis") == []


@pytest.mark.parametrize("n_knocks", [2, 3, 4])
def test_straps_that_are_pulled_and_knocked_are_no_hops(n_knocks: int) -> None:
    """Sharp knocks of all sensors at once, without anybody in the air before them."""
    random = np.random.default_rng(n_knocks)
    time_s = np.arange(0, 20, 1 / 200)
    worn: Worn = {}
    for placement in ("shank_left", "shank_right", "pelvis"):
        acc = random.normal(0, 0.05, (len(time_s), 3)) + np.array([0.0, 9.81, 0.0])
        for knock_s in 6.0 + np.arange(n_knocks):
            since_s = time_s - knock_s
            acc[:, 1] += np.where(since_s >= 0, 40 * np.exp(-since_s / 0.03) * np.sin(80 * since_s), 0)
        worn[placement] = (time_s, acc)
    assert find_hops(worn, reference="pelvis") == []


def test_two_hops_or_hops_without_standing_are_none() -> None:
    worn = felt(hopping(2))
    cut = {p: (time_s[time_s > 7.6], acc[time_s > 7.6]) for p, (time_s, acc) in worn.items()}
    assert find_hops(cut, reference="shank_left") == []  # the standing before, or the first hop, is missing
    assert PRESETS["field"].tissue
