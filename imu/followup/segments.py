"""The strides of a run in pieces of 25 at a steady speed, which is what charts and baselines are made of.

A stride takes part that counts in averages, has a speed, and carries no flag that doubts a value of a
segment. `clipped` doubts the peak alone, and without the hardest landings an angle would be that of the soft
ones; `other_leg` takes the speed from the other leg, and one body has one speed.
"""

from collections.abc import Collection
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from imu.analysis.columns import SHANK_ANGLE
from imu.analysis.flags import Flag
from imu.analysis.withheld import withheld
from imu.training.history import Side
from imu.training.segments import SEGMENT_STRIDES, Segment, Segments

Floats = NDArray[np.float64]

SIDES: tuple[Side, ...] = ("left", "right")
HARMLESS = {Flag.CLIPPED.word, Flag.OTHER_LEG.word}
# Without a stride for so long, a segment ends. Nobody pauses for less (`imu.signal.activity`), so what lies
# between is three strides that were lost or not counted, not another piece of running.
LONGEST_HOLE_S = 2.0
# Speed stays within this share of its middle. The widest slope that a baseline expects, 2.5 deg per m/s (mean
# and 1 sd of `imu.training.metrics`), makes 0.4 deg of it at 3 m/s: half of what segments scatter anyway.
STEADY_SHARE = 0.05
SMOOTHED_STRIDES = 5  # a single stride's speed errs by 1 to 2 %, and no segment shall end for that
MEASURED_STRIDES = 20  # with a value, of 25: its median errs by an eighth more than that of all
MEDIANS = (*SHANK_ANGLE, "pelvic_drop_deg", "cadence_spm")


def segments(
    strides: pd.DataFrame,
    *,
    start_s: Floats,
    end_s: Floats,
    unsound: Collection[str] = (),
) -> Segments:
    """The segments of both legs in order of time.

    start_s, end_s: (b,) the bouts of running, ascending. unsound: placements whose sensors are not to be
    trusted; what only they tell is absent.
    """
    strides = strides.loc[_usable(strides), ["side", "ic_time_s", "next_ic_time_s", "speed_mps", *MEDIANS]]
    found = [
        segment
        for side in SIDES
        for segment in _of_leg(side, strides[strides["side"] == side], start_s, end_s, unsound)
    ]
    return Segments.of(sorted(found, key=lambda segment: segment.minute))


def _of_leg(
    side: Side,
    strides: pd.DataFrame,
    start_s: Floats,
    end_s: Floats,
    unsound: Collection[str],
) -> list[Segment]:
    first_s, last_s, speed_mps = (
        strides[name].to_numpy(float) for name in ("ic_time_s", "next_ic_time_s", "speed_mps")
    )
    bout = np.searchsorted(start_s, 0.5 * (first_s + last_s), side="right")
    chosen = _steady_pieces(first_s, last_s, speed_mps, bout)
    if not len(chosen):
        return []
    middle_s = 0.5 * (first_s[chosen[:, 0]] + last_s[chosen[:, -1]])
    minute = (running_s(middle_s, start_s, end_s) / 60).tolist()
    hidden = withheld(side, unsound)
    medians: dict[str, list[float | None]] = {
        name: [None] * len(chosen) if name in hidden else _medians(strides[name].to_numpy(float)[chosen])
        for name in MEDIANS
    }
    speeds_mps = np.median(speed_mps[chosen], axis=1).tolist()
    return [
        Segment(
            side=side,
            minute=minute[at],
            strides=SEGMENT_STRIDES,
            speed_mps=speeds_mps[at],
            **{name: values[at] for name, values in medians.items()},
        )
        for at in range(len(chosen))
    ]


def _usable(strides: pd.DataFrame) -> NDArray[np.bool_]:
    harmless = [words for words in strides["flags"].unique() if set(words.split()) <= HARMLESS]
    usable = strides["valid"] & (strides["activity"] == "run") & strides["speed_mps"].notna()
    return (usable & strides["flags"].isin(harmless)).to_numpy(bool)


def _steady_pieces(
    first_s: Floats, last_s: Floats, speed_mps: Floats, bout: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Positions (m, 25) of neighbouring strides at a steady speed; each piece begins as early as it can."""
    broken = (first_s[1:] - last_s[:-1] > LONGEST_HOLE_S) | (bout[1:] != bout[:-1])
    cuts = [0, *(np.flatnonzero(broken) + 1).tolist(), len(first_s)]
    begins: list[int] = []
    for begin, end in pairwise(cuts):
        if end - begin < SEGMENT_STRIDES:
            continue
        steady = begin + np.flatnonzero(_steady_from(speed_mps[begin:end]))
        at = begin
        while (following := int(np.searchsorted(steady, at))) < len(steady):
            begins.append(int(steady[following]))
            at = begins[-1] + SEGMENT_STRIDES
    return np.array(begins, np.intp)[:, None] + np.arange(SEGMENT_STRIDES)


def _steady_from(speed_mps: Floats) -> NDArray[np.bool_]:
    """(n - 24,) whether the 25 strides from each one on are run at one speed."""
    smooth = np.median(sliding_window_view(speed_mps, SMOOTHED_STRIDES), axis=1)
    inner = sliding_window_view(smooth, SEGMENT_STRIDES - SMOOTHED_STRIDES + 1)
    low, high = inner.min(axis=1), inner.max(axis=1)
    return np.asarray(high - low <= STEADY_SHARE * (high + low))


def running_s(time_s: Floats, start_s: Floats, end_s: Floats) -> Floats:
    """Seconds of running until each time."""
    ran_s = np.cumsum(end_s - start_s)
    edges_s = np.column_stack([start_s, end_s]).ravel()
    return np.interp(time_s, edges_s, np.column_stack([ran_s - (end_s - start_s), ran_s]).ravel())


def _medians(values: Floats) -> list[float | None]:
    """Of each row; None where too few strides have one."""
    enough = np.isfinite(values).sum(axis=1) >= MEASURED_STRIDES
    found = np.full(len(values), np.nan)
    found[enough] = np.nanmedian(values[enough], axis=1)
    return [value if ok else None for value, ok in zip(found.tolist(), enough.tolist(), strict=True)]
