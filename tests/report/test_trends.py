from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from imu.report.metrics import CADENCE, CONTACT_TIME, PEAK_ACCELERATION, SHANK_ANGLE, Metric
from imu.report.trends import Trend, run_bouts, running, sides_of, trend, window_s

Made = Callable[..., Any]


def course(analysis: Any, metric: Metric = SHANK_ANGLE, side: str = "left") -> Trend:
    bouts_s = run_bouts(analysis.summary)
    strides = running(analysis.strides)
    return trend(strides, metric, side=side, bouts_s=bouts_s, window_s=window_s(bouts_s))


def joined(found: Trend) -> list[tuple[float, float]]:
    """Start and end of every unbroken piece of the line."""
    pieces = np.split(found.time_s, np.flatnonzero(np.isnan(found.time_s)))
    return [(np.nanmin(piece), np.nanmax(piece)) for piece in pieces]


def test_walking_is_a_hole_in_the_line(a_run: Made, walk_run: Made) -> None:
    pieces = joined(course(a_run(walk_run(20))))
    assert len(pieces) == 4
    for (start_s, end_s), (run_start_s, run_end_s) in zip(
        pieces, ((70, 310), (370, 610), (670, 910), (970, 1200)), strict=True
    ):
        assert run_start_s <= start_s < end_s <= run_end_s


def test_nothing_is_joined_across_a_gap(a_run: Made) -> None:
    before, after = joined(course(a_run([("run", 0, 400)], gap_s=(150, 190))))
    assert before[1] < 150
    assert after[0] > 190


def test_a_gap_shorter_than_a_window_is_a_hole_too(a_run: Made) -> None:
    assert len(joined(course(a_run([("run", 0, 400)], gap_s=(156, 164))))) == 2


def test_a_window_shows_the_median_of_its_strides_in_the_unit_shown(a_run: Made) -> None:
    analysis = a_run([("run", 0, 300)])
    strides = analysis.strides
    own = strides[(strides["side"] == "right") & (strides["ic_time_s"] < 10)]
    found = course(analysis, CONTACT_TIME, "right")
    assert found.median[0] == pytest.approx(1000 * own["contact_time_s"].median())


def test_a_change_is_not_smoothed_away(a_run: Made) -> None:
    found = course(a_run([("run", 0, 1200)], left_change_deg=3.0))
    early, late = found.median[found.time_s < 720], found.median[found.time_s > 730]
    assert np.median(late) - np.median(early) == pytest.approx(3.0, abs=0.3)


def test_strides_left_out_do_not_enter(a_run: Made) -> None:
    analysis = a_run([("run", 0, 300)])
    bad = analysis.strides.index[::3]
    analysis.strides.loc[bad, "shank_angle_ic_deg"] = 80.0
    analysis.strides.loc[bad, "valid"] = False
    assert np.nanmax(course(analysis).median) < 20


def test_two_hours_stay_light_and_five_seconds_stay_whole(a_run: Made, walk_run: Made) -> None:
    long = course(a_run(walk_run(120)))
    assert np.isfinite(long.median).sum() < 250
    assert len(long.dots) <= 240
    short = course(a_run([("run", 0, 5)]))
    assert len(short.median) == 7  # a stride of 0.714 s fits seven times
    assert len(short.dots) == 0


def test_saturated_strides_are_told_apart_where_they_matter(a_run: Made) -> None:
    analysis = a_run([("run", 0, 300)], clipped_share=0.1)
    impact = course(analysis, PEAK_ACCELERATION)
    assert len(impact.clipped)
    assert (impact.clipped == 16.0).all()
    assert not len(course(analysis, SHANK_ANGLE).clipped)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, ["left", "right"]),
        ({"placements": ("shank_left",)}, ["left"]),
        ({"placements": ("pelvis",), "side_known": False}, []),
    ],
)
def test_only_measured_sides_are_drawn(a_run: Made, told: dict[str, Any], expected: list[str]) -> None:
    strides = running(a_run([("run", 0, 60)], **told).strides)
    assert list(sides_of(strides, SHANK_ANGLE)) == expected
    assert list(sides_of(strides, CADENCE)) == ["both"]


def test_an_empty_stride_table_has_no_sides(a_run: Made) -> None:
    strides = running(a_run([("stand", 0, 8)]).strides)
    assert isinstance(strides, pd.DataFrame)
    assert not len(sides_of(strides, SHANK_ANGLE))
