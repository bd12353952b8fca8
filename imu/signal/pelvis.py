"""The pelvis over each stride: how far the swing side sinks, how high the body rises, how far it leans.

Obliquity and tilt follow from where up lies in the pelvis' own axes (Cardan order yaw, tilt, roll), so the
compass heading plays no part; zero is quiet standing. Angles and height are series on the grid; a stride's
values are picked from them with index arrays, and a gap inside a stride's window makes that value absent.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import constants
from scipy.integrate import cumulative_trapezoid

from imu.signal.orientation import dot, level
from imu.signal.search import Positions, slope, value_at

Array = NDArray[np.float64]

# Drift of the vertical velocity is followed this slowly (standard deviation of a Gaussian, after a mean
# over one stride). On the treadmill samples 0.3, 0.5 and 1 s gave 1.4, 1.3 and 1.3 mm error of the
# oscillation.
HEIGHT_DRIFT_S = 0.5
LEVEL_DRIFT_S = 2.0  # of the mean vertical force: as slow as the attitude it depends on


@dataclass(frozen=True, slots=True)
class PelvisMotion:
    """Series on the grid, NaN inside gaps and where up is not known."""

    obliquity_deg: Array  # (n,) > 0: right side high
    anterior_tilt_deg: Array  # (n,) > 0: leaning further forward than in standing
    height_m: Array  # (n,) of the sensor above its own slow mean


@dataclass(frozen=True, slots=True)
class PelvisStrides:
    """One value per stride, NaN where it was not recorded whole or cannot be told."""

    drop_deg: Array  # (k,) from initial contact to the lowest point of the swing side; >= 0
    drop_abs_deg: Array  # (k,) that lowest point against standing; positive: swing side low
    anterior_tilt_deg: Array  # (k,) mean over the stride
    vertical_oscillation_m: Array  # (k,) highest minus lowest in the step


def pelvis_motion(
    acc_mps2: Array,
    up: Array,
    missing: NDArray[np.bool_],
    *,
    stride_s: Array | float,
    sampling_rate_hz: float,
) -> PelvisMotion:
    """Angles and height over time.

    acc_mps2 (n, 3) specific force and up (3, n) the direction of up, both along forward, up, right of the
    pelvis; missing (n,); stride_s (n,) or one for all.

    Height is the double integral of the vertical acceleration. Over whole strides its mean and that of the
    velocity are zero; what is left of them is drift and is taken out. Every harmonic of the stride passes
    unchanged.
    """
    dt = 1.0 / sampling_rate_hz
    half_stride = np.broadcast_to(np.asarray(0.5 * sampling_rate_hz * stride_s), missing.shape)
    absent = missing | np.isnan(up[0])

    def without_drift(series: Array, smoothing_s: float) -> Array:
        slow = level(
            series[None],
            absent,
            half_stride=half_stride,
            sampling_rate_hz=sampling_rate_hz,
            smoothing_s=smoothing_s,
        )
        return np.where(absent, 0.0, series - slow[0])

    upward = np.where(absent, 0.0, dot(acc_mps2.T, up) - constants.g)
    rising = cumulative_trapezoid(without_drift(upward, LEVEL_DRIFT_S), dx=dt, initial=0)
    velocity = without_drift(rising, HEIGHT_DRIFT_S)
    return PelvisMotion(
        obliquity_deg=np.degrees(np.arctan2(up[2], up[1])),
        anterior_tilt_deg=-np.degrees(np.arcsin(np.clip(up[0], -1.0, 1.0))),
        height_m=np.where(absent, np.nan, cumulative_trapezoid(velocity, dx=dt, initial=0)),
    )


def pelvis_strides(
    motion: PelvisMotion,
    *,
    initial_contact: Positions,
    toe_off: Positions,
    next_contact: Positions,
    side: NDArray[np.int8],
    relative: bool = False,
) -> PelvisStrides:
    """The values of k strides of either foot, in any order.

    initial_contact, toe_off, next_contact (k,) sample positions with fractions, NaN where unknown; side (k,)
    1 right, -1 left, 0 unknown (its drop is NaN); relative: without standing the absolute drop is not known.

    Right stance: drop is the largest obliquity in [contact, toe-off] minus the one at contact; left
    mirrored. The step of the vertical oscillation ends in the middle of the stride: the extremes lie in
    mid-stance and in flight, far from either contact, and the other foot's contact instead changes the
    error by less than 0.1 mm.
    """
    contact, middle = initial_contact, 0.5 * (initial_contact + next_contact)
    obliquity, height = motion.obliquity_deg, motion.height_m
    highest = _largest(obliquity, contact, toe_off)
    lowest = -_largest(-obliquity, contact, toe_off)
    sunk = np.where(side > 0, highest, -lowest)
    sunk[side == 0] = np.nan
    return PelvisStrides(
        drop_deg=sunk - side * value_at(obliquity, contact),
        drop_abs_deg=np.full_like(sunk, np.nan) if relative else sunk,
        anterior_tilt_deg=_mean(motion.anterior_tilt_deg, contact, next_contact),
        vertical_oscillation_m=_largest(height, contact, middle) + _largest(-height, contact, middle),
    )


def own_acceleration(
    speed_mps: Array,
    gyr_radps: Array,
    up: Array,
    missing: NDArray[np.bool_],
    *,
    stride_s: Array | float,
    sampling_rate_hz: float,
    smoothing_s: float = LEVEL_DRIFT_S,
) -> Array:
    """(3, n) along forward, up, right: how the runner gains speed and is pulled into a bend.

    speed_mps (n,), NaN where unknown (no correction there); gyr_radps (n, 3) and up (3, n) along forward,
    up, right. Smoothed as `orientation.attitude` smooths the force, because that is what it is to be taken
    out of. A gyroscope bias about up acts like a bend, 0.4 deg of roll for 1 deg/s at 3.5 m/s; remove it
    before.
    """
    gain = _zero_if_unknown(slope(speed_mps) * sampling_rate_hz)
    turning_left = _zero_if_unknown(dot(gyr_radps.T, up))
    half_stride = np.broadcast_to(np.asarray(0.5 * sampling_rate_hz * stride_s), missing.shape)
    slow = level(
        np.array([gain, -_zero_if_unknown(speed_mps) * turning_left]),
        missing,
        half_stride=half_stride,
        sampling_rate_hz=sampling_rate_hz,
        smoothing_s=smoothing_s,
    )
    return np.array([slow[0], np.zeros_like(gain), slow[1]])


def true_up(apparent_up: Array, acceleration_mps2: Array) -> Array:
    """(3, n) up, freed of the runner's own acceleration, which tilts the force that `apparent_up` follows.

    Mean force f * apparent_up = g * up + acceleration, and g is known, so f follows. Both (3, n) in the
    same axes. Uncorrected, 0.1 m/s2 is 0.6 deg: a bend of 36.5 m radius at 3.5 m/s leans the level by 2
    deg.
    """
    along = dot(apparent_up, acceleration_mps2)
    size_sq = dot(acceleration_mps2, acceleration_mps2)
    force = along + np.sqrt(np.maximum(along**2 + constants.g**2 - size_sq, 0.0))
    gravity = force * apparent_up - acceleration_mps2
    return np.asarray(gravity / np.sqrt(dot(gravity, gravity)))


def _zero_if_unknown(series: Array) -> Array:
    return np.where(np.isnan(series), 0.0, series)


def _largest(series: Array, first: Positions, last: Positions) -> Array:
    """Largest value in each closed interval, ends interpolated; NaN where any of it is missing."""
    n = len(series)
    whole = (first >= 0) & (last <= n - 1) & (first < last)  # False for NaN
    start = np.ceil(np.where(whole, first, 0.0)).astype(np.intp)
    end = np.floor(np.where(whole, last, 0.0)).astype(np.intp) + 1
    padded = np.append(series, np.nan)
    inner = np.maximum.reduceat(padded, np.column_stack([start, end]).ravel())[::2]
    ends = np.maximum(value_at(series, first), value_at(series, last))
    return np.where(whole, np.maximum(inner, ends), np.nan)


def _mean(series: Array, first: Positions, last: Positions) -> Array:
    """Mean over the samples in each half-open interval, NaN as in `_largest`."""
    n = len(series)
    whole = (first >= 0) & (last <= n - 1) & (last - first >= 2)
    start = np.ceil(np.where(whole, first, 0.0)).astype(np.intp)
    end = np.ceil(np.where(whole, last, 1.0)).astype(np.intp)
    total = np.add.reduceat(np.append(series, np.nan), np.column_stack([start, end]).ravel())[::2]
    return np.where(whole, total / np.maximum(end - start, 1), np.nan)
