"""From columns to the stride table, on strides made by hand: every 0.7 s, the other leg half-way between."""

import numpy as np
import pytest

from imu.analysis.columns import COLUMN_NAMES
from imu.analysis.flags import Flag, flag_words
from imu.analysis.stride_columns import Columns, joined, raise_flag, stride_columns, withhold_implausible
from imu.analysis.table import stride_table
from imu.calibration import Calibration
from imu.signal.activity import RUN, WALK
from imu.signal.grid import GRID_HZ

STRIDE_S, CONTACT_S, N = 0.7, 0.25, 20


def leg(
    side: int, *, stride_s: float = STRIDE_S, contact_s: float = CONTACT_S, code: int = RUN, n: int = N
) -> Columns:
    start = GRID_HZ * stride_s * (np.arange(float(n)) + (0.5 if side > 0 else 0.0))
    label = np.full(int(start[-1]) + 400, code, np.int8)
    missing = np.zeros(len(label), bool)
    table = stride_columns(
        start,
        start + GRID_HZ * contact_s,
        start + GRID_HZ * stride_s,
        side=side,
        label=label,
        missing=missing,
    )
    for name in ("ic_time_s", "to_time_s", "next_ic_time_s"):
        table[name] = table[name] / GRID_HZ
    return table


def both_legs() -> Columns:
    left, right = leg(-1), leg(1)
    for table, speed in ((left, 3.0), (right, 3.1)):
        table["speed_mps"] = np.full(N, speed)
        table["stride_length_m"] = speed * table["stride_time_s"]
        table["relative_angle_deg"] = np.arange(N, dtype=float)
    return joined([left, right])


def test_no_strides_make_an_empty_table_with_all_columns() -> None:
    table = stride_table({}, None)
    assert list(table.columns) == list(COLUMN_NAMES)
    assert len(table) == 0
    assert table["valid"].dtype == bool


def test_rows_of_both_legs_come_in_order_of_time_with_words_for_codes() -> None:
    table = stride_table(both_legs(), None)
    assert table["side"].tolist() == ["left", "right"] * N
    assert set(table["activity"]) == {"run"}
    assert table["ic_time_s"].to_numpy() == pytest.approx(0.35 * np.arange(2 * N))
    assert table["contact_time_s"].to_numpy() == pytest.approx(CONTACT_S)
    assert table["cadence_spm"].to_numpy() == pytest.approx(120 / STRIDE_S)
    assert table["valid"].all()
    assert set(table["flags"]) == {""}


def test_strides_of_an_unknown_foot_and_of_walking_say_so() -> None:
    table = stride_table(leg(0, code=WALK, stride_s=1.1, contact_s=0.7), None)
    assert set(table["side"]) == {"unknown"}
    assert set(table["activity"]) == {"walk"}
    assert table["valid"].all()


@pytest.mark.parametrize("flag", list(Flag))
def test_only_flags_that_spoil_averages_make_a_stride_invalid(flag: Flag) -> None:
    columns = both_legs()
    raise_flag(columns, flag, columns["ic_time_s"] < 0.1)
    row = stride_table(columns, None).iloc[0]
    assert row["flags"] == flag.word
    assert row["valid"] == (flag in (Flag.GAP, Flag.CLIPPED, Flag.OTHER_LEG))


def test_flags_are_joined_by_spaces() -> None:
    assert flag_words(np.array([0, 1, 5, 64 + 8])) == ["", "gap", "gap turn", "irregular other_leg"]


def test_a_hidden_speed_is_taken_from_the_strides_of_the_other_leg_around_it() -> None:
    columns = both_legs()
    gone = (columns["side"] > 0) & (np.abs(columns["ic_time_s"] - 7.35) < 0.01)
    for name in ("speed_mps", "stride_length_m"):
        columns[name] = np.where(gone, np.nan, columns[name])
    row = stride_table(columns, None).query("7.3 < ic_time_s < 7.4").iloc[0]
    assert row["speed_mps"] == pytest.approx(3.0)
    assert row["stride_length_m"] == pytest.approx(3.0 * STRIDE_S)
    assert row["stride_length_sd_m"] > 0.02 * 3.0 * STRIDE_S
    assert row["flags"] == "other_leg"
    assert row["valid"]


def test_nothing_is_taken_over_from_strides_far_away() -> None:
    columns = both_legs()
    right = columns["side"] > 0
    late = columns["ic_time_s"] > 7.0
    columns["speed_mps"] = np.where(
        (right & (columns["ic_time_s"] > 8.0)) | (~right & late), np.nan, columns["speed_mps"]
    )
    table = stride_table(columns, None).query("side == 'right' and ic_time_s > 8")
    assert table["speed_mps"].isna().all()


def test_change_counts_from_the_median_of_the_first_three_minutes() -> None:
    columns = leg(-1, n=500)
    angle = np.where(columns["ic_time_s"] < 180, 7.0, 10.0)
    columns["relative_angle_deg"] = angle
    change = stride_table(columns, None)["shank_angle_change_deg"]
    assert change.to_numpy() == pytest.approx(angle - 7.0)


def test_calibration_scales_speed_and_length_of_its_side_alone() -> None:
    calibration = Calibration({"left": 1.1}, {"left": 0.01}, 3.0, {"left": 50}, "belt")
    table = stride_table(both_legs(), calibration)
    left, right = (table[table["side"] == side] for side in ("left", "right"))
    assert left["speed_mps"].to_numpy() == pytest.approx(3.3)
    assert left["stride_length_m"].to_numpy() == pytest.approx(3.3 * STRIDE_S)
    assert left["stride_length_sd_m"].to_numpy() == pytest.approx(0.01 * 3.3 * STRIDE_S)
    assert right["speed_mps"].to_numpy() == pytest.approx(3.1)


def test_a_stride_unlike_its_neighbours_is_irregular() -> None:
    start = GRID_HZ * np.cumsum(np.r_[0.0, np.full(10, 0.7), 1.0, np.full(10, 0.7)])
    label, missing = np.full(6000, RUN, np.int8), np.zeros(6000, bool)
    table = stride_columns(start[:-1], start[:-1] + 50, start[1:], side=1, label=label, missing=missing)
    assert np.flatnonzero(table["flags"].astype(int) & Flag.IRREGULAR).tolist() == [10]


def test_a_gap_flags_the_strides_it_touches() -> None:
    start = 140.0 * np.arange(11.0)
    missing = np.zeros(2000, bool)
    missing[500:510] = True
    table = stride_columns(
        start[:-1], start[:-1] + 50, start[1:], side=1, label=np.full(2000, RUN, np.int8), missing=missing
    )
    assert np.flatnonzero(table["flags"].astype(int) & Flag.GAP).tolist() == [3]


def test_what_nobody_can_have_is_absent_and_said() -> None:
    columns = both_legs()
    columns["speed_mps"][3], columns["vertical_oscillation_m"][4] = 40.0, 2.0
    withhold_implausible(columns)
    assert np.isnan(columns["speed_mps"][3])
    assert np.isnan(columns["vertical_oscillation_m"][4])
    table = stride_table(columns, None)
    assert table["flags"].str.contains("implausible").sum() == 2
    assert (~table["valid"]).sum() == 2
