"""Running integrals of a signal that are wanted at a few places only.

Summing from place to place with `add.reduceat` is several times faster than a cumulative sum over all
samples, each of which waits for the one before.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imu.signal.search import Positions

Rows = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Integrals:
    """Trapezoidal integrals from the first sample to places; straight lines between samples, NaN at NaN."""

    once: Rows  # (c, k)
    twice: Rows  # (c, k) the integral of that


def integrals_at(signal: Rows, positions: Positions, *, sampling_rate_hz: float) -> Integrals:
    """Integrals of signal (c, n), n > 1, up to sample positions (k,) in any order; none beyond its ends."""
    dt, last = 1.0 / sampling_rate_hz, signal.shape[1] - 1
    known = np.isfinite(positions)
    place = np.minimum(np.maximum(np.where(known, positions, 0.0), 0.0), last)
    left = np.minimum(place.astype(np.intp), last - 1)
    share = np.where(known, place - left, np.nan)

    begin, here, after = signal[:, :1], signal.take(left, axis=1), signal.take(left + 1, axis=1)
    total, moment = _sums_to(left, signal, signal * np.arange(last + 1))
    once = dt * (total - 0.5 * (begin + here))
    sums = (left + 1) * total - moment  # of the sums to all samples up to here
    twice = dt * (dt * (sums - 0.5 * ((left + 1) * begin + total)) - 0.5 * once)
    gained = 0.5 * dt * (here + after)
    return Integrals(once + share * gained, twice + share * dt * (once + 0.5 * gained))


def _sums_to(index: NDArray[np.intp], *signals: Rows) -> list[Rows]:
    """Of each signal (c, n) the sums (c, k) of its rows up to and including an index."""
    if not len(index):
        return [np.zeros((len(signal), 0)) for signal in signals]
    last, which = np.unique(index, return_inverse=True)
    begin = np.append(0, last[:-1] + 1)
    return [
        np.add.reduceat(signal[:, : last[-1] + 1], begin, axis=1).cumsum(axis=1).take(which, axis=1)
        for signal in signals
    ]
