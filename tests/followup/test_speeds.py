"""Seconds at each speed, accelerations, and the fastest: measured, not guessed, and not one noisy stride."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from imu.analysis.distance import Pace, pace
from imu.followup.speeds import accelerations, exposure, top_speed_mps
from tests.followup.strides import STRIDE_S, Piece, strides


def paced(table: pd.DataFrame) -> Pace:
    end_s = float(table["next_ic_time_s"].max())
    return pace(table, "run", np.zeros(1), np.array([end_s]))


@settings(max_examples=40, deadline=None)
@given(
    pieces=st.lists(st.tuples(st.floats(3, 120), st.floats(1.5, 11)), min_size=1, max_size=6),
    noise=st.floats(0, 0.05),
)
def test_bands_hold_every_second_and_metre_once(pieces: list[Piece], noise: float) -> None:
    found = paced(strides(pieces, noise=noise))
    bands = exposure(found)
    assert sum(band.seconds for band in bands) == pytest.approx(found.seconds.sum())
    assert sum(band.metres for band in bands) == pytest.approx(found.metres.sum())
    for band in bands:
        assert band.seconds > 0
        assert band.from_mps * band.seconds <= band.metres * (1 + 1e-9)
        assert band.metres <= band.to_mps * band.seconds * (1 + 1e-9)
        assert band.to_mps - band.from_mps <= 0.5 or (band.to_mps == np.inf and band is bands[-1])
    assert all(lower.to_mps <= higher.from_mps for lower, higher in pairwise(bands))


def test_half_the_time_at_each_speed_is_half_in_each_band() -> None:
    bands = exposure(paced(strides([(60, 3.1), (60, 4.1)])))
    seconds = {band.from_mps: band.seconds for band in bands}
    assert seconds[3.0] == pytest.approx(60, abs=STRIDE_S)
    assert seconds[4.0] == pytest.approx(60, abs=STRIDE_S)


def ramp(from_mps: float, to_mps: float, seconds: float) -> list[Piece]:
    return [
        (0.1, from_mps + (to_mps - from_mps) * at) for at in np.linspace(0, 1, round(10 * seconds)).tolist()
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (ramp(3, 5, 2), 1),  # 1 m/s2
        (ramp(3, 5.1, 3), 1),  # 0.7 m/s2
        (ramp(3, 5, 8), 0),  # 0.25 m/s2
        (ramp(5, 3, 2), 0),  # slower
        ([*ramp(3, 5, 2), (20, 5), *ramp(5, 3, 4), (20, 3), *ramp(3, 5, 2)], 2),
    ],
)
def test_accelerations_are_counted_one_by_one(change: list[Piece], expected: int) -> None:
    before, after = (30, change[0][1]), (30, change[-1][1])
    assert accelerations(paced(strides([before, *change, after], noise=0.01))) == expected


@settings(max_examples=25, deadline=None)
@given(row=st.integers(10, 150), times=st.floats(0.4, 2.5), seed=st.integers(0, 99))
def test_one_stride_measured_wrong_is_neither_an_acceleration_nor_the_fastest(
    row: int, times: float, seed: int
) -> None:
    table = strides([(90, 3.0)], noise=0.01, seed=seed)
    usual = top_speed_mps(paced(table))
    assert usual == pytest.approx(3.0, rel=0.03)
    speeds = table["speed_mps"].to_numpy() * np.where(np.arange(len(table)) == row, times, 1.0)
    wrong = paced(table.assign(speed_mps=speeds))
    assert top_speed_mps(wrong) == pytest.approx(usual, rel=0.02)
    assert accelerations(wrong) == 0


def test_the_fastest_is_found_where_it_was_held() -> None:
    assert top_speed_mps(paced(strides([(60, 3.0), (4, 8.0), (60, 3.0)]))) == pytest.approx(8.0)


def test_what_has_no_speed_has_none_of_it() -> None:
    found = paced(strides([(60, 3.0)]).assign(speed_mps=np.nan))
    assert (exposure(found), accelerations(found), top_speed_mps(found)) == ((), None, None)
    assert top_speed_mps(paced(strides([(3.0, 3.0)]).iloc[:3])) is None


def test_a_change_that_nobody_saw_is_no_acceleration() -> None:
    table = strides([(60, 3.0), (60, 5.0)])
    seen = table[(table["ic_time_s"] < 57) | (table["ic_time_s"] > 63)]
    assert accelerations(paced(seen)) == 0
    assert accelerations(paced(table)) == 1
