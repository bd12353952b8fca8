"""What an ideal IMU on a moving rigid body would have measured.

A `Pose` is where a body was, frame by frame, as an optical system saw it. `smooth_motion` turns it into a
`Motion` that can be asked at any time, and `virtual_imu` differentiates that: specific force and angular rate
come from the derivatives of splines, never from differences of frames.

Axes: x the running direction, y up, z to the runner's right; a rotation takes body axes to these.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline, make_interp_spline
from scipy.signal import butter, sosfiltfilt
from scipy.spatial.transform import Rotation

from imu.recording import Samples

GRAVITY_MPS2 = 9.80665
_GRAVITY = np.array([0.0, -GRAVITY_MPS2, 0.0])
_NO_TURN = np.array([1.0, 0.0, 0.0, 0.0])
_SPLINE_ORDER = 5  # the acceleration is then a cubic spline: smooth, and its corners are not heard at 200 Hz

Vectors = NDArray[np.float64]  # (n, 3)
Quaternions = NDArray[np.float64]  # (n, 4) scalar first, body to laboratory


@dataclass(frozen=True, slots=True)
class Pose:
    """A rigid body frame by frame: position of its origin, and turn from body to laboratory axes."""

    time_s: NDArray[np.float64]  # (n,) ascending, evenly spaced
    position_m: Vectors  # NaN where the body was not seen
    turn: Quaternions


@dataclass(frozen=True, slots=True)
class Motion:
    """A rigid body at any time between `start_s` and `end_s`."""

    position: BSpline  # m
    quaternion: BSpline  # not of unit length between its knots; `turn` makes it so

    @property
    def start_s(self) -> float:
        return float(self.position.t[0])

    @property
    def end_s(self) -> float:
        return float(self.position.t[-1])

    def turn(self, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 3, 3): columns are the body's axes in the laboratory."""
        return matrices(self.quaternion(time_s))

    def point(self, time_s: NDArray[np.float64], in_body_m: NDArray[np.float64]) -> Vectors:
        """(n, 3): where a point fixed in the body (3,) is in the laboratory."""
        return np.asarray(self.position(time_s) + self.turn(time_s) @ in_body_m)


def rigid_pose(
    markers_m: NDArray[np.float64], reference_m: NDArray[np.float64], time_s: NDArray[np.float64]
) -> Pose:
    """The pose that carries a reference cluster (k, 3) onto markers (n, k, 3), least squares; NaN = not seen.

    The body's origin is the centre of the reference cluster and its axes are those the reference is given in.
    A frame needs three of its markers, and the rotation is proper even if the cluster is nearly flat.
    Source: Kabsch 1976, Acta Cryst A32:922, doi 10.1107/S0567739476001873.
    """
    seen = np.asarray(np.isfinite(markers_m).all(axis=2))
    enough = seen.sum(axis=1) >= 3
    weight = (seen / np.maximum(seen.sum(axis=1, keepdims=True), 1))[:, :, None]
    filled = np.where(seen[:, :, None], markers_m, 0.0)
    about_centre = reference_m - reference_m.mean(axis=0)
    # Both middles are those of the markers seen in this frame, so a hidden marker shifts nothing.
    centre, reference_centre = (weight * filled).sum(axis=1), (weight * about_centre).sum(axis=1)
    spread = (weight * (filled - centre[:, None])).swapaxes(1, 2)
    covariance = spread @ (about_centre - reference_centre[:, None])
    u, _, vt = np.linalg.svd(covariance)
    u[:, :, 2] *= np.linalg.det(u @ vt)[:, None]  # a mirror image is no motion
    rotation = u @ vt
    position = centre - np.einsum("nij,nj->ni", rotation, reference_centre)
    position[~enough] = np.nan
    turn = quaternions(rotation)
    turn[~enough] = np.nan
    return Pose(time_s, position, turn)


def bridge_gaps(pose: Pose, *, longest_s: float = 0.1) -> Pose:
    """Fill short stretches in which the body was not seen with a cubic through its surroundings.

    longest_s: a tenth of a second, a seventh of a stride, is as far as a smooth curve can be trusted. Longer
    stretches stay NaN.
    """
    missing = np.isnan(pose.position_m[:, 0])
    if not missing.any() or missing.all():
        return pose
    turn = continuous(pose.turn)
    known = pose.time_s[~missing]
    values = np.column_stack([pose.position_m, turn])
    filled = make_interp_spline(known, values[~missing], k=3)(pose.time_s)
    after = np.minimum(np.searchsorted(known, pose.time_s), len(known) - 1)
    gap_s = known[after] - known[np.maximum(after - 1, 0)]
    outside = (pose.time_s < known[0]) | (pose.time_s > known[-1])
    usable = missing & ~outside & (gap_s <= longest_s)
    values[usable] = filled[usable]
    return Pose(pose.time_s, values[:, :3], values[:, 3:])


def low_pass(pose: Pose, *, cutoff_hz: float) -> Pose:
    """Take marker noise away: zero-lag Butterworth of 4th order (2nd forwards, 2nd backwards)."""
    rate_hz = (len(pose.time_s) - 1) / (pose.time_s[-1] - pose.time_s[0])
    sections = butter(2, cutoff_hz, fs=rate_hz, output="sos")
    smooth = sosfiltfilt(sections, np.column_stack([pose.position_m, continuous(pose.turn)]), axis=0)
    return Pose(pose.time_s, smooth[:, :3], _unit(smooth[:, 3:]))


def grow_from_rest(moving: Pose, *, rest_m: NDArray[np.float64], stand_s: float, ramp_s: float) -> Pose:
    """Stand still with the origin at rest_m (3,) and body axes along the laboratory's, then begin to move.

    The clock starts with the standing; the motion sets in at `stand_s`, grows smoothly, and is `moving`
    itself from `stand_s + ramp_s` on. The ramp is no real movement: nothing may be judged in it.
    """
    step_s = float(moving.time_s[1] - moving.time_s[0])
    still = round(stand_s / step_s)
    position = np.concatenate([np.broadcast_to(rest_m, (still, 3)), moving.position_m])
    turn = continuous(np.concatenate([np.broadcast_to(_NO_TURN, (still, 4)), moving.turn]))
    frame = np.arange(len(position), dtype=np.float64)
    share = _smooth_step((frame - still) * (step_s / ramp_s))[:, None]
    return Pose(
        step_s * frame,
        (1 - share) * position[0] + share * position,
        _unit((1 - share) * turn[0] + share * turn),
    )


def smooth_motion(pose: Pose) -> Motion:
    """Quintic splines through every frame; the pose must have no holes."""
    return Motion(
        make_interp_spline(pose.time_s, pose.position_m, k=_SPLINE_ORDER),
        make_interp_spline(pose.time_s, continuous(pose.turn), k=_SPLINE_ORDER),
    )


def virtual_imu(
    motion: Motion,
    time_s: NDArray[np.float64],
    *,
    at_m: NDArray[np.float64],
    mount: NDArray[np.float64] | None = None,
) -> Samples:
    """Ideal accelerometer and gyroscope at a point of the body.

    at_m (3,) where in the body; mount (3, 3), columns = the sensor's axes in body axes (none: the same axes).
    With q = s/|s| the spline's own rotation, the rate in body axes is 2 vec(conj(s) s') / |s|^2, exactly.
    The point's acceleration is that of the origin plus w' x r + w x (w x r).
    """
    mount = np.eye(3) if mount is None else mount
    s, s1, s2 = (motion.quaternion(time_s, nu) for nu in range(3))
    length2 = np.sum(s * s, axis=1, keepdims=True)
    rate = 2 * _times_conjugate(s, s1) / length2
    growth = 2 * np.sum(s * s1, axis=1, keepdims=True) / length2
    turning = 2 * _times_conjugate(s, s2) / length2 - growth * rate
    felt = np.einsum("nji,nj->ni", motion.turn(time_s), motion.position(time_s, 2) - _GRAVITY)
    felt += np.cross(turning, at_m) + np.cross(rate, np.cross(rate, at_m))
    return Samples(time_s, (felt @ mount).astype(np.float32), (rate @ mount).astype(np.float32))


def matrices(turn: Quaternions) -> NDArray[np.float64]:
    """(n, 3, 3) rotation matrices of quaternions of any length."""
    w, x, y, z = _unit(turn).T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.moveaxis(np.array(rows), 2, 0)


def quaternions(rotation: NDArray[np.float64]) -> Quaternions:
    """(n, 4) unit quaternions of rotation matrices (n, 3, 3), scalar first."""
    return Rotation.from_matrix(rotation).as_quat(scalar_first=True)


def continuous(turn: Quaternions) -> Quaternions:
    """The same rotations with signs chosen so that neighbours are near; NaN is stepped over."""
    known = np.isfinite(turn[:, 0])
    result = turn.copy()
    steps = np.sum(turn[known][1:] * turn[known][:-1], axis=1)
    sign = np.concatenate([[1.0], np.cumprod(np.where(steps < 0, -1.0, 1.0))])
    result[known] *= sign[: known.sum(), None]
    return result


def _times_conjugate(a: Quaternions, b: Quaternions) -> Vectors:
    """Vector part of conj(a) b."""
    return a[:, :1] * b[:, 1:] - b[:, :1] * a[:, 1:] - np.cross(a[:, 1:], b[:, 1:])


def _unit(turn: Quaternions) -> Quaternions:
    return np.asarray(turn / np.linalg.norm(turn, axis=1, keepdims=True))


def _smooth_step(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """0 to 1 with three derivatives zero at both ends, so the acceleration has no kink."""
    x = np.clip(share, 0.0, 1.0)
    return x**4 * (35 - 84 * x + 70 * x**2 - 20 * x**3)
