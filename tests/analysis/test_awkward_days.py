"""Days on which something is wrong: harmless, found and said, or refused; no wrong number ever counts."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.transform import Rotation

from imu.analysis import RunAnalysis, analyze
from imu.errors import RecordingError
from imu.recording import Recording, Samples
from imu.simulate import Simulation, SimulationConfig, Slip, simulate
from tests.analysis.days import (
    SHANKS,
    beside_truth,
    clipped_at,
    error,
    full_scale_noise_from,
    handled,
    hit_at,
    later_from,
    lost_in_bursts,
    only,
    rate_times,
    rounded_to,
    spoiled,
    turned,
    without,
    without_gyroscope,
    worn,
)

SHANK_VALUES = ["shank_angle_ic_deg", "shank_angle_max_deg", "shank_angle_sd_deg"]
POSSIBLE = {  # what a jog at 3 m/s can show at all, its first and last steps included
    "speed_mps": (0.1, 5.0),
    "stride_length_m": (0.1, 3.5),
    "shank_angle_ic_deg": (-10.0, 25.0),
    "shank_angle_max_deg": (-10.0, 35.0),
    "pelvic_drop_deg": (0.0, 15.0),
    "vertical_oscillation_m": (0.02, 0.2),
    "stride_time_s": (0.5, 0.9),
}


def why(run: RunAnalysis) -> dict[str, str]:
    return {entry["what"]: entry["why"] for entry in run.summary["not_judged"]}


def codes(run: RunAnalysis) -> set[str]:
    return {warning["code"] for warning in run.summary["warnings"]}


def assert_possible(strides: pd.DataFrame) -> None:
    for name, (low, high) in POSSIBLE.items():
        assert strides[name].dropna().between(low, high).all(), name


UPSIDE_DOWN = Rotation.from_euler("x", 180, degrees=True)


@pytest.mark.parametrize(
    ("rotation", "placements"),
    [
        (UPSIDE_DOWN, ("shank_left",)),
        (UPSIDE_DOWN, ("pelvis",)),
        (Rotation.from_rotvec([0.5, 1.0, -2.0]), ("shank_left", "shank_right", "pelvis")),
    ],
    ids=["shank upside down", "pelvis upside down", "all strapped on another way"],
)
def test_how_a_sensor_is_strapped_on_does_not_matter(
    easy: Simulation, easy_run: RunAnalysis, rotation: Rotation, placements: tuple[str, ...]
) -> None:
    run = analyze(spoiled(easy.recording, turned(rotation), *placements))
    assert len(run.strides) == len(easy_run.strides)
    for name in ("ic_time_s", "shank_angle_ic_deg", "speed_mps", "pelvic_drop_deg", "vertical_oscillation_m"):
        difference = (run.strides[name] - easy_run.strides[name]).abs()
        assert difference.max() < 0.1, name  # single precision, turned
    assert codes(run) == codes(easy_run)


def test_without_standing_angles_are_told_as_changes_only() -> None:
    simulation = simulate(SimulationConfig(pattern="run:40@3", seed=1))
    run = analyze(simulation.recording)
    assert (
        run.strides[["shank_angle_ic_deg", "shank_angle_max_deg", "pelvic_drop_abs_deg"]]
        .isna()
        .all(axis=None)
    )
    change = run.strides["shank_angle_change_deg"]
    assert change.notna().mean() > 0.95
    for side in ("left", "right"):
        assert change[run.strides["side"] == side].median() == pytest.approx(0.0, abs=0.05)
    pairs = beside_truth(run.strides, simulation.truth.strides)
    relative = pairs["shank_angle_ic_deg"] - pairs.groupby("side")["shank_angle_ic_deg"].transform("median")
    assert (pairs["shank_angle_change_deg"] - relative).std() < 0.5
    assert {"left shank angle", "right shank angle", "absolute pelvic drop"} <= why(run).keys()
    assert "stood still" in why(run)["left shank angle"]
    assert "pelvic_drop_deg" in run.strides.dropna(axis=1, how="all")


@pytest.mark.unhurried
@pytest.mark.parametrize(("degrees", "axis"), [(20.0, "up"), (15.0, "right")])
def test_a_strap_that_slips_is_found_and_angles_after_it_are_right(degrees: float, axis: str) -> None:
    slip = Slip("shank_left", 50.0, degrees, axis)
    simulation = simulate(SimulationConfig(pattern="stand:6,run:90@3,stand:4", slips=(slip,), seed=1))
    run = analyze(simulation.recording)
    assert run.summary["sensors"]["shank_left"]["alignment"]["mount_shifts"] == 1
    assert run.summary["sensors"]["shank_right"]["alignment"]["mount_shifts"] == 0
    left = run.strides.query("side == 'left'")
    flagged = left["flags"].str.contains("mount_shift")
    assert left.loc[flagged, "ic_time_s"].between(40, 60).all()
    assert left.loc[left["ic_time_s"].between(48, 51), "flags"].str.contains("mount_shift").all()
    assert not left.loc[flagged, "valid"].any()
    pairs = beside_truth(run.strides[run.strides["valid"]], simulation.truth.strides).query("side == 'left'")
    after = pairs[pairs["ic_time_s"] > 60]
    assert abs(error(after, "shank_angle_ic_deg").mean()) < 4.0
    assert not codes(run) & {"shank_angle_changed", "pelvic_drop_changed"}


def test_a_slip_doubles_no_stride() -> None:
    slip = Slip("shank_left", 30.0, 20.0)
    simulation = simulate(SimulationConfig(pattern="stand:6,run:50@3", slips=(slip,), seed=1))
    strides = analyze(simulation.recording).strides
    left, right = (np.sort(strides.loc[strides["side"] == side, "ic_time_s"]) for side in ("left", "right"))
    assert np.diff(left).min() > 0.5
    assert abs(len(left) - len(right)) <= 2


def with_signs_wrong(channel: str, recording: Recording) -> Recording:
    """The pelvis sensor with all axes of one channel the wrong way round."""

    def negated(samples: Samples) -> Samples:
        return replace(samples, **{channel: -getattr(samples, channel)})

    return spoiled(recording, negated, "pelvis")


@pytest.mark.parametrize("cause", ["legs exchanged", "gyr_radps", "acc_mps2"])
def test_sides_that_contradict_each_other_are_said_to_and_no_drop_is_told(
    easy: Simulation, cause: str
) -> None:
    if cause == "legs exchanged":
        run = analyze(simulate(replace(easy.config, swapped=True)).recording)
    else:
        run = analyze(with_signs_wrong(cause, easy.recording))
    warning = next(w for w in run.summary["warnings"] if w["code"] == "sides_swapped")
    assert warning["value"] > 90.0
    assert "pelvis sensor's axes" in warning["sentence"]
    assert run.strides[["pelvic_drop_deg", "pelvic_drop_abs_deg"]].isna().all(axis=None)
    assert "pelvic_drop_deg" not in run.summary["asymmetry"]
    assert "pelvic_obliquity_deg" not in set(run.curves["signal"])
    assert "different feet" in why(run)["pelvic drop"]
    assert run.strides["vertical_oscillation_m"].notna().mean() > 0.9


def test_legs_that_are_right_are_not_said_to_be_exchanged(
    easy_run: RunAnalysis, walk_run_run: RunAnalysis
) -> None:
    assert "sides_swapped" not in codes(easy_run) | codes(walk_run_run)


@pytest.mark.parametrize(
    "placed",
    [
        {"shank_left": "pelvis", "shank_right": "shank_right", "pelvis": "shank_left"},
        {"shank_left": "shank_left", "shank_right": "pelvis"},
        {"shank_left": "shank_left", "shank_right": "shank_left"},
        {"shank_left": "shank_right", "shank_right": "shank_right", "pelvis": "pelvis"},
    ],
    ids=[
        "shank and pelvis exchanged",
        "pelvis sensor on the list as a shank",
        "both on the left",
        "both on the right",
    ],
)
def test_sensors_on_the_wrong_segment_are_refused_in_one_line(
    easy: Simulation, placed: dict[str, str]
) -> None:
    with pytest.raises(RecordingError, match="shank_") as refused:
        analyze(worn(easy.recording, **placed))
    assert "\n" not in str(refused.value)


@pytest.mark.unhurried
def test_a_hole_in_one_leg_while_the_other_runs_on_puts_no_two_sensors_on_one_leg(easy: Simulation) -> None:
    hole = spoiled(easy.recording, later_from(20.0, 600.0), "shank_left")
    strides = analyze(hole).strides
    assert strides.query("side == 'right'")["ic_time_s"].max() < 60
    assert strides.query("side == 'left'")["ic_time_s"].max() > 600


@pytest.mark.parametrize(
    "factors",
    [(-1, -1, -1), (0.5, 0.5, 0.5), (-1, 1, 1), (1, -1, 1), (1, 1, -1)],
    ids=["sign", "half the scale", "x mirrored", "y mirrored", "z mirrored"],
)
def test_a_gyroscope_that_contradicts_its_accelerometer_is_not_believed(
    easy: Simulation, factors: tuple[float, float, float]
) -> None:
    run = analyze(spoiled(easy.recording, rate_times(factors), "shank_left"))
    left, right = (run.strides[run.strides["side"] == side] for side in ("left", "right"))
    assert left[SHANK_VALUES].isna().all(axis=None)
    own = ~left["flags"].str.contains("other_leg")
    assert left.loc[own, ["speed_mps", "stride_length_m"]].isna().all(axis=None)
    assert "contradict" in why(run)["left shank angle, stride length and speed"]
    assert right["shank_angle_ic_deg"].notna().mean() > 0.9
    assert_possible(run.strides[run.strides["valid"]])


def test_three_percent_of_lost_packets_cost_few_strides_and_no_truth(easy: Simulation) -> None:
    run = analyze(spoiled(easy.recording, lost_in_bursts(0.03, seed=3)))
    pairs = beside_truth(run.strides[run.strides["valid"]], easy.truth.strides)
    assert pairs["ic_time_s_found"].notna().mean() > 0.9
    for name, far in (
        ("ic_time_s", 0.03),
        ("shank_angle_ic_deg", 3.0),
        ("speed_mps", 0.3),
        ("pelvic_drop_deg", 1.0),
    ):
        assert error(pairs, name).abs().max() < far, name
    for sensor in run.summary["sensors"].values():
        assert sensor["missing_share"] == pytest.approx(0.035, abs=0.015)


@pytest.mark.unhurried
def test_a_hole_of_ten_minutes_parts_two_runs(easy: Simulation) -> None:
    run = analyze(spoiled(easy.recording, later_from(26.0, 600.0)))
    runs = [(b["start_s"], b["end_s"]) for b in run.summary["bouts"] if b["activity"] == "run"]
    assert len(runs) == 2
    assert runs[0][1] == pytest.approx(26.0, abs=0.5)
    assert runs[1][0] == pytest.approx(626.0, abs=0.5)
    assert not run.strides["ic_time_s"].between(26.0, 626.0).any()
    assert not ((run.strides["ic_time_s"] < 26) & (run.strides["next_ic_time_s"] > 26)).any()
    assert run.summary["distance_m"] == pytest.approx(40 * 3.0, rel=0.05)
    later = easy.truth.strides.copy()
    times = ["ic_time_s", "to_time_s", "next_ic_time_s"]
    later[times] += 600.0 * (later[times] > 26.0)
    pairs = beside_truth(run.strides, later[later["stride_time_s"] < 600])
    assert pairs["ic_time_s_found"].notna().mean() > 0.95
    assert abs(error(pairs, "shank_angle_ic_deg").mean()) < 1.0


@pytest.mark.parametrize("placement", ["shank_left", "pelvis"])
def test_a_sensor_that_stops_leaves_the_others_alone(
    easy: Simulation, easy_run: RunAnalysis, placement: str
) -> None:
    run = analyze(spoiled(easy.recording, without((25.0, 99.0)), placement))
    late = run.strides[run.strides["ic_time_s"] > 25.0]
    right = run.strides.query("side == 'right'")
    assert abs(len(right) - len(easy_run.strides.query("side == 'right'"))) <= 1
    assert right["shank_angle_ic_deg"].notna().mean() > 0.95
    if placement == "pelvis":
        assert late[["pelvic_drop_deg", "vertical_oscillation_m"]].isna().all(axis=None)
    else:
        assert late.loc[late["side"] == "left", SHANK_VALUES].isna().all(axis=None)
    assert_possible(run.strides[run.strides["valid"]])


def test_accelerometers_alone_give_strides_without_angles(easy: Simulation) -> None:
    run = analyze(spoiled(easy.recording, without_gyroscope))
    assert len(run.strides) == pytest.approx(2 * 59, abs=6)
    assert run.strides[[*SHANK_VALUES, "speed_mps", "pelvic_drop_deg"]].isna().all(axis=None)
    assert run.strides["cadence_spm"].median() == pytest.approx(
        easy.truth.strides["cadence_spm"].median(), rel=0.002
    )
    for what in (
        "left shank angle, impact, stride length and speed",
        "pelvic drop, tilt and vertical oscillation",
    ):
        assert "no gyroscope" in why(run)[what]


def test_a_pelvis_alone_says_that_changes_within_the_run_are_not_judged(
    easy: Simulation, easy_run: RunAnalysis
) -> None:
    run = analyze(only(easy.recording, "pelvis"))
    assert run.strides["pelvic_drop_deg"].notna().any()
    assert "same pace" in why(run)["changes within the run"]
    assert "changes within the run" not in why(easy_run)


def test_a_shank_at_100_hz_keeps_its_strides_but_not_its_peaks() -> None:
    simulation = simulate(SimulationConfig(pattern="stand:6,run:25@3", rate_hz=100, seed=1))
    run = analyze(simulation.recording)
    assert run.strides["peak_tibial_acc_g"].isna().all()
    assert "Hz" in why(run)["peak tibial acceleration"]
    pairs = beside_truth(run.strides, simulation.truth.strides)
    assert pairs["ic_time_s_found"].notna().mean() > 0.96
    assert abs(error(pairs, "ic_time_s").mean()) < 0.008


def test_at_60_hz_no_stride_is_judged() -> None:
    run = analyze(simulate(SimulationConfig(pattern="stand:6,run:20@3", rate_hz=60, seed=1)).recording)
    assert run.strides.empty
    assert "Hz" in why(run)["strides"]
    assert run.summary["distance_m"] is None


def test_a_clipped_peak_is_kept_and_flagged() -> None:
    # This runner's shank shakes beyond 8 g in every contact; the same run recorded whole tells which do.
    simulation = simulate(SimulationConfig(pattern="stand:6,run:25@4.5", seed=4))
    whole = analyze(simulation.recording).strides
    cut = spoiled(simulation.recording, clipped_at(8.0))
    cut = replace(cut, tracks={name: replace(track, acc_range_g=8.0) for name, track in cut.tracks.items()})
    strides = analyze(cut).strides
    assert len(strides) == len(whole)
    clipped = strides["flags"].str.contains("clipped")
    beyond = (
        whole["peak_tibial_acc_g"] > 14.0
    )  # more than 8 g on one axis whatever its direction: 8 sqrt 3 = 13.9
    assert clipped.any()
    assert clipped[beyond].all()
    assert not clipped[whole["peak_tibial_acc_g"] < 7.9].any()
    assert strides.loc[clipped, "peak_tibial_acc_g"].notna().all()
    assert (strides["peak_tibial_acc_g"] <= whole["peak_tibial_acc_g"] + 0.01).all()
    assert strides.loc[clipped, "valid"].any()


def test_a_single_absurd_sample_in_early_stance_is_no_peak_and_no_load(
    easy: Simulation, easy_run: RunAnalysis
) -> None:
    contact_s = float(easy_run.strides.query("side == 'left'")["ic_time_s"].iloc[20])
    hit = spoiled(easy.recording, hit_at(contact_s + 0.03, 2500.0), "shank_left")
    undeclared = {name: replace(track, acc_range_g=None) for name, track in hit.tracks.items()}
    run = analyze(replace(hit, tracks=undeclared))
    assert run.strides["peak_tibial_acc_g"].max() < 60
    struck = run.strides.query(f"side == 'left' and abs(ic_time_s - {contact_s}) < 0.05")
    assert struck["valid"].to_list() == [False]
    assert struck["flags"].str.contains("implausible").all()
    before, after = (each.summary["load"]["left"] for each in (easy_run, run))
    assert after["damage_index"] == pytest.approx(before["damage_index"], rel=0.1)
    assert after["unmeasured"] == before["unmeasured"] + 1
    assert "had no peak to count" in after["caveat"]


@pytest.mark.unhurried
@pytest.mark.parametrize(
    "placements", [("shank_left",), (*SHANKS, "pelvis")], ids=["one sensor", "all sensors"]
)
def test_a_sensor_that_breaks_leaves_the_run_before_it_and_nothing_absurd(
    placements: tuple[str, ...],
) -> None:
    simulation = simulate(SimulationConfig(pattern="stand:6,run:60@3", seed=1))
    run = analyze(spoiled(simulation.recording, full_scale_noise_from(36.0, seed=3), *placements))
    strides = run.strides[run.strides["valid"]]
    broken = strides["ic_time_s"] > 36.0
    sides = strides["side"].isin([placement.removeprefix("shank_") for placement in placements])
    assert_possible(strides[broken & sides])
    assert "clocks_disagree" not in codes(run)
    shanks = only(simulation.recording, *SHANKS)
    broken_shank = analyze(spoiled(shanks, full_scale_noise_from(36.0, seed=3), "shank_left"))
    assert "clocks_disagree" not in codes(broken_shank)
    pairs = beside_truth(strides, simulation.truth.strides).query("next_ic_time_s < 30")
    assert pairs["ic_time_s_found"].notna().mean() > 0.95
    assert error(pairs, "shank_angle_ic_deg").abs().max() < 3.0
    assert error(pairs, "speed_mps").abs().max() < 0.3


@pytest.mark.parametrize(("step_mps2", "grade", "sd_deg"), [(1.0, "poor", 1.7), (0.4, "fair", 0.7)])
def test_coarse_digits_count_in_uncertainty_and_grade(
    easy: Simulation, easy_run: RunAnalysis, step_mps2: float, grade: str, sd_deg: float
) -> None:
    run = analyze(spoiled(easy.recording, rounded_to(step_mps2), *SHANKS))
    for placement in SHANKS:
        assert run.summary["sensors"][placement]["grade"] == grade
        assert "steps of" in " ".join(run.summary["sensors"][placement]["sentences"])
    sd, usual = (table["shank_angle_sd_deg"].median() for table in (run.strides, easy_run.strides))
    assert np.sqrt(sd**2 - usual**2) == pytest.approx(sd_deg, abs=0.15)


@pytest.mark.parametrize("step_mps2", [0.0048, 0.01, 0.1])
def test_usual_digits_change_neither(easy: Simulation, easy_run: RunAnalysis, step_mps2: float) -> None:
    run = analyze(spoiled(easy.recording, rounded_to(step_mps2), *SHANKS))
    assert run.summary["grade"] == easy_run.summary["grade"] == "good"
    sd, usual = (table["shank_angle_sd_deg"].median() for table in (run.strides, easy_run.strides))
    assert sd == pytest.approx(usual, abs=0.03)


def test_walking_only_says_that_nobody_ran() -> None:
    run = analyze(simulate(SimulationConfig(pattern="stand:6,walk:30@1.3,stand:4", seed=1)).recording)
    assert set(run.strides["activity"]) == {"walk"}
    assert why(run) == {"running": "no running was found in this recording"}
    assert run.summary["running"]["overall"]["strides"] == 0
    assert not run.summary["warnings"]
    assert run.summary["distance_walked_m"] == pytest.approx(30 * 1.3, rel=0.1)


def test_standing_only_is_not_judged() -> None:
    run = analyze(simulate(SimulationConfig(pattern="stand:20", seed=1)).recording)
    assert run.strides.empty
    assert list(why(run)) == ["everything"]
    assert not run.summary["warnings"]


@pytest.mark.parametrize("seed", range(3))
def test_sensors_in_the_hand_make_no_strides(seed: int) -> None:
    tracks = {placement: handled(placement, seconds=60, seed=seed) for placement in (*SHANKS, "pelvis")}
    run = analyze(Recording(tracks=tracks))
    assert run.strides.empty
    assert "everything" in why(run)


def test_shank_angles_hardly_depend_on_a_pelvis_sensor(easy: Simulation, easy_run: RunAnalysis) -> None:
    alone = analyze(only(easy.recording, *SHANKS)).strides
    for side in ("left", "right"):
        values = [
            table.loc[table["side"] == side, "shank_angle_ic_deg"].median()
            for table in (alone, easy_run.strides)
        ]
        assert values[0] == pytest.approx(values[1], abs=0.5)
