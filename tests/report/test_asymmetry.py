from collections.abc import Callable
from typing import Any

import pytest

from imu.report.asymmetry import Difference, difference, section
from imu.report.metrics import CONTACT_TIME, PELVIC_DROP, SHANK_ANGLE, Metric
from imu.report.trends import running

Made = Callable[..., Any]


def of(analysis: Any, metric: Metric) -> Difference | None:
    return difference(running(analysis.strides), metric, analysis.summary["running"])


def test_a_known_difference_is_found_with_its_side(a_run: Made) -> None:
    found = of(a_run([("run", 0, 600)]), PELVIC_DROP)
    assert found is not None
    assert found.half_interval is not None
    assert found.larger == "right"
    assert abs(found.value + 1.7) < found.half_interval + 0.1


def test_a_time_differs_in_percent_of_the_mean(a_run: Made) -> None:
    found = of(a_run([("run", 0, 600)]), CONTACT_TIME)
    assert found is not None
    assert found.unit == "%"
    assert found.value == pytest.approx(-100 * 5 / 264.5, abs=0.4)  # 5 ms of 262 and 267


def test_equal_sides_are_told_apart_about_as_rarely_as_the_interval_says(a_run: Made) -> None:
    told_apart = 0
    for seed in range(60):
        analysis = a_run([("run", 0, 300)], seed=seed)
        strides = running(analysis.strides)
        strides.loc[strides["side"] == "right", "shank_angle_ic_deg"] += (
            0.8  # undoes the runner's own difference
        )
        medians = strides.groupby("side")["shank_angle_ic_deg"].median()
        numbers = {side: {"shank_angle_ic_deg": {"median": medians[side]}} for side in ("left", "right")}
        found = difference(strides, SHANK_ANGLE, numbers)
        told_apart += found is not None and found.larger is not None
    assert told_apart <= 8  # 5 % of 60 are 3; more than 8 has a chance below 1 %


def test_a_short_run_claims_no_interval(a_run: Made) -> None:
    found = of(a_run([("run", 0, 20)]), SHANK_ANGLE)
    assert found is not None
    assert found.half_interval is None
    assert found.larger is None


def test_one_side_alone_has_no_difference(a_run: Made) -> None:
    assert of(a_run([("run", 0, 60)], placements=("shank_left",)), SHANK_ANGLE) is None


def test_sides_that_were_not_told_leave_the_section_out(a_run: Made) -> None:
    analysis = a_run([("run", 0, 60)], placements=("pelvis",), side_known=False)
    assert section(running(analysis.strides), analysis.summary["running"]) is None
