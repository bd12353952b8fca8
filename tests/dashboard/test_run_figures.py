"""Charts of a run: what is drawn is what is known, and holes stay holes."""

import json
from typing import Any

import numpy as np
import pytest

from dashboard import theme
from dashboard.components.sides import in_order, look_of
from dashboard.figures import one_run, raw_signal, stride_curves
from dashboard.figures.base import band, plain, within
from imu.followup.one_run import Course, StrideCurve
from imu.followup.raw_window import RawWindow, chosen, placements, zoomed
from imu.report.metrics import CADENCE, SPEED
from imu.training.history import Bout
from imu.training.usual_range import UsualRange

LEFT = look_of("left", injured=None)


def seen(expected_deg: list[float]) -> UsualRange:
    count = len(expected_deg)
    expected = np.array(expected_deg)
    return UsualRange(
        minute=np.arange(count, dtype=float),
        speed_mps=np.full(count, 3.0),
        value_deg=np.linspace(10, 12, count),
        expected_deg=expected,
        half_deg=np.where(np.isnan(expected), np.nan, 3.0),
        runs=10,
        unknown=(),
        not_judged=None,
    )


def test_the_band_is_the_expectation_plus_and_minus_its_half() -> None:
    drawn = one_run.angle(seen([9.0, 9.5, 10.0]), LEFT, longest_min=3)["data"][0]
    assert drawn["y"] == [12.0, 12.5, 13.0, 7.0, 6.5, 6.0, None]


def test_where_nothing_is_expected_no_band_is_drawn() -> None:
    drawn = one_run.angle(seen([9.0, 9.5, np.nan, 10.0, 10.0]), LEFT, longest_min=5)["data"][0]
    assert 2.0 not in drawn["x"]
    assert drawn["x"].count(None) == 2  # two pieces, each closed by itself
    nothing = one_run.angle(seen([np.nan, np.nan]), LEFT, longest_min=5)
    assert nothing["data"][0]["x"] == []
    assert nothing["layout"]["annotations"] == []


def test_the_minute_of_a_change_and_its_doubt_are_drawn() -> None:
    began = one_run.ChangeWithin(12.0, (10.0, 15.0))
    between, likeliest = one_run.angle(seen([9.0] * 20), LEFT, longest_min=20, began=began)["layout"][
        "shapes"
    ]
    assert (between["x0"], between["x1"]) == (10.0, 15.0)
    assert likeliest["x0"] == likeliest["x1"] == 12.0


def test_a_difference_is_turned_round_with_its_band() -> None:
    drawn = one_run.angle(seen([9.0, 9.0]), LEFT, longest_min=2, sign=-1)["data"]
    assert drawn[0]["y"] == [-6.0, -6.0, -12.0, -12.0, None]
    assert drawn[2]["y"] == [-10.0, -12.0]


def test_what_is_usual_of_a_segment_is_told_by_its_two_ends() -> None:
    usual = one_run.angle(seen([9.0, 9.0]), LEFT, longest_min=2)["data"]
    pointed = next(one for one in usual if "customdata" in one)
    low, high = pointed["customdata"][0]
    assert low < pointed["y"][0] < high
    assert "±" not in pointed["hovertemplate"]


def test_bouts_tell_how_long_and_how_fast_and_differ_without_colour() -> None:
    done = [
        Bout(activity="walk", start_s=0, end_s=60, speed_mps=1.5),
        Bout(activity="run", start_s=60, end_s=360, speed_mps=1000 / 300),
    ]
    run, walk, stand = one_run.bouts(done, duration_s=360)["data"]
    assert run["text"] == ["5:00 · 5:00\N{NO-BREAK SPACE}min/km"]
    assert walk["text"] == [""]  # nobody reads words on a pattern
    assert walk["base"] == [0.0]
    assert stand["x"] == []
    assert len({one["marker"]["pattern"]["shape"] for one in (run, walk, stand)}) == 3


def test_a_course_keeps_its_holes() -> None:
    course = Course("both", np.array([0.0, np.nan, 2.0]), np.array([170.0, np.nan, 171.0]))
    drawn = one_run.course([course], [LEFT], CADENCE, longest_min=3)["data"][0]
    assert drawn["y"] == [170.0, None, 171.0]
    assert drawn["mode"] == "lines"


def test_speed_is_read_as_pace() -> None:
    course = Course("both", np.array([0.0, 1.0]), np.array([1000 / 360, 1000 / 300]))
    figure = one_run.course([course], [LEFT], SPEED, longest_min=3)
    assert figure["data"][0]["customdata"] == ["6:00\N{NO-BREAK SPACE}min/km", "5:00\N{NO-BREAK SPACE}min/km"]
    assert "5:30" in figure["layout"]["yaxis"]["ticktext"]


def test_a_stride_is_drawn_over_the_usual_one_where_there_is_one() -> None:
    curve = StrideCurve("left", np.zeros(101), np.ones(101))
    usual = StrideCurve("left", np.ones(101), np.ones(101))
    drawn = [stride_curves.Drawn(curve, LEFT, "this run")]
    beside = stride_curves.stride(drawn, usual=usual, toe_off_percent=36.0)
    assert [len(beside["data"]), len(stride_curves.stride(drawn)["data"])] == [3, 2]
    assert beside["layout"]["shapes"][0]["x0"] == 36.0
    assert max(beside["data"][0]["y"][:101]) == 2.0  # its band is that of the usual runs


def test_a_long_signal_is_thinned_and_keeps_its_peaks() -> None:
    value = np.zeros(720_000, np.float32)
    value[[123_456, 600_001]] = [9.5, -7.5]
    time_s, shown = raw_signal.thinned(np.arange(720_000) / 200, value)
    assert len(shown) <= raw_signal.MOST_POINTS
    assert (shown.max(), shown.min()) == (9.5, -7.5)
    assert 123_456 / 200 in time_s


def window(count: int) -> RawWindow:
    values = {axis: np.ones(count, np.float32) for axis in "xyz"}
    return RawWindow(0.0, count / 200, np.arange(count) / 200, values, "g", np.array([0.5]))


def test_raw_lines_differ_by_dash_and_landings_are_marked() -> None:
    drawn = raw_signal.raw(window(1000), revision="a")
    lines = drawn["data"][:3]
    assert len({one["line"]["dash"] for one in lines}) == 3
    assert drawn["data"][3]["x"] == [0.5]
    assert drawn["layout"]["uirevision"] == "a"


def test_figures_are_plain_json() -> None:
    for figure in (
        one_run.angle(seen([9.0, np.nan, 10.0]), LEFT, longest_min=3),
        raw_signal.raw(window(10), revision=""),
    ):
        json.dumps(figure, allow_nan=False)


def test_plain_numbers() -> None:
    assert plain(np.array([1.23456, np.nan])) == [1.235, None]
    assert band(np.empty(0), np.empty(0), np.empty(0))["x"] == []


def test_limits_hold_everything_and_leave_room() -> None:
    low, high = within(np.array([1.0, np.nan]), np.array([3.0])) or (0, 0)
    assert low < 1.0
    assert high > 3.0
    assert within(np.array([np.nan])) is None
    low, high = within(np.array([5.0, 5.1]), least=6.0) or (0, 0)
    assert high - low >= 6.0


@pytest.mark.parametrize(
    ("start_s", "length_s", "expected"),
    [
        (5, 10.0, (5.0, 15.0)),
        (95, 10.0, (90.0, 100.0)),
        (-3, 10.0, (0.0, 10.0)),
        (5, None, (0.0, 100.0)),
        (5, 600.0, (0.0, 100.0)),
        ("x", 10.0, (0.0, 10.0)),
        (float("nan"), 10.0, (0.0, 10.0)),
    ],
)
def test_a_window_lies_in_the_recording(start_s: Any, length_s: float | None, expected: Any) -> None:
    assert chosen(start_s, length_s, 100.0) == expected


def test_a_zoom_is_cut_to_the_recording_and_turned_round() -> None:
    told = {"xaxis.range[0]": 120.0, "xaxis.range[1]": 80.0}
    assert zoomed(told, 100.0, otherwise=(0.0, 10.0)) == (80.0, 100.0)
    assert zoomed({}, 100.0, otherwise=(0.0, 10.0)) == (0.0, 10.0)


def test_only_sensors_are_placements() -> None:
    files = ("pelvis.parquet", "shank_left.parquet", "reference.parquet", "recording.json")
    assert placements(files) == ("shank_left", "pelvis")


def test_the_injured_side_comes_first_and_looks_the_same_everywhere() -> None:
    assert in_order(injured="right") == ("right", "left")
    assert in_order(injured=None) == ("left", "right")
    assert look_of("right", injured="right") == theme.INJURED
    assert look_of("left", injured="right") == theme.OTHER
