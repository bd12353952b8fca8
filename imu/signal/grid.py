"""One uniform time grid for all worn sensors.

Sensors run on their own clocks at 198-202 Hz, 100 Hz or 500 Hz and lose packets. Everything behind this
file works on one grid, so that an event found on the shank is an index into the pelvis signal too.
"""

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from imu.signal.medians import median

GRID_HZ = 200.0
# Two lost samples in a row at 200 Hz are what a healthy 100 Hz sensor never measured; longer holes are gaps.
BRIDGED_S = 0.0151
BRIDGED_PERIODS = 1.75
ON_SAMPLE = 1e-6  # of the spacing: a grid point this near to a sample is that sample


@dataclass(frozen=True, slots=True)
class GridSignal:
    """One sensor on the grid. Values inside a gap are a straight line and carry ``missing``."""

    acc_mps2: NDArray[np.float64]  # (n, 3) sensor axes
    gyr_radps: NDArray[np.float64] | None  # (n, 3)
    missing: NDArray[np.bool_]  # (n,) inside a gap, or outside the recording


def to_grid(
    time_s: NDArray[np.float64],
    acc_mps2: NDArray[np.floating],
    gyr_radps: NDArray[np.floating] | None,
    *,
    start_s: float,
    n: int,
    sampling_rate_hz: float = GRID_HZ,
) -> GridSignal:
    """Four-point interpolation onto ``start_s + arange(n) / sampling_rate_hz``.

    time_s (m,) ascending, acc_mps2 and gyr_radps (m, 3). Grid points in holes longer than `BRIDGED_S` (or
    1.75 sample periods) are joined by a straight line and marked missing. Four points keep 98 % of the
    amplitude at 40 Hz where two keep 81 % (half-way between samples, 200 Hz).
    """
    channels = [*acc_mps2.T, *([] if gyr_radps is None else gyr_radps.T)]
    if len(time_s) < 2:
        return GridSignal(np.zeros((n, 3)), None if gyr_radps is None else np.zeros((n, 3)), np.ones(n, bool))
    spacing_s = np.diff(time_s)
    period_s = median(spacing_s)
    per_grid_step = round(1.0 / (period_s * sampling_rate_hz))
    if per_grid_step > 1:  # faster than the grid: average over one step of it, or what is above would fold
        channels = [uniform_filter1d(channel, per_grid_step, mode="nearest") for channel in channels]
    gap = spacing_s > max(BRIDGED_PERIODS * period_s, BRIDGED_S)

    place = (time_s - start_s) * sampling_rate_hz  # of the samples, in steps of the grid
    left = np.clip(_last_before(place, n), 0, len(place) - 2)
    share = np.clip((np.arange(n) - place[left]) / np.diff(place)[left], 0.0, 1.0)
    missing = gap[left] & (share > ON_SAMPLE) & (share < 1.0 - ON_SAMPLE)
    reach = period_s * sampling_rate_hz
    missing[: max(ceil(place[0] - reach), 0)] = True
    missing[max(floor(place[-1] + reach) + 1, 0) :] = True
    values = _four_point(channels, left, share.astype(np.float32), straight=_beside_gap(gap, left))
    return GridSignal(values[:3].T, None if gyr_radps is None else values[3:].T, missing)


def _last_before(place: NDArray[np.float64], n: int) -> NDArray[np.intp]:
    """(n,) index of the last sample at or before each grid point, -1 where there is none; place ascends."""
    first_point = np.clip(np.ceil(place), 0, n).astype(np.intp)
    return np.cumsum(np.bincount(first_point, minlength=n + 1)[:n]) - 1


def _beside_gap(gap: NDArray[np.bool_], left: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Grid points whose four neighbours are not all regular: there a cubic would swing out."""
    irregular = gap.copy()
    irregular[1:] |= gap[:-1]
    irregular[:-1] |= gap[1:]
    irregular[0] = irregular[-1] = True
    return irregular[left]


def _four_point(
    channels: list[NDArray[np.floating]],
    left: NDArray[np.intp],
    share: NDArray[np.float32],
    *,
    straight: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Lagrange's cubic through two samples on either side; or a line if `straight`. Channel by channel."""
    outer, inner = share * (share - 1), (share + 1) * (share - 2)
    weights = (-outer * (share - 2) / 6, (share - 1) * inner / 2, -share * inner / 2, (share + 1) * outer / 6)
    at = np.flatnonzero(straight)
    before, part = left[at], share[at]
    values = np.empty((len(channels), len(left)))
    for channel, value in zip(channels, values, strict=True):
        padded = np.concatenate([channel[:1], channel, channel[-1:]])
        cubic = padded.take(left) * weights[0]
        for offset in (1, 2, 3):
            term = padded[offset:].take(left)
            term *= weights[offset]
            cubic += term
        cubic[at] = channel[before] * (1 - part) + channel[before + 1] * part
        value[:] = cubic
    return values
