"""Sensors have the errors that were drawn for them, and no others."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from imu.errors import RestrideError
from imu.recording import Samples
from imu.simulate import Runner, Simulation, SimulationConfig, Slip, simulate
from imu.simulate.sensors import PRESETS, SensorErrors

GRAVITY_MPS2 = 9.80665


def shank(simulation: Simulation) -> Samples:
    return simulation.recording.tracks["shank_left"].samples()


def run(pattern: str = "stand:4,run:20@3", **more: Any) -> Simulation:
    return simulate(SimulationConfig(pattern=pattern, placements=("shank_left",), **more))


def gyr(samples: Samples) -> NDArray[np.float32]:
    assert samples.gyr_radps is not None
    return samples.gyr_radps


def test_the_same_config_gives_the_same_recording() -> None:
    first, second, other = shank(run(seed=5)), shank(run(seed=5)), shank(run(seed=6))
    assert np.array_equal(first.acc_mps2, second.acc_mps2)
    assert np.array_equal(first.time_s, second.time_s)
    assert not np.array_equal(first.acc_mps2[:100], other.acc_mps2[:100])


def test_sensors_do_not_change_the_runner() -> None:
    field, ideal = run(errors="field"), run(errors="ideal", mounting="upside_down")
    assert field.truth.strides.equals(ideal.truth.strides)


def test_an_ideal_sensor_measures_the_motion() -> None:
    simulation = run(errors="ideal", mounting="aligned")
    samples, told = shank(simulation), simulation.truth.sensors["shank_left"]
    felt = simulation.motion.shanks["left"].felt(samples.time_s, np.array(told["lever_m"]))
    assert np.abs(samples.acc_mps2 - felt.acc_mps2).max() < 0.2  # the lever is told to 0.1 mm
    assert np.abs(gyr(samples) - felt.gyr_radps).max() < 1e-4
    assert np.diff(samples.time_s) == pytest.approx(1 / 200)


def test_the_mounting_told_takes_segment_axes_to_sensor_axes() -> None:
    aligned, turned = run(errors="ideal", mounting="aligned"), run(errors="ideal", mounting="random")
    mount = np.array(turned.truth.sensors["shank_left"]["mount"])
    assert np.linalg.det(mount) == pytest.approx(1, abs=1e-5)
    assert shank(turned).acc_mps2 == pytest.approx(shank(aligned).acc_mps2 @ mount, abs=1e-3)


def test_upside_down_and_lateral_are_what_they_say() -> None:
    samples = shank(run(errors="ideal", mounting="upside_down"))
    assert samples.acc_mps2[samples.time_s < 3, 1].mean() == pytest.approx(-GRAVITY_MPS2, abs=0.3)
    medial, lateral = (
        run(errors="ideal", leg_side=side).truth.sensors["shank_left"]["lever_m"][2]
        for side in ("medial", "lateral")
    )
    assert medial > 0 > lateral  # of a left leg, z to the right


def test_bias_and_noise_are_as_drawn() -> None:
    simulation = run("stand:30", errors="field", mounting="aligned")
    samples, told = shank(simulation), simulation.truth.sensors["shank_left"]
    assert np.degrees(gyr(samples).mean(axis=0)) == pytest.approx(told["gyr_bias_dps"], abs=0.2)
    noise = np.diff(samples.acc_mps2, axis=0).std(axis=0) / np.sqrt(2)
    assert noise == pytest.approx(150e-6 * GRAVITY_MPS2 * 10, rel=0.3)


def test_values_are_clipped_and_rounded_to_the_converters_steps() -> None:
    simulation = run("run:20@6", errors=replace(PRESETS["field"], acc_range_g=8.0))
    acc = shank(simulation).acc_mps2.astype(float)
    step = 16 * GRAVITY_MPS2 / 2**16
    assert np.abs(acc).max() <= 8 * GRAVITY_MPS2 + 1e-4
    assert np.abs(acc / step - np.round(acc / step)).max() < 0.02
    assert simulation.truth.sensors["shank_left"]["clipped_share"] > 0
    assert simulation.recording.tracks["shank_left"].acc_range_g == 8.0


@pytest.mark.unhurried
def test_losses_come_in_bursts_of_the_share_asked_for() -> None:
    simulation = run("run:600@3", errors=SensorErrors(lost_share=0.02, burst_s=(0.1, 0.2)))
    time_s = shank(simulation).time_s
    gaps = np.diff(time_s)[np.diff(time_s) > 0.006]
    lost = simulation.truth.sensors["shank_left"]["lost_share"]
    assert lost == pytest.approx(0.02, rel=0.35)
    assert gaps.sum() / 600 == pytest.approx(lost, rel=0.1)
    assert gaps.min() > 0.09


@pytest.mark.unhurried
def test_clocks_stay_within_what_synchronisation_leaves() -> None:
    simulation = run("run:300@3", errors=replace(PRESETS["field"], lost_share=0.0))
    samples, told = shank(simulation), simulation.truth.sensors["shank_left"]
    true_s = samples.time_s[0] + np.arange(len(samples)) / told["rate_true"]
    drift = samples.time_s - true_s
    assert 0.0005 < np.ptp(drift) <= 0.0041
    assert told["rate_true"] != 200
    assert samples.time_s[0] >= 0


def test_a_slipped_strap_has_turned_by_the_angle_asked_for() -> None:
    still = {"runner": Runner(), "errors": "ideal", "mounting": "aligned"}
    slip = Slip("shank_left", at_s=10.0, degrees=12.0, axis="right")
    before, after = shank(run("stand:20", **still)), shank(run("stand:20", slips=(slip,), **still))
    late = before.time_s > 11
    turn, _ = Rotation.align_vectors(before.acc_mps2[late], after.acc_mps2[late])
    assert np.degrees(turn.magnitude()) == pytest.approx(12, abs=0.5)
    assert after.acc_mps2[before.time_s < 9.9] == pytest.approx(before.acc_mps2[before.time_s < 9.9])
    assert np.degrees(np.trapezoid(gyr(after)[:, 2] - gyr(before)[:, 2], before.time_s)) == pytest.approx(
        12, abs=0.1
    )


def test_tissue_shakes_only_after_contact() -> None:
    rigid = SensorErrors()
    quiet, shaken = run(errors=rigid), run(errors=replace(rigid, tissue=True))
    difference = np.linalg.norm(shank(shaken).acc_mps2 - shank(quiet).acc_mps2, axis=1)
    time_s = shank(quiet).time_s
    contacts = quiet.truth.strides.query("side == 'left'")["ic_time_s"].to_numpy()[2:]
    after, before = (
        np.array([difference[(time_s > c + lo) & (time_s < c + hi)].max() for c in contacts])
        for lo, hi in ((0.0, 0.05), (-0.1, 0.0))
    )
    assert after.mean() > 1.5 * GRAVITY_MPS2
    assert before.max() < 0.2 * GRAVITY_MPS2


def test_swapped_sensors_stand_under_each_others_names() -> None:
    straight, swapped = (
        simulate(SimulationConfig(pattern="run:5@3", errors="ideal", swapped=swap)).recording.tracks
        for swap in (False, True)
    )
    assert np.array_equal(
        straight["shank_left"].samples().acc_mps2, swapped["shank_right"].samples().acc_mps2
    )
    assert np.array_equal(straight["pelvis"].samples().acc_mps2, swapped["pelvis"].samples().acc_mps2)


def test_an_accelerometer_alone_has_no_gyroscope() -> None:
    track = run(gyroscope=False).recording.tracks["shank_left"]
    assert track.samples().gyr_radps is None
    assert not track.has_gyroscope


def test_a_treadmill_writes_its_speed() -> None:
    assert run("stand:3,run:10@3.5", treadmill=True).recording.reference_speed_mps == 3.5
    with pytest.raises(RestrideError, match="one running speed"):
        run("run:10@3,run:10@4", treadmill=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"strike": "toe"},
        {"errors": "broken"},
        {"placements": ("wrist",)},
        {"placements": ()},
        {"rate_hz": 5.0},
        {"mounting": "sideways"},
        {"leg_side": "front"},
    ],
)
def test_an_impossible_config_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(RestrideError, match="simulation:"):
        simulate(SimulationConfig(**wrong))
