"""Exercises counted by the sensors: what was done is counted, and nothing else is taken for it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

import imu
from imu.analysis import RunAnalysis, analyze
from imu.analysis.counted import log_entries
from imu.analysis.exercises import without_exercises
from imu.recording import Recording
from imu.signal.activity import RUN, STAND, UNKNOWN, WALK, Activity
from imu.signal.exercises import ExerciseSet
from imu.simulate import Simulation, SimulationConfig, simulate

PATTERN = (
    "stand:6,walk:10@1.2,stand:4,chair_bridge:50,lie:16,chair_bridge:48:left,bridge_walkout:80,stand:4,"
    "power_position_hold:52:right,stand:4,march_skip_drill:14,stand:10,run:15@3,stand:4"
)
ON_THE_FLOOR = (
    "stand:6,walk:10@1.2,stand:4,floor_bridge:40,sit_up:30,leg_raise:30,stand:4,plank_pike:35,stand:4"
)
ON_ONE_LEG = (
    "stand:6,walk:10@1.2,stand:4,single_leg_stand:35,stand:4,knee_hug:40,stand:4,quad_stretch:40,stand:4,"
    "squat:30,stand:4"
)


@pytest.fixture(scope="module")
def session() -> Simulation:
    return simulate(SimulationConfig(pattern=PATTERN, seed=1))


@pytest.fixture(scope="module")
def counted(session: Simulation) -> RunAnalysis:
    return analyze(session.recording)


@pytest.mark.unhurried
def test_sets_repetitions_and_holds_are_what_was_done(session: Simulation, counted: RunAnalysis) -> None:
    done = session.truth.exercises
    assert [(one.exercise, one.side, one.reps) for one in counted.exercises] == [
        (one.exercise, one.side, one.reps) for one in done
    ]
    for one, true in zip(counted.exercises, done, strict=True):
        assert one.start_s == pytest.approx(true.start_s, abs=3)
        assert one.end_s == pytest.approx(true.end_s, abs=3)
        assert one.confidence > 0.5
        if true.hold_s:
            np.testing.assert_allclose(one.hold_s, true.hold_s, atol=0.5)


def test_a_drill_is_no_walking_and_has_no_strides(session: Simulation, counted: RunAnalysis) -> None:
    drill = session.truth.exercises[-1]
    bouts = counted.summary["bouts"]
    assert not [b for b in bouts if b["activity"] == "walk" and b["end_s"] > drill.start_s]
    assert {b["activity"] for b in bouts} == {"stand", "walk", "run"}  # the way to the mat, and the run
    contacts_s = counted.strides["ic_time_s"]
    assert not contacts_s.between(drill.start_s, drill.end_s).any()
    assert counted.summary["load"]["walking_s"] == pytest.approx(10, abs=2)


def test_the_summary_tells_them(counted: RunAnalysis) -> None:
    first = counted.summary["exercises"][0]
    assert first["exercise"] == "chair_bridge"
    assert len(first["hold_s"]) == first["reps"] == counted.exercises[0].reps


@pytest.mark.unhurried
@pytest.mark.parametrize("pattern", [ON_THE_FLOOR, ON_ONE_LEG])
def test_what_only_looks_like_an_exercise_is_not_named(pattern: str) -> None:
    assert analyze(simulate(SimulationConfig(pattern=pattern, seed=2)).recording).exercises == ()


def test_running_and_walking_hold_no_exercise(easy_run: RunAnalysis, walk_run_run: RunAnalysis) -> None:
    assert easy_run.exercises == walk_run_run.exercises == ()
    assert easy_run.summary["exercises"] == []


@pytest.mark.slow
def test_no_sample_recording_holds_an_exercise(shared_samples: Path) -> None:
    folders = [path.parent for path in (shared_samples / "recordings").glob("*walk*/*/*/recording.json")]
    folders += [path.parent for path in (shared_samples / "recordings").glob("adept/*/*/recording.json")]
    assert len(folders) > 10
    assert [folder.name for folder in folders if analyze(imu.load(folder)).exercises] == []


@pytest.mark.parametrize("worn", [("pelvis",), ("shank_left",)])
def test_what_one_sensor_cannot_tell_is_not_told(session: Simulation, worn: tuple[str, ...]) -> None:
    tracks = {placement: session.recording.tracks[placement] for placement in worn}
    assert analyze(replace(session.recording, tracks=tracks)).exercises == ()


def test_with_the_pelvis_and_one_shank_bridges_are_counted_and_no_leg_is_claimed_for_both(
    session: Simulation,
) -> None:
    tracks = {p: session.recording.tracks[p] for p in ("pelvis", "shank_left")}
    found = analyze(replace(session.recording, tracks=tracks)).exercises
    assert [(one.exercise, one.side) for one in found][:1] == [("chair_bridge", None)]
    assert found[0].reps == session.truth.exercises[0].reps


def test_without_a_gyroscope_nothing_is_counted() -> None:
    config = SimulationConfig(pattern="stand:6,chair_bridge:40,stand:4", gyroscope=False)
    assert analyze(simulate(config).recording).exercises == ()


def test_exercises_without_any_walking_are_counted_with_less_confidence() -> None:
    simulation = simulate(SimulationConfig(pattern="stand:8,chair_bridge:60,stand:4", seed=1))
    analysis = analyze(simulation.recording)
    assert [one.reps for one in analysis.exercises] == [simulation.truth.exercises[0].reps]
    assert 0.5 <= analysis.exercises[0].confidence <= 0.7
    assert len(analysis.strides) == 0


def test_log_entries_have_what_every_set_reached(counted: RunAnalysis) -> None:
    start = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
    entries = log_entries(counted.exercises, start=start)
    assert all(entry.counted_by_sensors and entry.pain_during is None for entry in entries)
    by_name = {(entry.exercise, entry.side): entry for entry in entries}
    drill = by_name["march_skip_drill", None]
    assert (drill.sets, drill.reps) == (1, None)
    assert drill.hold_s == pytest.approx(12, abs=2)
    twice = (_set(0, 20, reps=10), _set(60, 80, reps=8))
    (entry,) = log_entries(twice, start=start)
    assert (entry.sets, entry.reps, entry.hold_s) == (2, 8, 4.0)


def test_walking_beside_an_exercise_stays_walking() -> None:
    activity = _activity([(STAND, 0, 10), (WALK, 10, 60), (RUN, 60, 90)])
    left = without_exercises(activity, [_set(40, 55)], start_s=0.0)
    bouts = list(zip(left.bout_activity.tolist(), left.bout_start_s, left.bout_end_s, strict=True))
    assert bouts == [(STAND, 0, 10), (WALK, 10, 38.5), (WALK, 56.5, 60), (RUN, 60, 90)]
    seconds = left.per_second()
    assert set(seconds[41:54]) == {UNKNOWN}
    assert set(seconds[60:90]) == {RUN}


def test_a_recording_that_begins_late_tells_exercises_on_its_own_clock(session: Simulation) -> None:
    track = session.recording.tracks["pelvis"]
    later = {placement: replace_time(one, by_s=100.0) for placement, one in session.recording.tracks.items()}
    moved = analyze(Recording(tracks=later)).exercises
    assert track.has_gyroscope
    assert moved[0].start_s == pytest.approx(session.truth.exercises[0].start_s + 100, abs=3)


def replace_time(track: imu.recording.SensorTrack, *, by_s: float) -> imu.recording.SensorTrack:
    samples = track.samples()
    return imu.recording.SensorTrack.from_samples(
        track.placement,
        replace(samples, time_s=samples.time_s + by_s),
        device=track.device,
        rate_hz=track.rate_hz,
        acc_range_g=track.acc_range_g,
        gyr_range_dps=track.gyr_range_dps,
        mount_height_m=track.mount_height_m,
    )


def _set(start_s: float, end_s: float, *, reps: int = 3) -> ExerciseSet:
    return ExerciseSet("chair_bridge", None, start_s, end_s, reps, 0, np.full(reps, 4.0), 0.9)


def _activity(bouts: list[tuple[int, float, float]]) -> Activity:
    kinds, starts, ends = (np.array(column) for column in zip(*bouts, strict=True))
    label = np.repeat(kinds, ((ends - starts) * 4).astype(int)).astype(np.int8)
    return Activity(
        label, np.zeros(len(label)), kinds.astype(np.int8), starts.astype(float), ends.astype(float)
    )
