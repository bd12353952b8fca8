"""What the charts look at, in the segments of a run, and what is known of it before the first run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from imu.training.history import Run, Side
from imu.training.said import Said, said
from imu.training.segments import Segments

Floats = NDArray[np.float64]
MetricName = Literal[
    "shank_angle_ic_deg", "shank_angle_max_deg", "pelvic_drop_deg", "pelvic_drop_difference_deg"
]

_SIDES: dict[Side, Said] = {"left": said("left"), "right": said("right")}
TOGETHER_MIN = 1.0  # segments of the two legs at most so far apart show the same running


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """Weak expectations, 1 sd each: in degrees per m/s, per (m/s)^2, per % of slope, per unit of log(1 +
    minutes), and for another shoe or surface. Our choices, as wide as the range that is plausible between
    runners."""

    per_mps: float
    per_mps_sd: float
    per_mps2_sd: float
    per_percent_sd: float
    per_log_minute_sd: float = 0.5
    setting_sd: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One quantity of a leg, or of left minus right."""

    name: MetricName
    quantity: Said
    prior: Prior
    least_deg: float  # no smaller change is told: straps and models feign as much

    def words(self, side: Side | None) -> Said:
        if side is None:
            return said("the {quantity}", quantity=self.quantity)
        return said("the {side} {quantity}", side=_SIDES[side], quantity=self.quantity)


_SHANK = Prior(per_mps=1.0, per_mps_sd=1.5, per_mps2_sd=0.5, per_percent_sd=0.3)
METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            name="shank_angle_ic_deg", quantity=said("shank angle at contact"), prior=_SHANK, least_deg=2.0
        ),
        Metric(
            name="shank_angle_max_deg",
            quantity=said("largest shank angle"),
            prior=_SHANK,
            least_deg=2.0,
        ),
        Metric(
            name="pelvic_drop_deg",
            quantity=said("stance's pelvic drop"),
            prior=Prior(per_mps=0.5, per_mps_sd=1.0, per_mps2_sd=0.3, per_percent_sd=0.2),
            least_deg=2.0,
        ),
        Metric(
            name="pelvic_drop_difference_deg",
            quantity=said("difference of pelvic drop between left and right stance"),
            prior=Prior(
                per_mps=0.0,
                per_mps_sd=0.5,
                per_mps2_sd=0.2,
                per_percent_sd=0.1,
                per_log_minute_sd=0.3,
                setting_sd=1.0,
            ),
            least_deg=2.0,
        ),
    )
}
SHANK_ANGLE_IC = METRICS["shank_angle_ic_deg"]
SHANK_ANGLE_MAX = METRICS["shank_angle_max_deg"]
PELVIC_DROP = METRICS["pelvic_drop_deg"]
PELVIC_DROP_DIFFERENCE = METRICS["pelvic_drop_difference_deg"]


@dataclass(frozen=True, slots=True)
class Observations:
    """The segments of one run that show a metric, as arrays of one length."""

    minute: Floats
    speed_mps: Floats
    grade_percent: Floats  # ground of unknown slope counts as level
    value_deg: Floats

    def where(self, keep: NDArray[np.bool_]) -> "Observations":
        return Observations(
            self.minute[keep], self.speed_mps[keep], self.grade_percent[keep], self.value_deg[keep]
        )


def observations(run: Run, metric: Metric, side: Side | None) -> Observations:
    """The segments of a side that show the metric, in order of time; for a difference (`side` None) those of
    the left that have one of the right within a minute. ValueError for a side of a difference, or none of a
    leg's metric."""
    return observations_of((run,), metric, side)[0]


def observations_of(
    runs: Sequence[Run], metric: Metric, side: Side | None
) -> tuple[Observations, NDArray[np.intp]]:
    """The same of many runs, one after the other, and for each value the index of its run."""
    if (metric is PELVIC_DROP_DIFFERENCE) != (side is None):
        raise ValueError(f"{metric.name} of side {side}: no such thing")
    segments = Segments.joined(run.segments for run in runs)
    of_run = np.repeat(np.arange(len(runs)), [len(run.segments) for run in runs])
    if side is not None:
        return _shown(segments, of_run, metric, side)
    left, left_run = _shown(segments, of_run, PELVIC_DROP, "left")
    right, right_run = _shown(segments, of_run, PELVIC_DROP, "right")
    nearest = _nearest(left.minute, left_run, right.minute, right_run)
    paired = nearest >= 0
    left, left_run, nearest = left.where(paired), left_run[paired], nearest[paired]
    together = np.abs(left.minute - right.minute[nearest]) <= TOGETHER_MIN
    difference = left.value_deg - right.value_deg[nearest]
    pairs = Observations(left.minute, left.speed_mps, left.grade_percent, difference)
    return pairs.where(together), left_run[together]


def _shown(
    segments: Segments, of_run: NDArray[np.intp], metric: Metric, side: Side
) -> tuple[Observations, NDArray[np.intp]]:
    value_deg = segments.column(metric.name)
    grade_percent = segments.column("grade_percent")
    grade_percent[np.isnan(grade_percent)] = 0.0
    every = Observations(segments.column("minute"), segments.column("speed_mps"), grade_percent, value_deg)
    shown = segments.is_of(side) & ~np.isnan(value_deg)
    return every.where(shown), of_run[shown]


def _nearest(
    minute: Floats, of_run: NDArray[np.intp], others: Floats, others_run: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Index of the other that is nearest in time in the same run, the earlier of two; -1 where none is."""
    if not len(others):
        return np.full(len(minute), -1)
    # Complex numbers are ordered by their real parts, then by the imaginary ones: by run, then by minute.
    key, others_key = of_run + 1j * minute, others_run + 1j * others
    order = np.argsort(others_key, kind="stable")
    others, others_run, others_key = others[order], others_run[order], others_key[order]
    after = np.searchsorted(others_key, key)
    before = np.searchsorted(others_key, others_key[np.maximum(after - 1, 0)])  # the first of equal ones
    after = np.minimum(after, len(others) - 1)
    gap_before, gap_after = (
        np.where(others_run[at] == of_run, np.abs(minute - others[at]), np.inf) for at in (before, after)
    )
    nearest = order[np.where(gap_before <= gap_after, before, after)]
    return np.where(np.isinf(np.minimum(gap_before, gap_after)), -1, nearest)
