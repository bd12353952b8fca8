"""What the samples of one sensor show of how it recorded, taken block by block and added."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import constants

from imu.signal.impact import GAP_PERIODS, clipped_acceleration, saturated

STEP_SAMPLES = 4000  # enough to see the steps of a block
LEAST_STEP_MPS2 = 0.02  # makes 0.03 deg of level; values without any step lie no further apart
SAME_VALUE_MPS2 = 1e-4  # apart, by rounding
FEWEST_VALUES = 10  # of an axis; fewer show no step
LEAST_GYR_RANGE_DPS = 120.0  # gyroscopes are made for 125 deg/s and more


@dataclass(frozen=True, slots=True)
class SensorStatistics:
    """What the samples of one sensor show; `+` joins a block with the next and counts the hole between."""

    samples: int
    first_s: float
    last_s: float
    period_s: float  # what is regular: the median of the first block; NaN in a single sample
    periods: int  # between the first sample and the last, the lost ones counted
    intervals: int  # regular ones between neighbouring samples
    interval_sum_s: float
    interval_sum_sq_s2: float
    gaps: int
    longest_gap_s: float
    clipped_samples: int
    coldest_degc: float = np.nan  # NaN without a thermometer
    warmest_degc: float = np.nan
    acc_step_mps2: float = np.nan  # in which accelerations come; 0 too small to see, NaN too little varied

    @property
    def rate_hz(self) -> float:
        return self.periods / (self.last_s - self.first_s) if self.samples > 1 else 0.0

    @property
    def level_step_deg(self) -> float:
        """By how much a level taken from such steps errs (1 sd): in standing they do not average out."""
        step = 0.0 if np.isnan(self.acc_step_mps2) else self.acc_step_mps2
        return float(np.degrees(step / np.sqrt(12.0) / constants.g))

    @property
    def jitter_s(self) -> float:
        """Standard deviation of the regular intervals."""
        if not self.intervals:
            return 0.0
        mean = self.interval_sum_s / self.intervals
        return float(np.sqrt(max(self.interval_sum_sq_s2 / self.intervals - mean * mean, 0.0)))

    def missing_share(self, *, beyond_s: float = 0.0) -> float:
        """Share of the samples lost from the first to the last and in so many seconds beyond them."""
        if not self.samples:
            return 0.0
        return max(0.0, 1.0 - self.samples / (self.periods + 1 + beyond_s * self.rate_hz))

    @property
    def clipped_share(self) -> float:
        return self.clipped_samples / self.samples if self.samples else 0.0

    def __add__(self, later: Self) -> Self:
        if not self.samples or not later.samples:
            return self if self.samples else later
        period_s = later.period_s if np.isnan(self.period_s) else self.period_s
        between = _intervals(np.array([later.first_s - self.last_s]), period_s)
        return type(self)(
            samples=self.samples + later.samples,
            first_s=self.first_s,
            last_s=later.last_s,
            period_s=period_s,
            periods=self.periods + between.periods + later.periods,
            intervals=self.intervals + between.regular + later.intervals,
            interval_sum_s=self.interval_sum_s + between.sum_s + later.interval_sum_s,
            interval_sum_sq_s2=self.interval_sum_sq_s2 + between.sum_sq_s2 + later.interval_sum_sq_s2,
            gaps=self.gaps + between.gaps + later.gaps,
            longest_gap_s=max(self.longest_gap_s, between.longest_gap_s, later.longest_gap_s),
            clipped_samples=self.clipped_samples + later.clipped_samples,
            coldest_degc=float(np.fmin(self.coldest_degc, later.coldest_degc)),
            warmest_degc=float(np.fmax(self.warmest_degc, later.warmest_degc)),
            acc_step_mps2=float(np.fmin(self.acc_step_mps2, later.acc_step_mps2)),
        )


def sensor_statistics(
    time_s: NDArray[np.float64],
    acc_mps2: NDArray[np.floating],
    gyr_radps: NDArray[np.floating] | None = None,
    temperature_degc: NDArray[np.floating] | None = None,
    *,
    acc_range_g: float | None = None,
    gyr_range_dps: float | None = None,
) -> SensorStatistics:
    """The statistics of one block.

    time_s (n,) ascending, acc_mps2 and gyr_radps (n, 3), temperature_degc (n,) NaN where not measured.
    Blocks must not overlap. acc_range_g, gyr_range_dps as far as declared.
    """
    if not len(time_s):
        return SensorStatistics(0, np.nan, np.nan, np.nan, 0, 0, 0.0, 0.0, 0, 0.0, 0)
    spacing_s = np.diff(time_s)
    period_s = float(np.median(spacing_s)) if len(spacing_s) else np.nan
    found = _intervals(spacing_s, period_s)
    clipped = clipped_acceleration(acc_mps2, acc_range_g=acc_range_g)
    if gyr_radps is not None:
        clipped |= saturated(
            gyr_radps,
            full_scale=None if gyr_range_dps is None else np.radians(gyr_range_dps),
            least_full_scale=np.radians(LEAST_GYR_RANGE_DPS),
        )
    coldest_degc, warmest_degc = _extremes(temperature_degc)
    return SensorStatistics(
        samples=len(time_s),
        first_s=float(time_s[0]),
        last_s=float(time_s[-1]),
        period_s=period_s,
        periods=found.periods,
        intervals=found.regular,
        interval_sum_s=found.sum_s,
        interval_sum_sq_s2=found.sum_sq_s2,
        gaps=found.gaps,
        longest_gap_s=found.longest_gap_s,
        clipped_samples=int(clipped.sum()),
        coldest_degc=coldest_degc,
        warmest_degc=warmest_degc,
        acc_step_mps2=_step(acc_mps2),
    )


@dataclass(frozen=True, slots=True)
class _Intervals:
    periods: int
    regular: int
    sum_s: float
    sum_sq_s2: float
    gaps: int
    longest_gap_s: float


def _intervals(spacing_s: NDArray[np.float64], period_s: float) -> _Intervals:
    lost = spacing_s > GAP_PERIODS * period_s
    regular, gaps = spacing_s[~lost], spacing_s[lost]
    return _Intervals(
        periods=int(np.rint(spacing_s / period_s).sum()) if period_s > 0 else len(spacing_s),
        regular=len(regular),
        sum_s=float(regular.sum()),
        sum_sq_s2=float((regular**2).sum()),
        gaps=len(gaps),
        longest_gap_s=float(gaps.max(initial=0.0)),
    )


def _step(values: NDArray[np.floating]) -> float:
    """The step in which values (n, 3) come, of the axis with the coarsest; 0 where it is too small to matter,
    NaN where no axis has values enough to tell."""
    steps = []
    for axis in values[:: max(1, len(values) // STEP_SAMPLES)].T:
        apart = np.diff(np.unique(axis.astype(np.float64)))
        apart = apart[apart > SAME_VALUE_MPS2]
        if len(apart) >= FEWEST_VALUES - 1:
            steps.append(
                float(np.quantile(apart, 0.1))
            )  # where values are dense, neighbours are one step apart
    coarsest = max(steps, default=np.nan)
    return 0.0 if coarsest < LEAST_STEP_MPS2 else coarsest


def _extremes(values: NDArray[np.floating] | None) -> tuple[float, float]:
    known = np.array([]) if values is None else values[np.isfinite(values)]
    return (float(known.min()), float(known.max())) if len(known) else (np.nan, np.nan)
