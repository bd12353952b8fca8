"""A shank sensor that starts late, has a hole, or dies: what the pelvis tells instead, and what is said."""

import numpy as np
import pandas as pd
import pytest

from imu.analysis import analyze, window
from imu.recording import Recording
from imu.simulate import Simulation, SimulationConfig, simulate
from tests.analysis.days import beside_truth, error, only, spoiled, without

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
