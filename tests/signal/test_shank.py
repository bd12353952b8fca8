"""A rigid pendulum over an ankle that stands still once per stride: angle and travel are known exactly."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from imu.signal.contacts import Contacts
from imu.signal.shank import ShankMotion, ShankParameters, shank_motion

Array = NDArray[np.float64]

FS, GRAVITY = 200.0, 9.80665
STRIDE_S, CONTACT_S, STRIDES = 0.70, 0.25, 24
SPEED_MPS, HEIGHT_M = 3.0, 0.15
OMEGA = 2 * np.pi / STRIDE_S
TIME = np.arange(0.0, (STRIDES + 2) * STRIDE_S, 1 / FS)
MID_STANCE_S = STRIDE_S * np.arange(1.0, STRIDES + 1)
CONTACT_AT = MID_STANCE_S - ShankParameters().anchor_share * CONTACT_S
# The foot of this pendulum does not roll, and stands for no longer than an instant.
INSTANT = ShankParameters(anchor_half_width=0.02, ankle_advance=0.0)
MIDDLE_DEG, SWING_DEG = -14.0, 32.0
ANGLE = np.radians(MIDDLE_DEG - SWING_DEG * np.sin(OMEGA * TIME))
UP_IN_SHANK, RIGHT_IN_SHANK = np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0])
NO_GAP = np.zeros(len(TIME), bool)


@dataclass(frozen=True)
class Pendulum:
    """What a sensor on the shank feels, in segment axes: forward, up, right."""

    acc: Array
    gyr: Array

    def turned(self, rotation: Rotation) -> "Pendulum":
        return Pendulum(rotation.apply(self.acc), rotation.apply(self.gyr))


def pendulum(*, speed_mps: float = SPEED_MPS, heading_dps: float = 0.0) -> Pendulum:
    """The ankle goes at 0 to twice the speed and stands still in mid-stance; the path may bend left."""
    rate = -np.radians(SWING_DEG) * OMEGA * np.cos(OMEGA * TIME)
    change = np.radians(SWING_DEG) * OMEGA**2 * np.sin(OMEGA * TIME)
    ankle_mps = speed_mps * (1 - np.cos(OMEGA * TIME))
    ankle_mps2 = speed_mps * OMEGA * np.sin(OMEGA * TIME)
    forward = np.column_stack(
        [np.cos(ANGLE), -np.sin(ANGLE), np.zeros_like(ANGLE)]
    )  # the world's, in the shank
    up = np.column_stack([np.sin(ANGLE), np.cos(ANGLE), np.zeros_like(ANGLE)])
    # The sensor sits HEIGHT_M up the shank: tangential and centripetal acceleration about the ankle.
    own = np.column_stack([-change * HEIGHT_M, -(rate**2) * HEIGHT_M, np.zeros_like(rate)])
    turn = np.radians(heading_dps)
    lateral = np.column_stack([np.zeros_like(rate), np.zeros_like(rate), -turn * ankle_mps])
    acc = ankle_mps2[:, None] * forward + GRAVITY * up + own + lateral
    gyr = np.column_stack([np.zeros_like(rate), np.zeros_like(rate), rate]) + turn * up
    return Pendulum(acc, gyr)


def contacts() -> Contacts:
    swing = np.rint((MID_STANCE_S - 0.3) * FS).astype(np.intp)
    return Contacts(
        mid_swing=swing,
        initial_contact=CONTACT_AT * FS,
        toe_off=(CONTACT_AT + CONTACT_S) * FS,
        doubt_s=np.full(STRIDES, 0.005),
        continues=np.arange(STRIDES) < STRIDES - 1,
    )


def motion_of(
    felt: Pendulum | None = None,
    *,
    rotation: Rotation | None = None,
    missing: NDArray[np.bool_] = NO_GAP,
    height_m: float = HEIGHT_M,
    events: Contacts | None = None,
    parameters: ShankParameters = ShankParameters(),
) -> ShankMotion:
    rotation = rotation or Rotation.identity()
    worn = (felt or pendulum()).turned(rotation)
    return shank_motion(
        worn.acc,
        worn.gyr,
        missing,
        events or contacts(),
        line=rotation.apply(UP_IN_SHANK),
        sagittal_axis=rotation.apply(RIGHT_IN_SHANK),
        mount_height_m=height_m,
        sampling_rate_hz=FS,
        parameters=parameters,
    )


def angle_at(time_s: Array) -> Array:
    return MIDDLE_DEG - SWING_DEG * np.sin(OMEGA * time_s)


def test_angle_at_contact_and_over_time_is_the_pendulums() -> None:
    motion = motion_of()
    np.testing.assert_allclose(motion.angle_ic_deg, angle_at(CONTACT_AT), atol=0.1)
    np.testing.assert_allclose(motion.inclination_deg, np.degrees(ANGLE), atol=0.1)


def test_largest_angle_is_that_of_the_quarter_second_before_contact() -> None:
    before = CONTACT_AT[:, None] - np.linspace(0, 0.25, 500)
    np.testing.assert_allclose(motion_of().angle_max_deg, angle_at(before).max(axis=1), atol=0.2)


def test_angle_turns_at_contact_as_fast_as_the_pendulum() -> None:
    true_dps = -SWING_DEG * OMEGA * np.cos(OMEGA * CONTACT_AT)
    np.testing.assert_allclose(motion_of().angle_rate_ic_dps, true_dps, rtol=0.02)


@pytest.mark.parametrize("speed_mps", [1.5, 3.0, 6.0])
def test_stride_length_and_speed_are_those_of_the_ankle(speed_mps: float) -> None:
    motion = motion_of(pendulum(speed_mps=speed_mps), parameters=INSTANT)
    np.testing.assert_allclose(motion.stride_length_m[:-1], speed_mps * STRIDE_S, atol=0.003)
    np.testing.assert_allclose(motion.speed_mps[:-1], speed_mps, atol=0.005)
    assert np.isnan(motion.stride_length_m[-1])


@pytest.mark.parametrize("half_width", [0.1, 0.2])
def test_speed_lacks_what_the_ankle_moves_while_it_is_taken_to_stand(half_width: float) -> None:
    motion = motion_of(parameters=ShankParameters(anchor_half_width=half_width, ankle_advance=0.0))
    turned = OMEGA * half_width * CONTACT_S
    ankle_mps = SPEED_MPS * (1 - np.sin(turned) / turned)  # its mean over the anchor
    np.testing.assert_allclose(motion.speed_mps[:-1], SPEED_MPS - ankle_mps, atol=0.005)


def test_an_ankle_that_rolls_on_adds_its_share_of_the_speed() -> None:
    still, rolling = (motion_of(parameters=ShankParameters(ankle_advance=share)) for share in (0.0, 0.05))
    np.testing.assert_allclose(0.95 * rolling.stride_length_m, still.stride_length_m)
    np.testing.assert_allclose(0.95 * rolling.speed_mps, still.speed_mps)


def test_both_sensors_agree_about_gravity() -> None:
    np.testing.assert_allclose(motion_of().gravity_ratio[:-1], 1.0, atol=1e-3)


@settings(max_examples=15, deadline=None)
@given(turn=st.tuples(*[st.floats(-3, 3)] * 3))
def test_mounting_does_not_matter(turn: tuple[float, float, float]) -> None:
    usual, other = motion_of(), motion_of(rotation=Rotation.from_rotvec(turn))
    np.testing.assert_allclose(other.angle_ic_deg, usual.angle_ic_deg, atol=1e-3)
    np.testing.assert_allclose(other.stride_length_m, usual.stride_length_m, atol=1e-4)


@pytest.mark.parametrize("heading_dps", [10.0, -10.0])
def test_a_bend_is_a_turn_to_its_side(heading_dps: float) -> None:
    motion = motion_of(pendulum(heading_dps=heading_dps), parameters=INSTANT)
    np.testing.assert_allclose(motion.turn_dps[2:-3], heading_dps, atol=1.5)
    np.testing.assert_allclose(motion.speed_mps[2:-3], SPEED_MPS, atol=0.06)


def test_a_gap_costs_the_stride_it_lies_in_and_no_other() -> None:
    whole = motion_of()
    gap = (MID_STANCE_S[10] + 0.25 < TIME) & (MID_STANCE_S[10] + 0.35 > TIME)
    felt = pendulum()
    broken = Pendulum(np.where(gap[:, None], 0.0, felt.acc), np.where(gap[:, None], 0.0, felt.gyr))
    motion = motion_of(broken, missing=gap)
    assert np.flatnonzero(np.isnan(motion.stride_length_m)).tolist() == [10, STRIDES - 1]
    assert np.isnan(motion.inclination_deg[gap]).all()
    others = np.delete(np.arange(STRIDES - 1), 10)
    np.testing.assert_allclose(motion.stride_length_m[others], whole.stride_length_m[others], atol=1e-6)
    np.testing.assert_allclose(motion.angle_ic_deg, whole.angle_ic_deg, atol=0.1)


def test_a_gyroscope_that_dies_leaves_no_angle_and_spares_the_strides_before() -> None:
    felt = pendulum()
    dead = (MID_STANCE_S[17] + 0.1 < TIME)[:, None]
    motion = motion_of(Pendulum(felt.acc, np.where(dead, 0.0, felt.gyr)))
    assert np.isnan(motion.angle_ic_deg[19:]).all()
    assert not motion.believed[19:].any()
    assert motion.believed[:18].all()
    np.testing.assert_allclose(motion.angle_ic_deg[:14], angle_at(CONTACT_AT)[:14], atol=0.5)


def test_a_stride_that_agrees_between_two_that_do_not_is_not_believed() -> None:
    felt = pendulum()
    spoiled = ((MID_STANCE_S[9] + 0.2 < TIME) & (MID_STANCE_S[9] + 0.4 > TIME)) | (
        (MID_STANCE_S[11] + 0.2 < TIME) & (MID_STANCE_S[11] + 0.4 > TIME)
    )
    motion = motion_of(Pendulum(felt.acc + np.where(spoiled[:, None], 10.0, 0.0), felt.gyr))
    assert np.isnan(motion.stride_length_m[[9, 10, 11]]).all()
    assert np.isfinite(motion.stride_length_m[[8, 12]]).all()


def test_a_taller_mounting_changes_length_by_what_the_pivot_travels() -> None:
    lower, higher = (motion_of(height_m=height_m, parameters=INSTANT) for height_m in (0.10, 0.20))
    pivot_mps = 0.10 * np.radians(SWING_DEG) * OMEGA  # 10 cm more, at the rate of mid-stance
    gained = (higher.stride_length_m - lower.stride_length_m)[:-1]
    np.testing.assert_allclose(gained, pivot_mps * STRIDE_S * np.cos(np.radians(MIDDLE_DEG)), rtol=0.06)


def test_an_unknown_toe_off_costs_little() -> None:
    off = contacts().toe_off.copy()
    off[5] = np.nan
    motion = motion_of(events=replace(contacts(), toe_off=off))
    np.testing.assert_allclose(motion.stride_length_m[:-1], motion_of().stride_length_m[:-1], atol=0.03)


def test_a_gyroscope_at_half_scale_contradicts_gravity() -> None:
    felt = pendulum()
    ratio = motion_of(Pendulum(felt.acc, 0.5 * felt.gyr)).gravity_ratio
    assert not np.isclose(ratio[np.isfinite(ratio)], 1.0, atol=0.07).any()
