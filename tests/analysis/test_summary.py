"""What the strides say together, counted again by hand from the table and from the truth."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from imu.analysis import RunAnalysis, analyze
from imu.simulate import Simulation
from tests.analysis.days import only


@pytest.mark.unhurried
def test_numbers_are_medians_over_valid_running_strides(walk_run_run: RunAnalysis) -> None:
    strides = walk_run_run.strides
    running = strides[(strides["activity"] == "run") & strides["valid"]]
    groups = {"overall": running} | {side: running[running["side"] == side] for side in ("left", "right")}
    assert set(walk_run_run.summary["running"]) == set(groups)
    for name, group in groups.items():
        numbers = walk_run_run.summary["running"][name]
        assert numbers["strides"] == len(group)
        for metric in ("cadence_spm", "speed_mps", "shank_angle_ic_deg", "pelvic_drop_deg"):
            known = np.sort(group[metric].dropna().to_numpy())
            assert numbers[metric]["n"] == len(known)
            assert numbers[metric]["median"] == pytest.approx(np.median(known), abs=1e-4)
            low, high = np.quantile(known, [0.25, 0.75])
            assert numbers[metric]["iqr"] == pytest.approx(high - low, abs=1e-4)


def test_distances_are_those_that_were_run_and_walked(
    walk_run: Simulation, walk_run_run: RunAnalysis
) -> None:
    course = walk_run.motion.course
    for activity, key in (("run", "distance_m"), ("walk", "distance_walked_m")):
        true_m = sum(
            float(course.speed_mps.integrate(bout.start_s, bout.end_s))
            for bout in walk_run.truth.bouts
            if bout.activity == activity
        )
        assert walk_run_run.summary[key] == pytest.approx(true_m, rel=0.06), key


def test_side_differences_are_the_true_ones_within_their_error(
    easy: Simulation, easy_run: RunAnalysis
) -> None:
    true = easy.truth.strides.groupby("side")[
        ["contact_time_s", "shank_angle_ic_deg", "pelvic_drop_deg"]
    ].median()
    difference = true.loc["left"] - true.loc["right"]
    found = easy_run.summary["asymmetry"]
    goals = {"contact_time_s": 0.010, "shank_angle_ic_deg": 0.8, "pelvic_drop_deg": 0.6}
    for metric, goal in goals.items():
        assert found[metric]["left_minus_right"] == pytest.approx(difference[metric], abs=goal), metric
        assert 0 < found[metric]["standard_error"] < goal, metric


def test_load_counts_every_running_contact(easy_run: RunAnalysis) -> None:
    load = easy_run.summary["load"]
    running = easy_run.strides[easy_run.strides["activity"] == "run"]
    assert load["running_strides"] == len(running)
    for side in ("left", "right"):
        peaks = running.loc[running["side"] == side, "peak_tibial_acc_g"]
        assert load[side]["contacts"] + load[side]["unmeasured"] == len(peaks)
        assert load[side]["cumulative_g"] == pytest.approx(peaks.sum(), rel=0.05)
    assert load["running_s"] == pytest.approx(40, abs=2)


def test_sensors_are_described_as_they_recorded(easy: Simulation, easy_run: RunAnalysis) -> None:
    for placement, told in easy.truth.sensors.items():
        sensor = easy_run.summary["sensors"][placement]
        assert sensor["rate_hz"] == pytest.approx(told["rate_true"], rel=1e-3)
        assert sensor["missing_share"] == pytest.approx(told["lost_share"], abs=2e-3)
        assert sensor["grade"] in ("good", "fair")


def test_bouts_cover_the_recording_without_overlap(walk_run_run: RunAnalysis) -> None:
    bouts = walk_run_run.summary["bouts"]
    assert all(before["end_s"] <= after["start_s"] for before, after in pairwise(bouts))
    assert sum(b["end_s"] - b["start_s"] for b in bouts) == pytest.approx(
        walk_run_run.summary["duration_s"], abs=2
    )


def test_defaults_that_stood_in_are_named(easy: Simulation, easy_run: RunAnalysis) -> None:
    assert easy_run.summary["assumed"] == {}
    recording = only(easy.recording, "shank_left")
    unknown = {name: replace(track, mount_height_m=None) for name, track in recording.tracks.items()}
    summary = analyze(replace(recording, tracks=unknown)).summary
    assert summary["assumed"] == {"mount_height_m": {"shank_left": 0.15}}


def test_a_height_that_is_given_is_used_however_small(easy: Simulation) -> None:
    def speed_mps(height_m: float | None) -> float:
        tracks = {
            name: replace(track, mount_height_m=height_m)
            for name, track in only(easy.recording, "shank_left").tracks.items()
        }
        strides = analyze(replace(easy.recording, tracks=tracks)).strides
        return float(strides["speed_mps"].median())

    assert speed_mps(0.0) < 0.95 * speed_mps(None)


def test_who_and_what_is_passed_on(easy: Simulation) -> None:
    recording = replace(only(easy.recording, "pelvis"), athlete="a7", notes="wet")
    summary = analyze(recording).summary
    assert (summary["athlete"], summary["notes"]) == ("a7", "wet")
    assert summary["duration_s"] == pytest.approx(recording.duration_s, abs=1e-3)
    assert list(summary["sensors"]) == ["pelvis"]
