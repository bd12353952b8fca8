"""Sensors on motions whose specific force and rate are known on paper."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from imu.validation.virtual_imu import (
    GRAVITY_MPS2,
    Pose,
    bridge_gaps,
    grow_from_rest,
    low_pass,
    quaternions,
    rigid_pose,
    smooth_motion,
    virtual_imu,
)

FRAME_S = np.arange(0, 4, 1 / 150)
AT_S = np.arange(0.5, 3.5, 1 / 200)


def turning(
    angle_rad: NDArray[np.float64], axis: str = "z", path_m: NDArray[np.float64] | None = None
) -> Pose:
    origin = np.zeros((len(angle_rad), 3)) if path_m is None else path_m
    return Pose(FRAME_S, origin, quaternions(Rotation.from_euler(axis, angle_rad[:, None]).as_matrix()))


def test_a_body_at_rest_feels_only_its_weight_in_whatever_axes() -> None:
    mount = Rotation.from_euler("xyz", [0.3, -1.0, 2.0]).as_matrix()
    samples = virtual_imu(smooth_motion(turning(np.zeros(len(FRAME_S)))), AT_S, at_m=np.ones(3), mount=mount)
    assert samples.acc_mps2 == pytest.approx(np.tile(GRAVITY_MPS2 * mount[1], (len(AT_S), 1)), abs=1e-5)
    assert samples.gyr_radps == pytest.approx(0, abs=1e-6)


def test_a_spin_about_the_vertical_pulls_inwards() -> None:
    # A point 0.5 m forward of the axis at 4 rad/s: 4² · 0.5 = 8 m/s² towards it, over several turns.
    samples = virtual_imu(smooth_motion(turning(4 * FRAME_S, "y")), AT_S, at_m=np.array([0.5, 0, 0]))
    assert samples.acc_mps2[:, 0] == pytest.approx(-8.0, abs=1e-3)
    assert samples.acc_mps2[:, 1] == pytest.approx(GRAVITY_MPS2, abs=1e-3)
    assert samples.gyr_radps is not None
    assert samples.gyr_radps[:, 1] == pytest.approx(4.0, abs=1e-4)


def test_a_pendulum_feels_its_angular_acceleration_at_the_lever() -> None:
    # angle = a sin(w t): tangential r·angle'' and centripetal r·angle'², plus gravity turned by the angle.
    a, w, r = 0.9, 2 * np.pi * 1.4, 0.3
    samples = virtual_imu(smooth_motion(turning(a * np.sin(w * FRAME_S))), AT_S, at_m=np.array([0, -r, 0]))
    angle, rate, growth = a * np.sin(w * AT_S), a * w * np.cos(w * AT_S), -a * w**2 * np.sin(w * AT_S)
    assert samples.gyr_radps is not None
    assert samples.gyr_radps[:, 2] == pytest.approx(rate, abs=2e-3)
    assert samples.acc_mps2[:, 0] == pytest.approx(r * growth + GRAVITY_MPS2 * np.sin(angle), abs=0.02)
    assert samples.acc_mps2[:, 1] == pytest.approx(r * rate**2 + GRAVITY_MPS2 * np.cos(angle), abs=0.02)


def test_mean_force_over_a_periodic_motion_is_gravity() -> None:
    forward, up = 0.1 * np.sin(2 * np.pi * FRAME_S), 0.05 * np.cos(4 * np.pi * FRAME_S)
    path = np.column_stack([forward, up, np.zeros(len(FRAME_S))])
    samples = virtual_imu(smooth_motion(turning(0 * FRAME_S, "z", path)), AT_S[:400], at_m=np.zeros(3))
    assert samples.acc_mps2.mean(axis=0) == pytest.approx([0, GRAVITY_MPS2, 0], abs=1e-3)


def moved_cluster(hidden: bool = False) -> tuple[NDArray[np.float64], NDArray[np.float64], Rotation]:
    lottery = np.random.default_rng(3)
    reference = lottery.normal(scale=0.1, size=(4, 3))
    turn = Rotation.from_quat(lottery.normal(size=(len(FRAME_S), 4)))
    about = reference - reference.mean(axis=0)
    markers = np.stack([turn.apply(point) for point in about], axis=1) + np.array([1.0, 2.0, 3.0])
    if hidden:
        markers[::3, 1] = np.nan
    return markers, reference, turn


@pytest.mark.parametrize("hidden", [False, True])
def test_a_cluster_gives_back_its_motion_even_with_one_marker_hidden(hidden: bool) -> None:
    markers, reference, turn = moved_cluster(hidden)
    pose = rigid_pose(markers, reference, FRAME_S)
    back = Rotation.from_quat(pose.turn, scalar_first=True).inv() * turn
    assert back.magnitude().max() < 1e-6
    assert pose.position_m == pytest.approx(np.tile([1.0, 2.0, 3.0], (len(FRAME_S), 1)))


def test_two_markers_are_no_body() -> None:
    markers, reference, _ = moved_cluster()
    markers[10, :2] = np.nan
    pose = rigid_pose(markers, reference, FRAME_S)
    assert np.isnan(pose.position_m[10]).all()
    assert np.isfinite(pose.position_m[11]).all()


def test_a_short_gap_is_bridged_and_a_long_one_is_left() -> None:
    pose = turning(np.sin(2 * np.pi * FRAME_S))
    pose.position_m[100:110] = pose.turn[100:110] = np.nan
    pose.position_m[300:330] = pose.turn[300:330] = np.nan
    bridged = bridge_gaps(pose)
    angle = 2 * np.arctan2(bridged.turn[100:110, 3], bridged.turn[100:110, 0])
    assert angle == pytest.approx(np.sin(2 * np.pi * FRAME_S[100:110]), abs=1e-3)
    assert np.isnan(bridged.turn[300:330]).all()
    assert np.isfinite(np.delete(bridged.turn, np.arange(300, 330), axis=0)).all()


def test_low_pass_keeps_the_movement_and_takes_the_noise() -> None:
    noise = np.random.default_rng(5).normal(scale=0.01, size=len(FRAME_S))
    angle = 0.5 * np.sin(2 * np.pi * 1.4 * FRAME_S)
    smooth = low_pass(turning(angle + noise), cutoff_hz=10.0)
    inside = slice(60, -60)
    error = (2 * np.arctan2(smooth.turn[:, 3], smooth.turn[:, 0]) - angle)[inside]
    assert error.std() < 0.5 * noise.std()


def test_standing_grows_into_the_motion_without_a_jerk() -> None:
    moving = turning(1 + np.sin(2 * np.pi * FRAME_S), path_m=np.tile([1.0, 1.0, 0.0], (len(FRAME_S), 1)))
    whole = grow_from_rest(moving, rest_m=np.array([1.0, 0.9, 0.0]), stand_s=2.0, ramp_s=1.0)
    motion = smooth_motion(whole)
    later = np.arange(3.1, 5.9, 0.01)
    assert motion.position(np.array([1.0]))[0] == pytest.approx([1.0, 0.9, 0.0])
    expected = smooth_motion(moving).turn(later - 2.0)
    assert motion.turn(later) == pytest.approx(expected, abs=1e-6)
    samples = virtual_imu(motion, np.arange(0, 4, 0.005), at_m=np.zeros(3))
    assert np.abs(np.diff(samples.acc_mps2, axis=0)).max() < 0.5
