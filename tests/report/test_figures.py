from collections.abc import Callable
from typing import Any

import numpy as np

from imu.report import figures
from imu.report.clock import clock
from imu.report.metrics import SHANK_ANGLE
from imu.report.trends import run_bouts, running, trend, window_s

Made = Callable[..., Any]


def drawn(analysis: Any, sides: tuple[str, ...] = ("left", "right")) -> Any:
    bouts_s = run_bouts(analysis.summary)
    strides = running(analysis.strides)
    trends = [
        trend(strides, SHANK_ANGLE, side=side, bouts_s=bouts_s, window_s=window_s(bouts_s)) for side in sides
    ]
    return figures.course(trends, SHANK_ANGLE, duration_s=analysis.summary["duration_s"])


def lines(figure: Any) -> dict[str, Any]:
    return {trace.name: trace for trace in figure.data if trace.name}


def test_sides_differ_without_colour(a_run: Made) -> None:
    left, right = lines(drawn(a_run([("run", 0, 300)]))).values()
    assert left.line.dash != right.line.dash
    assert left.marker.symbol != right.marker.symbol


def test_every_course_of_a_run_shares_one_clock(a_run: Made, walk_run: Made) -> None:
    figure = drawn(a_run(walk_run(20)))
    assert figure.layout.xaxis.range == (0, 20)  # minutes
    assert np.nanmax(lines(figure)["Left"].x) <= 20
    assert drawn(a_run([("run", 0, 30)])).layout.xaxis.range == (0, 30)  # seconds


def test_no_band_is_filled_across_walking(a_run: Made, walk_run: Made) -> None:
    band = drawn(a_run(walk_run(20))).data[0]
    pieces = np.split(band.x, np.flatnonzero(np.isnan(band.x)))
    longest = max(np.ptp(piece[np.isfinite(piece)]) for piece in pieces if np.isfinite(piece).any())
    assert longest <= 4.0  # min of running between two walks


def test_the_timeline_has_a_lane_for_each_activity_even_if_unused() -> None:
    bouts = [{"activity": "run", "start_s": 8.0, "end_s": 68.0}]
    figure = figures.timeline(bouts, duration_s=68.0)
    assert list(figure.layout.yaxis.categoryarray) == ["Stand", "Walk", "Run"]
    run = figure.data[2]
    assert (run.base[0], run.x[0]) == (8.0, 60.0)
    assert len({trace.marker.pattern.shape for trace in figure.data}) == 3


def test_toe_off_sits_on_the_curve(a_run: Made) -> None:
    curves = a_run([("run", 0, 60)]).curves
    left = curves[(curves["signal"] == "shank_angle_deg") & (curves["side"] == "left")]
    figure = figures.stride_curves({"left": left}, toe_off_percent={"left": 37.0})
    (marker,) = [trace for trace in figure.data if trace.name == "toe-off"]
    assert marker.x == (37.0,)
    assert marker.y[0] == left.loc[left["phase_percent"] == 37, "mean"].item()


def test_durations_read_like_a_watch() -> None:
    assert [clock(s) for s in (5, 65, 3599.6, 3725)] == ["0:05", "1:05", "1:00:00", "1:02:05"]
