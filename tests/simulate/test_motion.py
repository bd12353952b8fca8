"""What a sensor feels is what the motion says: checked by differences and integrals of the path."""

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from imu.simulate import Simulation, SimulationConfig, simulate
from imu.simulate.motion import Segment
from imu.simulate.runner import SIDES

GRAVITY = np.array([0.0, 9.80665, 0.0])
LEVER_M = np.array([0.02, 0.15, 0.03])
STEP_S = 0.0005


@pytest.fixture(params=["left", "right", "pelvis"])
def segment(mixed: Simulation, request: pytest.FixtureRequest) -> Segment:
    return mixed.motion.pelvis if request.param == "pelvis" else mixed.motion.shanks[request.param]


def test_specific_force_is_the_second_derivative_of_the_sensors_position(segment: Segment) -> None:
    time_s = np.arange(3.0, 50.0, STEP_S)
    rotation = segment.rotation(time_s)
    x = segment.origin_m(time_s) + rotation @ LEVER_M
    acceleration = (-x[:-4] + 16 * x[1:-3] - 30 * x[2:-2] + 16 * x[3:-1] - x[4:]) / (12 * STEP_S**2)
    expected = np.einsum("nij,ni->nj", rotation[2:-2], acceleration + GRAVITY)
    assert np.abs(segment.felt(time_s[2:-2], LEVER_M).acc_mps2 - expected).max() < 0.01


def test_integrated_angular_rate_brings_back_the_orientation(segment: Segment) -> None:
    time_s = np.arange(4.0, 12.0, STEP_S)
    midway = segment.felt(time_s[:-1] + STEP_S / 2, np.zeros(3)).gyr_radps
    attitude = Rotation.from_matrix(segment.rotation(time_s[:1])[0])
    for turn in Rotation.from_rotvec(midway * STEP_S):
        attitude = attitude * turn
    off = Rotation.from_matrix(segment.rotation(time_s[-1:])[0]).inv() * attitude
    assert np.degrees(off.magnitude()) < 0.01


def test_mean_specific_force_over_whole_strides_points_up() -> None:
    run = simulate(SimulationConfig(pattern="run:40@3.2", errors="ideal", treadmill=True))
    for side in SIDES:
        segment, strides = run.motion.shanks[side], run.truth.strides.query(f"side == '{side}'")
        time_s = np.arange(strides["ic_time_s"].iloc[2], strides["ic_time_s"].iloc[-2], 0.001)
        felt = segment.felt(time_s, np.zeros(3)).acc_mps2
        mean = np.einsum("nij,nj->ni", segment.rotation(time_s), felt).mean(axis=0)
        # What is left is the ankle's change of velocity from first to last contact, over half a minute.
        assert mean == pytest.approx(GRAVITY, abs=0.03)


def test_the_foot_stands_still_while_the_body_passes_over_it(mixed: Simulation) -> None:
    for side in SIDES:
        segment, strides = mixed.motion.shanks[side], mixed.truth.strides.query(f"side == '{side}'")
        flat = _over(strides, 0.4, 0.55)
        speed = np.linalg.norm(segment.path(flat, 1)[..., [0, 2]], axis=-1)
        assert np.median(speed) < 0.1  # m/s, as in real foot-flat
        assert speed.max() < 0.3
        # Meanwhile the shank turns over it.
        assert (np.diff(segment.angles_rad(_over(strides, 0.1, 0.4))[..., 1], axis=1) < 0).mean() > 0.95


def test_a_turn_changes_the_heading_and_a_bend_pulls_inwards() -> None:
    run = simulate(SimulationConfig(pattern="run:10@4,turn:90,run:40@4~-20", errors="ideal"))
    heading = run.motion.pelvis.angles_rad(np.array([6.0, 11.5 + 1.5]))[:, 0]
    assert np.degrees(heading[1] - heading[0]) == pytest.approx(90, abs=25)
    time_s = np.arange(20.0, 45.0, 0.005)
    felt = run.motion.pelvis.felt(time_s, np.zeros(3))
    assert felt.gyr_radps[:, 1].mean() == pytest.approx(-4 / 20, rel=0.03)
    world = np.einsum("nij,nj->ni", run.motion.pelvis.rotation(time_s), felt.acc_mps2)
    heading = run.motion.pelvis.angles_rad(time_s)[:, 0]
    to_the_right = world[:, 0] * np.sin(heading) + world[:, 2] * np.cos(heading)
    assert to_the_right.mean() == pytest.approx(4**2 / 20, rel=0.1)


def test_standing_is_quiet(mixed: Simulation) -> None:
    for segment in [*mixed.motion.shanks.values(), mixed.motion.pelvis]:
        felt = segment.felt(np.arange(0.5, 4.0, 0.01), LEVER_M)
        assert np.degrees(np.abs(felt.gyr_radps).max()) < 3
        assert np.linalg.norm(felt.acc_mps2, axis=1) == pytest.approx(9.80665, abs=0.1)


def _over(strides: pd.DataFrame, begin: float, end: float) -> NDArray[np.float64]:
    """Times from one share of stance to another, one row per stride."""
    contact = strides["ic_time_s"].to_numpy()[:, None]
    result: NDArray[np.float64] = contact + np.outer(strides["contact_time_s"], np.linspace(begin, end, 8))
    return result
