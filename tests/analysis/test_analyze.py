"""Good recordings: every stride found, every number near the truth of a motion that is known exactly."""

import numpy as np
import pandas as pd
import pytest

from imu.analysis import RunAnalysis, analyze
from imu.simulate import Simulation, SimulationConfig, simulate
from tests.analysis.days import beside_truth, error, only


def pairs_of(simulation: Simulation, run: RunAnalysis, activity: str = "run") -> pd.DataFrame:
    return beside_truth(run.strides, simulation.truth.strides, activity=activity)


def test_every_running_stride_is_found_once_on_its_side(easy: Simulation, easy_run: RunAnalysis) -> None:
    pairs = pairs_of(easy, easy_run)
    assert pairs["ic_time_s_found"].notna().all()
    assert pairs["ic_time_s_found"].is_unique
    # the truth leaves out the cross-fades from and to standing, about a stride per side each
    assert len(easy_run.strides) <= len(pairs) + 8


def test_values_are_near_the_truth(easy: Simulation, easy_run: RunAnalysis) -> None:
    pairs = pairs_of(easy, easy_run)
    limits = {  # half of the published goals in biomechanics are reached by one noisy sensor: bias, spread
        "ic_time_s": (0.005, 0.005),
        "to_time_s": (0.005, 0.010),
        "contact_time_s": (0.010, 0.010),
        "speed_mps": (0.06, 0.06),
        "stride_length_m": (0.045, 0.045),
        "shank_angle_ic_deg": (1.0, 0.5),
        "shank_angle_max_deg": (1.5, 0.6),
        "pelvic_drop_deg": (0.45, 0.2),
        "vertical_oscillation_m": (0.0025, 0.002),
    }
    for name, (bias, spread) in limits.items():
        assert abs(error(pairs, name).mean()) < bias, name
        assert error(pairs, name).std() < spread, name
        assert len(error(pairs, name)) > 0.95 * len(pairs), name
    assert error(pairs, "cadence_spm").median() == pytest.approx(0, abs=0.2)


def test_doubts_cover_the_errors(easy: Simulation, easy_run: RunAnalysis) -> None:
    pairs = pairs_of(easy, easy_run)
    for value, doubt in (
        ("shank_angle_ic_deg", "shank_angle_sd_deg"),
        ("stride_length_m", "stride_length_sd_m"),
    ):
        errors = (pairs[f"{value}_found"] - pairs[value]).abs()
        assert (errors < 3 * pairs[doubt])[errors.notna()].mean() > 0.95, value
        assert (pairs[doubt].dropna() > 0).all()


@pytest.mark.parametrize("strike", ["midfoot", "forefoot"])
def test_landing_on_the_forefoot_changes_nothing(strike: str) -> None:
    simulation = simulate(SimulationConfig(pattern="stand:5,run:20@3.3", strike=strike, seed=2))
    pairs = pairs_of(simulation, analyze(simulation.recording))
    assert pairs["ic_time_s_found"].notna().all()
    assert abs(error(pairs, "ic_time_s").mean()) < 0.010
    assert abs(error(pairs, "shank_angle_ic_deg").mean()) < 2.0
    # Simulated feet roll over less than real ones do on average; the mean share is added all the same.
    assert abs(error(pairs, "speed_mps").mean()) < 0.035 * 3.3


def test_a_sprint_is_measured_from_the_first_jog_to_the_last_step() -> None:
    simulation = simulate(SimulationConfig(pattern="sprint", seed=1))
    pairs = pairs_of(simulation, analyze(simulation.recording))
    assert pairs["ic_time_s_found"].notna().mean() > 0.98
    assert abs(error(pairs, "ic_time_s").mean()) < 0.010
    assert abs((error(pairs, "speed_mps") / pairs["speed_mps"]).mean()) < 0.05
    assert np.sqrt((error(pairs, "shank_angle_ic_deg") ** 2).mean()) < 4.0


def test_runs_of_twenty_seconds_are_found_between_walks(
    walk_run: Simulation, walk_run_run: RunAnalysis
) -> None:
    bouts = [(b["activity"], b["start_s"], b["end_s"]) for b in walk_run_run.summary["bouts"]]
    true = [(b.activity, b.start_s, b.end_s) for b in walk_run.truth.bouts]
    assert [activity for activity, *_ in bouts] == [activity for activity, *_ in true]
    edges_s = np.array([(start, end) for _, start, end in bouts]) - [(s, e) for _, s, e in true]
    assert np.abs(edges_s).max() < 2.0
    assert np.median(np.abs(edges_s)) < 0.5


def test_strides_carry_the_gait_they_were_made_in(walk_run: Simulation, walk_run_run: RunAnalysis) -> None:
    for activity in ("walk", "run"):
        pairs = pairs_of(walk_run, walk_run_run, activity)
        assert pairs["ic_time_s_found"].notna().mean() > 0.98, activity
        assert abs(error(pairs, "cadence_spm").median()) < 0.3, activity
    walking = walk_run_run.strides.query("activity == 'walk'")
    assert walking[["peak_tibial_acc_g", "pelvic_drop_deg"]].isna().all(axis=None)


def test_a_bend_of_a_track_does_not_tilt_the_pelvis() -> None:
    simulation = simulate(SimulationConfig(pattern="stand:5,run:25@3.5,run:25@3.5~36.5,run:5@3.5", seed=5))
    pairs = pairs_of(simulation, analyze(simulation.recording))
    straight, bend = pairs["ic_time_s"].between(8, 28), pairs["ic_time_s"].between(32, 53)
    differences = [
        {
            side: error(pairs[part & (pairs["side"] == side)], "pelvic_drop_deg").mean()
            for side in ("left", "right")
        }
        for part in (straight, bend)
    ]
    changed = [
        bent - even for even, bent in zip(differences[0].values(), differences[1].values(), strict=True)
    ]
    assert abs(changed[0] - changed[1]) < 0.5
    assert pairs["valid"].all()


def test_pelvis_alone_gives_steps_side_and_drop_but_no_shank(easy: Simulation) -> None:
    run = analyze(only(easy.recording, "pelvis"))
    shank_values = ["speed_mps", "stride_length_m", "shank_angle_ic_deg", "peak_tibial_acc_g"]
    assert run.strides[shank_values].isna().all(axis=None)
    assert set(run.strides["side"]) <= {"left", "right", "unknown"}
    told = run.strides[run.strides["side"] != "unknown"]
    pairs = beside_truth(told, easy.truth.strides)
    assert pairs["ic_time_s_found"].notna().mean() > 0.95
    assert abs(error(pairs, "ic_time_s").mean()) < 0.022
    assert abs(error(pairs, "pelvic_drop_deg").mean()) < 0.45
    assert {"left shank angle and impact", "right shank angle and impact"} <= reasons(run).keys()


def test_one_shank_gives_that_leg_alone(easy: Simulation) -> None:
    run = analyze(only(easy.recording, "shank_left"))
    assert set(run.strides["side"]) == {"left"}
    pairs = pairs_of(easy, run).query("side == 'left'")
    assert pairs["ic_time_s_found"].notna().mean() > 0.96  # some contacts fall into lost packets
    assert abs(error(pairs, "shank_angle_ic_deg").mean()) < 1.0
    assert run.strides["pelvic_drop_deg"].isna().all()
    assert {"right shank angle and impact", "pelvic drop, tilt and vertical oscillation"} <= reasons(
        run
    ).keys()


def test_the_leg_without_a_sensor_gets_its_strides_from_the_pelvis(easy: Simulation) -> None:
    run = analyze(only(easy.recording, "shank_left", "pelvis"))
    right = pairs_of(easy, run).query("side == 'right'")
    assert right["ic_time_s_found"].notna().mean() > 0.96
    assert abs(error(right, "ic_time_s").mean()) < 0.010
    assert abs(error(right, "pelvic_drop_deg").mean()) < 0.45
    found = run.strides.query("side == 'right'")
    assert found[["shank_angle_ic_deg", "peak_tibial_acc_g"]].isna().all(axis=None)
    borrowed = found["speed_mps"].notna()
    assert found.loc[borrowed, "flags"].str.contains("other_leg").all()


def test_progress_rises_to_one(easy: Simulation) -> None:
    shares: list[float] = []
    analyze(only(easy.recording, "pelvis"), progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)


def test_the_same_recording_gives_the_same_answer(easy: Simulation, easy_run: RunAnalysis) -> None:
    again = analyze(easy.recording)
    pd.testing.assert_frame_equal(again.strides, easy_run.strides)
    assert again.summary == easy_run.summary


def test_average_curves_run_through_the_strides_values(easy_run: RunAnalysis) -> None:
    curves = easy_run.curves.set_index(["signal", "side", "phase_percent"])
    for side in ("left", "right"):
        at_contact = curves.loc[("shank_angle_deg", side, 0), "mean"]
        assert at_contact == pytest.approx(
            easy_run.summary["running"][side]["shank_angle_ic_deg"]["median"], abs=0.5
        )
    assert set(curves.index.get_level_values("phase_percent")) == set(range(101))


def reasons(run: RunAnalysis) -> dict[str, str]:
    return {entry["what"]: entry["why"] for entry in run.summary["not_judged"]}
