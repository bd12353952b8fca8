"""A simulated person does the exercises he is told to, and the truth says exactly when and how often."""

import json
from pathlib import Path

import numpy as np
import pytest

from imu.errors import RestrideError
from imu.simulate import Simulation, SimulationConfig, simulate
from imu.simulate.plan import parse_pattern

PATTERN = "stand:4,chair_bridge:40,lie:10,chair_bridge:32:left,stand:3,power_position_hold:30:right,stand:4"


@pytest.fixture(scope="module")
def session() -> Simulation:
    return simulate(SimulationConfig(pattern=PATTERN, errors="ideal", seed=3))


def test_every_set_lies_in_its_piece_with_as_many_repetitions_as_fit(session: Simulation) -> None:
    sets = session.truth.exercises
    assert [(one.exercise, one.side) for one in sets] == [
        ("chair_bridge", None),
        ("chair_bridge", "left"),
        ("power_position_hold", "right"),
    ]
    for one, (begins_s, ends_s) in zip(sets, [(4, 44), (54, 86), (89, 119)], strict=True):
        assert begins_s < one.start_s < one.end_s < ends_s
        assert one.reps == len(one.hold_s) >= 1
        assert sum(one.hold_s) < one.end_s - one.start_s


def test_in_a_bridge_the_pelvis_is_up_and_leans_far_back(session: Simulation) -> None:
    one, pelvis = session.truth.exercises[0], session.motion.pelvis
    time_s = np.arange(one.start_s, one.end_s, 0.02)
    height_m, tilt_deg = pelvis.origin_m(time_s)[:, 1], np.degrees(pelvis.angles_rad(time_s)[:, 1])
    up = height_m > height_m.min() + 0.6 * np.ptp(height_m)
    assert np.ptp(height_m) > 0.1
    assert np.diff(np.flatnonzero(np.diff(up.astype(int)) > 0)).size == one.reps - 1
    assert tilt_deg[up].min() > tilt_deg[~up].min() + 5
    # The way up and down counts half: what is up is the holds and about as much again of the moves.
    assert up.sum() * 0.02 > sum(one.hold_s)


def test_the_leg_that_carries_stays_and_the_other_goes_up(session: Simulation) -> None:
    single = session.truth.exercises[1]
    time_s = np.arange(single.start_s, single.end_s, 0.02)
    moved_m = {side: np.ptp(shank.origin_m(time_s)[:, 1]) for side, shank in session.motion.shanks.items()}
    assert moved_m["left"] < 0.03
    assert moved_m["right"] > 0.08


def test_what_sensors_feel_is_the_movement(session: Simulation) -> None:
    one, segment = session.truth.exercises[2], session.motion.shanks["left"]
    time_s, step_s = np.linspace(one.start_s, one.end_s, 400), 1e-3
    before, here, after = (segment.origin_m(time_s + shift) for shift in (-step_s, 0.0, step_s))
    acceleration = (before - 2 * here + after) / step_s**2 + [0.0, 9.80665, 0.0]
    felt = segment.felt(time_s, np.zeros(3)).acc_mps2
    in_world = np.einsum("nij,nj->ni", segment.rotation(time_s), felt)
    assert np.abs(in_world - acceleration).max() < 0.02


def test_in_the_marching_drill_knees_go_up_in_turn() -> None:
    march = simulate(SimulationConfig(pattern="stand:4,march_skip_drill:15,stand:4", errors="ideal", seed=2))
    (one,) = march.truth.exercises
    time_s = np.arange(one.start_s - 0.5, one.end_s + 0.5, 0.01)
    heights_m = [march.motion.shanks[side].origin_m(time_s)[:, 1] for side in ("left", "right")]
    lifted = np.array([height > height.min() + 0.2 for height in heights_m])
    knees = [np.count_nonzero(np.diff(up.astype(int)) > 0) for up in lifted]
    assert sum(knees) == one.reps
    assert abs(knees[0] - knees[1]) <= 1
    assert not lifted.all(axis=0).any()


def test_the_person_and_the_running_are_the_same_without_exercises() -> None:
    plain = simulate(SimulationConfig(pattern="stand:4,run:10@3,stand:20", seed=5))
    with_drill = simulate(
        SimulationConfig(pattern="stand:4,run:10@3,stand:3,march_skip_drill:12,stand:5", seed=5)
    )
    assert with_drill.runner == plain.runner
    np.testing.assert_allclose(
        with_drill.truth.strides["shank_angle_ic_deg"], plain.truth.strides["shank_angle_ic_deg"]
    )


def test_the_truth_is_written_beside_the_recording(session: Simulation, tmp_path: Path) -> None:
    session.save(tmp_path / "run")
    written = json.loads((tmp_path / "run" / "truth" / "exercises.json").read_text())
    assert [one["reps"] for one in written] == [one.reps for one in session.truth.exercises]
    activity = json.loads((tmp_path / "run" / "truth" / "activity.json").read_text())
    assert "exercise" in activity["seconds"]


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("stand:5,chair_bridge,stand:5", "give its seconds"),
        ("stand:5,chair_bridge:3,stand:5", "give its seconds, at least 10"),
        ("stand:5,bridge_walkout:60:left,stand:5", "is done with both legs"),
        ("walk:10,chair_bridge:60,stand:5", "begin and end in standing"),
        ("stand:5,chair_bridge:60,run:5", "begin and end in standing"),
        ("stand:5,chair_bridge:60,turn,stand:5", "write turn or turn:degrees after another piece"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(pattern: str, reason: str) -> None:
    with pytest.raises(RestrideError, match=reason):
        parse_pattern(pattern)
