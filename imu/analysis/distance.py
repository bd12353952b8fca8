"""How fast it went all along, how far that is, and for how long nobody knows how fast."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

HELD_S = 10.0  # between strides with a speed, such as around a corner, it changes evenly from one to the next

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pace:
    """One activity in pieces of one speed, from the middle of one stride to that of the next of either leg.

    Neighbours are of the same bout. Pieces longer than `HELD_S` are left out: nobody knows how fast.
    """

    start_s: Floats  # (k,)
    end_s: Floats  # (k,)
    speed_mps: Floats  # (k,) mean of both strides; before the first and after the last of a bout, its own
    bout: NDArray[np.intp]  # (k,) index into the bouts it was asked for

    @property
    def seconds(self) -> Floats:
        return self.end_s - self.start_s

    @property
    def metres(self) -> Floats:
        return self.seconds * self.speed_mps


@dataclass(frozen=True, slots=True)
class Distance:
    metres: float | None  # None where no stride has a speed
    unknown_s: float  # of this activity, not counted in it


def distance(strides: pd.DataFrame, activity: str, start_s: Floats, end_s: Floats) -> Distance:
    """The way of an activity through its bouts, as in `pace`, without the stretches in which no stride has a
    speed.
    """
    known = pace(strides, activity, start_s, end_s)
    metres = round(float(known.metres.sum()), 1) if with_speed(strides, activity).any() else None
    return Distance(metres, float((end_s - start_s).sum() - known.seconds.sum()))


def pace(strides: pd.DataFrame, activity: str, start_s: Floats, end_s: Floats) -> Pace:
    """The pace of an activity through its bouts, which begin at `start_s`, ascending, and end at `end_s`."""
    known = with_speed(strides, activity)
    first_s, last_s, speed_mps = (
        strides[name].to_numpy(float)[known] for name in ("ic_time_s", "next_ic_time_s", "speed_mps")
    )
    middle_s = 0.5 * (first_s + last_s)
    bout = np.searchsorted(start_s, middle_s, side="right") - 1
    inside = (bout >= 0) & (middle_s <= end_s[bout]) if len(end_s) else np.zeros(len(bout), bool)
    order = np.flatnonzero(inside)[np.argsort(middle_s[inside], kind="stable")]
    middle_s, speed_mps, bout = middle_s[order], speed_mps[order], bout[order]

    measured = np.unique(bout)
    first, last = (np.searchsorted(bout, measured, side=side) for side in ("left", "right"))
    bouts = np.concatenate([measured, bout, measured])
    times_s = np.concatenate([start_s[measured], middle_s, end_s[measured]])
    speeds = np.concatenate([speed_mps[first], speed_mps, speed_mps[last - 1]])
    along = np.argsort(bouts, kind="stable")  # of each bout its start, its strides, its end
    bouts, times_s, speeds = bouts[along], times_s[along], speeds[along]
    kept = np.flatnonzero((bouts[1:] == bouts[:-1]) & (np.diff(times_s) <= HELD_S))
    return Pace(times_s[kept], times_s[kept + 1], 0.5 * (speeds[kept] + speeds[kept + 1]), bouts[kept])


def with_speed(strides: pd.DataFrame, activity: str) -> NDArray[np.bool_]:
    """(strides,) those of an activity that count and have a speed."""
    return (strides["valid"] & strides["speed_mps"].notna() & (strides["activity"] == activity)).to_numpy(
        bool
    )
