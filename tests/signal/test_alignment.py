"""How a strap sits: found from a simulated runner's sensors whose mounting is known exactly."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from imu.signal.activity import RUN, STAND, WALK
from imu.signal.alignment import ShankMount, gyro_bias, quiet_seconds, shank_mounts, slips, swing_rate_radps
from imu.signal.grid import GRID_HZ, GridSignal, to_grid
from imu.signal.moments import Moments, moments
from imu.simulate import Simulation, SimulationConfig, Slip, simulate

Array = NDArray[np.float64]
CODES = {"stand": STAND, "walk": WALK, "run": RUN, "transition": -1}
PLACEMENTS = ("shank_left", "shank_right")


@dataclass(frozen=True)
class Worn:
    signal: GridSignal
    activity: NDArray[np.int8]
    sensor_from_segment: Array  # (3, 3)

    def moments(self, rotation: Rotation | None = None) -> Moments:
        turn = np.eye(3) if rotation is None else rotation.as_matrix()
        assert self.signal.gyr_radps is not None
        return moments(
            self.signal.acc_mps2 @ turn.T,
            self.signal.gyr_radps @ turn.T,
            self.signal.missing,
            sampling_rate_hz=GRID_HZ,
        )


def worn(simulation: Simulation, placement: str) -> Worn:
    samples = simulation.recording.tracks[placement].samples()
    activity = np.array([CODES[name] for name in simulation.truth.seconds], np.int8)
    n = round(len(activity) * GRID_HZ)
    signal = to_grid(samples.time_s, samples.acc_mps2, samples.gyr_radps, start_s=0.0, n=n)
    return Worn(signal, activity, np.array(simulation.truth.sensors[placement]["mount"]).T)


@pytest.fixture(scope="module")
def runner() -> Simulation:
    return simulate(SimulationConfig(pattern="stand:6,run:40@3,stand:4", seed=11))


@pytest.fixture(scope="module")
def left(runner: Simulation) -> Worn:
    return worn(runner, "shank_left")


def angle_deg(a: Array, b: Array) -> float:
    return float(np.degrees(np.arccos(np.clip(a @ b / np.linalg.norm(a) / np.linalg.norm(b), -1, 1))))


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_axes_of_a_strapped_on_shank_are_found_with_their_signs(runner: Simulation, placement: str) -> None:
    sensor = worn(runner, placement)
    (mount,) = shank_mounts(sensor.moments(), sensor.activity)
    forward, up, right = sensor.sensor_from_segment.T
    assert (
        angle_deg(mount.sagittal_axis, right) < 20.0
    )  # runners turn their toes out, and the swing with them
    assert angle_deg(mount.long_axis, up) < 12.0
    assert mount.standing_line is not None
    found_deg = np.degrees(np.arctan2(mount.standing_line @ forward, mount.standing_line @ up))
    lean_deg = runner.runner.stand_lean_deg[PLACEMENTS.index(placement)]
    assert found_deg == pytest.approx(lean_deg, abs=2.0)
    assert mount.planarity > 0.6
    assert mount.swing_skewness > 0
    assert mount.stand_s >= 6


@settings(max_examples=15, deadline=None)
@given(turn=st.tuples(*[st.floats(-3, 3)] * 3))
def test_a_sensor_turned_on_the_leg_turns_the_answer_with_it(
    left: Worn, turn: tuple[float, float, float]
) -> None:
    rotation = Rotation.from_rotvec(turn)
    (mount,), (turned,) = (shank_mounts(left.moments(r), left.activity) for r in (None, rotation))
    for name in ("sagittal_axis", "long_axis", "standing_line", "gyro_bias_radps"):
        np.testing.assert_allclose(getattr(turned, name), rotation.apply(getattr(mount, name)), atol=2e-3)
    assert turned.planarity == pytest.approx(mount.planarity)


def shifted(sensor: Worn, offset_mps2: Array) -> Moments:
    signal = sensor.signal
    return moments(signal.acc_mps2 + offset_mps2, signal.gyr_radps, signal.missing, sampling_rate_hz=GRID_HZ)


def test_what_the_accelerometer_reads_beyond_gravity_in_standing_is_its_offset(left: Worn) -> None:
    (mount,) = shank_mounts(left.moments(), left.activity)
    assert mount.standing_line is not None
    (more,) = shank_mounts(shifted(left, 0.3 * mount.standing_line), left.activity)
    np.testing.assert_allclose(
        more.acc_offset_mps2 - mount.acc_offset_mps2, 0.3 * mount.standing_line, atol=0.01
    )
    assert np.linalg.norm(np.cross(more.acc_offset_mps2, mount.standing_line)) < 1e-2


def test_a_tenth_of_gravity_and_more_is_no_offset(left: Worn) -> None:
    (mount,) = shank_mounts(left.moments(), left.activity)
    assert mount.standing_line is not None
    (other,) = shank_mounts(shifted(left, 1.5 * mount.standing_line), left.activity)
    np.testing.assert_array_equal(other.acc_offset_mps2, 0.0)


def test_without_standing_there_is_no_standing_line(left: Worn) -> None:
    moving = np.where(left.activity == RUN, RUN, -1).astype(np.int8)
    (mount,) = shank_mounts(left.moments(), moving)
    assert mount.standing_line is None
    np.testing.assert_array_equal(mount.line, mount.long_axis)
    np.testing.assert_array_equal(mount.acc_offset_mps2, 0.0)


def test_sitting_with_the_legs_stretched_out_is_no_standing(left: Worn) -> None:
    signal = left.signal
    assert signal.gyr_radps is not None
    seated = np.repeat(left.activity == STAND, round(GRID_HZ))[:, None]
    lying = Rotation.from_rotvec(np.radians(80) * left.sensor_from_segment[:, 2])
    acc = np.where(seated, lying.apply(signal.acc_mps2), signal.acc_mps2)
    stretched = moments(acc, signal.gyr_radps, signal.missing, sampling_rate_hz=GRID_HZ)
    (mount,) = shank_mounts(stretched, left.activity)
    assert mount.standing_line is None


@pytest.mark.parametrize("activity", [STAND, -1])
def test_where_nobody_moves_there_is_nothing_to_align(left: Worn, activity: int) -> None:
    assert shank_mounts(left.moments(), np.full(len(left.activity), activity, np.int8)) == []


def test_bias_of_the_gyroscope_is_read_off_standing(runner: Simulation) -> None:
    for placement in PLACEMENTS:
        sensor = worn(runner, placement)
        seconds = sensor.moments()
        told = np.radians(runner.truth.sensors[placement]["gyr_bias_dps"])
        # gravity pulls at a gyroscope too: 0.05 deg/s per g, one sd; and standing sways a little
        bias = gyro_bias(seconds, np.ones(len(seconds), bool))
        np.testing.assert_allclose(bias, told, atol=np.radians(0.3))


def test_a_sensor_that_never_was_still_has_no_bias(left: Worn) -> None:
    running = left.moments()[left.activity == RUN]
    assert not quiet_seconds(running).any()
    np.testing.assert_array_equal(gyro_bias(running, np.ones(len(running), bool)), np.zeros(3))


def test_a_shank_swings_faster_than_a_pelvis(runner: Simulation) -> None:
    rates = {name: worn(runner, name) for name in (*PLACEMENTS, "pelvis")}
    rate = {name: swing_rate_radps(w.moments(), w.activity == RUN) for name, w in rates.items()}
    assert min(rate["shank_left"], rate["shank_right"]) > 2.8 > rate["pelvis"]


def slipped(*slips_: Slip) -> tuple[Worn, Sequence[ShankMount]]:
    simulation = simulate(SimulationConfig(pattern="stand:6,run:90@3", slips=slips_, seed=11))
    sensor = worn(simulation, "shank_left")
    return sensor, shank_mounts(sensor.moments(), sensor.activity)


@pytest.mark.parametrize(("degrees", "axis"), [(15.0, "up"), (-25.0, "up"), (15.0, "right")])
def test_a_slip_is_found_where_it_was_and_turns_the_axes_by_its_size(degrees: float, axis: str) -> None:
    _, mounts = slipped(Slip("shank_left", 50.0, degrees, axis))
    assert len(mounts) == 2
    before, after = mounts
    assert before.end_s == after.start_s == pytest.approx(50, abs=2)
    moved = "sagittal_axis" if axis == "up" else "long_axis"
    assert angle_deg(getattr(before, moved), getattr(after, moved)) == pytest.approx(abs(degrees), abs=3)
    assert after.carried
    np.testing.assert_array_equal(
        after.acc_offset_mps2, before.acc_offset_mps2
    )  # the sensor's own, however it sits
    assert not before.carried
    assert before.standing_line is not None
    assert after.standing_line is not None
    assert angle_deg(after.long_axis, after.standing_line) == pytest.approx(
        angle_deg(before.long_axis, before.standing_line), abs=0.1
    )


def test_a_strap_that_holds_is_not_said_to_slip(left: Worn) -> None:
    assert slips(left.moments(), left.activity == RUN) == []


def test_a_change_of_pace_is_no_slip() -> None:
    simulation = simulate(SimulationConfig(pattern="stand:5,run:40@2.5,run:40@4.5", seed=11))
    for placement in PLACEMENTS:
        sensor = worn(simulation, placement)
        assert slips(sensor.moments(), sensor.activity == RUN) == []


def still_swinging(seconds: int, *, slip_at: int, degrees: float) -> Moments:
    """Seconds of a leg that swings about one axis, which is another one after the slip."""
    turn = np.sin(2 * np.pi * 1.4 * np.arange(seconds * 200) / 200.0)
    after = (np.arange(seconds * 200) >= slip_at * 200)[:, None]
    axis = np.where(after, Rotation.from_euler("y", degrees, degrees=True).as_matrix()[:, 2], [0.0, 0.0, 1.0])
    acc = np.tile([0.0, 9.80665, 0.0], (len(turn), 1))
    return moments(acc, 5.0 * turn[:, None] * axis, np.zeros(len(turn), bool), sampling_rate_hz=200.0)


@pytest.mark.parametrize(
    ("seconds", "slip_at", "degrees", "found"),
    [
        (40, 20, 9.0, [20]),  # twenty seconds on either side are enough
        (39, 20, 9.0, []),
        (60, 20, 7.1, [20]),
        (60, 20, 6.9, []),
        (60, 40, -9.0, [40]),
    ],
)
def test_a_slip_needs_twenty_seconds_on_either_side_and_seven_degrees(
    seconds: int, slip_at: int, degrees: float, found: list[int]
) -> None:
    moving = np.ones(seconds, bool)
    assert slips(still_swinging(seconds, slip_at=slip_at, degrees=degrees), moving) == found
