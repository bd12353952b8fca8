"""Stretches without a gap: where they lie, and values that are held within one but never across a gap."""

import numpy as np
from numpy.typing import NDArray

from imu.signal.search import Positions


def stretches(missing: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First sample, and the one after the last, of each stretch without a gap."""
    bounded = np.ones(len(missing) + 2, bool)
    bounded[1:-1] = missing
    edges = np.flatnonzero(bounded[1:] != bounded[:-1])
    return edges[::2], edges[1::2]


def long_gaps(missing: NDArray[np.bool_], *, longer_than: float) -> NDArray[np.bool_]:
    """(n,) the gaps of more than so many samples, without the shorter ones."""
    start, end = stretches(~missing)
    long = end - start > longer_than
    edges = np.zeros(len(missing) + 1, np.int8)
    edges[start[long]], edges[end[long]] = 1, -1
    return np.asarray(np.cumsum(edges[:-1]) > 0)


def held(values: NDArray[np.float64], places: Positions, missing: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Values (c, k) at ascending places (k,) as series (c, n): straight lines, held to the next gap.

    NaN inside gaps, and in stretches without a place; places inside gaps do not count.
    """
    n = len(missing)
    series = np.full((len(values), n), np.nan)
    start, end = stretches(missing)
    sample = places.astype(np.intp)
    of = np.searchsorted(start, sample, side="right") - 1
    inside = (of >= 0) & (sample < end[of]) if len(end) else of >= 0
    if not inside.any():
        return series
    of, index = of[inside], np.flatnonzero(inside)
    first, last = np.ones(len(of), bool), np.ones(len(of), bool)
    first[1:] = last[:-1] = of[1:] != of[:-1]
    # One long broken line: per stretch its first value at its first sample, its last one just after its last.
    knots = np.concatenate([places[inside], start[of[first]], end[of[last]]])
    index = np.concatenate([index, index[first], index[last]])
    order = np.argsort(knots, kind="stable")
    knots, corners = knots[order], values.take(index[order], axis=1)
    width = knots[1:] - knots[:-1]
    slope = np.zeros(corners.shape)
    slope[:, :-1] = (corners[:, 1:] - corners[:, :-1]) / np.where(width > 0, width, np.inf)
    corners[:, order >= len(knots) - last.sum()] = np.nan  # from there on lies the gap

    begin = np.ceil(knots).astype(np.intp)
    counts = np.append(begin[1:], n) - begin  # samples between each knot and the next
    after = np.arange(begin[0], n) - np.repeat(knots, counts)
    line = series[:, begin[0] :]
    np.multiply(np.repeat(slope, counts, axis=1), after, out=line)
    line += np.repeat(corners, counts, axis=1)
    return series
