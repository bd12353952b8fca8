"""What the charts look at, in the segments of a run, and what is known of it before the first run."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from imu.training.history import Run, Side
from imu.training.segments import Segments

Floats = NDArray[np.float64]
MetricName = Literal[
    "shank_angle_ic_deg", "shank_angle_max_deg", "pelvic_drop_deg", "pelvic_drop_difference_deg"
]

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
    quantity: str
    prior: Prior
    least_deg: float  # no smaller change is told: straps and models feign as much

    def words(self, side: Side | None) -> str:
        return f"the {side} {self.quantity}" if side else f"the {self.quantity}"


_SHANK = Prior(per_mps=1.0, per_mps_sd=1.5, per_mps2_sd=0.5, per_percent_sd=0.3)
METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(name="shank_angle_ic_deg", quantity="shank angle at contact", prior=_SHANK, least_deg=2.0),
        Metric(
            name="shank_angle_max_deg", quantity="largest late-swing shank angle", prior=_SHANK, least_deg=2.0
        ),
        Metric(
            name="pelvic_drop_deg",
            quantity="stance's pelvic drop",
            prior=Prior(per_mps=0.5, per_mps_sd=1.0, per_mps2_sd=0.3, per_percent_sd=0.2),
            least_deg=2.0,
        ),
        Metric(
            name="pelvic_drop_difference_deg",
            quantity="difference of pelvic drop between left and right stance",
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
    if (metric is PELVIC_DROP_DIFFERENCE) != (side is None):
        raise ValueError(f"{metric.name} of side {side}: no such thing")
    if side is not None:
        return _table(run.segments.of_side(side), metric.name)
    left, right = (observations(run, PELVIC_DROP, leg) for leg in ("left", "right"))
    if not len(left.minute) or not len(right.minute):
        return left.where(np.zeros(len(left.minute), bool))
    apart = np.abs(left.minute[:, None] - right.minute)
    nearest = apart.argmin(axis=1)
    difference = left.value_deg - right.value_deg[nearest]
    pairs = Observations(left.minute, left.speed_mps, left.grade_percent, difference)
    return pairs.where(apart.min(axis=1) <= TOGETHER_MIN)


def _table(segments: Segments, name: str) -> Observations:
    value_deg = segments.column(name)
    seen = Observations(
        segments.column("minute"),
        segments.column("speed_mps"),
        np.nan_to_num(segments.column("grade_percent")),
        value_deg,
    )
    return seen.where(~np.isnan(value_deg))
