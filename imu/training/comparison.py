"""One run against a baseline: how far it lies from what was expected, and how far it may lie by chance."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from imu.training.baseline import BEYOND_MPS, SEGMENTS_NEEDED, Baseline, metric_of
from imu.training.history import Run
from imu.training.metrics import Observations, observations

LEVEL_PERCENT = 2.0  # slopes fit the baseline, but a change is only judged on about level ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A run that could be compared."""

    run_id: str
    start: datetime
    segments: int
    value_deg: float  # median over the segments
    expected_deg: float
    change_deg: float  # median of value minus expected
    scatter_deg: float  # 1 sd: how far usual runs lie from the baseline by chance
    standard_error_deg: float  # of the expectation, and the same for every run like this one
    terms: tuple[float, ...]  # what was asked of the baseline, mean over the segments
    learnt_error_deg: float  # the part of the error that a setting learnt after the baseline adds
    unknown: tuple[str, ...]  # settings that the baseline has never seen

    @property
    def z(self) -> float:
        return float(self.change_deg / np.hypot(self.scatter_deg, self.standard_error_deg))


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCompared:
    """A run that says nothing about the metric, and why."""

    run_id: str
    start: datetime
    reason: str


def compare(run: Run, baseline: Baseline) -> Comparison | NotCompared:
    """Compare the level, steady segments of a run with what the baseline expects of each of them."""
    seen = comparable(run, baseline)
    if isinstance(seen, NotCompared):
        return seen
    prediction = baseline.predict(run, seen)
    expected = np.array(prediction.expected_deg)
    n = len(expected)
    return Comparison(
        run_id=run.run_id,
        start=run.start,
        segments=n,
        value_deg=float(np.median(seen.value_deg)),
        expected_deg=float(np.median(expected)),
        change_deg=float(np.median(seen.value_deg - expected)),
        scatter_deg=float(np.hypot(baseline.sd_run_deg, baseline.sd_segment_deg / n**0.5)),
        standard_error_deg=prediction.standard_error_deg,
        terms=prediction.terms,
        learnt_error_deg=0.0,
        unknown=prediction.unknown,
    )


def comparable(run: Run, baseline: Baseline) -> Observations | NotCompared:
    """The segments of a run that a baseline can be asked about."""

    def because(reason: str) -> NotCompared:
        return NotCompared(run_id=run.run_id, start=run.start, reason=reason)

    if run.trust == "poor":
        return because("; ".join(run.untrusted_because) or "the recording is not to be trusted")
    seen = observations(run, metric_of(baseline), baseline.side)
    if not len(seen.value_deg):
        return because(f"nothing worn shows {metric_of(baseline).words(baseline.side)}")
    level = seen.where(np.abs(seen.grade_percent) <= LEVEL_PERCENT)
    if len(level.value_deg) < SEGMENTS_NEEDED:
        return because(
            f"{len(level.value_deg)} level, steady segments of 25 strides; {SEGMENTS_NEEDED} are needed"
        )
    slow, fast = baseline.slowest_mps - BEYOND_MPS, baseline.fastest_mps + BEYOND_MPS
    like = level.where((level.speed_mps >= slow) & (level.speed_mps <= fast))
    if len(like.value_deg) < SEGMENTS_NEEDED:
        return because(
            f"run at {np.median(level.speed_mps):.1f} m/s; the baseline knows "
            f"{baseline.slowest_mps:.1f} to {baseline.fastest_mps:.1f} m/s"
        )
    return like
