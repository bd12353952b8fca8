"""Two runs of one runner: how far they lie apart, and from what difference on that means anything.

Two usual runs differ by chance by sqrt(2) sd of one, and 19 of 20 pairs by less than 1.96 times that: the
smallest detectable change. A smaller difference may be nothing at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from imu.training.baseline import Baseline
from imu.training.comparison import NotCompared, compare, in_known_settings
from imu.training.history import Run

COVERED_95 = 1.96
FEWEST_RUNS = 6  # whose scatter says how far usual runs lie apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The second run minus the first, in the unit of the metric."""

    value: float
    standard_error: float | None  # None where too few usual runs show how far they lie apart
    runs: int  # from how many usual runs the error is known
    at_matched_speed: bool

    @property
    def detectable(self) -> float | None:
        """The smallest change that can be told from chance, in 19 of 20 pairs of usual runs."""
        return None if self.standard_error is None else COVERED_95 * self.standard_error

    @property
    def is_detected(self) -> bool:
        return self.detectable is not None and abs(self.value) > self.detectable


def at_matched_speed(first: Run, second: Run, baseline: Baseline) -> Difference | NotCompared:
    """Change from the baseline in the second run minus that in the first: speed, slope, surface, shoe and
    minute are taken out. Settings that the baseline has never seen cannot be, so such a run is not compared.
    """
    one, other = (in_known_settings(compare(run, baseline)) for run in (first, second))
    if isinstance(one, NotCompared):
        return one
    if isinstance(other, NotCompared):
        return other
    asked = np.array(other.terms) - np.array(one.terms)  # the level is common to both and cancels
    unknown = float(asked @ np.array(baseline.covariance) @ asked)
    return Difference(
        value=other.change_deg - one.change_deg,
        standard_error=float(np.sqrt(one.scatter_deg**2 + other.scatter_deg**2 + unknown)),
        runs=baseline.runs,
        at_matched_speed=True,
    )


def as_they_were(first: float, second: float, usual: Sequence[float]) -> Difference:
    """The plain difference of two values. usual: those of usual runs, whose scatter holds speed and day."""
    sd = float(np.std(usual, ddof=1)) if len(usual) >= FEWEST_RUNS else None
    return Difference(
        value=second - first,
        standard_error=None if sd is None else 2**0.5 * sd,
        runs=len(usual),
        at_matched_speed=False,
    )
