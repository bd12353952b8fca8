"""One stream of a sensor at the times of another."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.ndimage import uniform_filter1d

from imu.signal.grid import BRIDGED_PERIODS, BRIDGED_S

_FEWEST = 4  # samples through which a cubic goes; fewer are joined by lines


def at_times(
    time_s: NDArray[np.float64], values: NDArray[np.float32], wanted_s: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """`values` (n, 3) at `wanted_s` (m,), and where they are known: nothing is carried over a gap.

    time_s (n,) and wanted_s ascending. Values of a much faster stream are averaged over one step of the
    slower, or what is above its reach would fold.
    """
    found = np.full((len(wanted_s), values.shape[1]), np.nan, np.float32)
    if len(time_s) < 2:
        return found, np.zeros(len(wanted_s), bool)
    steps_s = np.diff(time_s)
    period_s = float(np.median(steps_s))
    wanted_period_s = float(np.median(np.diff(wanted_s))) if len(wanted_s) > 1 else period_s
    smooth = values.astype(np.float64)
    if (per_step := round(wanted_period_s / period_s)) > 1:
        smooth = uniform_filter1d(smooth, per_step, axis=0, mode="nearest")
    gaps = np.flatnonzero(steps_s > max(BRIDGED_PERIODS * period_s, BRIDGED_S))
    for first, end in pairwise([0, *(gaps + 1).tolist(), len(time_s)]):
        begin, stop = np.searchsorted(wanted_s, [time_s[first], time_s[end - 1]], side="left")
        stop += int(stop < len(wanted_s) and wanted_s[stop] == time_s[end - 1])
        if begin == stop or end - first < 2:
            continue
        at = wanted_s[begin:stop]
        if end - first < _FEWEST:
            found[begin:stop] = np.stack(
                [np.interp(at, time_s[first:end], axis) for axis in smooth[first:end].T], axis=1
            )
        else:
            found[begin:stop] = CubicSpline(time_s[first:end], smooth[first:end])(at)
    return found, ~np.isnan(found[:, 0])
