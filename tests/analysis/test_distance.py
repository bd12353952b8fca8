"""How far, from the speeds of strides: seconds count, not strides."""

import numpy as np
import pandas as pd
import pytest

from imu.analysis.distance import HELD_S, Pace, pace


def strides(*pieces: tuple[float, float, float, float]) -> pd.DataFrame:
    """Running strides of one leg; each piece: from, to (s), stride time (s), speed (m/s)."""
    tables = []
    for from_s, to_s, stride_s, speed_mps in pieces:
        begin = np.arange(from_s, to_s - stride_s / 2, stride_s)
        tables.append(
            pd.DataFrame({"ic_time_s": begin, "next_ic_time_s": begin + stride_s, "speed_mps": speed_mps})
        )
    return pd.concat(tables, ignore_index=True).assign(activity="run", valid=True)


def of_bouts(table: pd.DataFrame, *bouts: tuple[float, float]) -> Pace:
    start_s, end_s = np.array(bouts, float).reshape(-1, 2).T
    return pace(table, "run", start_s, end_s)


def test_a_fast_minute_counts_as_long_as_a_slow_one() -> None:
    found = of_bouts(strides((0, 60, 0.6, 4.0), (60, 120, 0.8, 2.0)), (0, 120))
    assert found.metres.sum() == pytest.approx(60 * 4 + 60 * 2, rel=0.003)
    assert found.seconds.sum() == pytest.approx(120)


def test_a_short_hole_is_run_from_one_speed_to_the_next() -> None:
    found = of_bouts(strides((0, 60, 0.75, 3.0), (68, 120, 0.75, 5.0)), (0, 120))
    assert found.metres.sum() == pytest.approx(60 * 3 + 8 * 4 + 52 * 5, abs=1.0)


def test_a_long_hole_is_not_counted() -> None:
    found = of_bouts(strides((0, 60, 0.75, 3.0), (60 + HELD_S + 1, 120, 0.75, 3.0)), (0, 120))
    assert found.seconds.sum() == pytest.approx(120 - HELD_S - 1, abs=0.8)
    assert found.metres.sum() == pytest.approx(3 * found.seconds.sum())


def test_bouts_are_kept_apart_and_one_without_a_speed_has_no_pace() -> None:
    table = strides((0, 30, 0.75, 3.0), (40, 70, 0.75, 4.0))
    found = of_bouts(table, (0, 30), (32, 38), (40, 70))
    by_bout = np.bincount(found.bout, found.metres, 3)
    assert by_bout == pytest.approx([90, 0, 120])
    assert len(of_bouts(table.assign(speed_mps=np.nan), (0, 70)).seconds) == 0
    assert len(of_bouts(table).seconds) == 0
