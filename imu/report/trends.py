"""Strides over time, thinned for the eye: medians of short windows that never reach across a break."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imu.report.metrics import Metric

Floats = NDArray[np.float64]

# On a phone a point every other pixel: more only makes the line nervous.
MOST_WINDOWS = 180
WINDOWS_S = (10.0, 20.0, 30.0, 60.0, 120.0, 300.0)
# Of half a minute, a walk-run programme's first interval, six points of 5 s still show a course.
SHORT_WINDOW_S, SHORT_RUN_S = 5.0, 100.0
# Below this every stride is drawn itself: no window would leave a course to see.
SINGLE_STRIDES_S = 20.0
# The median of two strides is their mean; three are the fewest that shrug off a bad one.
FEWEST_STRIDES = 3
# Two windows are joined unless more than this, about three strides, is missing between them.
LONGEST_JOIN_S = 2.0
# Enough single strides behind a line to show their scatter, few enough to keep the page light.
MOST_DOTS = 160


@dataclass(frozen=True, slots=True)
class Trend:
    """One side's course. NaN separates what must not be joined: walking, standing, gaps, strides left out."""

    side: str  # left, right, unknown; "both" where sides are pooled
    time_s: Floats
    median: Floats
    uncertainty: Floats | None  # one standard uncertainty of a single stride, same length
    dots_time_s: Floats  # single strides behind the line; empty where the line itself is made of them
    dots: Floats
    clipped_time_s: Floats  # strides whose value is a lower bound only
    clipped: Floats


def running(strides: pd.DataFrame) -> pd.DataFrame:
    """The strides that count: running, and valid."""
    return strides[(strides["activity"] == "run") & strides["valid"].astype(bool)]


def run_bouts(summary: Mapping[str, Any]) -> Floats:
    """Start and end of every running bout, (k, 2)."""
    bouts = [(bout["start_s"], bout["end_s"]) for bout in summary["bouts"] if bout["activity"] == "run"]
    return np.array(bouts, dtype=float).reshape(-1, 2)


def window_s(bouts_s: Floats) -> float:
    """How long a median window to draw; 0 means every stride itself."""
    total_s = float(np.diff(bouts_s, axis=1).sum())
    if total_s < SINGLE_STRIDES_S:
        return 0.0
    if total_s < SHORT_RUN_S:
        return SHORT_WINDOW_S
    return next((length for length in WINDOWS_S if total_s / length <= MOST_WINDOWS), WINDOWS_S[-1])


def sides_of(strides: pd.DataFrame, metric: Metric) -> Sequence[str]:
    """The sides this metric was measured on, left first; pooled metrics have the one side "both"."""
    measured = strides[strides[metric.column].notna()]
    if not metric.sided:
        return ("both",) if len(measured) else ()
    return [side for side in ("left", "right", "unknown") if (measured["side"] == side).any()]


def of_side(strides: pd.DataFrame, side: str) -> pd.DataFrame:
    """The strides of one side; of "both", all."""
    return strides if side == "both" else strides[strides["side"] == side]


def trend(strides: pd.DataFrame, metric: Metric, *, side: str, bouts_s: Floats, window_s: float) -> Trend:
    """One side of one metric over time, in the metric's unit. `strides`: those of `running`."""
    own = of_side(strides, side)
    own = own[own[metric.column].notna()]
    frame = pd.DataFrame(
        {
            "time": own["ic_time_s"].to_numpy(float),
            "end": own["next_ic_time_s"].to_numpy(float),
            "value": own[metric.column].to_numpy(float) * metric.scale,
            "sd": own[metric.uncertainty].to_numpy(float) * metric.scale if metric.uncertainty else np.nan,
            "clipped": own["flags"].str.split().map(lambda words: "clipped" in words).to_numpy(bool),
        }
    )
    frame["bout"] = np.searchsorted(bouts_s[:, 0], frame["time"].to_numpy(), side="right") - 1
    line = _with_holes(_windows(frame, bouts_s, window_s) if window_s else _each_stride(frame))
    dots = frame.iloc[_evenly(len(frame), MOST_DOTS)] if window_s else frame.iloc[:0]
    clipped = frame[frame["clipped"] & metric.saturates]
    clipped = clipped.iloc[_evenly(len(clipped), MOST_DOTS)]
    sd = line["sd"].to_numpy(float)
    return Trend(
        side=side,
        time_s=line["time"].to_numpy(float),
        median=line["value"].to_numpy(float),
        uncertainty=sd if np.isfinite(sd).any() else None,
        dots_time_s=dots["time"].to_numpy(float),
        dots=dots["value"].to_numpy(float),
        clipped_time_s=clipped["time"].to_numpy(float),
        clipped=clipped["value"].to_numpy(float),
    )


def _windows(frame: pd.DataFrame, bouts_s: Floats, window_s: float) -> pd.DataFrame:
    into_bout_s = frame["time"] - bouts_s[frame["bout"].clip(lower=0), 0]
    frame = frame.assign(window=(into_bout_s // window_s).astype(int))
    grouped = frame.groupby(["bout", "window"])
    points = grouped[["time", "value", "sd"]].median()
    points["first"], points["last"] = grouped["time"].min(), grouped["end"].max()
    points = points[grouped.size() >= FEWEST_STRIDES].reset_index()
    apart_s = points["first"] - points["last"].shift()
    return points.assign(broken=(points["bout"].diff() != 0) | (apart_s > LONGEST_JOIN_S))


def _each_stride(frame: pd.DataFrame) -> pd.DataFrame:
    # A stride begins where the one before ended; half a stride of slack tells a missing one from rounding.
    slack_s = (frame["end"] - frame["time"]) / 2
    broken = frame["time"] > frame["end"].shift() + slack_s
    return frame.assign(broken=broken | (frame["bout"].diff() != 0))


def _with_holes(points: pd.DataFrame) -> pd.DataFrame:
    """A row of NaN before every point that must not be joined to the one before it."""
    broken = np.flatnonzero(points["broken"].to_numpy(bool))
    holes = pd.DataFrame(np.nan, index=broken[broken > 0] - 0.5, columns=["time", "value", "sd"])
    line = points[["time", "value", "sd"]].reset_index(drop=True)
    return pd.concat([line, holes]).sort_index() if len(holes) else line


def _evenly(count: int, most: int) -> NDArray[np.intp]:
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.intp))
