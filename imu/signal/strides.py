"""Quantities that belong to strides: smoothing over neighbours, and holding them over the samples around.

A chain is a run of strides without a gap or a pause between them; nothing is smoothed or carried from one
chain to the next, because the orientation frame is a new one after every gap.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from imu.signal.search import Positions
from imu.signal.stretches import held


@dataclass(frozen=True, slots=True)
class Intervals:
    """Stretches of time from `start` to `end`, one per stride, those of a chain lying end to start."""

    start: Positions  # (k,)
    end: Positions  # (k,)
    whole: NDArray[np.bool_]  # (k,) no gap inside; values of other intervals are never used
    chain: NDArray[np.intp]  # (k,) chain number of each whole interval; -1 for the others

    @property
    def middle(self) -> Positions:
        return 0.5 * (self.start + self.end)


def chains(whole: NDArray[np.bool_], linked: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Chain numbers of consecutive whole intervals; linked[k] tells whether k begins where k - 1 ends."""
    begins = whole & ~np.concatenate([[False], whole[:-1] & linked[1:]])
    return np.where(whole, np.cumsum(begins) - 1, -1)


def smooth_over_strides(
    values: NDArray[np.float64], chain: NDArray[np.intp], *, sd_strides: float
) -> NDArray[np.float64]:
    """Gaussian mean of values (c, k) over neighbouring strides of the same chain; NaN outside chains.

    The stride itself always has a part, so a single stride keeps its own value.
    """
    lag = np.arange(-ceil(2.5 * sd_strides), ceil(2.5 * sd_strides) + 1)
    other = np.arange(len(chain))[:, None] + lag  # (k, lags)
    within = (other >= 0) & (other < len(chain))
    other = np.where(within, other, 0)
    inside = chain >= 0
    weight = (within & (chain[other] == chain[:, None])) * np.exp(-0.5 * (lag / sd_strides) ** 2)
    total = np.einsum("ckl,kl->ck", np.where(inside, values, 0.0).take(other, axis=1), weight)
    smooth: NDArray[np.float64] = np.where(inside, total, np.nan) / weight.sum(axis=1)
    return smooth


def held_over_samples(
    values: NDArray[np.float64], intervals: Intervals, missing: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Stride values (c, k) at every sample (c, n): straight lines between the middles, held to the next gap.

    NaN inside gaps and in gap-free stretches without a whole interval.
    """
    return held(values[:, intervals.whole], intervals.middle[intervals.whole], missing)
