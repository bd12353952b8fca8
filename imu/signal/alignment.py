"""How a strap sits on a shank, from the sensor's own signals: no magnetometer, no pose, any mounting.

Running itself defines two directions in the sensor: the axis about which the shank swings, and the mean
specific force, which lies at a fixed angle to the long axis of the shank. Quiet standing defines a third:
the line that was vertical there, from which inclinations are counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.constants import g as standard_gravity_mps2

from imu.signal.activity import RUN, STAND, WALK
from imu.signal.moments import Moments


@dataclass(frozen=True, slots=True)
class AlignmentParameters:
    # Mean force over running strides leans this far to the rear of the long axis: 25 +- 3 deg over six
    # runners at 2.5-4.5 m/s, the same at all speeds; over a walking stride it lies nearly along it.
    running_force_lean_deg: float = 25.0
    walking_force_lean_deg: float = 10.0
    stand_lean_deg: float = 22.0  # a still second further off the long axis was no upright standing
    quiet_acc_mps2: float = 0.35  # within one second
    quiet_gyr_radps: float = 0.12
    shortest_stand_s: float = 2.0
    # In standing an accelerometer reads g and its own offset. Cheap ones have up to 0.06 g; more is another
    # unit or range, which must not be hidden.
    largest_offset_mps2: float = 1.0
    planar_share: float = 0.5  # of the rate's variance about one axis; a loose strap has less
    shift_window_s: int = 20  # of moving seconds, before and after, that a slip is looked for in
    shift_axis_deg: float = 7.0  # round the leg; the axis itself repeats within 2 deg
    shift_lean_deg: float = 10.0  # along the swing; slopes of 10 % make 6 deg
    # A running shank turns at 3.9-8.4 rad/s (rms about its axis), a running pelvis at 0.6-2.0 rad/s.
    shank_rate_radps: float = 2.8


@dataclass(frozen=True, slots=True)
class ShankMount:
    """One way of sitting, from `start_s` to `end_s` (seconds of the survey)."""

    start_s: int
    end_s: int
    sagittal_axis: NDArray[
        np.float64
    ]  # (3,) unit; forward swing is a positive turn about it (the wearer's right)
    long_axis: NDArray[np.float64]  # (3,) unit; along the shank as running tells it, up; within about 3 deg
    standing_line: NDArray[np.float64] | None  # (3,) unit; up in quiet standing; None where nobody stood
    acc_offset_mps2: NDArray[np.float64]  # (3,) along the standing line; zero where nobody stood
    gyro_bias_radps: NDArray[np.float64]  # (3,)
    planarity: float  # share of the rate's variance about the sagittal axis, 0-1
    swing_skewness: float  # > 0: short fast forward swings, long slow stance, as in every walk and run
    stand_s: float  # seconds of quiet standing behind the line
    carried: bool  # the line was not stood for but carried over from the mount before a slip

    @property
    def line(self) -> NDArray[np.float64]:
        """The direction whose inclination is reported; the long axis where nobody stood."""
        return self.long_axis if self.standing_line is None else self.standing_line


def shank_mounts(
    seconds: Moments,
    activity: NDArray[np.int8],
    *,
    slipped: Sequence[int] | None = None,
    parameters: AlignmentParameters = AlignmentParameters(),
) -> list[ShankMount]:
    """The mounts of one shank sensor over a whole recording, in time order; empty where nobody moved.

    activity (s,) STAND, WALK, RUN or less for unknown, one per row of `seconds`; slipped: the rows at which
    the strap slipped, looked for if None.
    """
    p = parameters
    moving = activity == (RUN if (activity == RUN).sum() >= 5 else WALK)
    if moving.sum() < 2:
        return []
    lean_deg = p.running_force_lean_deg if activity[moving][0] == RUN else p.walking_force_lean_deg
    mounts: list[ShankMount] = []
    if slipped is None:
        slipped = slips(seconds, activity == RUN, parameters=p)
    cuts = [0, *slipped, len(seconds)]
    for start, end in pairwise(cuts):
        here = np.zeros(len(seconds), bool)
        here[start:end] = True
        mount = _mount(seconds, activity, moving & here, here, lean_deg, p)
        mounts.append(carried_over(mounts[-1], mount) if mounts else mount)
    return mounts


def carried_over(before: ShankMount, after: ShankMount) -> ShankMount:
    """The mount after a slip, with the standing line from before it where nobody stood since."""
    if after.standing_line is not None or before.standing_line is None:
        return after
    line = _turned_along(before.standing_line, before, after)
    return replace(after, standing_line=line, acc_offset_mps2=before.acc_offset_mps2, carried=True)


def swing_rate_radps(seconds: Moments, rows: NDArray[np.bool_]) -> float:
    """Root mean square of the angular rate about the axis it is largest about, over the chosen seconds."""
    chosen = seconds[rows]
    n = float(chosen.samples.sum())
    if n == 0:
        return float("nan")
    spread = chosen.gyr_square.sum(axis=0) / n - np.outer(chosen.mean_gyr(), chosen.mean_gyr())
    return float(np.sqrt(max(np.linalg.eigvalsh(spread)[-1], 0.0)))


def quiet_seconds(
    seconds: Moments, *, parameters: AlignmentParameters = AlignmentParameters()
) -> NDArray[np.bool_]:
    """(s,) seconds in which the sensor hardly moved."""
    return (seconds.acc_sd() < parameters.quiet_acc_mps2) & (seconds.gyr_sd() < parameters.quiet_gyr_radps)


def gyro_bias(seconds: Moments, here: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(3,) rad/s, mean rate while the sensor lay or stood still, worn or not; of the whole recording if not
    `here`.

    Zero where it never was still: the mean rate of a moving sensor is no bias, because rotations do not add
    up (a shank's is up to 25 deg/s in running), and symmetric smoothing takes most of a bias out of the
    angles.
    """
    quiet = quiet_seconds(seconds)
    for rows in (quiet & here, quiet):
        if rows.sum() >= 2:
            return seconds[rows].mean_gyr()
    return np.zeros(3)


def _mount(
    seconds: Moments,
    activity: NDArray[np.int8],
    moving: NDArray[np.bool_],
    here: NDArray[np.bool_],
    lean_deg: float,
    p: AlignmentParameters,
) -> ShankMount:
    quiet = here & (activity == STAND) & quiet_seconds(seconds, parameters=p)
    bias = gyro_bias(seconds, here)
    axis, planarity = _swing_axis(seconds[moving], bias)
    force = seconds[moving].mean_acc()
    skewness = seconds[moving].skewness_along(axis)

    # Two votes on which end of the axis is right: swings forward are shorter and faster than the way back,
    # and the mean force leans to the rear of the line that was vertical in standing.
    candidates = [(sign * axis, _leant(force, sign * axis, -lean_deg)) for sign in (1.0, -1.0)]
    lines = [_standing_line(seconds, quiet, long_axis, p) for _, long_axis in candidates]
    votes = [
        sign * np.clip(skewness / 0.3, -1, 1) + 0.5 * (line is not None)
        for sign, (line, _, _) in zip((1.0, -1.0), lines, strict=True)
    ]
    best = int(votes[1] > votes[0])
    (sagittal, long_axis), (line, offset, stand_s) = candidates[best], lines[best]
    rows = np.flatnonzero(here)
    return ShankMount(
        start_s=int(rows[0]),
        end_s=int(rows[-1]) + 1,
        sagittal_axis=sagittal,
        long_axis=long_axis,
        standing_line=line,
        acc_offset_mps2=offset,
        gyro_bias_radps=bias,
        planarity=planarity,
        swing_skewness=skewness * (1.0, -1.0)[best],
        stand_s=stand_s,
        carried=False,
    )


def _swing_axis(moving: Moments, bias: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    n = max(float(moving.samples.sum()), 1.0)
    mean = moving.gyr.sum(axis=0) / n
    spread = (
        moving.gyr_square.sum(axis=0) / n - np.outer(mean, bias) - np.outer(bias, mean) + np.outer(bias, bias)
    )
    values, vectors = np.linalg.eigh(spread)
    return vectors[:, 2], float(values[2] / max(values.sum(), 1e-12))


def _leant(force: NDArray[np.float64], axis: NDArray[np.float64], angle_deg: float) -> NDArray[np.float64]:
    """The force, made square to the axis and turned about it."""
    square = force - axis * (force @ axis)
    square /= max(float(np.linalg.norm(square)), 1e-9)
    angle = np.radians(angle_deg)
    turned: NDArray[np.float64] = square * np.cos(angle) + np.cross(axis, square) * np.sin(angle)
    return turned


def _standing_line(
    seconds: Moments, quiet: NDArray[np.bool_], long_axis: NDArray[np.float64], p: AlignmentParameters
) -> tuple[NDArray[np.float64] | None, NDArray[np.float64], float]:
    """Over the quiet seconds in which the shank stood upright: the mean direction of gravity, what the
    accelerometer reads beyond g along it (3,), and how many seconds there are."""
    rows = np.flatnonzero(quiet)
    if not len(rows):
        return None, np.zeros(3), 0.0
    force = seconds.acc[rows] / seconds.samples[rows, None]
    strength = np.linalg.norm(force, axis=1)
    direction = force / strength[:, None]
    upright = direction @ long_axis > np.cos(np.radians(p.stand_lean_deg))
    if upright.sum() < p.shortest_stand_s:
        return None, np.zeros(3), 0.0
    line = np.median(direction[upright], axis=0)
    line /= np.linalg.norm(line)
    beyond = float(np.median(strength[upright])) - standard_gravity_mps2
    offset = beyond * line if abs(beyond) <= p.largest_offset_mps2 else np.zeros(3)
    return line, offset, float(upright.sum())


def slips(
    seconds: Moments, moving: NDArray[np.bool_], *, parameters: AlignmentParameters = AlignmentParameters()
) -> list[int]:
    """Seconds at which the strap slipped: axis or force of the moving seconds before and after differ."""
    p = parameters
    rows = np.flatnonzero(moving & (seconds.samples > 0))
    half = p.shift_window_s
    if len(rows) < 2 * half:
        return []
    squares = np.concatenate([np.zeros((1, 3, 3)), np.cumsum(seconds.gyr_square[rows], axis=0)])
    forces = np.concatenate([np.zeros((1, 3)), np.cumsum(seconds.acc[rows], axis=0)])
    split = np.arange(half, len(rows) - half + 1)
    axis_deg = _angle_deg(
        np.linalg.eigh(squares[split] - squares[split - half])[1][:, :, 2],
        np.linalg.eigh(squares[split + half] - squares[split])[1][:, :, 2],
        either_way=True,
    )
    force_deg = _angle_deg(forces[split] - forces[split - half], forces[split + half] - forces[split])
    score = np.maximum(axis_deg / p.shift_axis_deg, force_deg / p.shift_lean_deg)
    found: list[int] = []
    while len(score) and score.max() > 1.0:
        at = int(score.argmax())
        found.append(int(rows[split[at]]))
        score[np.abs(split - split[at]) < half] = 0.0
    return sorted(found)


def _angle_deg(
    a: NDArray[np.float64], b: NDArray[np.float64], *, either_way: bool = False
) -> NDArray[np.float64]:
    cosine = (a * b).sum(axis=1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))
    return np.asarray(np.degrees(np.arccos(np.clip(np.abs(cosine) if either_way else cosine, -1, 1))))


def _turned_along(line: NDArray[np.float64], before: ShankMount, after: ShankMount) -> NDArray[np.float64]:
    """The same body line in the sensor after a slip, turned as the sagittal and long axes turned."""

    def frame(mount: ShankMount) -> NDArray[np.float64]:
        forward = np.cross(mount.long_axis, mount.sagittal_axis)
        return np.column_stack([forward, mount.long_axis, mount.sagittal_axis])

    turned: NDArray[np.float64] = frame(after) @ frame(before).T @ line
    return turned / np.linalg.norm(turned)
