"""One run and overstriding: an index with its parts, and when within the run a change began.

Overstriding here means a shank further ahead at contact, or in the late swing before it, than the same leg's
own baseline at the same speed. No published angle parts safe from unsafe, so there is no other yardstick.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from imu.training.baseline import Baseline, metric_of
from imu.training.comparison import Comparison, NotCompared, comparable, compare, in_known_settings
from imu.training.evidence import Evidence
from imu.training.ewma import Flags, Floats, weighted
from imu.training.history import Run, Side
from imu.training.metrics import MetricName
from imu.training.said import said

USUAL_INDEX = 50.0
INDEX_PER_SD = 10.0
# The third part of the published proposal, the reach from foot to hip (weight 0.3), needs the moment at which
# the shank stands upright, which the stride table does not hold; the two others share its weight.
WEIGHTS: dict[MetricName, float] = {"shank_angle_ic_deg": 4 / 7, "shank_angle_max_deg": 3 / 7}

WARM_UP_MIN = 5.0
REFERENCE_MIN = 3.0  # after warming up: what the rest of the run is compared with
FEWEST_SEGMENTS = 3
LATEST = 5  # segments that must still show the change
WEIGHT = 0.1
WIDTH = 3.0
LIKELY = 3.84  # twice the log likelihood that a split may lose and still lie in the 95 % range


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPart:
    """One metric's share of the index."""

    metric: MetricName
    weight: float
    comparison: Comparison

    @property
    def points(self) -> float:
        return INDEX_PER_SD * self.weight * self.comparison.z


@dataclass(frozen=True, slots=True, kw_only=True)
class OverstrideIndex:
    """50 is the leg's own usual at this speed; every 10 are one sd of its usual runs."""

    run_id: str
    side: Side
    parts: tuple[IndexPart, ...]
    evidence: Evidence

    @property
    def value(self) -> float:
        return self.evidence.value


def overstride_index(run: Run, baselines: tuple[Baseline, ...]) -> OverstrideIndex | NotCompared:
    """The index of one leg from its baselines of shank angle at contact and in late swing, or of one of them.

    ValueError if they are of different legs or of other metrics.
    """
    sides = {baseline.side for baseline in baselines}
    if len(sides) != 1 or {baseline.metric for baseline in baselines} - set(WEIGHTS):
        raise ValueError("the index needs baselines of one leg's shank angles")
    (side,) = sides
    assert side is not None
    compared = [(baseline, in_known_settings(compare(run, baseline))) for baseline in baselines]
    found = [(baseline, one) for baseline, one in compared if isinstance(one, Comparison)]
    if not found:
        return next(one for _, one in compared if isinstance(one, NotCompared))
    total = sum(WEIGHTS[metric_of(baseline).name] for baseline, _ in found)
    parts = tuple(
        IndexPart(
            metric=metric_of(baseline).name, weight=WEIGHTS[metric_of(baseline).name] / total, comparison=one
        )
        for baseline, one in found
    )
    return OverstrideIndex(
        run_id=run.run_id,
        side=side,
        parts=parts,
        evidence=_index_evidence(side, parts, min(baseline.runs for baseline, _ in found)),
    )


def _index_evidence(side: Side, parts: tuple[IndexPart, ...], runs: int) -> Evidence:
    value = USUAL_INDEX + sum(part.points for part in parts)
    far = abs(value - USUAL_INDEX) >= 2 * INDEX_PER_SD
    way = "further ahead" if value > USUAL_INDEX else "less far ahead"
    where = f"{way} than in all but a few of your usual runs" if far else "about where it usually is"
    return Evidence(
        value=value,
        unit="points",
        reference=USUAL_INDEX,
        compared_with=f"your baseline of {runs} runs, at the same speed, surface, shoe and minute of the "
        "run, and at its slope where a watch told it",
        uncertainty=INDEX_PER_SD,  # usual runs scatter by it, whatever their number of segments
        n=min(part.comparison.segments for part in parts),
        counted="segments",
        sentence=f"Overstride index {value:.0f} (two of three usual runs: {USUAL_INDEX - INDEX_PER_SD:.0f} "
        f"to {USUAL_INDEX + INDEX_PER_SD:.0f}): the {side} shank met the ground {where}.",
        to_do="One run says little; the chart over your runs says whether it stays."
        if far
        else "Nothing to do.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Onset:
    """A change that began within a run and was not gone at its end."""

    minute: float  # of running
    between_min: tuple[float, float]  # about 95 %
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class WithinRun:
    """One leg through one run at matched speed: change from the baseline's expectation, minus its own after
    warm-up."""

    run_id: str
    start: datetime
    side: Side | None
    minute: tuple[float, ...]
    change_deg: tuple[float, ...]
    z: tuple[float | None, ...]  # weighted mean in sd; None while warming up and in the reference
    limit: tuple[float | None, ...]
    reference_segments: int
    onset: Onset | None


def within_run(run: Run, baseline: Baseline) -> WithinRun | NotCompared:
    """When in this run did a leg's angle grow?

    Speed, slope and minute are taken out by the baseline; its level is not used, so a strap that sits
    otherwise today does not look like a change within the run.
    """
    seen = comparable(run, baseline)
    if isinstance(seen, NotCompared):
        return seen
    residual = seen.value_deg - baseline.predict(run, seen).expected_deg
    warm = seen.minute >= WARM_UP_MIN
    reference = warm & (seen.minute < WARM_UP_MIN + REFERENCE_MIN)
    later = warm & ~reference
    if min(reference.sum(), later.sum()) < FEWEST_SEGMENTS:
        return NotCompared(
            run_id=run.run_id,
            start=run.start,
            reason=said(
                "{reference} segments from minute 5 to 8 of running and {later} after; "
                "{needed} of each are needed",
                reference=int(reference.sum()),
                later=int(later.sum()),
                needed=FEWEST_SEGMENTS,
            ),
        )
    change = residual - residual[reference].mean()
    z, limit = _chart(change[later], int(reference.sum()), baseline)
    drawn_z, drawn_limit = (np.full(len(change), np.nan) for _ in range(2))
    drawn_z[later], drawn_limit[later] = z, limit
    return WithinRun(
        run_id=run.run_id,
        start=run.start,
        side=baseline.side,
        minute=tuple(seen.minute.tolist()),
        change_deg=tuple(change.tolist()),
        z=_absent(drawn_z),
        limit=_absent(drawn_limit),
        reference_segments=int(reference.sum()),
        onset=_onset(seen.minute[later], change[later], z > limit, int(reference.sum()), baseline),
    )


def _chart(change: Floats, reference: int, baseline: Baseline) -> tuple[Floats, Floats]:
    """Weighted mean and limit in sd of segments; both know that neighbouring segments resemble each other."""
    z = weighted(change / baseline.sd_segment_deg, WEIGHT)
    kept = (1 - WEIGHT) ** np.arange(1, len(change) + 1)
    alike = baseline.lag_1 * (1 - WEIGHT)
    chance = WEIGHT / (2 - WEIGHT) * (1 + alike) / (1 - alike) * (1 - kept**2)
    return z, WIDTH * np.sqrt(chance + _fewer(baseline) / reference)


def _fewer(baseline: Baseline) -> float:
    """By how much the variance of a mean grows because neighbours resemble each other."""
    return (1 + baseline.lag_1) / (1 - baseline.lag_1)


def _onset(minute: Floats, change: Floats, over: Flags, reference: int, baseline: Baseline) -> Onset | None:
    if not (over[-2:].all() and len(over) > FEWEST_SEGMENTS):
        return None
    unlikely = _unlikely(change) / (baseline.sd_segment_deg**2 * _fewer(baseline))
    first = int(np.argmin(unlikely))
    after = change[first:]
    size = float(after.mean())
    least = metric_of(baseline).least_deg
    if size < least or change[-LATEST:].mean() < least / 2:
        return None  # too small, or gone again while the weighted mean still remembers it
    as_likely = minute[: len(unlikely)][unlikely <= unlikely[first] + LIKELY]
    error = baseline.sd_segment_deg * (_fewer(baseline) * (1 / len(after) + 1 / reference)) ** 0.5
    low, high = float(as_likely.min()), float(as_likely.max())
    quantity = metric_of(baseline).words(baseline.side)
    return Onset(
        minute=float(minute[first]),
        between_min=(low, high),
        evidence=Evidence(
            value=size,
            unit="deg",
            reference=0.0,
            compared_with=said("minutes 5 to 8 of running of this run, at matched speed"),
            uncertainty=error,
            n=len(after),
            counted=said("segments"),
            sentence=_began(minute[first], (low, high), quantity=quantity, size=size, error=error),
            to_do=said(
                "If you did not mean to, take slightly shorter, quicker steps or end the run there next "
                "time, and see whether it returns."
            ),
        ),
    )


def _began(minute: float, between: tuple[float, float], *, quantity: str, size: float, error: float) -> str:
    low, high = between
    if round(low) == round(high):
        return said(
            "From about minute {minute:.0f} of running, {quantity} was {size:.1f}° larger (± {error:.1f}°) "
            "than in minutes 5 to 8 at matched speed.",
            minute=float(minute),
            quantity=quantity,
            size=size,
            error=error,
        )
    return said(
        "From about minute {minute:.0f} of running (between {low:.0f} and {high:.0f}), "
        "{quantity} was {size:.1f}° larger (± {error:.1f}°) than in minutes 5 to 8 at matched speed.",
        minute=float(minute),
        low=low,
        high=high,
        quantity=quantity,
        size=size,
        error=error,
    )


def _unlikely(change: Floats) -> NDArray[np.float64]:
    """Squares left by a step at each segment: nothing before it, one level from it on; at least three
    segments long."""
    tail = np.cumsum(change[::-1])[::-1]
    left = np.sum(change**2) - np.maximum(tail, 0) ** 2 / np.arange(len(change), 0, -1)
    return np.asarray(left[: len(change) - FEWEST_SEGMENTS + 1], float)


def _absent(values: Floats) -> tuple[float | None, ...]:
    return tuple(None if np.isnan(value) else value for value in values.tolist())
