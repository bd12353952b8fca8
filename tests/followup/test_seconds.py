"""A run second by second: what the strides around each second were like, and nothing where there are none."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from imu.analysis import RunAnalysis
from imu.followup.seconds import of_running, second_table, whole_seconds
from imu.recording import Channel

START = datetime(2026, 3, 2, 7, tzinfo=UTC)


@pytest.mark.unhurried
def test_way_and_speed_are_those_of_the_summary(walk_run_analysis: RunAnalysis) -> None:
    summary = walk_run_analysis.summary
    seconds = second_table(walk_run_analysis.strides, summary, start=START)
    metres = summary["distance_m"] + summary["distance_walked_m"]
    assert seconds["distance_m"].iloc[-1] == pytest.approx(metres, abs=0.2)
    assert (seconds["distance_m"].diff().dropna() >= 0).all()
    known = seconds["speed_mps"].notna()
    assert seconds.loc[known, "speed_mps"].sum() == pytest.approx(metres, rel=0.02)


def test_means_of_running_are_those_of_the_strides(walk_run_analysis: RunAnalysis) -> None:
    strides = walk_run_analysis.strides
    running = strides[(strides["activity"] == "run") & strides["valid"]]
    found = of_running(second_table(strides, walk_run_analysis.summary, start=START))
    for side in ("left", "right"):
        own = running[running["side"] == side]
        assert found[f"shank_angle_ic_{side}_deg"] == pytest.approx(own["shank_angle_ic_deg"].mean(), abs=0.2)
        assert found[f"contact_time_{side}_s"] == pytest.approx(own["contact_time_s"].mean(), rel=0.02)
    assert found["cadence_spm"] == pytest.approx(running["cadence_spm"].mean(), rel=0.01)
    assert found["step_length_m"] == pytest.approx(running["stride_length_m"].mean() / 2, rel=0.02)
    assert found["contact_time_left_share"] == pytest.approx(0.5, abs=0.03)


def test_standing_has_no_cadence_and_no_angle(walk_run_analysis: RunAnalysis) -> None:
    seconds = second_table(walk_run_analysis.strides, walk_run_analysis.summary, start=START)
    standing = seconds[(seconds["activity"] == "stand")].iloc[1:-1]
    assert len(standing) > 3
    for name in ("cadence_spm", "speed_mps", "shank_angle_ic_left_deg", "contact_time_s"):
        assert standing[name].isna().mean() > 0.7, name
    assert standing["distance_m"].notna().all()


def summary(duration_s: float = 10.0) -> dict[str, Any]:
    return {"duration_s": duration_s, "bouts": [{"start_s": 0.0, "end_s": duration_s, "activity": "run"}]}


def strides(**columns: Any) -> pd.DataFrame:
    """Left strides of a second each, from 0 to 10 s."""
    ic_s = np.arange(10.0)
    given: dict[str, Any] = {
        "side": "left",
        "activity": "run",
        "valid": True,
        "ic_time_s": ic_s,
        "next_ic_time_s": ic_s + 1,
    }
    empty = dict.fromkeys(
        (
            "cadence_spm",
            "speed_mps",
            "stride_length_m",
            "contact_time_s",
            "shank_angle_ic_deg",
            "pelvic_drop_deg",
            "vertical_oscillation_m",
        ),
        np.nan,
    )
    return pd.DataFrame({**empty, **given, **columns})


def test_a_second_between_two_strides_has_the_mean_of_both() -> None:
    angle = [0.0, 10.0, 10.0, 10.0, 10.0, 10.0, 20.0, 10.0, 10.0, 10.0]
    found = second_table(strides(shank_angle_ic_deg=angle), summary(), start=START)
    assert found["shank_angle_ic_left_deg"].iloc[[1, 2, 6, 7]].tolist() == pytest.approx([5, 10, 15, 15])
    assert found["shank_angle_ic_right_deg"].isna().all()


def test_strides_that_do_not_count_tell_nothing() -> None:
    valid = np.ones(10, bool)
    valid[4:6] = False
    found = second_table(strides(cadence_spm=[170.0] * 10, valid=valid), summary(), start=START)
    assert found["cadence_spm"].iloc[5:6].isna().all()
    assert found["cadence_spm"].iloc[[3, 7]].tolist() == pytest.approx([170, 170])


def test_a_pelvis_alone_tells_cadence_and_oscillation() -> None:
    told = strides(side="unknown", cadence_spm=[170.0] * 10, vertical_oscillation_m=[0.08] * 10)
    found = second_table(told, summary(), start=START)
    assert found["cadence_spm"].iloc[1:-1].tolist() == pytest.approx([170] * (len(found) - 2))
    assert found["vertical_oscillation_m"].iloc[5] == pytest.approx(0.08)


def test_the_balance_needs_both_feet_and_the_contact_time_one() -> None:
    found = second_table(strides(contact_time_s=[0.25] * 10), summary(), start=START)
    assert found["contact_time_left_share"].isna().all()
    assert found["contact_time_s"].iloc[5] == pytest.approx(0.25)


@given(duration_s=st.floats(0, 100), micro=st.integers(0, 999_999))
def test_rows_are_the_whole_seconds_of_the_wall_clock(duration_s: float, micro: int) -> None:
    start = START.replace(microsecond=micro)
    time_s = whole_seconds(start, duration_s)
    assert ((time_s >= -1e-6) & (time_s <= duration_s + 1e-6)).all()
    wall = start.timestamp() + time_s
    assert np.allclose(wall, np.rint(wall), atol=1e-5)
    assert abs(len(time_s) - duration_s) <= 1 + 1e-6


def test_a_heart_rate_is_the_nearest_told_and_none_long_after_the_last() -> None:
    heart = Channel(np.array([0.2, 1.4, 2.6]), np.array([120.0, 121.0, 122.0]))
    found = second_table(strides(), summary(), start=START, reference={"heart_rate_bpm": heart})
    assert found["heart_rate_bpm"].iloc[:5].tolist() == [120, 121, 121, 122, 122]
    assert found["heart_rate_bpm"].iloc[5:].isna().all()


def test_without_any_stride_there_are_only_the_seconds() -> None:
    found = second_table(strides().iloc[:0], summary(), start=START)
    assert len(found) == 11
    assert found["distance_m"].isna().all()
    assert "heart_rate_bpm" not in found
    assert of_running(found) == {}
