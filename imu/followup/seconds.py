"""A run second by second, as watches tell it: what the strides around each second were like on average."""

from collections.abc import Mapping
from datetime import datetime
from math import ceil, floor
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imu.analysis.distance import Pace, pace
from imu.recording import Channel

Floats = NDArray[np.float64]

LEAST_COVERED = 0.5  # of a second must lie in strides that tell a value, or the second has none
NEAREST_S = 2.0  # straps tell the heart rate about once a second; an older value is none
_OF_SIDE = {  # columns of the second: those of the strides
    "shank_angle_ic_{side}_deg": "shank_angle_ic_deg",
    "pelvic_drop_{side}_deg": "pelvic_drop_deg",
    "contact_time_{side}_s": "contact_time_s",
}
_OF_BOTH = ("cadence_spm", "vertical_oscillation_m")


def second_table(
    strides: pd.DataFrame,
    summary: Mapping[str, Any],
    *,
    start: datetime,
    reference: Mapping[str, Channel] | None = None,
) -> pd.DataFrame:
    """A row for every whole second of the wall clock, named as in `imu.formats.content.ACTIVITY_CHANNELS`.

    Values are means over the strides of the second around each row, weighted by how much of it they fill;
    strides that do not count tell nothing. NaN where no stride tells anything. The distance goes on while the
    speed is known, as in the summary.
    """
    time_s = whole_seconds(start, summary["duration_s"])
    edges_s = np.append(time_s - 0.5, time_s[-1:] + 0.5)
    counted = strides[strides["valid"].astype(bool)]
    sides = {side: counted[counted["side"] == side] for side in ("left", "right")}
    columns: dict[str, Any] = {"time_s": time_s, "activity": _activity(summary, time_s)}
    columns |= _way(strides, summary, time_s, edges_s)
    # A pelvis alone tells steps, and not whose they are.
    feet = [counted[counted["side"] == side] for side in ("left", "right", "unknown")]
    for name in _OF_BOTH:
        columns[name] = _both([_each_second(own, name, edges_s) for own in feet])
    for side, own in sides.items():
        columns |= {name.format(side=side): _each_second(own, of, edges_s) for name, of in _OF_SIDE.items()}
    left_s, right_s = columns["contact_time_left_s"], columns["contact_time_right_s"]
    columns["contact_time_s"] = _both([left_s, right_s])
    columns["contact_time_left_share"] = left_s / (left_s + right_s)
    lengths = [_each_second(own, "stride_length_m", edges_s) for own in sides.values()]
    columns["step_length_m"] = _both(lengths) / 2
    if (heart := (reference or {}).get("heart_rate_bpm")) is not None:
        columns["heart_rate_bpm"] = nearest(heart, time_s)
    return pd.DataFrame(columns)


def whole_seconds(start: datetime, duration_s: float) -> Floats:
    """When, since the start, the wall clock showed a whole second."""
    first = start.timestamp()
    return np.asarray(np.arange(ceil(first), floor(first + duration_s) + 1) - first, float)


def of_running(seconds: pd.DataFrame) -> dict[str, float]:
    """Means of all columns over the seconds of running; the distance is all of it, walked too."""
    ran = seconds[seconds["activity"] == "run"]
    names = [name for name in seconds if name not in ("time_s", "activity", "distance_m")]
    found = {str(name): float(np.nanmean(ran[name])) for name in names if ran[name].notna().any()}
    if (way := seconds["distance_m"].dropna()).size:
        found["distance_m"] = float(way.iloc[-1])
    return found


def _activity(summary: Mapping[str, Any], time_s: Floats) -> NDArray[np.str_]:
    found = np.full(len(time_s), "unknown", dtype="<U7")
    for bout in summary["bouts"]:
        found[(time_s >= bout["start_s"]) & (time_s < bout["end_s"])] = bout["activity"]
    return found


def _way(
    strides: pd.DataFrame, summary: Mapping[str, Any], time_s: Floats, edges_s: Floats
) -> dict[str, Floats]:
    paces = [_pace(strides, summary, activity) for activity in ("run", "walk")]
    start_s, end_s, speed = (
        np.concatenate([getattr(one, name) for one in paces]) for name in ("start_s", "end_s", "speed_mps")
    )
    order = np.argsort(start_s, kind="stable")
    start_s, end_s, speed = start_s[order], end_s[order], speed[order]
    if not len(start_s):
        nothing = np.full(len(time_s), np.nan)
        return {"speed_mps": nothing, "distance_m": nothing}
    nodes_s, metres, _ = _sums(start_s, end_s, speed)
    return {
        "speed_mps": _means(start_s, end_s, speed, edges_s),
        "distance_m": np.interp(time_s, nodes_s, metres),
    }


def _pace(strides: pd.DataFrame, summary: Mapping[str, Any], activity: str) -> Pace:
    here = [bout for bout in summary["bouts"] if bout["activity"] == activity]
    edges = [np.array([bout[name] for bout in here], float) for name in ("start_s", "end_s")]
    return pace(strides, activity, *edges)


def _each_second(strides: pd.DataFrame, name: str, edges_s: Floats) -> Floats:
    """The mean of a column over the strides of one side, between each edge and the next."""
    known = strides[strides[name].notna()]
    start_s, end_s, value = (known[one].to_numpy(float) for one in ("ic_time_s", "next_ic_time_s", name))
    return _means(start_s, end_s, value, edges_s)


def _means(start_s: Floats, end_s: Floats, value: Floats, edges_s: Floats) -> Floats:
    if not len(start_s):
        return np.full(max(len(edges_s) - 1, 0), np.nan)
    nodes_s, sums, covered_s = _sums(start_s, end_s, value)
    total, seconds = (np.diff(np.interp(edges_s, nodes_s, one)) for one in (sums, covered_s))
    enough = seconds >= LEAST_COVERED * np.diff(edges_s)
    return _divided(total, seconds, enough)


def _sums(start_s: Floats, end_s: Floats, value: Floats) -> tuple[Floats, Floats, Floats]:
    """Moments, the sum of value times duration up to each, and the duration that it was told for."""
    start_s = np.maximum(start_s, np.append(-np.inf, end_s[:-1]))  # of strides that overlap, the first rules
    lasted_s = np.maximum(end_s - start_s, 0.0)
    nodes_s = np.maximum.accumulate(np.column_stack([start_s, start_s + lasted_s]).ravel())
    steps = np.column_stack([np.zeros(len(lasted_s)), lasted_s]).ravel()
    return nodes_s, np.cumsum(steps * np.repeat(value, 2)), np.cumsum(steps)


def _both(sides: list[Floats]) -> Floats:
    """The mean of both feet; of one where only one is known."""
    known = np.asarray(np.isfinite(sides))
    total = np.where(known, sides, 0.0).sum(axis=0)
    return _divided(total, known.sum(axis=0), np.asarray(known.any(axis=0)))


def _divided(total: Floats, by: Floats, where: NDArray[np.bool_]) -> Floats:
    """NaN elsewhere."""
    found = np.full(len(total), np.nan)
    found[where] = total[where] / by[where]
    return found


def nearest(channel: Channel, time_s: Floats) -> Floats:
    """The value told nearest to each second; NaN where none was told about then."""
    if not len(channel.time_s):
        return np.full(len(time_s), np.nan)
    after = np.clip(np.searchsorted(channel.time_s, time_s), 1, max(len(channel.time_s) - 1, 1))
    after = np.minimum(after, len(channel.time_s) - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.abs(channel.time_s[before] - time_s) <= np.abs(channel.time_s[after] - time_s)
    at = np.where(nearer, before, after)
    return np.where(np.abs(channel.time_s[at] - time_s) <= NEAREST_S, channel.values[at], np.nan)
