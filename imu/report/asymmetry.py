"""Left against right: how far the sides differ, and how sure that is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from imu.analysis.withheld import withheld
from imu.report.markup import Html, element
from imu.report.metrics import SIDED, Metric, Numbers, spaced
from imu.report.opening import not_told_here

# What fills the bar to its end: more than most runners ever show, so that small differences look small.
FULL_BAR = {"%": 20.0, "°": 5.0}
COVERED_95 = 1.96  # standard errors to either side

LEAD = (
    "Difference of the medians, with its 95 % interval within this run. Angles also carry how each strap sat "
    "that day, 1 to 3°: a difference that stays over several runs says more than one day's."
)


@dataclass(frozen=True, slots=True)
class Difference:
    """Left minus right, in the metric's unit or in percent of the mean of both sides."""

    metric: Metric
    value: float
    half_interval: float

    @property
    def unit(self) -> str:
        return "%" if self.metric.relative else self.metric.unit

    @property
    def larger(self) -> str | None:
        """The side with the larger value; None where the interval cannot tell."""
        if abs(self.value) <= self.half_interval:
            return None
        return "left" if self.value > 0 else "right"


def section(
    asymmetry: Mapping[str, Mapping[str, Any]], numbers: Numbers, unsound: Collection[str] = ()
) -> Html | None:
    """Each difference of the summary as a bar that grows towards the larger side.

    unsound: placements whose own values are not told.
    """
    rows = [_row(difference(metric, asymmetry, numbers)) for metric in SIDED if metric.column in asymmetry]
    if not rows:
        return None
    ends = [element("span", text) for text in ("← left larger", "right larger →")]
    return element(
        "section",
        element("h2", "Left against right"),
        element("p", LEAD, class_="lead"),
        element("div", *ends, class_="versus-head", aria_hidden="true"),
        element("ul", *rows, class_="versus"),
        not_told_here(m.name.lower() for m in SIDED if m.column in withheld("overall", unsound)),
        element("p", "A bar that reaches the end is 5° or 20 %. Thin line: the interval.", class_="note"),
        id="sides",
    )


def difference(metric: Metric, asymmetry: Mapping[str, Mapping[str, Any]], numbers: Numbers) -> Difference:
    """One difference of the summary as it is shown."""
    found = asymmetry[metric.column]
    sides = (numbers[side][metric.column]["median"] for side in ("left", "right"))
    scale = 200 / sum(sides) if metric.relative else metric.scale
    return Difference(
        metric, found["left_minus_right"] * scale, COVERED_95 * found["standard_error"] * abs(scale)
    )


def _row(difference: Difference) -> Html:
    size = f"{abs(difference.value):.1f}{spaced(difference.unit)}"
    words = f"{difference.larger} {size} larger" if difference.larger else f"{size}, not told from none"
    return element(
        "li",
        element("span", difference.metric.name),
        _bar(difference),
        element("span", words, element("small", interval(difference)), class_="size"),
    )


def interval(difference: Difference) -> str:
    """Of 95 %, by both its ends: `±` is one standard error everywhere else."""
    value, half, unit = difference.value, difference.half_interval, spaced(difference.unit)
    of_95 = "95\N{NO-BREAK SPACE}%"
    if half < 0.05:
        return f"{of_95}: within 0.1{unit}"
    low, high = value - half, value + half  # left minus right
    if difference.larger is None:
        return f"{of_95}: {-low:.1f}{unit} right to {high:.1f}{unit} left"
    least, most = sorted((abs(low), abs(high)))
    return f"{of_95}: {least:.1f} to {most:.1f}{unit}"


def _bar(difference: Difference) -> Html:
    """Centre is no difference; the fill is drawn only where a side is larger for sure."""
    full = FULL_BAR[difference.unit]

    def place(left_minus_right: float) -> float:
        return float(np.clip(50 - 50 * left_minus_right / full, 0, 100))

    def reach(one: float, other: float) -> str:
        start, end = sorted((place(one), place(other)))
        return f"left:{start:.1f}%;width:{end - start:.1f}%"

    value, half = difference.value, difference.half_interval
    return element(
        "span",
        element("i", class_=difference.larger or "unclear", style=reach(0, value)),
        element("i", class_="interval", style=reach(value - half, value + half)),
        class_="track",
        aria_hidden="true",
    )
