"""What a watch told over a run, beside what the sensors measured, few enough points to be drawn."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imu.followup.one_run import OneRun, strides_of
from imu.followup.watch_fit import unpacked
from imu.recording import Channel
from imu.store import KeptWatch, Repository

Floats = NDArray[np.float64]

SHOWN = (
    "heart_rate_bpm",
    "speed_mps",
    "cadence_spm",
    "power_w",
    "contact_time_s",
    "contact_time_left_share",
    "step_length_m",
    "vertical_oscillation_m",
)
_OF_ANY_GAIT = ("speed_mps", "cadence_spm")
_MOST_POINTS = 240
_LONGEST_HOLE_MIN = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """Medians over short pieces of time; NaN where nothing joins."""

    minute: Floats  # of the recording
    value: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Beside:
    """One quantity as the watch told it, and as the strides have it; None where they have none."""

    channel: str
    watch: Line
    strides: Line | None


def beside(repository: Repository, found: OneRun, watch: KeptWatch) -> tuple[Beside, ...]:
    """What the watch told of `SHOWN`, on the run's clock. StoreError if the watch's table is gone."""
    channels = unpacked(repository.files.derived(found.run.run_id, watch.table))
    step_min = max(found.run.duration_s / 60 / _MOST_POINTS, 1 / 12)
    strides = strides_of(repository, found.run.run_id) if found.is_recorded else None
    lines = []
    for name in SHOWN:
        if name not in channels:
            continue
        shown = channels[name]
        ours = None if strides is None else _of_strides(strides, name)
        lines.append(
            Beside(
                channel=name,
                watch=_line(shown.time_s + watch.offset_s, shown.values, step_min),
                strides=None if ours is None else _line(ours.time_s, ours.values, step_min),
            )
        )
    return tuple(lines)


def _of_strides(strides: pd.DataFrame, name: str) -> Channel | None:
    """The same of each stride that counts, of its form only in running; None where no sensor measures it."""
    column, part = ("stride_length_m", 0.5) if name == "step_length_m" else (name, 1.0)
    if column not in strides:
        return None
    counted = strides[strides["valid"].astype(bool) & strides[column].notna()]
    if name not in _OF_ANY_GAIT:  # watches tell it of running, and a walk's contact would flatten the rest
        counted = counted[counted["activity"] == "run"]
    if not len(counted):
        return None
    return Channel(counted["ic_time_s"].to_numpy(float), part * counted[column].to_numpy(float))


def _line(time_s: Floats, values: Floats, step_min: float) -> Line:
    minute = time_s / 60
    piece = np.floor(minute / step_min)
    firsts = np.flatnonzero(np.diff(piece, prepend=-np.inf))
    groups = np.split(np.arange(len(minute)), firsts[1:])
    at = np.array([minute[rows].mean() for rows in groups if len(rows)])
    middle = np.array([np.median(values[rows]) for rows in groups if len(rows)])
    holes = np.flatnonzero(np.diff(at) > max(_LONGEST_HOLE_MIN, 2 * step_min)) + 1
    return Line(minute=np.insert(at, holes, np.nan), value=np.insert(middle, holes, np.nan))
