"""What charts are made of: 25 neighbouring strides of one leg at a steady speed, and nothing else."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from imu.followup.segments import LONGEST_HOLE_S, MEDIANS, segments
from imu.training.segments import COLUMNS, NO_SEGMENTS, Segment, Segments
from tests.followup.strides import STRIDE_S, flagged, strides

FLAGS = (
    ("gap", True),
    ("turn", False),
    ("irregular", False),
    ("mount_shift", False),
    ("implausible", False),
    ("clipped", True),
    ("other_leg", True),
)


def of(table: pd.DataFrame, *bouts: tuple[float, float], unsound: tuple[str, ...] = ()) -> Segments:
    spans = bouts or ((0.0, float(table["next_ic_time_s"].max())),)
    start_s, end_s = np.array(spans).T
    return segments(table, start_s=start_s, end_s=end_s, unsound=unsound)


def legs(found: Segments, side: str) -> list[Segment]:
    return [segment for segment in found if segment.side == side]


@pytest.mark.unhurried
@settings(max_examples=30, deadline=None)
@given(
    pieces=st.lists(st.tuples(st.floats(5, 90), st.floats(2, 5)), min_size=1, max_size=5),
    spoiled=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 12), st.sampled_from(FLAGS)), max_size=6),
    seed=st.integers(0, 99),
)
def test_each_is_the_median_of_25_strides_that_no_flag_doubts(
    pieces: list[tuple[float, float]],
    spoiled: list[tuple[float, int, tuple[str, bool]]],
    seed: int,
) -> None:
    table = strides(pieces, noise=0.01, seed=seed)
    for place, many, (words, valid) in spoiled:
        first = int(place * len(table))
        table = flagged(table, range(first, min(first + many, len(table))), words, valid=valid)
    found = of(table)
    for side in ("left", "right"):
        own = table[(table["side"] == side) & table["valid"] & table["speed_mps"].notna()]
        own = own[own["flags"].isin(["", "clipped", "other_leg"])].reset_index(drop=True)
        middle_min = ((own["ic_time_s"] + own["next_ic_time_s"].shift(-24)) / 120).to_numpy()
        taken = -1
        for segment in legs(found, side):
            begin = int(np.nanargmin(np.abs(middle_min - segment.minute)))
            piece = own.iloc[begin : begin + 25]
            assert begin > taken
            taken = begin + 24
            for name in ("speed_mps", *MEDIANS):
                assert getattr(segment, name) == pytest.approx(piece[name].median(), abs=1e-5)
            holes_s = piece["ic_time_s"].to_numpy()[1:] - piece["next_ic_time_s"].to_numpy()[:-1]
            assert holes_s.max() <= LONGEST_HOLE_S
            smooth = piece["speed_mps"].rolling(5).median().dropna()
            assert smooth.max() - smooth.min() <= 0.1 * smooth.mean() * 1.05


def test_an_even_run_is_cut_from_its_first_stride_to_its_last() -> None:
    found = of(strides([(180, 3.0)], noise=0.015))
    assert [len(legs(found, side)) for side in ("left", "right")] == [9, 9]
    assert [segment.minute for segment in legs(found, "left")] == pytest.approx(
        (np.arange(9) + 0.5) * 25 * STRIDE_S / 60
    )
    assert [segment.minute for segment in found] == sorted(segment.minute for segment in found)


def test_no_segment_holds_two_speeds() -> None:
    found = of(strides([(60, 2.8), (60, 3.4), (60, 2.8)], noise=0.01))
    assert len(legs(found, "left")) >= 7
    assert all(min(abs(segment.speed_mps - 2.8), abs(segment.speed_mps - 3.4)) < 0.03 for segment in found)


def test_jogs_of_half_a_minute_give_one_segment_each() -> None:
    jogs = [strides([(30, 2.8)], start_s=60.0 * at, noise=0.015) for at in range(4)]
    table = pd.concat(jogs, ignore_index=True)
    found = of(table, *((60.0 * at, 60.0 * at + 30) for at in range(4)))
    assert len(legs(found, "left")) == len(legs(found, "right")) == 4
    # Minutes of running: the half minutes between the jogs do not count.
    assert all(0.5 * at < segment.minute < 0.5 * at + 0.5 for at, segment in enumerate(legs(found, "left")))


def test_a_lost_second_is_bridged_and_a_longer_hole_ends_a_segment() -> None:
    table = strides([(25 * STRIDE_S + 8, 3.0)])
    assert len(legs(of(table), "left")) == 1
    short = flagged(table, range(20, 24), "gap", valid=True)  # two strides of each leg
    assert len(legs(of(short), "left")) == 1
    long = flagged(table, range(20, 28), "gap", valid=True)
    assert legs(of(long), "left") == []


def test_a_value_that_few_strides_have_is_absent() -> None:
    table = strides([(60, 3.0)])
    table.loc[table["ic_time_s"] % 1.0 > 0.5, "pelvic_drop_deg"] = np.nan
    assert {segment.pelvic_drop_deg for segment in of(table)} == {None}
    assert None not in {segment.shank_angle_ic_deg for segment in of(table)}


def test_a_sensor_that_is_not_trusted_takes_only_its_own_values() -> None:
    table = strides([(60, 3.0)])
    for segment in of(table, unsound=("pelvis",)):
        assert segment.pelvic_drop_deg is None
        assert segment.shank_angle_ic_deg is not None
    for segment in of(table, unsound=("shank_left",)):
        assert (segment.shank_angle_ic_deg is None) == (segment.side == "left")
        assert (segment.shank_angle_max_deg is None) == (segment.side == "left")
        assert segment.pelvic_drop_deg is not None


def test_without_a_speed_or_a_side_there_are_none() -> None:
    table = strides([(60, 3.0)])
    assert of(table.assign(speed_mps=np.nan)) == NO_SEGMENTS
    assert of(table.assign(side="unknown")) == NO_SEGMENTS
    assert of(table.assign(activity="walk")) == NO_SEGMENTS
    assert of(table.iloc[:0], (0.0, 1.0)) == NO_SEGMENTS


def test_a_table_that_was_given_stays_its_owners() -> None:
    table = np.zeros((1, len(COLUMNS)), np.float32)
    kept = Segments(table)
    table[0, 1] = 7
    assert kept.column("minute") == [0]
