"""The truth says what was asked for, and agrees with itself and with the motion."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import imu
from imu.simulate import Simulation, SimulationConfig, simulate

CONTRACT = ["side", "ic_time_s", "to_time_s", "next_ic_time_s", "activity", "stride_time_s", "contact_time_s"]
CONTRACT += ["cadence_spm", "speed_mps", "stride_length_m", "shank_angle_ic_deg", "shank_angle_max_deg"]
CONTRACT += ["pelvic_drop_deg", "pelvic_drop_abs_deg", "vertical_oscillation_m"]


def ideal(pattern: str, **more: Any) -> pd.DataFrame:
    config = SimulationConfig(pattern=pattern, errors="ideal", placements=("pelvis",), **more)
    return simulate(config).truth.strides


def test_strides_have_the_contracts_columns_and_definitions(mixed: Simulation) -> None:
    strides = mixed.truth.strides
    assert list(strides.columns[: len(CONTRACT)]) == CONTRACT
    assert (strides["ic_time_s"] < strides["to_time_s"]).all()
    assert (strides["to_time_s"] < strides["next_ic_time_s"]).all()
    assert strides["ic_time_s"].is_monotonic_increasing
    assert np.allclose(strides["cadence_spm"], 120 / strides["stride_time_s"])
    assert np.allclose(strides["stride_length_m"], strides["speed_mps"] * strides["stride_time_s"])
    running = strides[strides["activity"] == "run"]
    assert (running["shank_angle_max_deg"] >= running["shank_angle_ic_deg"] - 1e-6).all()
    assert (running["pelvic_drop_deg"] >= 0).all()


def test_truth_is_what_the_segments_do(mixed: Simulation) -> None:
    strides = mixed.truth.strides.query("activity == 'run' and side == 'left'")
    shank = mixed.motion.shanks["left"]
    knee_to_ankle = -shank.rotation(strides["ic_time_s"].to_numpy())[:, :, 1]
    heading = shank.angles_rad(strides["ic_time_s"].to_numpy())[:, 0]
    forward = knee_to_ankle[:, 0] * np.cos(heading) - knee_to_ankle[:, 2] * np.sin(heading)
    angle = np.degrees(np.arctan2(forward, -knee_to_ankle[:, 1]))
    assert angle == pytest.approx(strides["shank_angle_ic_abs_deg"].to_numpy(), abs=1e-6)
    standing = np.degrees(shank.angles_rad(np.arange(0.5, 4, 0.01))[:, 1]).mean()
    relative = strides["shank_angle_ic_abs_deg"] - strides["shank_angle_ic_deg"]
    assert relative.to_numpy() == pytest.approx(standing, abs=0.3)


def test_feet_alternate_and_every_stride_is_told(mixed: Simulation) -> None:
    for _, bout in mixed.truth.strides.groupby("activity"):
        assert (bout["side"].to_numpy()[1:] != bout["side"].to_numpy()[:-1]).all()
        for _, own in bout.groupby("side"):
            assert np.allclose(own["next_ic_time_s"].iloc[:-1], own["ic_time_s"].iloc[1:])


@pytest.mark.unhurried
def test_a_long_run_is_told_from_its_first_to_its_last_stride() -> None:
    strides = ideal("stand:5,run:1500@3,stand:5")
    assert strides["ic_time_s"].iloc[0] < 7
    assert strides["next_ic_time_s"].iloc[-1] > 1503
    assert np.diff(strides["ic_time_s"]).max() < 0.5


@pytest.mark.parametrize("speed_mps", [2.0, 3.0, 4.5, 6.0, 9.0])
def test_running_keeps_the_pace_asked_for(speed_mps: float) -> None:
    strides = ideal(f"stand:4,run:60@{speed_mps}", treadmill=True).query("ic_time_s > 8")
    assert strides["speed_mps"].mean() == pytest.approx(speed_mps, rel=0.005)
    assert 0.01 < strides["stride_time_s"].std() / strides["stride_time_s"].mean() < 0.025


@pytest.mark.unhurried
def test_cadence_and_contact_follow_published_means() -> None:
    # Fukuchi 2017 (28 runners), with the contact threshold of the sample recordings.
    for speed_mps, cadence_spm, duty in ((2.5, 162, 0.37), (3.5, 171, 0.337), (4.5, 183, 0.308)):
        runs = [ideal(f"run:20@{speed_mps}", seed=seed) for seed in range(12)]
        strides = pd.concat(runs)
        assert strides["cadence_spm"].mean() == pytest.approx(cadence_spm, abs=6)
        assert (strides["contact_time_s"] / strides["stride_time_s"]).mean() == pytest.approx(duty, abs=0.02)


def test_walking_has_double_support_and_running_does_not(mixed: Simulation) -> None:
    strides = mixed.truth.strides
    duty = (strides["contact_time_s"] / strides["stride_time_s"]).groupby(strides["activity"]).mean()
    assert duty["walk"] > 0.55
    assert duty["run"] < 0.45
    assert strides.loc[strides["activity"] == "walk", "cadence_spm"].between(90, 140).all()


@pytest.mark.unhurried
@pytest.mark.parametrize(
    ("injection", "column", "changed", "by"),
    [
        ("left-shank+3@2", "shank_angle_ic_deg", "left", 3.0),
        ("left-shank+3@2", "shank_angle_max_deg", "left", 3.0),
        ("right-drop+2@2", "pelvic_drop_deg", "right", 2.0),
    ],
)
def test_an_injected_change_is_there_on_its_side_only(
    injection: str, column: str, changed: str, by: float
) -> None:
    plain, told = ideal("run:240@3"), ideal("run:240@3", injections=(injection,))
    difference = (told[column] - plain[column]).groupby([told["side"], told["ic_time_s"] > 140]).mean()
    other = {"left": "right", "right": "left"}[changed]
    assert difference[changed, True] == pytest.approx(by, abs=0.35)
    assert difference[other, True] == pytest.approx(0, abs=0.05)
    before = (told[column] - plain[column])[told["ic_time_s"] < 100]
    assert np.abs(before).max() < 0.01


def test_injected_cadence_leaves_the_speed_alone() -> None:
    strides = ideal("run:240@3", injections=("cadence+5%@2",), treadmill=True)
    late = strides["ic_time_s"] > 140
    cadence, speed = strides["cadence_spm"], strides["speed_mps"]
    assert cadence[late].mean() / cadence[~late].mean() == pytest.approx(1.05, abs=0.012)
    assert speed[late].mean() == pytest.approx(speed[~late].mean(), rel=0.005)


@pytest.mark.unhurried
def test_foot_strikes_differ() -> None:
    tau = {
        strike: np.mean(
            [ideal("run:10@3.5", strike=strike, seed=seed)["shank_angle_ic_deg"].mean() for seed in range(6)]
        )
        for strike in ("heel", "midfoot", "forefoot")
    }
    assert tau["heel"] > tau["midfoot"] > tau["forefoot"]


def test_a_sprint_reaches_its_speed() -> None:
    strides = ideal("sprint")
    assert strides["speed_mps"].max() > 9
    fastest = strides[strides["speed_mps"] > 9]
    assert (fastest["contact_time_s"] < 0.13).all()
    assert (fastest["cadence_spm"] > 235).all()


def test_seconds_and_bouts_follow_the_plan(mixed: Simulation) -> None:
    truth = mixed.truth
    assert [(bout.activity, bout.start_s) for bout in truth.bouts] == [
        ("stand", 0.0),
        ("run", 5.0),
        ("walk", 36.0),
        ("stand", 51.0),
    ]
    assert truth.seconds[2] == "stand"
    assert truth.seconds[4] == truth.seconds[5] == "transition"
    assert truth.seconds[20] == "run"
    assert truth.seconds[-1] == "stand"


activities = st.sampled_from(["stand", "walk", "run", "run:2@2>5,turn"])


@pytest.mark.unhurried
@settings(max_examples=12, deadline=None)
@given(st.lists(activities, min_size=1, max_size=4), st.integers(1, 5), st.integers(0, 99))
def test_any_plan_gives_a_whole_recording(kinds: list[str], length_s: int, seed: int) -> None:
    pattern = ",".join(kind if ":" in kind else f"{kind}:{length_s}" for kind in kinds)
    run = simulate(SimulationConfig(pattern=pattern, seed=seed))
    for track in run.recording.tracks.values():
        samples = track.samples()
        assert (np.diff(samples.time_s) > 0).all()
        assert np.isfinite(samples.acc_mps2).all()
    strides = run.truth.strides
    assert (strides["ic_time_s"] >= 0).all()
    assert (strides["next_ic_time_s"] <= run.truth.bouts[-1].end_s).all()
    assert strides["speed_mps"].between(0.3, 12).all()


def test_what_is_saved_can_be_loaded_and_read(mixed: Simulation, tmp_path: Path) -> None:
    mixed.save(tmp_path / "run")
    recording = imu.load(tmp_path / "run")
    assert set(recording.tracks) == {"shank_left", "shank_right", "pelvis"}
    strides = pd.read_csv(tmp_path / "run/truth/strides.csv")
    assert len(strides) == len(mixed.truth.strides)
    activity = json.loads((tmp_path / "run/truth/activity.json").read_text())
    assert activity["duration_s"] == 56.0
    assert activity["bouts"][1] == {"activity": "run", "start_s": 5.0, "end_s": 36.0}
    sensors = json.loads((tmp_path / "run/truth/sensors.json").read_text())
    assert np.array(sensors["pelvis"]["mount"]).shape == (3, 3)
    series = pd.read_parquet(tmp_path / "run/truth/series.parquet")
    assert {"time", "shank_rel_left", "roll", "tilt", "pelvis_height", "foot_x_right"} <= set(series)
