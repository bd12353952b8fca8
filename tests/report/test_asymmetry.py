from collections.abc import Callable
from typing import Any

import pytest

from imu.report.asymmetry import Difference, difference, interval, section
from imu.report.metrics import CONTACT_TIME, PELVIC_DROP, SHANK_ANGLE, Metric

Made = Callable[..., Any]


def of(analysis: Any, metric: Metric) -> Difference:
    return difference(metric, analysis.summary["asymmetry"], analysis.summary["running"])


def test_a_known_difference_is_shown_with_its_side(a_run: Made) -> None:
    found = of(a_run([("run", 0, 600)]), PELVIC_DROP)
    assert found.larger == "right"
    assert found.value == pytest.approx(-1.7, abs=0.2)


def test_a_time_differs_in_percent_of_the_mean(a_run: Made) -> None:
    found = of(a_run([("run", 0, 600)]), CONTACT_TIME)
    assert found.unit == "%"
    assert found.value == pytest.approx(-100 * 5 / 264.5, abs=0.4)  # 5 ms of 262 and 267


@pytest.mark.parametrize(("value", "side"), [(0.7, "left"), (-0.7, "right"), (0.5, None), (-0.5, None)])
def test_a_side_is_named_only_where_the_interval_leaves_out_none(value: float, side: str | None) -> None:
    assert Difference(SHANK_ANGLE, value, half_interval=0.6).larger == side


@pytest.mark.parametrize(
    ("value", "half", "told"),
    [
        (0.8, 0.4, "95 %: 0.4 to 1.2°"),
        (-0.8, 0.4, "95 %: 0.4 to 1.2°"),
        (0.3, 0.5, "95 %: 0.2° right to 0.8° left"),
        (-0.3, 0.5, "95 %: 0.8° right to 0.2° left"),
        (2.5, 0.04, "95 %: within 0.1°"),
    ],
)
def test_an_interval_has_two_ends_and_not_the_sign_of_one_standard_error(
    value: float, half: float, told: str
) -> None:
    assert interval(Difference(SHANK_ANGLE, value, half_interval=half)) == told.replace(
        "95 ", "95\N{NO-BREAK SPACE}"
    )


def test_the_bar_grows_towards_the_larger_side() -> None:
    asymmetry = {"shank_angle_ic_deg": {"left_minus_right": 2.5, "standard_error": 0.1}}
    numbers = {side: {"shank_angle_ic_deg": {"median": 5.0}} for side in ("left", "right")}
    shown = section(asymmetry, numbers)
    assert shown is not None
    assert 'class="left" style="left:25.0%;width:25.0%"' in shown  # 2.5 of 5° is half of the half
    assert "left 2.5° larger" in shown


def test_sides_that_were_not_compared_leave_the_section_out(a_run: Made) -> None:
    summary = a_run([("run", 0, 60)], placements=("pelvis",), side_known=False).summary
    assert section(summary["asymmetry"], summary["running"]) is None
