"""Left against right: how far the sides differ, and how sure that is."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import sem, t as student_t

from imu.report.markup import Html, element
from imu.report.metrics import SIDED, Metric, Numbers, spaced

# Neighbouring strides resemble each other, so strides are no independent witnesses; medians of about 25 of
# them nearly are (a running segment settles within 25 steps: Oliveira & Pirscoveanu 2021).
SEGMENT_STRIDES = 25
# Fewer segments give an interval wider than anything it could say.
FEWEST_SEGMENTS = 4
# What fills the bar to its end: more than most runners ever show, so that small differences look small.
FULL_BAR = {"%": 20.0, "°": 5.0}

LEAD = (
    "Difference of the medians, with its 95 % interval within this run. Angles also carry how each strap sat "
    "that day, 1 to 3°: a difference that stays over several runs says more than one day's."
)


@dataclass(frozen=True, slots=True)
class Difference:
    """Left minus right, in the metric's unit or in percent of the mean of both sides."""

    metric: Metric
    value: float
    half_interval: float | None  # half of the 95 % interval; None where the run is too short to tell

    @property
    def unit(self) -> str:
        return "%" if self.metric.relative else self.metric.unit

    @property
    def larger(self) -> str | None:
        """The side with the larger value; None where the interval cannot tell."""
        if self.half_interval is None or abs(self.value) <= self.half_interval:
            return None
        return "left" if self.value > 0 else "right"


def section(strides: pd.DataFrame, numbers: Numbers) -> Html | None:
    """Each difference as a bar that grows towards the larger side. `strides`: those that count."""
    found = [difference(strides, metric, numbers) for metric in SIDED]
    rows = [_row(each) for each in found if each is not None]
    if not rows:
        return None
    ends = [element("span", text) for text in ("← left larger", "right larger →")]
    return element(
        "section",
        element("h2", "Left against right"),
        element("p", LEAD, class_="lead"),
        element("div", *ends, class_="versus-head", aria_hidden="true"),
        element("ul", *rows, class_="versus"),
        element("p", "A bar that reaches the end is 5° or 20 %. Thin line: the interval.", class_="note"),
        id="sides",
    )


def difference(strides: pd.DataFrame, metric: Metric, numbers: Numbers) -> Difference | None:
    """Of the summary's medians, with an interval from segments of this run; None with one side only."""
    left, right = metric.median(numbers, "left"), metric.median(numbers, "right")
    if left is None or right is None:
        return None
    scale = 200 / (left + right) if metric.relative else metric.scale
    segments = _segment_differences(strides, metric.column) * scale
    half = None
    if len(segments) >= FEWEST_SEGMENTS:
        half = float(student_t.ppf(0.975, len(segments) - 1) * sem(segments))
    return Difference(metric, (left - right) * scale, half)


def _segment_differences(strides: pd.DataFrame, column: str) -> NDArray[np.float64]:
    """Left minus right of the medians of successive segments of 25 strides per side, paired in time."""
    measured = strides[strides[column].notna() & (strides["side"] != "unknown")]
    length_s = SEGMENT_STRIDES * measured["stride_time_s"].median()
    medians = {}
    for side in ("left", "right"):
        own = measured[measured["side"] == side]
        segments = own.groupby((own["ic_time_s"] // length_s).rename("segment"))[column]
        medians[side] = segments.median()[segments.size() >= SEGMENT_STRIDES / 2]
    return (medians["left"] - medians["right"]).dropna().to_numpy(float)


def _row(difference: Difference) -> Html:
    words, interval = _in_words(difference)
    return element(
        "li",
        element("span", difference.metric.name),
        _bar(difference),
        element("span", words, element("small", interval), class_="size"),
    )


def _in_words(difference: Difference) -> tuple[str, str]:
    half, unit = difference.half_interval, spaced(difference.unit)
    size = f"{abs(difference.value):.1f}{unit}"
    side = "left" if difference.value > 0 else "right"
    if half is None:
        return f"{side} {size} larger", "too few strides for an interval"
    interval = f"± {half:.1f}{unit}" if half >= 0.05 else f"± less than 0.1{unit}"
    return f"{side} {size} larger" if difference.larger else f"{size}, not told from none", interval


def _bar(difference: Difference) -> Html:
    """Centre is no difference; the fill is drawn only where a side is larger for sure."""
    full = FULL_BAR[difference.unit]

    def place(left_minus_right: float) -> float:
        return float(np.clip(50 - 50 * left_minus_right / full, 0, 100))

    start, end = sorted((50.0, place(difference.value)))
    half = difference.half_interval or 0.0
    low, high = place(difference.value + half), place(difference.value - half)
    return element(
        "span",
        element(
            "i", class_=difference.larger or "unclear", style=f"left:{start:.1f}%;width:{end - start:.1f}%"
        ),
        element("i", class_="interval", style=f"left:{low:.1f}%;width:{high - low:.1f}%") if half else None,
        class_="track",
        aria_hidden="true",
    )
