"""How far was run and walked, and for how long nobody knows how fast."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from imu.analysis.survey import Survey
from imu.signal.activity import ACTIVITIES

HELD_S = 10.0  # between strides with a speed, such as around a corner, the runner goes on at the bout's mean


@dataclass(frozen=True, slots=True)
class Distance:
    metres: float | None  # None where no stride has a speed
    unknown_s: float  # of this activity, not counted in it


def distance(strides: pd.DataFrame, found: Survey, activity: str) -> Distance:
    """Mean stride speed of each bout times its duration, without the stretches in which no stride has one."""
    known = strides[strides["valid"] & strides["speed_mps"].notna() & (strides["activity"] == activity)]
    time_s, speed_mps = known["ic_time_s"].to_numpy(), known["speed_mps"].to_numpy()
    here = found.activity.bout_activity == ACTIVITIES.index(activity)
    metres = unknown_s = 0.0
    for start_s, end_s in zip(
        found.activity.bout_start_s[here], found.activity.bout_end_s[here], strict=True
    ):
        start_s, end_s = found.start_s + float(start_s), found.start_s + float(end_s)
        first, last = np.searchsorted(time_s, [start_s, end_s])
        if first == last:
            unknown_s += end_s - start_s
            continue
        apart_s = np.diff(np.concatenate([[start_s], time_s[first:last], [end_s]]))
        lost_s = float(apart_s[apart_s > HELD_S].sum())
        metres += float(speed_mps[first:last].mean()) * (end_s - start_s - lost_s)
        unknown_s += lost_s
    return Distance(None if known.empty else round(metres, 1), unknown_s)
