"""Warnings: a change that is there is found at its size; one that is not there is never raised."""

import numpy as np
import pandas as pd
import pytest
from scipy.ndimage import gaussian_filter1d

from imu.analysis import RunAnalysis, analyze
from imu.analysis.consistency import Consistency
from imu.analysis.findings import findings
from imu.signal.quality import judge_sensor
from imu.signal.sensor_statistics import sensor_statistics
from imu.simulate import Simulation, SimulationConfig, simulate

STRIDE_S = 0.7
AGREED = Consistency({}, ())


def a_run(
    *, seed: int, minutes: float = 20.0, change_deg: float = 0.0, from_min: float = 12.0
) -> pd.DataFrame:
    """A run by formula: single strides scatter by 1.2 deg, and the level wanders by 0.3 deg over minutes."""
    rng = np.random.default_rng(seed)
    n = int(minutes * 60 / STRIDE_S)
    sides = []
    for side, own in (("left", change_deg), ("right", 0.0)):
        wander = gaussian_filter1d(rng.standard_normal(n), 60, mode="nearest")
        angle = 0.3 * wander / wander.std() + 1.2 * rng.standard_normal(n)
        time_s = 10.0 + STRIDE_S * np.arange(n)
        angle += own * (time_s >= 60 * from_min)
        sides.append(
            pd.DataFrame(
                {
                    "side": side,
                    "ic_time_s": time_s,
                    "stride_time_s": STRIDE_S,
                    "speed_mps": 3.0 + 0.05 * rng.standard_normal(n),
                    "shank_angle_change_deg": angle,
                    "pelvic_drop_deg": 4.0 + 0.5 * rng.standard_normal(n),
                }
            )
        )
    return pd.concat(sides).sort_values("ic_time_s", ignore_index=True)


@pytest.mark.parametrize("seed", range(20))
def test_an_unchanged_run_raises_nothing(seed: int) -> None:
    assert findings(a_run(seed=seed), {}, AGREED) == []


@pytest.mark.parametrize("change_deg", [3.0, -3.0])
def test_a_change_is_told_with_size_side_onset_and_doubt(change_deg: float) -> None:
    (found,) = findings(a_run(seed=1, change_deg=change_deg), {}, AGREED)
    assert (found["code"], found["side"], found["unit"]) == ("shank_angle_changed", "left", "deg")
    assert found["value"] == pytest.approx(change_deg, abs=0.5)
    assert 0 < found["uncertainty"] < 1.0
    assert found["onset_min"] == pytest.approx(12.0, abs=1.0)
    assert "first 3 minutes" in found["compared_with"]
    assert ("less" in found["sentence"]) == (change_deg < 0)
    assert found["finding"].endswith(": changed from the start of this run.")
    assert found["sentence"].startswith(f"{found['finding']} ")


def test_shorter_steps_are_advised_only_against_landing_further_ahead() -> None:
    advice = "take slightly shorter, quicker steps"
    (further,) = findings(a_run(seed=1, change_deg=4.0), {}, AGREED)
    (nearer,) = findings(a_run(seed=1, change_deg=-4.0), {}, AGREED)
    assert advice in further["sentence"]
    assert advice not in nearer["sentence"]
    assert "shorter, quicker steps do this" in nearer["sentence"].lower()


def test_a_change_below_what_straps_can_feign_is_kept_quiet() -> None:
    assert findings(a_run(seed=1, change_deg=1.0), {}, AGREED) == []


def test_a_change_that_comes_with_another_pace_is_not_reported() -> None:
    run = a_run(seed=1, change_deg=3.0)
    run.loc[run["ic_time_s"] >= 720, "speed_mps"] += 1.0
    assert findings(run, {}, AGREED) == []


@pytest.mark.parametrize("minutes", [0.5, 2.0, 3.5])
def test_a_short_run_has_nothing_to_compare(minutes: float) -> None:
    assert findings(a_run(seed=1, minutes=minutes, change_deg=5.0, from_min=2.0), {}, AGREED) == []


def test_a_value_that_is_absent_raises_nothing() -> None:
    run = a_run(seed=1, change_deg=5.0).assign(shank_angle_change_deg=np.nan)
    assert findings(run, {}, AGREED) == []


def test_exchanged_sides_come_first() -> None:
    found = findings(a_run(seed=1, change_deg=5.0), {}, Consistency({}, (), swapped_share=1.0))
    assert [warning["code"] for warning in found] == ["sides_swapped", "shank_angle_changed"]


def test_a_poor_sensor_is_told_with_its_figure_the_one_needed_and_what_to_do() -> None:
    time_s = np.arange(0.0, 60.0, 0.005)
    time_s = time_s[(time_s < 20) | (time_s >= 30)]
    quality = judge_sensor(sensor_statistics(time_s, np.random.default_rng(1).normal(size=(len(time_s), 3))))
    (found,) = findings(a_run(seed=1), {"shank_left": quality}, AGREED)
    assert (found["code"], found["sensor"], found["unit"]) == ("sensor_poor", "shank_left", "%")
    assert found["value"] == pytest.approx(100 / 6, rel=0.01)
    assert "less than 10 % of its samples missing" in found["compared_with"]
    assert "before the next run" in found["sentence"]
    sentences = found["sentence"].split(". ")
    assert all(sentence[0].isupper() or sentence[0].isdigit() for sentence in sentences), sentences


def level(run: RunAnalysis, column: str, side: str, start_min: float, end_min: float) -> float:
    here = run.strides["ic_time_s"].between(60 * start_min, 60 * end_min) & (run.strides["side"] == side)
    return float(run.strides.loc[here & run.strides["valid"], column].mean())


@pytest.mark.slow
def test_an_injected_change_is_measured_and_the_other_side_left_alone(
    changed: Simulation, changed_run: RunAnalysis
) -> None:
    del changed
    found = {(w["code"], w["side"]): w for w in changed_run.summary["warnings"]}
    assert set(found) == {("shank_angle_changed", "left"), ("pelvic_drop_changed", "right")}
    for (code, side), (column, true_deg) in {
        ("shank_angle_changed", "left"): ("shank_angle_ic_deg", 3.0),
        ("pelvic_drop_changed", "right"): ("pelvic_drop_deg", 2.0),
    }.items():
        other = {"left": "right", "right": "left"}[side]
        change = level(changed_run, column, side, 13, 20) - level(changed_run, column, side, 1, 11)
        assert change == pytest.approx(true_deg, abs=0.5), column
        still = level(changed_run, column, other, 13, 20) - level(changed_run, column, other, 1, 11)
        assert abs(still) < 0.3, column
        assert found[code, side]["value"] == pytest.approx(true_deg, abs=0.5)
        assert found[code, side]["uncertainty"] < 0.5
        assert found[code, side]["onset_min"] == pytest.approx(12.0, abs=1.0)
        assert side in found[code, side]["sentence"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_simulated_run_without_a_change_raises_nothing(seed: int) -> None:
    simulation = simulate(SimulationConfig(pattern="stand:6,run:600@3", seed=seed))
    assert analyze(simulation.recording).summary["warnings"] == []
