"""Shank inclination, stride length and speed of one leg, from one strapped-on shank sensor.

Once per stride, in mid-stance, the foot stands still and the shank turns about the ankle: over that while
the sensor's mean velocity is known from its turn and its height above the ankle. Between two such anchors
the specific force, integrated in a frame that the gyro holds still, must give the difference of these two
velocities plus gravity times the time. That yields, without any further assumption and also while the
runner accelerates:

- which way is up (the mean force between anchors, less the difference of the anchor velocities),
- how far the sensor travelled (its second integral, with both ends known),
- which way is right (the axis about which the shank mostly turned).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import constants

from imu.signal.contacts import Contacts
from imu.signal.integrals import integrals_at
from imu.signal.medians import median, running_median
from imu.signal.orientation import Quaternions, cross, dot, rotate, strapdown
from imu.signal.search import Positions, touched, value_at
from imu.signal.strides import Intervals, chains, held_over_samples, smooth_over_strides


@dataclass(frozen=True, slots=True)
class ShankParameters:
    # The anchor is a quarter to two thirds of the contact: after the foot is flat, before the heel rises. No
    # single instant is stillest in all runners, and none is still: see ankle_advance.
    anchor_share: float = 0.45  # of the contact, its middle
    anchor_half_width: float = 0.20  # of the contact, to each side
    # Of the speed: how far ankles still roll on over the anchored foot (3 % in six runners), less what the
    # shank turns more than a stick on the ankle would. The same from 2.5 to 4.5 m/s; 1.3 % between trials.
    ankle_advance: float = 0.019
    usual_contact_share: float = 0.35  # of the stride, where toe-off was not found (duty 33-39 %)
    level_sd_strides: float = 3.0  # up and right are averaged over about seven strides
    turn_sd_strides: float = 1.5  # single strides land turned in or out
    late_swing_s: float = 0.25  # before contact, where the largest inclination is looked for
    gravity_tolerance: float = 0.05  # of the mean force between anchors; steady strides scatter by 0.4-1.8 %


@dataclass(frozen=True, slots=True)
class ShankMotion:
    """One leg of one block. Entry k of the stride arrays is the stride from contact k to contact k + 1."""

    inclination_deg: NDArray[np.float64]  # (n,) ankle ahead of knee positive; NaN where not known
    angle_ic_deg: NDArray[np.float64]  # (k,) at contact k
    angle_max_deg: NDArray[np.float64]  # (k,) largest in the late swing before contact k
    angle_rate_ic_dps: NDArray[
        np.float64
    ]  # (k,) how fast it turns there: degrees lost per second of timing error
    stride_length_m: NDArray[np.float64]  # (k,) over ground or belt, from the anchor of contact k to the next
    speed_mps: NDArray[np.float64]  # (k,)
    turn_dps: NDArray[np.float64]  # (k,) change of heading over the stride, left positive
    gravity_ratio: NDArray[np.float64]  # (k,) mean force between anchors over g: 1 where both sensors agree
    believed: NDArray[np.bool_]  # (k,) false where force contradicts rate on both sides of contact k


def shank_motion(
    acc_mps2: NDArray[np.float64],
    gyr_radps: NDArray[np.float64],
    missing: NDArray[np.bool_],
    contacts: Contacts,
    *,
    line: NDArray[np.float64],
    sagittal_axis: NDArray[np.float64],
    mount_height_m: float,
    sampling_rate_hz: float,
    parameters: ShankParameters = ShankParameters(),
) -> ShankMotion:
    """Angles and lengths of every stride of one leg.

    acc_mps2, gyr_radps (n, 3) in sensor axes, gyro bias removed; line (3,) the sensor direction that was
    vertical in quiet standing, pointing up (its inclination is the shank's, relative to standing);
    sagittal_axis (3,) the sensor direction about which the shank swings forward; mount_height_m from the
    ankle up to the sensor.
    """
    p, fs = parameters, sampling_rate_hz
    to_frame = strapdown(gyr_radps, sampling_rate_hz=fs)
    force = rotate(to_frame, acc_mps2.T)
    shank = rotate(to_frame, line[:, None])
    anchor, half_width = _anchors(contacts, p)
    intervals = _intervals(contacts, anchor, half_width, missing)
    duration_s = (intervals.end - intervals.start) / fs

    # Velocity and place with gravity not yet known, at the beginning, middle and end of each anchor. Both
    # velocities are means over the anchor: the sensor's own curves so much there that its value in the middle
    # is another (0.15 m/s in real runners, 4 % of their speed).
    places = np.concatenate([anchor - half_width, anchor, anchor + half_width])
    fallen = integrals_at(force, places, sampling_rate_hz=fs).twice.reshape(3, 3, -1)
    lasting_s = 2 * half_width / fs
    with np.errstate(invalid="ignore"):
        fallen_mps = (fallen[:, 2] - fallen[:, 0]) / lasting_s
        ends = value_at(shank, anchor - half_width), value_at(shank, anchor + half_width)
        pivot_mps = mount_height_m * (ends[1] - ends[0]) / lasting_s
    gained = np.diff(fallen_mps, axis=1)
    gravity = (gained - np.diff(pivot_mps, axis=1)) / duration_s
    strength = np.linalg.norm(gravity, axis=0)
    known = np.isfinite(strength)
    usual = median(strength[known])
    recorded = intervals.whole
    sound = recorded & (np.abs(strength / usual - 1) < p.gravity_tolerance)
    intervals = _only(intervals, sound & ~_between(recorded & ~sound))
    believed = _believed(intervals.whole, recorded & ~intervals.whole)

    swing = rotate(to_frame, gyr_radps.T) * dot(sagittal_axis, gyr_radps.T)
    right = np.diff(integrals_at(swing, anchor, sampling_rate_hz=fs).once, axis=1) / duration_s
    level = smooth_over_strides(np.vstack([gravity, right]), intervals.chain, sd_strides=p.level_sd_strides)
    inclination_deg = _inclination_deg(shank, held_over_samples(level, intervals, missing))

    travelled = (
        0.5 * duration_s * (pivot_mps[:, :-1] + pivot_mps[:, 1:])
        + np.diff(fallen[:, 1], axis=1)
        - duration_s * (fallen_mps[:, :-1] + 0.5 * gained)
    )
    up = level[:3] / np.linalg.norm(level[:3], axis=0)
    axis = _direction_at(to_frame, sagittal_axis, anchor)
    turned = _turned_deg(axis[:, :-1], axis[:, 1:], up) / duration_s
    turn_dps = smooth_over_strides(turned[None], intervals.chain, sd_strides=p.turn_sd_strides)[0]
    level_m = np.linalg.norm(travelled - up * (travelled * up).sum(axis=0), axis=0)
    length_m = np.append(level_m / (1 - p.ankle_advance), np.nan)
    with np.errstate(invalid="ignore"):
        return ShankMotion(
            inclination_deg=inclination_deg,
            angle_ic_deg=np.where(believed, value_at(inclination_deg, contacts.initial_contact), np.nan),
            angle_max_deg=np.where(
                believed,
                _late_swing_max(inclination_deg, contacts.initial_contact, round(p.late_swing_s * fs)),
                np.nan,
            ),
            angle_rate_ic_dps=_slope(inclination_deg, contacts.initial_contact, fs),
            stride_length_m=length_m,
            speed_mps=length_m / np.append(duration_s, np.nan),
            turn_dps=np.append(turn_dps, np.nan),
            gravity_ratio=np.append(np.where(intervals.whole, strength / constants.g, np.nan), np.nan),
            believed=believed,
        )


def _direction_at(
    to_frame: Quaternions, direction: NDArray[np.float64], positions: Positions
) -> NDArray[np.float64]:
    """A sensor direction (3,) in the frame, (3, k); as `value_at`, but turned only where it is asked for."""
    last = to_frame.shape[1] - 1
    left = np.clip(np.nan_to_num(positions), 0, max(last - 1, 0)).astype(np.intp)
    share = np.clip(positions - left, 0.0, 1.0)
    before = rotate(to_frame[:, left], direction[:, None])
    after = rotate(to_frame[:, np.minimum(left + 1, last)], direction[:, None])
    return before * (1 - share) + after * share


def _anchors(contacts: Contacts, p: ShankParameters) -> tuple[Positions, NDArray[np.float64]]:
    contact = contacts.toe_off - contacts.initial_contact
    stride = np.append(np.diff(contacts.mid_swing), np.nan).astype(np.float64)
    if len(stride) > 1:
        stride[-1] = stride[-2]
    contact = np.where(np.isfinite(contact), contact, p.usual_contact_share * stride)
    if len(contact):  # one mistaken toe-off must not move an anchor into the swing
        contact = running_median(contact, size=min(5, len(contact)))
    return contacts.initial_contact + p.anchor_share * contact, p.anchor_half_width * contact


def _intervals(
    contacts: Contacts, anchor: Positions, half_width: NDArray[np.float64], missing: NDArray[np.bool_]
) -> Intervals:
    start, end = anchor[:-1], anchor[1:]
    seen = ~touched(missing, start - half_width[:-1], end + half_width[1:])
    whole = contacts.continues[:-1] & seen
    return Intervals(start, end, whole, chains(whole, np.ones(len(whole), bool)))


def _only(intervals: Intervals, usable: NDArray[np.bool_]) -> Intervals:
    whole = intervals.whole & usable
    return Intervals(intervals.start, intervals.end, whole, chains(whole, np.ones(len(whole), bool)))


def _between(contradicting: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(k,) strides whose neighbours both contradict gravity: a broken sensor agrees once in ten by chance."""
    beside = np.pad(contradicting, 1)
    return beside[:-2] & beside[2:]


def _believed(whole: NDArray[np.bool_], contradicting: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(k,) contacts with a sound stride before or after them, or none that was recorded."""
    sound = np.append(whole, False) | np.insert(whole, 0, False)
    wrong = np.append(contradicting, False) | np.insert(contradicting, 0, False)
    return sound | ~wrong


def _inclination_deg(shank: NDArray[np.float64], level: NDArray[np.float64]) -> NDArray[np.float64]:
    up = level[:3]
    forward = cross(up, level[3:])
    ahead = dot(shank, forward) * np.sqrt(dot(up, up))
    upright = dot(shank, up) * np.sqrt(dot(forward, forward))
    return np.degrees(np.arctan2(-ahead, upright))


def _turned_deg(
    before: NDArray[np.float64], after: NDArray[np.float64], up: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How far a direction turned about up, left positive. The rate about up, integrated, would not tell: a
    body that
    rocks to and fro turns about up without turning away (25 deg/s for a shank)."""
    level = [v - up * (v * up).sum(axis=0) for v in (before, after)]
    sine = (np.cross(level[0], level[1], axis=0) * up).sum(axis=0)
    turned: NDArray[np.float64] = np.degrees(np.arctan2(sine, (level[0] * level[1]).sum(axis=0)))
    return turned


def _late_swing_max(
    inclination_deg: NDArray[np.float64], contact: Positions, reach: int
) -> NDArray[np.float64]:
    known = np.isfinite(contact)
    last = np.where(known, np.ceil(contact), 0).astype(np.intp)
    window = last[:, None] - np.arange(reach, -1, -1)
    inside = known & (window[:, 0] >= 0) & (last < len(inclination_deg))
    values = inclination_deg[np.clip(window, 0, len(inclination_deg) - 1)]
    return np.where(inside, values.max(axis=1), np.nan)


def _slope(inclination_deg: NDArray[np.float64], contact: Positions, fs: float) -> NDArray[np.float64]:
    step = 2.0
    return (
        (value_at(inclination_deg, contact + step) - value_at(inclination_deg, contact - step))
        * fs
        / (2 * step)
    )
