"""The live window: the same strides as afterwards, each once, soon after they end."""

import numpy as np
import pandas as pd
import pytest

import imu
from imu.errors import RestrideError
from imu.live import LiveSession
from imu.recording import Recording
from imu.validation.matching import match_times

SETTLED_S = 30.0  # 8 s of standing, then twenty seconds of running before results are compared
STEP_S = 0.5


@pytest.fixture(scope="module")
def run() -> Recording:
    return imu.simulate.simulate(
        imu.simulate.SimulationConfig(pattern="stand:8,run:60@3.0", seed=4)
    ).recording


@pytest.fixture(scope="module")
def live(run: Recording) -> pd.DataFrame:
    """Strides as they were reported, with the time at which each was: `told_s`."""
    session = LiveSession({placement: {} for placement in run.tracks})
    told = []
    for start_s in np.arange(0.0, run.end_s, STEP_S):
        for placement, track in run.tracks.items():
            session.feed(placement, track.samples(start_s, start_s + STEP_S))
        told.append(session.strides().assign(told_s=start_s + STEP_S))
    return pd.concat(told, ignore_index=True)


@pytest.fixture(scope="module")
def pairs(run: Recording, live: pd.DataFrame) -> pd.DataFrame:
    """Batch strides away from the edges beside the live ones of the same foot."""
    batch = imu.analyze(run).strides
    inside = batch[(batch["ic_time_s"] > SETTLED_S) & (batch["next_ic_time_s"] < run.end_s - 3.0)]
    parts = []
    for side, ours in inside.groupby("side"):
        theirs = live[live["side"] == side]
        found = match_times(ours["ic_time_s"].to_numpy(), theirs["ic_time_s"].to_numpy(), tolerance_s=0.05)
        table = ours[["ic_time_s", "shank_angle_ic_deg"]].reset_index(drop=True)
        for name in list(table):
            beside = np.full(len(table), np.nan)
            beside[found.truth] = theirs[name].to_numpy(float)[found.ours]
            table[f"{name}_live"] = beside
        parts.append(table)
    return pd.concat(parts, ignore_index=True)


def test_every_stride_of_the_batch_is_reported_live(pairs: pd.DataFrame) -> None:
    assert len(pairs) > 60
    assert pairs["ic_time_s_live"].notna().mean() >= 0.97


def test_contacts_agree_within_5_ms(pairs: pd.DataFrame) -> None:
    difference_s = (pairs["ic_time_s_live"] - pairs["ic_time_s"]).dropna().abs()
    assert (difference_s <= 0.005).mean() >= 0.97


def test_shank_angles_agree_within_a_degree(pairs: pd.DataFrame) -> None:
    difference_deg = (pairs["shank_angle_ic_deg_live"] - pairs["shank_angle_ic_deg"]).dropna().abs()
    assert len(difference_deg) > 50
    assert difference_deg.quantile(0.95) <= 1.0


def test_each_stride_is_reported_once(live: pd.DataFrame) -> None:
    for _, side in live.groupby("side"):
        assert (side["ic_time_s"].sort_values().diff().dropna() > 0.3).all()


def test_a_stride_is_reported_within_a_stride_of_its_end(live: pd.DataFrame) -> None:
    lag_s = live["told_s"] - live["next_ic_time_s"]
    settled = lag_s[live["ic_time_s"] > SETTLED_S]
    assert settled.median() <= STEP_S + 0.7


def test_blocks_out_of_order_are_refused(run: Recording) -> None:
    session = LiveSession({"pelvis": {}})
    session.feed("pelvis", run.tracks["pelvis"].samples(1.0, 2.0))
    with pytest.raises(RestrideError):
        session.feed("pelvis", run.tracks["pelvis"].samples(0.0, 1.0))
