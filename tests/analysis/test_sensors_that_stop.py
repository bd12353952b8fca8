"""A shank sensor that starts late, has a hole, or dies: what the pelvis tells instead, and what is said."""

import numpy as np
import pandas as pd
import pytest

from imu.analysis import analyze, window
from imu.recording import Recording
from imu.simulate import Simulation, SimulationConfig, simulate
from tests.analysis.days import SHANKS, beside_truth, error, only, spoiled, without

TOLD_S = (8.0, 104.0)  # the simulator counts no stride of the first step and the last


@pytest.fixture(scope="module")
def run() -> Simulation:
    return simulate(SimulationConfig(pattern="stand:6,run:100@3,stand:4", seed=1))


def far_from_truth(strides: pd.DataFrame, run: Simulation) -> "pd.Series[float]":
    """How far each contact found lies from the nearest true one of that foot, s."""
    ends = run.truth.strides[["side", "ic_time_s", "next_ic_time_s"]].melt("side", value_name="true_s")
    far = []
    for side, group in strides.groupby("side"):
        true_s = ends.loc[ends["side"] == side, "true_s"].to_numpy()
        found_s = group["ic_time_s"].to_numpy()
        far.append(pd.Series(np.abs(found_s[:, None] - true_s).min(axis=1), index=group.index))
    return pd.concat(far)


@pytest.mark.unhurried
@pytest.mark.parametrize("hole", [(0.0, 60.0), (50.0, 999.0), (50.0, 54.3), (50.0, 50.9)], ids=str)
def test_no_stride_is_invented_where_a_shank_recorded_nothing(
    run: Simulation, hole: tuple[float, float]
) -> None:
    spoiled_run = spoiled(run.recording, without(hole), "shank_left")
    for recording in (spoiled_run, only(spoiled_run, "shank_left", "shank_right")):
        strides = analyze(recording).strides
        strides = strides[strides["ic_time_s"].between(*TOLD_S)]
        assert far_from_truth(strides, run).max() < 0.06
        assert strides["stride_time_s"].min() > 0.5


@pytest.mark.parametrize("block_s", [40, 600])
@pytest.mark.parametrize(
    "holes",
    [
        {"shank_left": (50.0, 999.0)},
        {"shank_left": (0.0, 50.0)},
        {"shank_left": (30.0, 50.0)},
        {"shank_left": (50.0, 999.0), "shank_right": (60.0, 999.0)},
    ],
    ids=["dies", "starts late", "hole", "both die"],
)
def test_the_pelvis_tells_a_leg_wherever_its_sensor_recorded_nothing(
    run: Simulation,
    monkeypatch: pytest.MonkeyPatch,
    holes: dict[str, tuple[float, float]],
    block_s: int,
) -> None:
    monkeypatch.setattr(window, "BLOCK_S", block_s)
    recording: Recording = run.recording
    for placement, hole in holes.items():
        recording = spoiled(recording, without(hole), placement)
    strides = analyze(recording).strides
    pairs = beside_truth(strides, run.truth.strides)
    assert pairs.groupby("side")["ic_time_s_found"].apply(lambda found: found.notna().mean()).min() > 0.95
    assert error(pairs, "ic_time_s").abs().max() < 0.03
    assert error(pairs, "pelvic_drop_deg").abs().max() < 1.0
    for _, side in strides.groupby("side"):
        assert np.diff(np.sort(side["ic_time_s"])).min() > 0.5  # none twice


@pytest.mark.parametrize(
    ("hole", "words"),
    [
        ((50.0, 999.0), "It recorded only 0:00 to 0:50 of 1:50."),
        ((0.0, 60.0), "It recorded only 1:00 to 1:50"),
    ],
    ids=["dies", "starts late"],
)
def test_a_sensor_that_recorded_only_a_part_is_said_to(
    run: Simulation, hole: tuple[float, float], words: str
) -> None:
    summary = analyze(spoiled(only(run.recording, *SHANKS), without(hole), "shank_left")).summary
    left, right = (summary["sensors"][placement] for placement in SHANKS)
    assert words in " ".join(left["sentences"])
    assert left["missing_share"] == pytest.approx(0.55, abs=0.02)
    assert (left["grade"], right["grade"]) == ("poor", "good")
    assert "not recorded" in summary["load"]["left"]["caveat"]
    assert (
        summary["load"]["right"]["caveat"] is None or "not recorded" not in summary["load"]["right"]["caveat"]
    )


def test_a_sensor_switched_on_a_little_later_is_as_good(run: Simulation) -> None:
    summary = analyze(spoiled(run.recording, without((0.0, 3.0)), "shank_left")).summary
    assert summary["sensors"]["shank_left"]["grade"] == "good"


@pytest.mark.unhurried
def test_no_distance_is_counted_where_nobody_knows_how_fast() -> None:
    faster_later = simulate(SimulationConfig(pattern="stand:6,run:60@3,run:60@4,stand:4", seed=1))
    whole = analyze(faster_later.recording).summary
    cut = analyze(spoiled(faster_later.recording, without((60.0, 999.0)), *SHANKS)).summary
    assert whole["distance_m"] == pytest.approx(60 * 3 + 60 * 4, rel=0.05)
    assert "whole distance run" not in {entry["what"] for entry in whole["not_judged"]}
    assert cut["distance_m"] == pytest.approx(54 * 3, rel=0.05)
    [why] = [entry["why"] for entry in cut["not_judged"] if entry["what"] == "whole distance run"]
    assert why.startswith("for 6")
