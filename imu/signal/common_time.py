"""One clock for two devices that were out together: when the same feet did the same.

A watch says cadence and speed once a second, strides tell both. Where the two time lines fit, they rise and
fall together; where the run was even, nothing tells one moment from another, and the clocks must do.

At each lag the part of the variance that one line explains of the other gives a log likelihood gain,
-n/2 log(1 - r^2), with n the number of independent values: neighbouring seconds are much alike, so n is
reduced by the memory of both lines (Bartlett 1946, doi:10.2307/2983611). It is zero for lines that have
nothing in common, whatever they look like and however much of them overlaps. Three views are added up: all
cadence (when there was standing, walking and running), and cadence and speed within running. Of the first n
is four per change of gait at most, since one start of a run fits any other one.

A watch shows a mean of the last seconds. Its lag cannot be told from an error of its clock: an offset lays
what it shows over what was done, and its sd says that this may be seconds from the clock's.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEP_S = 0.5
SMOOTHED_S = 5.0  # strides, to be as even as what watches show
LONGEST_HOLE_S = 4.0  # between two values of a line; more is not known
SHORTEST_OVERLAP_S = 120.0
RUNNING_SPM = 135.0
WALKING_SPM = 40.0
FROM_EDGES_S = 8.0  # a start or stop is no part of running, however a watch smooths it
PER_CHANGE = 4.0
SEARCHED_S = 300.0  # to either side of what the clocks say
CLOCKS_SD_S = 10.0  # of two devices that were set by a phone or by satellites (proposal)
LAG_SD_S = 2.0  # of what a watch shows; 1 to 3 s are usual
# Of simulated outings laid on other ones, one of fifty gains more (tests/signal/test_common_time.py).
FEWEST_GAINED = 25.0
MOST_SECOND_SHARE = 0.75  # of the gain that another peak may have
LEAST_CORRELATION = 0.5
LARGEST_SD_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rhythm:
    """What one device says of feet: cadence 0 where somebody stood, NaN (or no value) where nobody knows."""

    time_s: Floats  # (n,) ascending
    cadence_spm: Floats  # (n,)
    speed_mps: Floats  # (n,)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonTime:
    """What is to be added to a time of the other device to have it on one's own clock."""

    offset_s: float
    sd_s: float  # 1 sd, with the watch's lag
    by: Literal["movement", "clocks"]
    gain: float  # log likelihood of the best lag over none
    second_share: float | None  # of the gain, at the best lag elsewhere; None where nothing was gained
    because: str = ""  # why the clocks decided, in plain words


def common_time(
    ours: Rhythm,
    theirs: Rhythm,
    *,
    clocks_offset_s: float,
    searched_s: float = SEARCHED_S,
) -> CommonTime:
    """The offset that fits movement best, within `searched_s` of `clocks_offset_s`, what the clocks say.

    ours.time_s + 0 and theirs.time_s + offset are on one clock. Where no lag, or more than one, stands out,
    the clocks decide, and `because` says why.
    """
    lags, gains, correlation = _gains(ours, theirs, clocks_offset_s, searched_s)
    if not len(lags):
        return _by_clocks(clocks_offset_s, 0.0, None, "they have less than two minutes in common")
    best = int(np.argmax(gains))
    gain = float(gains[best])
    if gain < FEWEST_GAINED or correlation[best] < LEAST_CORRELATION:
        return _by_clocks(clocks_offset_s, gain, None, "cadence and speed were too even to compare")
    second = _elsewhere(gains, best) / gain
    if second > MOST_SECOND_SHARE:
        return _by_clocks(clocks_offset_s, gain, second, "cadence and speed fit at more than one moment")
    if best in (0, len(gains) - 1):
        return _by_clocks(clocks_offset_s, gain, second, "they fit best further apart than was searched")
    offset_s, sd_s = _refined(lags, gains, best)
    if sd_s > LARGEST_SD_S:
        return _by_clocks(clocks_offset_s, gain, second, "cadence and speed changed too slowly to compare")
    return CommonTime(
        offset_s=offset_s,
        sd_s=float(np.hypot(sd_s, LAG_SD_S)),
        by="movement",
        gain=gain,
        second_share=second,
    )


def _by_clocks(offset_s: float, gain: float, second: float | None, because: str) -> CommonTime:
    return CommonTime(
        offset_s=offset_s, sd_s=CLOCKS_SD_S, by="clocks", gain=gain, second_share=second, because=because
    )


def _gains(
    ours: Rhythm, theirs: Rhythm, clocks_offset_s: float, searched_s: float
) -> tuple[Floats, Floats, Floats]:
    """Offsets, the gain at each, and the correlation of all cadence, or of speed where that is higher."""
    begin_ours, begin_theirs = np.floor(ours.time_s[0]), np.floor(theirs.time_s[0])
    a, b = _views(ours, begin_ours), _views(theirs, begin_theirs)
    changes = min(_changes(a[0]), _changes(b[0]))
    # Row l of a correlation is their row 0 at our row l; negative: they began earlier.
    apart = np.arange(-(b.shape[1] - 1), a.shape[1])
    offsets = apart * STEP_S + begin_ours - begin_theirs
    near = np.abs(offsets - clocks_offset_s) <= searched_s
    total, highest = np.zeros(near.sum()), np.zeros(near.sum())
    overlapping = np.zeros(near.sum(), bool)
    for own, other, most in zip(a, b, (PER_CHANGE * changes, np.inf, np.inf), strict=True):
        correlation, n = _correlations(own, other)
        correlation, n = correlation[near], n[near]
        enough = n * STEP_S >= SHORTEST_OVERLAP_S
        independent = np.minimum(n / _memory(own, other), most)
        r = np.where(enough, np.clip(correlation, 0.0, 0.999), 0.0)
        total -= 0.5 * independent * np.log1p(-(r**2))
        highest = np.maximum(highest, r)
        overlapping |= enough
    if not overlapping.any():
        return np.empty(0), np.empty(0), np.empty(0)
    return offsets[near], total, highest


def _views(line: Rhythm, begin_s: float) -> Floats:
    """(3, k) on an even grid from `begin_s`: all cadence, then cadence and speed well inside running."""
    grid_s = np.arange(begin_s, line.time_s[-1] + STEP_S, STEP_S)
    cadence = _even(grid_s, line.time_s, line.cadence_spm)
    speed = _even(grid_s, line.time_s, line.speed_mps)
    with np.errstate(invalid="ignore"):
        edge = (
            np.convolve(cadence < RUNNING_SPM, np.ones(2 * int(FROM_EDGES_S / STEP_S) + 1), mode="same") > 0
        )
        running = (cadence >= RUNNING_SPM) & ~edge
    return np.stack([cadence, np.where(running, cadence, np.nan), np.where(running, speed, np.nan)])


def _changes(cadence: Floats) -> int:
    """How often standing, walking and running follow each other."""
    gait = np.digitize(cadence[np.isfinite(cadence)], [WALKING_SPM, RUNNING_SPM])
    return int(np.count_nonzero(np.diff(gait)))


def _even(grid_s: Floats, time_s: Floats, values: Floats) -> Floats:
    """Values on the grid, each the mean of 5 s around it; NaN in holes."""
    known = np.isfinite(values)
    if known.sum() < 2:
        return np.full(len(grid_s), np.nan)
    time_s, values = time_s[known], values[known]
    found = np.interp(grid_s, time_s, values)
    after = np.clip(np.searchsorted(time_s, grid_s), 1, len(time_s) - 1)
    hole = (time_s[after] - time_s[after - 1] > LONGEST_HOLE_S) | (grid_s < time_s[0]) | (grid_s > time_s[-1])
    width = int(SMOOTHED_S / STEP_S) + 1
    weight = np.convolve(~hole, np.ones(width), mode="same")
    total = np.convolve(np.where(hole, 0.0, found), np.ones(width), mode="same")
    return np.where(hole, np.nan, total / np.maximum(weight, 1))


def _correlations(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Pearson's r of what both know at each lag, and how many values that are (Padfield 2012,
    doi:10.1109/TIP.2011.2181402)."""
    from scipy.signal import fftconvolve  # half a second that only a watch's file has to wait for

    ma, mb = np.isfinite(a), np.isfinite(b)
    if not ma.any() or not mb.any():
        nothing = np.zeros(len(a) + len(b) - 1)
        return nothing, nothing
    a, b = np.where(ma, a - a[ma].mean(), 0.0), np.where(mb, b - b[mb].mean(), 0.0)
    ma, mb = ma.astype(float), mb.astype(float)

    def along(x: Floats, y: Floats) -> Floats:
        return np.asarray(fftconvolve(x, y[::-1]))

    n = np.round(along(ma, mb))
    counted = np.maximum(n, 1.0)
    sum_a, sum_b = along(a, mb), along(ma, b)
    both = along(a, b) - sum_a * sum_b / counted
    var_a = along(a**2, mb) - sum_a**2 / counted
    var_b = along(ma, b**2) - sum_b**2 / counted
    # Below a thousandth of the whole line's variance an overlap is flat but for rounding.
    flat = (var_a <= 1e-3 * n * np.mean(a**2)) | (var_b <= 1e-3 * n * np.mean(b**2))
    r = np.divide(both, np.sqrt(np.maximum(var_a * var_b, 1e-12)), out=np.zeros(len(n)), where=~flat)
    return np.clip(r, -1.0, 1.0), n


def _memory(a: Floats, b: Floats) -> float:
    """So many values of two lines are worth one independent pair."""
    longest = int(120 / STEP_S)
    product = _autocorrelation(a, longest) * _autocorrelation(b, longest)
    return max(1.0 + 2.0 * float(product[1:].sum()), SMOOTHED_S / STEP_S)


def _autocorrelation(values: Floats, longest: int) -> Floats:
    found, _n = _correlations(values, values)
    middle = len(values) - 1
    kept = found[middle : middle + longest]
    return np.pad(kept, (0, longest - len(kept)))


def _elsewhere(gains: Floats, best: int) -> float:
    """The highest gain outside the best peak, which ends where three quarters of it are lost."""
    low = gains < 0.25 * gains[best]
    before, after = np.flatnonzero(low[:best]), np.flatnonzero(low[best:])
    left = int(before[-1]) if len(before) else 0
    right = best + int(after[0]) if len(after) else len(gains)
    outside = np.concatenate([gains[:left], gains[right:]])
    return float(outside.max(initial=0.0))


def _refined(lags: Floats, gains: Floats, best: int) -> tuple[float, float]:
    """The top of a parabola through the gains of 3 s around the best, and what its bend says of the sd."""
    half = int(1.5 / STEP_S)
    rows = np.arange(max(best - half, 0), min(best + half + 1, len(lags)))
    bend, slope, _level = np.polyfit(lags[rows] - lags[best], gains[rows], 2)
    if bend >= 0:
        return float(lags[best]), float("inf")
    top = float(np.clip(-slope / (2 * bend), -half * STEP_S, half * STEP_S))
    return float(lags[best]) + top, max(float(1 / np.sqrt(-2 * bend)), STEP_S / 2)
