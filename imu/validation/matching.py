"""Which of our contacts belongs to which true contact: one to one, nearest in time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Pairs:
    """Index arrays of the same length, ascending in truth: truth[i] was found as ours[i]."""

    truth: NDArray[np.intp]  # (k,)
    ours: NDArray[np.intp]  # (k,)


def match_times(truth_s: NDArray[np.float64], ours_s: NDArray[np.float64], *, tolerance_s: float) -> Pairs:
    """Pair the times of two lists (any order, NaN never pairs) that lie within the tolerance of each other.

    Strategy: every time names its nearest partner in the other list; where two name each other they are a
    pair and leave. Repeat until nobody is left who can pair. The closest pair always names each other, so
    each round makes progress, and no time is ever used twice.
    """
    free_truth, free_ours = _ascending(truth_s), _ascending(ours_s)
    found: list[tuple[NDArray[np.intp], NDArray[np.intp]]] = []
    while len(free_truth) and len(free_ours):
        at_truth, at_ours = truth_s[free_truth], ours_s[free_ours]
        partner = _nearest(at_truth, at_ours)
        mutual = _nearest(at_ours, at_truth)[partner] == np.arange(len(at_truth))
        mutual &= np.abs(at_ours[partner] - at_truth) <= tolerance_s
        if not mutual.any():
            break
        found.append((free_truth[mutual], free_ours[partner[mutual]]))
        free_truth, free_ours = free_truth[~mutual], np.delete(free_ours, partner[mutual])
    if not found:
        nobody = np.empty(0, np.intp)
        return Pairs(nobody, nobody)
    truth = np.concatenate([pair[0] for pair in found])
    ours = np.concatenate([pair[1] for pair in found])
    order = np.argsort(truth_s[truth], kind="stable")
    return Pairs(truth[order], ours[order])


def _ascending(times_s: NDArray[np.float64]) -> NDArray[np.intp]:
    order = np.argsort(times_s, kind="stable")
    return order[np.isfinite(times_s[order])]


def _nearest(times_s: NDArray[np.float64], others_s: NDArray[np.float64]) -> NDArray[np.intp]:
    """Index of the nearest other (ascending, not empty) for each time; the earlier one on a tie."""
    if len(others_s) == 1:
        return np.zeros(len(times_s), np.intp)
    after = np.clip(np.searchsorted(others_s, times_s), 1, len(others_s) - 1)
    before_is_nearer = times_s - others_s[after - 1] <= others_s[after] - times_s
    return np.where(before_is_nearer, after - 1, after)
