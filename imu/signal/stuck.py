"""Samples that no sensor measured: zeros and repeated values that a device or an export put into a hole.

A sensor's last digit is noise, so it never gives the same sample for long, except at rest and with coarse
digits. A body that moves cannot: constant specific force other than gravity, or constant turning, for a
twentieth of a second and to the last digit, is a value that was held.
"""

import numpy as np
from numpy.typing import NDArray

# Longer than a 25 Hz signal holds each value when it is written at a higher rate, shorter than what hides an
# event.
HELD_S = 0.05
# What a calibrated sensor at rest may be off gravity and off standing still (5 %, 6 deg/s).
REST_MPS2 = 0.5
REST_RADPS = 0.1
STANDARD_GRAVITY_MPS2 = 9.80665


def measured(
    time_s: NDArray[np.float64], acc_mps2: NDArray[np.floating], gyr_radps: NDArray[np.floating] | None
) -> NDArray[np.bool_]:
    """(n,) True where a sample was measured. time_s (n,) ascending, acc_mps2 and gyr_radps (n, 3).

    Samples of no specific force at all are never measured: only free fall in vacuum is that quiet. Of a value
    that is held for `HELD_S` or longer, the first sample counts and the repeated ones do not, unless at rest.
    """
    real = np.ones(len(time_s), bool)
    silent = np.flatnonzero(acc_mps2[:, 0] == 0)
    real[silent[(acc_mps2[silent] == 0).all(axis=1)]] = False
    first, last = _repeats(acc_mps2, gyr_radps)
    held = (time_s[last] - time_s[first - 1] >= HELD_S) & ~_at_rest(acc_mps2, gyr_radps, first)
    changes = np.zeros(len(time_s) + 1, np.intp)
    changes[first[held]] += 1
    changes[last[held] + 1] -= 1
    real[np.cumsum(changes[:-1]) > 0] = False
    return real


def _repeats(
    acc: NDArray[np.floating], gyr: NDArray[np.floating] | None
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First and last of each row of samples that are all equal to the sample before the first."""
    columns = [*acc.T, *([] if gyr is None else gyr.T)]
    equal = 1 + np.flatnonzero(columns[0][1:] == columns[0][:-1])
    for column in columns[1:]:
        equal = equal[column[equal] == column[equal - 1]]
    breaks = np.flatnonzero(np.diff(equal) > 1)
    return np.append(equal[:1], equal[breaks + 1]), np.append(equal[breaks], equal[-1:])


def _at_rest(
    acc: NDArray[np.floating], gyr: NDArray[np.floating] | None, index: NDArray[np.intp]
) -> NDArray[np.bool_]:
    quiet = np.abs(np.linalg.norm(acc[index], axis=1) - STANDARD_GRAVITY_MPS2) <= REST_MPS2
    if gyr is not None:
        quiet &= np.linalg.norm(gyr[index], axis=1) <= REST_RADPS
    return np.asarray(quiet)
