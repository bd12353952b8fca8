"""One leg through one run beside what its baseline expects: a range that follows the speed."""

from dataclasses import dataclass

import numpy as np

from imu.training.baseline import BEYOND_MPS, Baseline
from imu.training.comparison import LEVEL_PERCENT, NotCompared, compare
from imu.training.history import Run, Side
from imu.training.metrics import Floats, Metric, observations
from imu.training.said import said

WITHIN_SD = 2.0  # about 19 of 20 usual segments lie within


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UsualRange:
    """Segments in order of time, arrays of one length; NaN where nothing is expected of a segment."""

    minute: Floats  # of running
    speed_mps: Floats
    value_deg: Floats
    expected_deg: Floats
    half_deg: Floats  # 2 sd: about 19 of 20 usual segments lie between expected minus and plus this
    runs: int  # of the baseline; 0 without one
    unknown: tuple[str, ...]  # settings that the baseline has never seen: what they change is in no range
    not_judged: str | None  # why there is no range


def usual_range(run: Run, metric: Metric, side: Side | None, baseline: Baseline | None) -> UsualRange:
    """A run's segments of a metric, all of them, and the range wherever the baseline knows one.

    Nothing is expected on slopes, at speeds that the baseline does not know, and of runs that are not to be
    trusted; ValueError for a baseline of something else.
    """
    seen = observations(run, metric, side)
    nothing = np.full(len(seen.value_deg), np.nan)
    if baseline is None:
        return _told(
            seen.minute, seen.speed_mps, seen.value_deg, nothing, nothing, why=said("no baseline yet")
        )
    if (baseline.metric, baseline.side) != (metric.name, side):
        raise ValueError(f"a baseline of {baseline.metric} expects nothing of {metric.name}")
    compared = compare(run, baseline)
    if isinstance(compared, NotCompared):
        why = compared.reason
        return _told(seen.minute, seen.speed_mps, seen.value_deg, nothing, nothing, why=why)
    slow, fast = baseline.slowest_mps - BEYOND_MPS, baseline.fastest_mps + BEYOND_MPS
    known = np.abs(seen.grade_percent) <= LEVEL_PERCENT
    known &= (seen.speed_mps >= slow) & (seen.speed_mps <= fast)
    expected = np.where(known, baseline.predict(run, seen).expected_deg, np.nan)
    half = np.where(known, WITHIN_SD * baseline.spread_deg(run, seen), np.nan)
    return _told(
        seen.minute,
        seen.speed_mps,
        seen.value_deg,
        expected,
        half,
        runs=baseline.runs,
        unknown=compared.unknown,
    )


def _told(
    minute: Floats,
    speed_mps: Floats,
    value_deg: Floats,
    expected_deg: Floats,
    half_deg: Floats,
    *,
    runs: int = 0,
    unknown: tuple[str, ...] = (),
    why: str | None = None,
) -> UsualRange:
    return UsualRange(
        minute=minute,
        speed_mps=speed_mps,
        value_deg=value_deg,
        expected_deg=expected_deg,
        half_deg=half_deg,
        runs=runs,
        unknown=unknown,
        not_judged=why,
    )
