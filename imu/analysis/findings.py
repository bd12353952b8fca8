"""Warnings of a single run: what changed within it, against its own beginning.

Nothing here knows a healthy or dangerous value. A change is reported where it is larger than what straps
and models can feign, larger than its own uncertainty, and not explained by speed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imu.analysis.consistency import Consistency
from imu.analysis.disagreements import disagreements
from imu.analysis.legs import CARRIED_SD_DEG
from imu.analysis.straps import Strap
from imu.analysis.table import REFERENCE_S
from imu.analysis.warned import said
from imu.signal.quality import SensorQuality, spoken
from imu.training.segments import SEGMENT_STRIDES

FEWEST_SEGMENTS = 3
MATCHED_SPEED_SHARE = 0.10  # strides further from the reference pace are not compared
UNCERTAINTIES = 3.0  # a change counts from three of its standard errors on


@dataclass(frozen=True, slots=True)
class Direction:
    """A change one way: what it is in plain words, and what to make of it."""

    words: str
    advice: str


@dataclass(frozen=True, slots=True)
class Watched:
    """A metric that may raise a warning, and the least change that does."""

    column: str
    code: str
    least: float
    per_mps: float  # how much it may differ between paces, per m/s (1 sd); part of the uncertainty
    unit: str
    more: Direction  # a positive change
    less: Direction


SHANK_CHANGE = "shank_angle_change_deg"
STRAP_OR_LANDING = "strap_or_landing_changed"
EITHER = (
    "the strap moved, the ground sloped or the landing changed, which this sensor cannot tell apart.",
    "Look whether the strap sits where it did.",
)

WATCHED = (
    Watched(
        SHANK_CHANGE,
        "shank_angle_changed",
        2.0,
        1.8,
        "deg",
        more=Direction(
            "shank met the ground {size:.1f}° further ahead",
            "If you did not mean to, take slightly shorter, quicker steps or end the run, "
            "and see whether it returns.",
        ),
        less=Direction(
            "shank met the ground {size:.1f}° less far ahead",
            "Shorter, quicker steps do this. If you did not mean to, see whether it comes back in the next "
            "runs.",
        ),
    ),
    Watched(
        "pelvic_drop_deg",
        "pelvic_drop_changed",
        1.5,
        1.0,
        "deg",
        more=Direction(
            "stance let the pelvis drop {size:.1f}° more",
            "A pattern to discuss if it comes back in the next runs; tiredness does this too.",
        ),
        less=Direction(
            "stance let the pelvis drop {size:.1f}° less",
            "Nothing to do; worth a note if it comes back in the next runs.",
        ),
    ),
)


def findings(
    running: pd.DataFrame,
    quality: Mapping[str, SensorQuality],
    agreement: Consistency,
    *,
    worn: Mapping[str, Strap] = MappingProxyType({}),
) -> list[dict[str, Any]]:
    """Warnings: sensors that contradict each other; what changed, the largest change first; then sensors that
    recorded or sat too badly to trust.

    worn: the strap of each side's shank sensor.
    """
    changes = [
        found
        for watched in WATCHED
        for side, group in running.groupby("side")
        if (found := _change(group, str(side), watched, worn.get(str(side)))) is not None
    ]
    changes.sort(key=lambda found: -abs(found["value"]) / found["uncertainty"])
    poor = [_poor(placement, sensor) for placement, sensor in quality.items() if sensor.grade == "poor"]
    return disagreements(agreement) + changes + poor


def _poor(placement: str, sensor: SensorQuality) -> dict[str, Any]:
    measures = [remark.measure for remark in sensor.remarks if remark.grade == "poor" and remark.measure]
    advice = [measure.advice for measure in measures]
    return {
        "code": "sensor_poor",
        "sensor": placement,
        "value": round(measures[0].value, 2),
        "unit": measures[0].unit,
        "uncertainty": None,  # counted, not estimated
        "compared_with": f"{measures[0].needed}, as a trustworthy recording has",
        **said(
            " ".join(
                [f"The {spoken(placement)} sensor is not to be trusted in this run.", *sensor.sentences]
            ),
            *dict.fromkeys(advice),
        ),
    }


def _change(group: pd.DataFrame, side: str, watched: Watched, strap: Strap | None) -> dict[str, Any] | None:
    strides = group[[watched.column, "speed_mps", "ic_time_s", "stride_time_s"]].to_numpy(float)
    strides = strides[np.isfinite(strides[:, :2]).all(axis=1)]
    _, speed_mps, time_s, stride_s = strides.T
    run_s = stride_s.cumsum()
    early = run_s <= REFERENCE_S
    usual_mps = np.median(speed_mps[early]) if early.any() else np.nan
    matched = np.abs(speed_mps / usual_mps - 1) <= MATCHED_SPEED_SHARE
    before, after = _segments(strides[matched & early]), _segments(strides[matched & ~early])
    if len(before) < FEWEST_SEGMENTS or len(after) < FEWEST_SEGMENTS:
        return None
    late = after[_steadiest_end(after[:, 0]) :]
    change, faster_mps, *_ = (late.mean(axis=0) - before.mean(axis=0)).tolist()
    chance = np.hypot(*(part[:, 0].std(ddof=1) / len(part) ** 0.5 for part in (before, late)))
    error = float(max(np.hypot(chance, watched.per_mps * faster_mps), watched.least / 10))
    onset_s, end_s = float(late[0, 2]), float(time_s[-1])
    begin_s, reference_end_s = float(time_s[0]), float(time_s[early][-1])
    moved_deg = 0.0
    if strap is not None and watched.column == SHANK_CHANGE:
        error = float(np.hypot(error, CARRIED_SD_DEG * strap.slipped(reference_end_s, onset_s)))
        moved_deg = strap.unnoticed_deg(change, first=(begin_s, reference_end_s), last=(onset_s, end_s))
    if abs(change) < watched.least or abs(change) < UNCERTAINTIES * error:
        return None
    error = float(np.hypot(error, moved_deg))
    onset_min = float(run_s[time_s < onset_s].max()) / 60
    direction = watched.more if change > 0 else watched.less
    sure = abs(change) >= UNCERTAINTIES * error
    what, to_do = ("changed from the start of this run.", direction.advice) if sure else EITHER
    return {
        "code": watched.code if sure else STRAP_OR_LANDING,
        "side": side,
        "value": round(change, 2),
        "unit": watched.unit,
        "uncertainty": round(error, 2),
        "compared_with": f"the first {REFERENCE_S / 60:.0f} minutes of this run at about the same speed",
        "onset_min": round(onset_min, 1),
        "onset_s": round(onset_s, 1),
        **said(
            f"From about minute {onset_min:.0f} of running, the {side} "
            f"{direction.words.format(size=abs(change))} (± {error:.1f}°) than in the first "
            f"{REFERENCE_S / 60:.0f} minutes at about this speed: {what}",
            to_do,
        ),
    }


def _segments(strides: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each whole piece of 25 strides: mean value, mean speed, and the time at which it begins."""
    pieces = strides[: len(strides) // SEGMENT_STRIDES * SEGMENT_STRIDES, :3].reshape(-1, SEGMENT_STRIDES, 3)
    return np.column_stack([pieces[:, :, :2].mean(axis=1), pieces[:, 0, 2]])


def _steadiest_end(values: NDArray[np.float64]) -> int:
    """Where the last level begins: the split that leaves least variance, at least three segments."""
    split = np.arange(1, len(values) - FEWEST_SEGMENTS + 1)
    before = np.cumsum(values - values.mean())[split - 1]
    explained = before**2 / split + before**2 / (len(values) - split)
    return int(np.argmax(np.append(0.0, explained)))
