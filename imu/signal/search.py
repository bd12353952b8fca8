"""Extrema and values of a signal near many places at once.

Places are arrays of sample positions; one gather per question replaces a loop over strides.
"""

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.float64]  # fractional sample positions
Indices = NDArray[np.intp]


def highest(signal: NDArray[np.float64], first: Indices, last: Indices) -> Indices:
    """Index of the largest value in each closed interval [first, last], clipped to the signal."""
    window, inside = _windows(len(signal), first, last)
    values = np.where(inside, signal[window], -np.inf)
    found: Indices = window[np.arange(len(window)), values.argmax(axis=1)]
    return found


def lowest(signal: NDArray[np.float64], first: Indices, last: Indices) -> Indices:
    """Index of the smallest value in each closed interval [first, last], clipped to the signal."""
    return highest(-signal, first, last)


def first_prominent(
    signal: NDArray[np.float64], first: Indices, last: Indices, *, share_of_highest: float
) -> Indices:
    """Index of the first local maximum in [first, last] that reaches a share of the highest such one;
    the highest value where there is none.
    """
    window, inside = _windows(len(signal), first, last)
    values = np.where(inside, signal[window], -np.inf)
    peak = np.zeros(values.shape, bool)  # a slope that the interval cuts off is no maximum
    peak[:, 1:-1] = (values[:, 1:-1] >= values[:, :-2]) & (values[:, 1:-1] > values[:, 2:])
    tallest = np.where(peak, values, -np.inf).max(axis=1, keepdims=True)
    tall = peak & (values >= share_of_highest * tallest)
    place = np.where(tall.any(axis=1), tall.argmax(axis=1), values.argmax(axis=1))
    found: Indices = window[np.arange(len(window)), place]
    return found


def first_below_zero(signal: NDArray[np.float64], first: Indices, last: Indices) -> Indices:
    """Index of the first negative value in [first, last]; `last` where there is none."""
    window, inside = _windows(len(signal), first, last)
    below = inside & (signal[window] < 0)
    found = below.any(axis=1)
    at = window[np.arange(len(window)), below.argmax(axis=1)]
    return np.where(found, at, _clipped(last, len(signal) - 1))


def crossing(
    signal: NDArray[np.float64], first: Indices, last: Indices, level: NDArray[np.float64]
) -> Positions:
    """Position between the samples where the signal first rises above each level in [first, last]; `last`
    where it does not.
    """
    window, inside = _windows(len(signal), first, last)
    above = inside & (signal[window] > level[:, None])
    found = above.any(axis=1)
    at = np.where(
        found, window[np.arange(len(window)), above.argmax(axis=1)], np.clip(last, 0, len(signal) - 1)
    )
    before = np.maximum(at - 1, 0)
    climb = signal[at] - signal[before]
    with np.errstate(divide="ignore", invalid="ignore"):
        back = np.where(found & (climb > 0), (signal[at] - level) / climb, 0.0)
    return np.asarray(at - np.clip(back, 0.0, 1.0), np.float64)


def refined(signal: NDArray[np.float64], extrema: Indices) -> Positions:
    """Extrema between the samples: the vertex of the parabola through each and its two neighbours, half a
    sample away at most; at an end, which lacks a neighbour, half a sample within it.
    """
    i = np.minimum(np.maximum(extrema, 1), len(signal) - 2)
    before, here, after = signal[i - 1], signal[i], signal[i + 1]
    curvature = before - 2 * here + after
    bent = curvature != 0
    shift = 0.5 * (before - after) / np.where(bent, curvature, np.inf)
    place = i + np.minimum(np.maximum(shift, -0.5), 0.5)
    return np.asarray(np.minimum(np.maximum(place, extrema - 0.5), extrema + 0.5), np.float64)


def slope(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Change per sample of (n,) values, between both neighbours; one-sided at the ends.

    What `numpy.gradient` gives, which takes six times as long to find out how.
    """
    change = np.empty(len(signal))
    np.subtract(signal[2:], signal[:-2], out=change[1:-1])
    change[1:-1] *= 0.5
    change[0], change[-1] = signal[1] - signal[0], signal[-1] - signal[-2]
    return change


def value_at(signal: NDArray[np.float64], positions: Positions) -> NDArray[np.float64]:
    """Linear interpolation along the last axis; NaN positions give NaN, outside ones the edge's value."""
    end = signal.shape[-1] - 1
    known = np.isfinite(positions)
    place = np.minimum(np.maximum(np.where(known, positions, 0.0), 0.0), end)
    left = np.minimum(place.astype(np.intp), max(end - 1, 0))
    share = np.where(known, place - left, np.nan)
    before, after = signal.take(left, axis=-1), signal.take(np.minimum(left + 1, end), axis=-1)
    return np.asarray(before * (1 - share) + after * share)


def nearest(places: NDArray[np.floating], expected: NDArray[np.floating]) -> Indices:
    """For each expected position the index of the nearest of two or more ascending places."""
    after = np.clip(np.searchsorted(places, expected), 1, len(places) - 1)
    earlier = expected - places[after - 1] < places[after] - expected
    return np.asarray(after - earlier, np.intp)


def touched(
    missing: NDArray[np.bool_], first: NDArray[np.floating], last: NDArray[np.floating]
) -> NDArray[np.bool_]:
    """Whether the closed interval [first, last] holds a missing sample; with NaN ends it does."""
    known = np.isfinite(first) & np.isfinite(last)
    lost = np.append(np.flatnonzero(missing), np.inf)
    next_lost = lost[lost.searchsorted(np.floor(np.where(known, first, 0)))]
    return np.asarray(~known | (next_lost <= np.ceil(last)))


def _windows(n: int, first: Indices, last: Indices) -> tuple[Indices, NDArray[np.bool_]]:
    width = int(max((last - first).max(initial=0), 0)) + 1
    window = first[:, None] + np.arange(width)
    inside = window <= np.maximum(last, first)[:, None]
    if len(window) and (window[:, 0].min() < 0 or window[:, -1].max() >= n):
        inside &= (window >= 0) & (window < n)
        inside[:, 0] |= ~inside.any(axis=1)  # an interval outside the signal answers with its clipped start
        window = _clipped(window, n - 1)
    return window, inside


def _clipped(index: Indices, last: int) -> Indices:
    """Indices within [0, last]; `numpy.clip` takes several times as long on few."""
    return np.minimum(np.maximum(index, 0), last)
