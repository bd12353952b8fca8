"""From a recording to the run that charts, load and plan read: all of it, and nothing that was not seen."""

from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

import imu
from imu.analysis import RunAnalysis, analyze
from imu.followup.derive import run_of
from imu.simulate import Simulation, SimulationConfig, simulate
from imu.training.history import Run
from tests.analysis.days import clipped_at, only, spoiled, track_of, without_gyroscope
from tests.benchmarks.segments import errors
from tests.followup.conftest import START, derived

NEAR = {  # what strap and stance of a day may add to all segments, and what each may add
    "speed_mps": (0.15, 0.03),
    "cadence_spm": (0.5, 0.5),
    "shank_angle_ic_deg": (2.5, 0.4),
    "shank_angle_max_deg": (1.5, 0.4),
    "pelvic_drop_deg": (0.4, 0.2),
}


def of_leg(run: Run, side: str, name: str) -> list[float]:
    return [getattr(segment, name) for segment in run.segments if segment.side == side]


def test_minutes_and_metres_add_up(walk_run_derived: Run, walk_run_analysis: RunAnalysis) -> None:
    run, summary = walk_run_derived, walk_run_analysis.summary
    assert [bout.activity for bout in run.bouts] == [bout["activity"] for bout in summary["bouts"]]
    assert run.distance_m == summary["distance_m"]
    assert sum(band.metres for band in run.exposure) == pytest.approx(run.distance_m, abs=0.1)
    assert sum(band.seconds for band in run.exposure) == pytest.approx(run.running_s, abs=0.01)
    running = [bout for bout in run.bouts if bout.activity == "run"]
    way_m = sum((bout.end_s - bout.start_s) * (bout.speed_mps or 0) for bout in running)
    assert way_m == pytest.approx(run.distance_m, abs=0.1)
    minutes = [segment.minute for segment in run.segments]
    assert minutes == sorted(minutes)
    assert 0 < minutes[0] < minutes[-1] < run.running_s / 60


def test_bouts_have_the_speeds_that_were_run_and_walked(walk_run_derived: Run) -> None:
    speeds = [bout.speed_mps for bout in walk_run_derived.bouts if bout.activity != "stand"]
    assert speeds[:2] == pytest.approx([2.6, 1.4], rel=0.06)
    assert all(bout.speed_mps is None for bout in walk_run_derived.bouts if bout.activity == "stand")


def test_segments_lie_near_the_truth_of_their_minutes(even: Simulation) -> None:
    run = derived(analyze(even.recording))
    assert min(len(of_leg(run, side, "minute")) for side in ("left", "right")) >= 8
    error = errors(run, even.truth.strides)
    for name, (bias, scatter) in NEAR.items():
        for _, of_one_leg in error.groupby("side")[name]:
            assert abs(of_one_leg.mean()) < bias, name
            assert of_one_leg.std() < scatter, name


@pytest.mark.unhurried
def test_hard_landings_that_saturate_a_sensor_stay_in() -> None:
    simulation = simulate(SimulationConfig(pattern="stand:6,run:120@3.4,stand:4", seed=3))
    right = simulation.recording.tracks["shank_right"]
    narrow = replace(track_of(right, clipped_at(6)(right.samples())), acc_range_g=6.0)
    recording = replace(simulation.recording, tracks={**simulation.recording.tracks, "shank_right": narrow})
    analysis, whole = analyze(recording), derived(analyze(simulation.recording))
    saturated = analysis.strides.query("side == 'right'")["flags"].eq("clipped")
    assert saturated.mean() > 0.5
    angles_deg = of_leg(derived(analysis), "right", "shank_angle_ic_deg")
    assert angles_deg == pytest.approx(of_leg(whole, "right", "shank_angle_ic_deg"), abs=0.3)


def test_no_segment_lies_in_the_walk_or_the_turn(walk_run_derived: Run) -> None:
    speeds = [segment.speed_mps for segment in walk_run_derived.segments]
    assert min(speeds) > 2.4
    assert all(abs(speed - 2.6) < 0.2 or abs(speed - 3.4) < 0.25 for speed in speeds)


def test_impact_is_what_the_analysis_summed(even: Simulation) -> None:
    analysis = analyze(only(even.recording, "shank_left", "pelvis"))
    [impact] = derived(analysis).impact
    sums = analysis.summary["load"]["left"]
    assert (impact.side, impact.contacts) == ("left", sums["contacts"])
    assert (impact.cumulative_g, impact.damage_index) == (sums["cumulative_g"], sums["damage_index"])
    assert impact.complete == (sums["caveat"] is None)


def test_a_strap_that_slipped_counts_no_impact_and_takes_none_from_the_other_leg(even: Simulation) -> None:
    analysis = analyze(even.recording)
    before = derived(analysis)
    summary = deepcopy(dict(analysis.summary))
    summary["sensors"]["shank_left"] |= {"grade": "poor", "sentences": ["It shifted 5 times."]}
    run = derived(replace(analysis, summary=summary))
    assert [one.side for one in before.impact] == ["left", "right"]
    assert run.impact == before.impact[1:]


def test_from_the_pelvis_alone_there_is_no_speed_and_nothing_made_of_one(even: Simulation) -> None:
    run = derived(analyze(only(even.recording, "pelvis")))
    assert run.running_s == pytest.approx(180, abs=4)
    assert (run.distance_m, run.accelerations, run.top_speed_mps) == (None, None, None)
    assert (len(run.segments), run.exposure, run.impact) == (0, (), ())
    assert {bout.speed_mps for bout in run.bouts} == {None}
    assert run.trust == "good"


def test_accelerometers_alone_tell_the_minutes(even: Simulation) -> None:
    run = derived(analyze(spoiled(even.recording, without_gyroscope)))
    assert run.running_s == pytest.approx(180, abs=4)
    assert (run.distance_m, len(run.segments), run.exposure) == (None, 0, ())


def test_one_shank_and_the_pelvis_tell_the_drop_of_both_sides(even: Simulation) -> None:
    run = derived(analyze(only(even.recording, "shank_left", "pelvis")))
    assert None not in of_leg(run, "left", "shank_angle_ic_deg")
    assert set(of_leg(run, "right", "shank_angle_ic_deg")) == {None}
    assert None not in of_leg(run, "right", "pelvic_drop_deg")
    assert len(of_leg(run, "right", "minute")) >= 8


def test_what_the_runner_tells_is_kept(even: Simulation) -> None:
    analysis = analyze(only(even.recording, "shank_left"))
    run = run_of(
        analysis,
        run_id="7",
        start=START,
        surface="treadmill",
        shoe="blue",
        effort_cr10=4.0,
    )
    assert (run.run_id, run.start, run.surface, run.shoe, run.effort_cr10) == (
        "7",
        START,
        "treadmill",
        "blue",
        4.0,
    )
    assert {segment.grade_percent for segment in run.segments} == {None}  # which only a watch tells


def test_a_start_without_a_zone_is_refused(walk_run_analysis: RunAnalysis) -> None:
    with pytest.raises(ValueError, match="time zone"):
        run_of(walk_run_analysis, run_id="7", start=datetime(2026, 3, 2, 7))


@pytest.mark.unhurried
def test_a_sprint_is_as_fast_as_it_was() -> None:
    simulation = simulate(SimulationConfig(pattern="stand:6,run:40@3,run:3@3>7,run:8@7,run:20@3", seed=3))
    run = derived(analyze(simulation.recording))
    assert run.top_speed_mps == pytest.approx(7.0, rel=0.05)
    assert run.accelerations == 1
    fast_s = sum(band.seconds for band in run.exposure if band.from_mps >= 6.0)
    assert fast_s == pytest.approx(9, abs=2)


@pytest.mark.parametrize("name", ["RBDS011_T25", "RBDS015_T35"])
def test_treadmill_runners_have_segments_at_the_speed_of_the_belt(shared_samples: Path, name: str) -> None:
    index = pd.read_csv(shared_samples / "index.csv")
    row = index[(index["name"] == name) & (index["variant"] == "field")].iloc[0]
    run = derived(analyze(imu.load(shared_samples / str(row["recording"]))))
    assert {segment.side for segment in run.segments} == {"left", "right"}
    for segment in run.segments:
        assert segment.speed_mps == pytest.approx(float(row["belt_mps"]), rel=0.04)
    assert sum(band.metres for band in run.exposure) == pytest.approx(run.distance_m, abs=0.1)


@pytest.mark.parametrize("variant", ["clean", "field"])
def test_the_first_week_of_a_real_return_keeps_its_minutes(shared_samples: Path, variant: str) -> None:
    index = pd.read_csv(shared_samples / "index.csv")
    row = index[(index["set"] == "walkrun") & (index["variant"] == variant)].iloc[0]
    analysis = analyze(imu.load(shared_samples / str(row["recording"])))
    run = derived(analysis)
    assert run.running_s == pytest.approx(analysis.summary["load"]["running_s"], abs=3)
    assert sum(band.metres for band in run.exposure) == pytest.approx(run.distance_m, abs=0.1)
    walked = [bout.speed_mps for bout in run.bouts if bout.activity == "walk" and bout.speed_mps]
    assert max(walked, default=0.0) < min(segment.speed_mps for segment in run.segments)


@pytest.mark.parametrize("pattern", ["stand:20", "stand:6,walk:30@1.4,stand:4"])
def test_a_day_without_running_is_kept_as_what_it_was(pattern: str) -> None:
    run = derived(analyze(simulate(SimulationConfig(pattern=pattern, seed=1)).recording))
    assert run.running_s == 0
    assert (len(run.segments), run.exposure, run.top_speed_mps, run.impact) == (0, (), None, ())
    walked = [bout.speed_mps for bout in run.bouts if bout.activity == "walk"]
    assert walked == pytest.approx([1.4] * ("walk" in pattern), rel=0.1)
