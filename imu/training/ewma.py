"""The rule of a control chart, on arrays: many runs of one runner, or of thousands of simulated ones alike.

An exponentially weighted mean of the runs' changes (Roberts 1959, doi:10.1080/00401706.1959.10489860), with
three additions that keep false warnings rare where the baseline rests on ten runs: limits widened by what the
baseline itself does not know, two runs in a row, and a least effect. What they cost and bring:
docs/warnings.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

RECENT_RUNS = 3  # whose mean is the effect that is told: recent, and steadier than one run


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Parameters of one chart, for changes in one direction."""

    width: float  # of the limits, in sd of the weighted mean
    weight: float = 0.2  # of the newest run
    in_a_row: int = 2
    reopens_below: float = (
        0.5  # share of the limit: a warning stays one warning until the chart is back there
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rule makes of each run; arrays in the shape of its input."""

    z: Floats
    limit: Floats
    recent: Floats  # mean of the last runs' changes
    least: Floats  # from which on that counts as an effect
    opened: Flags  # this run raises the warning
    is_open: Flags


def judge(change: Floats, *, unknown: Floats, least: Floats, rule: Rule) -> Judged:
    """Judge runs in order of time along the last axis.

    change: in sd by which usual runs scatter; unknown: 1 sd of the baseline's own error of the weighted mean,
    in the same unit; least: the smallest mean of the last three runs that counts, likewise. All (..., runs)
    or broadcast to it.
    """
    z = weighted(change, rule.weight)
    runs = np.arange(1, change.shape[-1] + 1)
    chance = rule.weight / (2 - rule.weight) * (1 - (1 - rule.weight) ** (2 * runs))
    limit = rule.width * np.sqrt(chance + unknown**2)
    recent = _mean_of_last(change)
    met = _in_a_row(z > limit, rule.in_a_row) & (recent >= least)
    opened, is_open = _episodes(met, z <= rule.reopens_below * limit)
    return Judged(z, limit, recent, np.broadcast_to(least, recent.shape), opened, is_open)


def weighted(values: Floats, weight: float) -> Floats:
    """z_i = w x_i + (1 - w) z_(i-1), from zero, along the last axis."""
    z = np.empty_like(values, float)
    last = np.zeros(values.shape[:-1])
    for run in range(values.shape[-1]):
        last = z[..., run] = weight * values[..., run] + (1 - weight) * last
    return z


def weighted_mean(values: Floats, weight: float) -> Floats:
    """The same with weights that sum to one from the first run on."""
    return weighted(values, weight) / (1 - (1 - weight) ** np.arange(1, values.shape[-1] + 1))


def _mean_of_last(values: Floats) -> Floats:
    total = np.cumsum(values, axis=-1)
    total[..., RECENT_RUNS:] -= total[..., :-RECENT_RUNS].copy()
    return np.asarray(total / np.minimum(np.arange(1, values.shape[-1] + 1), RECENT_RUNS), float)


def _in_a_row(over: Flags, times: int) -> Flags:
    for _ in range(times - 1):
        over = over & np.concatenate([np.zeros_like(over[..., :1]), over[..., :-1]], axis=-1)
    return over


def _episodes(met: Flags, back: Flags) -> tuple[Flags, Flags]:
    """Which runs open a warning, and during which it is open."""
    runs = np.arange(met.shape[-1])
    latest_met, latest_back = (
        np.maximum.accumulate(np.where(flags, runs, -1), axis=-1) for flags in (met & ~back, back)
    )
    is_open = latest_met > latest_back
    was_open = np.concatenate([np.zeros_like(met[..., :1]), is_open[..., :-1]], axis=-1)
    return met & ~was_open, is_open
