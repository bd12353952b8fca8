"""Initial contact, toe-off and side of every step from a sensor on the pelvis alone.

Works from what the pelvis does, not from an impact: the vertical force finds the steps (`step_rhythm`), their
shape tells when the foot was on the ground (`pelvis_timing`), the roll tells which foot (`pelvis_side`). An
accelerometer alone is enough, also one that lacks the sideways axis; then sides stay unknown.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
from scipy.constants import g as standard_gravity_mps2
from scipy.ndimage import uniform_filter1d

from imu.signal.lowpass import lowpass
from imu.signal.medians import running_median
from imu.signal.orientation import cross, dot, turned
from imu.signal.pelvis_side import ROLL_ORDERS, step_sides
from imu.signal.pelvis_timing import (
    FORCE_SHAPES,
    SHAPE_ORDERS,
    force_shapes,
    loading,
    offsets,
    roll_shapes,
)
from imu.signal.search import Positions, highest, lowest, refined, touched
from imu.signal.step_rhythm import harmonics, running_rhythm, walking_middles
from imu.signal.stretches import stretches

Array = NDArray[np.float64]


LONGEST_STRIDE_SHARE = 1.5  # of the median stride: longer ones hold a contact that was not found
OTHER_LEG_SD_S = 0.006  # what is left between one runner's legs and steps


@dataclass(frozen=True, slots=True)
class PelvisSignals:
    """What the pelvis feels along the axes of the ground; forward is the pelvis' own, made level."""

    vertical_g: Array  # (n,) specific force: 1 at rest, about 0 in flight
    forward_g: Array  # (n,)
    right_g: Array  # (n,)
    roll_rate_radps: Array | None  # (n,) right-handed about forward; None without a gyroscope


@dataclass(frozen=True, slots=True)
class Steps:
    """One entry per step, ascending; positions are fractional samples."""

    initial_contact: Positions  # (k,)
    toe_off: Positions  # (k,) NaN in walking
    doubt_s: Array  # (k,) 1 sd of the time of initial contact
    side: NDArray[np.int8]  # (k,) 1 right, -1 left, 0 unknown

    def __len__(self) -> int:
        return len(self.initial_contact)


@dataclass(frozen=True, slots=True)
class StepParameters:
    shape_steps_sd: float = 5.0  # shapes are averaged over about ten steps: speed changes slower than that
    # One step's own loading moves its contact by this share; the rest is noise (regression within trials:
    # 0.58).
    own_loading_share: float = 0.55
    own_loading_limit_s: float = 0.025  # further from its neighbours it is another bump
    # of a step; on the samples such a step errs like its neighbours (sd 6 and 5 ms)
    bridged_share: float = 0.2
    # of a step; with more lost than bridged_share, the rhythm and the neighbours' shape still tell when
    longest_hidden_share: float = 0.5
    initial_contact_sd_s: float = 0.0075  # one step of a runner the models have not seen
    hidden_running_contact_sd_s: float = 0.012
    # walking
    sinking_lowpass_hz: float = 3.0  # the heel strike must not look like the end of sinking
    sinking_drift_s: float = 2.0
    sinking_search: tuple[float, float] = (-0.25, 0.35)  # steps around where the fundamental rises
    sinking_lead_s: float = 0.075  # treadmill and overground, 0.5-1.3 m/s: 0.065 to 0.10
    faintest_step_g: float = 0.06  # the slowest walker of the samples swings by 0.15
    # A contact whose sinking was lost lies where its neighbours have it within the step: the movement of
    # the whole step still tells when (33 ms sd on the samples, where lost sinking itself errs by 90)
    odd_share: float = 0.2  # of a step from there: mistaken
    walking_contact_sd_s: float = 0.03
    hidden_contact_sd_s: float = 0.05


def pelvis_signals(
    acc_mps2: Array, gyr_radps: Array | None, *, rotation: Array, up: Array | None = None
) -> PelvisSignals:
    """Sensor channels in the directions that count.

    acc_mps2, gyr_radps (n, 3) in sensor axes; rotation (3, 3) with rows forward, up, right in sensor axes; up
    (3, n) where up lies in the sensor at each sample, NaN where unknown (bridged). Without it, or without a
    gyroscope, up stays where the rotation has it.

    A sensor that lacks an axis is a two-axis device, mounted square to the body: it is read along its own
    axes, because turning it would mix into both what the missing one did not measure.
    """
    if gyr_radps is None or up is None:
        square = _square_if_flat(rotation, acc_mps2)
        forward, vertical, right = turned(square, acc_mps2.T) / standard_gravity_mps2
        ahead = rotation[0][:, None]
    else:
        up = _bridged(up)
        ahead = rotation[0][:, None] - dot(rotation[0], up) * up
        ahead /= np.sqrt(dot(ahead, ahead))
        vertical, forward, right = (
            dot(acc_mps2.T, axis) / standard_gravity_mps2 for axis in (up, ahead, cross(ahead, up))
        )
    roll_rate = None if gyr_radps is None else dot(gyr_radps.T, ahead)
    return PelvisSignals(vertical, forward, right, roll_rate)


def running_steps(
    signals: PelvisSignals,
    missing: NDArray[np.bool_],
    *,
    sampling_rate_hz: float,
    parameters: StepParameters = StepParameters(),
) -> Steps:
    """The steps of running; elsewhere (walking, standing) what comes out means nothing.

    missing (n,) True inside gaps, and wherever no running shall be looked for. A step that lost more than
    `longest_hidden_share` of its samples is left out, its neighbours are not.

    Strategy: 1. the vertical force rises and falls once per step; 2. the shape of the whole movement,
    averaged over the neighbouring steps, says where contact and toe-off lie in it; 3. each step's own
    loading moves its contact.
    """
    if missing.all():  # most windows hold running or walking only
        return _no_steps()
    p, fs = parameters, sampling_rate_hz
    force = np.maximum(signals.vertical_g, 0.0)
    if not len(rhythm := running_rhythm(force, missing, sampling_rate_hz=fs)):
        return _no_steps()
    middle, period = rhythm.middle, rhythm.period
    whole = (middle >= period) & (middle + period <= len(force) - 1)
    whole &= ~touched(missing, middle - period, middle + period)

    loaded = loading(force, signals.forward_g, rhythm, sampling_rate_hz=fs)
    channels = [force, signals.forward_g]
    if signals.roll_rate_radps is not None:
        channels.append(signals.roll_rate_radps)
    waves = harmonics(np.stack(channels), middle, period, SHAPE_ORDERS + ROLL_ORDERS)
    shapes = force_shapes(waves[..., : len(SHAPE_ORDERS)], rhythm, loaded, sampling_rate_hz=fs)
    own = shapes[:, -1]
    side = np.zeros(len(rhythm), np.int8)
    if signals.roll_rate_radps is not None:
        roll = waves[2, :, len(SHAPE_ORDERS) :]
        sides = step_sides(roll, rhythm, whole)
        side = sides.side
        shapes = np.hstack([shapes, roll_shapes(roll, sides.likelier)])
    shapes = rhythm.averaged(shapes, whole, steps_sd=p.shape_steps_sd)
    contact_share, off_share = offsets(shapes)
    limit = p.own_loading_limit_s * fs
    moved = p.own_loading_share * np.clip((own - shapes[:, len(FORCE_SHAPES) - 1]) * period, -limit, limit)
    contact, off = middle + contact_share * period + moved, middle + off_share * period

    lost = _missing_between(missing, middle - 0.5 * period, middle + 0.5 * period)
    kept = (lost <= p.longest_hidden_share * period) & (contact >= 0) & (off <= len(force) - 1)
    hidden = lost > p.bridged_share * period
    doubt_s = np.where(hidden, p.hidden_running_contact_sd_s, p.initial_contact_sd_s)
    return Steps(contact[kept], off[kept], doubt_s[kept], side[kept])


def walking_steps(
    signals: PelvisSignals,
    missing: NDArray[np.bool_],
    *,
    sampling_rate_hz: float,
    parameters: StepParameters = StepParameters(),
) -> Steps:
    """The contacts of walking, of no known side and without toe-off; elsewhere what comes out means nothing.

    missing (n,) True inside gaps, and wherever no walking shall be looked for.

    Strategy: 1. one rise of the vertical force's fundamental per step, whose length is followed through
    time; 2. near it the body sinks fastest, and a fixed time later the foot is set down. The heel strike
    itself is not used: after a stroke, or on the toes, there is none.
    """
    if missing.all():
        return _no_steps()
    p, fs = parameters, sampling_rate_hz
    level_g = np.stack([signals.forward_g, signals.right_g])
    rising, period = walking_middles(signals.vertical_g, level_g, missing, sampling_rate_hz=fs)
    if not len(rising):
        return _no_steps()
    slow = lowpass(signals.vertical_g, p.sinking_lowpass_hz, sampling_rate_hz=fs)
    sinking = -np.cumsum(slow - uniform_filter1d(slow, round(p.sinking_drift_s * fs), mode="nearest"))
    first, last = (np.rint(rising + share * period).astype(np.intp) for share in p.sinking_search)
    contact = refined(sinking, highest(sinking, first, last)) + p.sinking_lead_s * fs

    usual = rising + period * running_median((contact - rising) / period, size=9)
    nearby = _missing_between(missing, usual - 0.25 * period, usual + 0.25 * period)
    hidden = (nearby > p.bridged_share * period) | (np.abs(contact - usual) > p.odd_share * period)
    contact = np.where(hidden, usual, contact)
    lost = _missing_between(missing, usual - 0.5 * period, usual + 0.5 * period)
    kept = (lost <= p.longest_hidden_share * period) & (contact >= 0) & (contact <= len(slow) - 1)
    around = (first - period.astype(np.intp))[kept], (first + period.astype(np.intp))[kept]
    kept[kept] = slow[highest(slow, *around)] - slow[lowest(slow, *around)] >= p.faintest_step_g
    doubt_s = np.where(hidden, p.hidden_contact_sd_s, p.walking_contact_sd_s)[kept]
    k = int(kept.sum())
    nothing = np.full(k, np.nan)
    return Steps(contact[kept], nothing, doubt_s, np.zeros(k, np.int8))


def other_leg(steps: Steps, initial_contact: Positions, toe_off: Positions) -> Steps:
    """The steps of the leg without a sensor, given those of the leg that has one.

    steps from the pelvis, of one run; initial_contact, toe_off (m,) of the sensor's leg, ascending, NaN
    where not found. A step belongs to the other leg where it is the only one between two neighbouring
    contacts of this leg, and near their middle. The pelvis errs alike on both legs: its median error on
    this leg is taken off.
    """
    known = np.isfinite(initial_contact)
    own, own_off = initial_contact[known], toe_off[known]
    if len(own) < 2 or not len(steps):
        return _chosen(steps, np.zeros(len(steps), bool))
    stride = np.diff(own)
    after = np.clip(np.searchsorted(own, steps.initial_contact) - 1, 0, len(stride) - 1)
    place = (steps.initial_contact - own[after]) / stride[after]
    regular = stride[after] <= LONGEST_STRIDE_SHARE * np.median(stride)

    at = np.rint(np.clip(place, 0.0, 1.0))  # beyond this leg's first and last contact nothing matches
    follows = after + at.astype(np.intp)
    matched = regular & (np.abs(place - at) < 0.25)
    between = regular & (np.abs(place - 0.5) <= 0.25)
    alone = np.bincount(after[between], minlength=len(stride))[after] == 1
    late = _median(steps.initial_contact[matched] - own[follows[matched]])
    late_off = _median(steps.toe_off[matched] - own_off[follows[matched]])
    chosen = _chosen(steps, between & alone)
    return replace(
        chosen,
        initial_contact=chosen.initial_contact - late,
        toe_off=chosen.toe_off - late_off,
        doubt_s=np.full(len(chosen), OTHER_LEG_SD_S),
    )


def _median(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else 0.0


def _chosen(steps: Steps, these: NDArray[np.bool_]) -> Steps:
    return Steps(*(getattr(steps, field.name)[these] for field in fields(steps)))


def _missing_between(missing: NDArray[np.bool_], first: Positions, last: Positions) -> NDArray[np.intp]:
    count = np.concatenate([[0], np.cumsum(missing)])
    low, high = (np.clip(np.rint(edge), 0, len(missing)).astype(np.intp) for edge in (first, last))
    return np.asarray(count[high] - count[low])


def _no_steps() -> Steps:
    nothing = np.zeros(0)
    return Steps(nothing, nothing, nothing, np.zeros(0, np.int8))


def _square_if_flat(rotation: Array, acc_mps2: Array) -> Array:
    """The rotation, or the nearest one along the sensor's own axes where one of those was never measured."""
    if acc_mps2.any(axis=0).all():
        return rotation
    upright = int(np.argmax(np.abs(rotation[1])))
    level = np.abs(rotation[0])
    level[upright] = -1.0
    ahead = int(np.argmax(level))
    up, forward = np.zeros(3), np.zeros(3)
    up[upright] = np.sign(rotation[1, upright])
    forward[ahead] = np.sign(rotation[0, ahead])
    return np.array([forward, up, np.cross(forward, up)])


def _bridged(up: Array) -> Array:
    """Up (3, n) with a straight line over what is not known; tilt changes little over a gap."""
    lost = np.isnan(up[0])
    start, end = stretches(lost)
    if not len(start) or not lost.any():
        return up
    beside, inside = np.union1d(start, end - 1), np.flatnonzero(lost)
    bridge = np.array([np.interp(inside, beside, row[beside]) for row in up])
    filled = up.copy()
    filled[:, inside] = bridge / np.sqrt(dot(bridge, bridge))
    return filled
