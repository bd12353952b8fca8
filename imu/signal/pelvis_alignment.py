"""How the pelvis sensor sits: its rotation to forward, up, right, from standing and the symmetry of running.

Up is the specific force of quiet standing. The heading around it, which gravity cannot tell, comes from a
symmetry: half a stride later a runner does the same in the mirror. Forward acceleration and forward tilting
of the pelvis then repeat; sideways acceleration and sideways tilting change sign. The horizontal axis that
does so best follows in closed form from second moments, which are small, add up over blocks and need no
contacts.
"""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Ten stride harmonics lie below 15 Hz; the signals are averaged down to this rate, which keeps them.
WORKING_HZ = 50.0
# Share of a stride to average over for the signs: two or three stride harmonics remain, which carry them.
SLOW_SHARE = 0.25
# Weight of acceleration beside the gyroscope: about the inverse ratio of the squared heading errors they
# make alone (1.9 and 3.5 deg on 19 treadmill trials). Acceleration also sees the runner sway over the feet.
ACC_WEIGHT = 0.25
FEWEST_STRIDES = 5.0  # below, one stumble can outweigh the running
# Runners lean 4-12 deg further forward than they stand (samples); less counts in proportion.
CLEAR_LEAN_DEG = 4.0
# Sum of votes from which the sign is beyond doubt: 1.05 is the least of 46 recordings, 2.6 the usual.
CLEAR_VOTE = 1.0

_ACC, _GYR = slice(0, 3), slice(3, 6)


@dataclass(frozen=True, slots=True)
class PelvisMoments:
    """Sums over the running and the standing of one mount, in sensor axes; `+` joins blocks.

    Channels are specific force, then angular rate (zero without a gyroscope), less their mean over a
    stride. No direction is needed yet: whatever up turns out to be, the sums hold the answer.
    """

    strides: float
    force: Array  # (3,) specific force summed over the running
    now: Array  # (6, 6) channels with themselves
    later: Array  # (6, 6) channels with themselves half a stride later
    slow: Array  # (6, 6) as `now`, channels averaged over a quarter stride
    slow_later: Array  # (6, 6)
    slow_jerk: Array  # (6, 3) slow channels with the rate of the slow specific force
    jerk: Array  # (3, 3)
    standing_force: Array  # (3,)
    standing_samples: float

    @classmethod
    def nothing(cls) -> Self:
        """Of a time in which nothing was recorded."""
        square = np.zeros((6, 6))
        return cls(
            strides=0.0,
            force=np.zeros(3),
            now=square,
            later=square,
            slow=square,
            slow_later=square,
            slow_jerk=np.zeros((6, 3)),
            jerk=np.zeros((3, 3)),
            standing_force=np.zeros(3),
            standing_samples=0.0,
        )

    def __add__(self, other: Self) -> Self:
        return type(self)(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


@dataclass(frozen=True, slots=True)
class PelvisAlignment:
    """`segment = rotation @ sensor`: the rows are forward, up and right in sensor axes."""

    rotation: Array  # (3, 3)
    relative: bool  # no standing: up is the mean of running, so only changes may be read
    confidence: float  # 0..1: separation, less where the votes for the sign are few or divided
    # How much better forward repeats than sideways: 1 for a perfect mirror image, 0 for none.
    separation: float
    votes: dict[str, float]  # each -1..1, positive where it agrees with the chosen forward


def pelvis_moments(
    acc_mps2: Array,
    gyr_radps: Array | None,
    missing: NDArray[np.bool_],
    *,
    running: NDArray[np.bool_],
    standing: NDArray[np.bool_],
    stride_s: Array | float,
    sampling_rate_hz: float,
) -> PelvisMoments:
    """The sums of one block.

    acc_mps2, gyr_radps (n, 3) in sensor axes on an even grid, gyr_radps None without a gyroscope; missing,
    running, standing (n,) bool; stride_s the stride time at each sample, NaN where unknown, or one for all
    (5 % wrong costs less than a degree of heading). Gaps and their surroundings are left out. Walking must
    stay out too: there the body brakes while the force falls, and every sign of `align_pelvis` would turn.
    """
    step = max(1, round(sampling_rate_hz / WORKING_HZ))
    rate_hz = sampling_rate_hz / step
    n = len(missing) // step
    channels = np.zeros((6, n))
    for axes, signal in ((_ACC, acc_mps2), (_GYR, gyr_radps)):
        if signal is not None:
            channels[axes] = sum(signal.T[:, k : n * step : step] for k in range(step)) / step
    running_here = np.all((running & ~missing)[: n * step].reshape(n, step), axis=1)
    period = np.broadcast_to(np.asarray(stride_s, float) * rate_hz, missing.shape)[: n * step : step]

    stride_mean = _moving_mean(channels, period)
    fast = channels - stride_mean
    slow = _moving_mean(channels, SLOW_SHARE * period) - stride_mean
    now, later = _half_a_stride_apart(running_here, period)
    fast_now, fast_later, slow_now, slow_later = (
        signal.take(when, axis=1) for signal in (fast, slow) for when in (now, later)
    )
    rate = (slow[_ACC].take(now + 1, axis=1) - slow[_ACC].take(now - 1, axis=1)) * (0.5 * rate_hz)
    still = standing & ~missing
    level = np.median(acc_mps2[still], axis=0) if still.any() else np.zeros(3)
    return PelvisMoments(
        strides=float((1.0 / period[now]).sum()),
        force=channels[_ACC].take(now, axis=1).sum(axis=1),
        now=fast_now @ fast_now.T,
        later=fast_now @ fast_later.T,
        slow=slow_now @ slow_now.T,
        slow_later=slow_now @ slow_later.T,
        slow_jerk=slow_now @ rate.T,
        jerk=rate @ rate.T,
        standing_force=level * still.sum(),
        standing_samples=float(still.sum()),
    )


def align_pelvis(moments: PelvisMoments) -> PelvisAlignment | None:
    """The mounting in which running is most like its own mirror image; None below `FEWEST_STRIDES` strides.

    Up is standing, else (relative mode) the mean force of running. Forward is the horizontal axis along which
    acceleration, and across which angular rate, repeat best half a stride later (idea: Avvenuti 2012,
    doi:10.1049/el.2012.3763, from acceleration alone, in walking). Its sign is a sum of votes:

    - `braking`: the body slows while the force on it rises, and gains speed while it falls;
    - `tilting`: the pelvis tilts back while the force rises, forward while it falls (Schache 1999, Gait
      Posture 10:30);
    - `leaning`: it is tilted further forward in running than in standing;
    - `swinging`: the side that sinks is the side that comes forward.

    A runner who is not the same left and right turns the heading: on 19 treadmill trials of 7 runners by
    1.9 deg rms, 5 deg at most, which moves the side difference of the drop by 0.13 deg rms, 0.4 deg at
    most. Without standing (four trials of one runner) 5 deg rms, 7 deg at most.
    """
    if moments.strides < FEWEST_STRIDES:
        return None
    relative = moments.standing_samples == 0
    running_up = _unit(moments.force)
    up = running_up if relative else _unit(moments.standing_force)
    level = _level_axes(up)
    acc, gyr = _repetition(moments, level, _ACC), _repetition(moments, level, _GYR)
    values, vectors = np.linalg.eigh(ACC_WEIGHT * acc - gyr)
    separation = float((values[1] - values[0]) / (ACC_WEIGHT + gyr.any()))
    forward = vectors[:, 1] @ level
    votes = _votes(moments, forward, up, lean=0.0 if relative else -float(forward @ running_up))
    total = sum(votes.values())
    if total < 0:
        forward = -forward
        votes = {name: -vote for name, vote in votes.items()}
    return PelvisAlignment(
        rotation=np.array([forward, up, np.cross(forward, up)]),
        relative=relative,
        confidence=float(np.clip(separation, 0.0, 1.0) * min(1.0, abs(total) / CLEAR_VOTE)),
        separation=separation,
        votes=votes,
    )


def _repetition(moments: PelvisMoments, level: Array, channels: slice) -> Array:
    """(2, 2) in the level axes, traceless: 0.5 along an axis that repeats and has a mirrored one across."""
    power = np.trace(level @ moments.now[channels, channels] @ level.T)
    if power <= 0.0:
        return np.zeros((2, 2))
    repeated = level @ _symmetric(moments.later[channels, channels]) @ level.T / power
    return np.asarray(repeated - 0.5 * np.trace(repeated) * np.eye(2))


def _votes(moments: PelvisMoments, forward: Array, up: Array, *, lean: float) -> dict[str, float]:
    right = np.cross(forward, up)
    repeated = 0.5 * (moments.slow + _symmetric(moments.slow_later))
    mirrored = 0.5 * (moments.slow - _symmetric(moments.slow_later))[_GYR, _GYR]
    rising = moments.slow_jerk @ up  # (6,) each channel with the rate of the vertical force
    jerk = up @ moments.jerk @ up
    return {
        "braking": -_correlation(forward @ rising[_ACC], forward @ repeated[_ACC, _ACC] @ forward, jerk),
        "tilting": _correlation(right @ rising[_GYR], right @ repeated[_GYR, _GYR] @ right, jerk),
        "leaning": float(np.clip(np.degrees(np.arcsin(lean)) / CLEAR_LEAN_DEG, -1.0, 1.0)),
        "swinging": _correlation(forward @ mirrored @ up, forward @ mirrored @ forward, up @ mirrored @ up),
    }


def _correlation(covariance: Array, power: Array, other_power: Array) -> float:
    product = float(power * other_power)
    return float(np.clip(covariance / np.sqrt(product), -1.0, 1.0)) if product > 0.0 else 0.0


def _half_a_stride_apart(
    running: NDArray[np.bool_], period: Array
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Index pairs whose averaging windows, a stride wide each, hold nothing but running."""
    n = len(running)
    known = np.isfinite(period) & (period >= 4.0)
    lag = np.rint(0.5 * np.where(known, period, 4.0)).astype(np.intp)
    not_running = np.concatenate([[0], np.cumsum(~running)])
    index = np.arange(n)
    first, end = index - lag - 2, index + 2 * lag + 3
    inside = known & (first >= 0) & (end <= n)
    whole = not_running[np.minimum(end, n)] == not_running[np.maximum(first, 0)]
    now = index[inside & whole]
    return now, now + lag[now]


def _moving_mean(channels: Array, width: Array) -> Array:
    """Mean of (c, n) over `width` samples (n,) around each one, with fractions of samples at the edges."""
    n = channels.shape[1]
    total = np.zeros((len(channels), n + 1))
    np.cumsum(channels, axis=1, out=total[:, 1:])
    width = np.where(np.isfinite(width), width, 1.0)

    def integral_to(edge: Array) -> Array:
        edge = np.clip(edge, 0.0, n)
        whole = np.minimum(edge.astype(np.intp), n - 1)
        return np.asarray(total.take(whole, axis=1) + (edge - whole) * channels.take(whole, axis=1))

    middle = np.arange(n) + 0.5
    return (integral_to(middle + 0.5 * width) - integral_to(middle - 0.5 * width)) / width


def _level_axes(up: Array) -> Array:
    """(2, 3): two horizontal axes a quarter turn apart, from the sensor axis that is least vertical."""
    second = _unit(np.cross(np.eye(3)[np.argmin(np.abs(up))], up))
    return np.array([np.cross(up, second), second])


def _symmetric(matrix: Array) -> Array:
    return 0.5 * (matrix + matrix.T)


def _unit(vector: Array) -> Array:
    return vector / np.linalg.norm(vector)
