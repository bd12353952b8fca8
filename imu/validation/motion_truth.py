"""The true strides of a running trial, from the force plate and the marker clusters."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from imu.validation.motion_capture import GroundForce, Skeleton
from imu.validation.virtual_imu import GRAVITY_MPS2, Motion

FORCE_CUTOFF_HZ = 50.0  # above it the plate and the belt ring
CONTACT_FORCE_N = 50.0
CONTACT_FORCE_SHARE = 0.08  # of body weight: unloaded belts drift by a few percent
LATE_SWING_S = 0.25  # the largest shank angle before a contact lies in this time
_FINE_HZ = 1000.0  # extremes between frames are read off the splines at this rate


@dataclass(frozen=True, slots=True)
class Contacts:
    """Alternating contacts of both feet."""

    ic_s: NDArray[np.float64]  # (k,)
    to_s: NDArray[np.float64]  # (k,)
    left: NDArray[np.bool_]  # (k,)

    def shifted(self, by_s: float) -> "Contacts":
        """The same contacts on a clock that started earlier."""
        return Contacts(self.ic_s + by_s, self.to_s + by_s, self.left)


def body_mass_kg(force: GroundForce) -> float:
    """Mass from the mean vertical force: over many strides the ground carries just the body."""
    up_n = force.up_n - _unloaded_n(force)
    return float(up_n.mean() / GRAVITY_MPS2)


def force_contacts(
    force: GroundForce, heel_height_m: Mapping[str, NDArray[np.float64]], frame_s: NDArray[np.float64]
) -> Contacts:
    """Initial contacts and toe-offs: where the filtered force crosses its threshold, between samples.

    The foot on the ground is the one whose heel is lower over the contact.
    """
    rate_hz = (len(force.time_s) - 1) / (force.time_s[-1] - force.time_s[0])
    sections = butter(2, FORCE_CUTOFF_HZ, fs=rate_hz, output="sos")
    up_n = sosfiltfilt(sections, force.up_n - _unloaded_n(force))
    threshold_n = max(CONTACT_FORCE_N, CONTACT_FORCE_SHARE * body_mass_kg(force) * GRAVITY_MPS2)
    above = up_n > threshold_n
    rise, fall = np.flatnonzero(~above[:-1] & above[1:]), np.flatnonzero(above[:-1] & ~above[1:])
    fall = fall[fall > rise[0]] if len(rise) else fall[:0]
    rise = rise[: len(fall)]
    ic_s, to_s = (_crossing_s(force.time_s, up_n, at, threshold_n) for at in (rise, fall))
    first, last = np.searchsorted(frame_s, ic_s), np.searchsorted(frame_s, to_s)
    height = {
        side: _means(np.nan_to_num(heel, nan=np.inf), first, last) for side, heel in heel_height_m.items()
    }
    return Contacts(ic_s, to_s, height["left"] < height["right"])


def true_strides(
    motions: Mapping[str, Motion], skeleton: Skeleton, contacts: Contacts, *, belt_mps: float
) -> pd.DataFrame:
    """One row per stride and side; columns of the contract, angles relative to standing as `.._rel_deg`."""
    stride = np.flatnonzero(
        (contacts.left[:-2] != contacts.left[1:-1]) & (contacts.left[:-2] == contacts.left[2:])
    )
    ic_s, to_s = contacts.ic_s[stride], contacts.to_s[stride]
    other_ic_s, next_ic_s = contacts.ic_s[stride + 1], contacts.ic_s[stride + 2]
    left = contacts.left[stride]
    table = pd.DataFrame(
        {
            "side": np.where(left, "left", "right"),
            "ic_time_s": ic_s,
            "to_time_s": to_s,
            "next_ic_time_s": next_ic_s,
            "stride_time_s": next_ic_s - ic_s,
            "contact_time_s": to_s - ic_s,
            "cadence_spm": 120 / (next_ic_s - ic_s),
        }
    )
    for side, mask in (("left", left), ("right", ~left)):
        shank = f"shank_{side}"
        columns = _shank_truth(
            motions[shank], skeleton, shank, ic_s[mask], next_ic_s[mask], belt_mps=belt_mps
        )
        table.loc[mask, list(columns)] = np.column_stack(list(columns.values()))
    return table.assign(**_pelvis_truth(motions["pelvis"], skeleton, left, ic_s, to_s, other_ic_s))


def shank_angle_deg(
    motion: Motion, skeleton: Skeleton, shank: str, time_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Inclination of the line knee centre - ankle centre in the sagittal plane; positive = ankle ahead."""
    knee = motion.point(time_s, skeleton.knee_m[shank])
    ankle = motion.point(time_s, skeleton.ankle_m[shank])
    return _inclination_deg(ankle - knee)


def pelvic_roll_deg(motion: Motion, skeleton: Skeleton, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Elevation of the pelvis' right side (Cardan yaw-tilt-roll), zero in standing."""
    up = motion.turn(time_s)[:, 1]  # the laboratory's up in the pelvis' axes
    return np.degrees(np.arctan2(up @ skeleton.pelvis_right, up[:, 1]))


def _shank_truth(
    motion: Motion,
    skeleton: Skeleton,
    shank: str,
    ic_s: NDArray[np.float64],
    next_ic_s: NDArray[np.float64],
    *,
    belt_mps: float,
) -> dict[str, NDArray[np.float64]]:
    time_s = _fine_times(motion)
    angle = shank_angle_deg(motion, skeleton, shank, time_s)
    standing = _inclination_deg((skeleton.ankle_m[shank] - skeleton.knee_m[shank])[None])
    at_contact = shank_angle_deg(motion, skeleton, shank, ic_s)
    largest = np.maximum(_extreme(np.maximum, angle, time_s, ic_s - LATE_SWING_S, ic_s), at_contact)
    ankle_x = [motion.point(at_s, skeleton.ankle_m[shank])[:, 0] for at_s in (ic_s, next_ic_s)]
    length_m = belt_mps * (next_ic_s - ic_s) + ankle_x[1] - ankle_x[0]
    return {
        "stride_length_m": length_m,
        "speed_mps": length_m / (next_ic_s - ic_s),
        "shank_angle_ic_rel_deg": at_contact - standing,
        "shank_angle_max_rel_deg": largest - standing,
        "shank_angle_ic_abs_deg": at_contact,
        "shank_angle_max_abs_deg": largest,
    }


def _pelvis_truth(
    motion: Motion,
    skeleton: Skeleton,
    left: NDArray[np.bool_],
    ic_s: NDArray[np.float64],
    to_s: NDArray[np.float64],
    other_ic_s: NDArray[np.float64],
) -> dict[str, NDArray[np.float64]]:
    time_s = _fine_times(motion)
    roll = pelvic_roll_deg(motion, skeleton, time_s)
    # In right stance the swing side sinks when the right side rises; in left stance the other way round.
    raised = np.where(left, -1.0, 1.0)
    lowest = np.where(
        left, -_extreme(np.minimum, roll, time_s, ic_s, to_s), _extreme(np.maximum, roll, time_s, ic_s, to_s)
    )
    height = motion.point(time_s, skeleton.sensor_m["pelvis"])[:, 1]
    return {
        "pelvic_drop_deg": lowest - raised * np.interp(ic_s, time_s, roll),
        "pelvic_drop_abs_deg": lowest,
        "vertical_oscillation_m": _extreme(np.maximum, height, time_s, ic_s, other_ic_s)
        - _extreme(np.minimum, height, time_s, ic_s, other_ic_s),
    }


def _inclination_deg(knee_to_ankle: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.degrees(np.arctan2(knee_to_ankle[:, 0], -knee_to_ankle[:, 1]))


def _fine_times(motion: Motion) -> NDArray[np.float64]:
    return np.arange(motion.start_s, motion.end_s, 1 / _FINE_HZ)


def _extreme(
    of: np.ufunc,
    values: NDArray[np.float64],
    time_s: NDArray[np.float64],
    start_s: NDArray[np.float64],
    end_s: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The largest (np.maximum) or smallest (np.minimum) value in each interval [start, end]."""
    first = np.searchsorted(time_s, start_s)
    last = np.minimum(np.searchsorted(time_s, end_s, side="right"), len(time_s) - 1)
    edges = np.column_stack([first, np.maximum(last, first + 1)]).ravel()
    return np.asarray(of.reduceat(values, edges)[::2])


def _means(
    values: NDArray[np.float64], first: NDArray[np.intp], last: NDArray[np.intp]
) -> NDArray[np.float64]:
    edges = np.column_stack([first, np.maximum(last, first + 1)]).ravel()
    sums = np.add.reduceat(np.append(values, 0.0), edges)[::2]
    return np.asarray(sums / np.diff(edges)[::2])


def _crossing_s(
    time_s: NDArray[np.float64], values: NDArray[np.float64], before: NDArray[np.intp], level: float
) -> NDArray[np.float64]:
    share = (level - values[before]) / (values[before + 1] - values[before])
    return np.asarray(time_s[before] + share * (time_s[before + 1] - time_s[before]))


def _unloaded_n(force: GroundForce) -> float:
    """The plate's offset: the low end of what it reads in flight (a minimum would be a single spike)."""
    return float(np.quantile(force.up_n, 0.02))
