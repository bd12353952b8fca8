"""How a leg and a pelvis move over one stride, as tables of keyframes and short Fourier series.

Own rounded numbers, drawn after the mean curves of treadmill runners at 2.5 and 4.5 m/s (Fukuchi 2017), of
walking at 1.25 m/s (Rajagopal 2016) and, for the sprint column, after published sprint kinematics; none is a
subject's curve. Angles in degrees, lengths in metres. Right leg; the left one is its mirror image.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

Floats = NDArray[np.float64]

# Keyframe phases: 0 initial contact, 1 toe-off, 2 the next contact. Dense where the leg is fast.
_STANCE_KEYS = (0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)
_SWING_KEYS = (1.08, 1.17, 1.25, 1.33, 1.42, 1.5, 1.58, 1.67, 1.75, 1.83, 1.88, 1.92, 1.96)
_KEYS = np.array([*_STANCE_KEYS, *_SWING_KEYS])
# One column per gait: walking, and running at the three speeds between which the shapes are blended.
RUN_SPEEDS_MPS = np.array([2.5, 4.5, 9.0])
COLUMN_DUTY = np.array([0.643, 0.366, 0.308, 0.226])  # contact time / stride time, walk first
_COLUMN_STRIDE_M = np.array([1.5, 1.87, 2.92, 4.1])  # the stride the ankle tables belong to

# fmt: off
_SHANK_ANGLE_DEG = np.array([  # ankle ahead of the knee > 0
    [22.5, 16.5, 13, 9, 5, -1.5, -5.5, -8.5, -12, -17.5, -26.5, -38.5,
     -50, -54, -55, -52, -46, -37, -27, -15.5, -2, 10, 20, 24, 25.5, 25],
    [6.5, 3.5, -0.5, -5.5, -10.5, -18.5, -24.5, -28, -30, -31, -31, -31,
     -32, -37, -50, -63, -73.5, -79, -75, -62.5, -43, -24, -5.5, 3, 7.2, 8.3],
    [12, 9.2, 5.5, 1, -4.3, -13.5, -21.5, -27, -31.5, -34.5, -36, -36.5,
     -36.7, -43.5, -62.5, -79, -93, -100, -92.5, -73.5, -47, -24, -2, 9, 13.8, 14.8],
    [8, 5.4, 2.5, -0.7, -4.2, -11.5, -19, -26.3, -32.8, -38.3, -42.8, -46.2,
     -49.2, -61.5, -83, -102, -115.5, -120.5, -112.5, -93, -63.5, -34, -6, 5.8, 10.8, 11.6],
])
_SHANK_LEAN_DEG = np.array([  # knee outside the ankle > 0
    [-2, -1, -0.5, 0.3, 1.2, 2.8, 4.2, 5, 5.6, 6.3, 6.8, 8,
     10, 11, 11.3, 11, 10.3, 9, 7.2, 5, 2, -0.5, -2.2, -2.8, -2.8, -2.5],
    [2.2, 2.6, 3.5, 4.2, 4.5, 4.7, 4.8, 4.8, 4.6, 4.2, 3.7, 2.9,
     1.9, 1.1, 0.7, 0.1, -0.4, -0.6, -0.7, -0.4, 0.6, 1.6, 2.2, 2.3, 2.1, 2],
    [2.7, 3, 3.7, 4.9, 6, 6.6, 6.3, 6, 5.8, 5.3, 4.7, 3.6,
     1.9, 0.7, 1.2, 1.5, 2.1, 2.4, 1.6, 0.8, 0.9, 1.4, 2.5, 2.9, 2.6, 2.5],
    [2.7, 3, 3.7, 4.9, 6, 6.6, 6.3, 6, 5.8, 5.3, 4.7, 3.6,
     1.9, 0.7, 1.2, 1.5, 2.1, 2.4, 1.6, 0.8, 0.9, 1.4, 2.5, 2.9, 2.6, 2.5],
])
_SHANK_TWIST_DEG = np.array([  # about its long axis, left turn > 0
    [-17, -16.5, -15, -11, -8, -9, -10, -11.5, -13, -14, -15, -19,
     -24.5, -25, -25, -25, -25.7, -27, -27.7, -27.2, -26.4, -25.6, -23.5, -21, -19.5, -18],
    [-19, -18.3, -15.7, -12, -9.6, -7.8, -7, -6.8, -7.1, -8, -9.8, -13.3,
     -16.3, -17, -16.7, -15.5, -14.6, -13.5, -12.6, -12.3, -13.9, -16.5, -18.4, -19, -19.1, -19.1],
    [-21.5, -21.6, -20, -16.3, -12, -9.4, -8.8, -7.6, -7.5, -8.4, -10.4, -14.3,
     -17.8, -18.3, -15.8, -12.9, -13, -12.7, -10, -9.2, -13.8, -19, -20.8, -19.3, -18.9, -19.8],
    [-21.5, -21.6, -20, -16.3, -12, -9.4, -8.8, -7.6, -7.5, -8.4, -10.4, -14.3,
     -17.8, -18.3, -15.8, -12.9, -13, -12.7, -10, -9.2, -13.8, -19, -20.8, -19.3, -18.9, -19.8],
])
_ANKLE_STANCE_M = 0.01 * np.array([  # ahead of contact: over the heel, foot flat, over the toes
    [0, 1.04, 4.1, 5.79, 6.56, 7.39, 7.44, 7.56, 7.7, 8.35, 9.94, 15.2, 28.37],
    [0, 1.71, 2.65, 3.21, 3.74, 4.27, 4.3, 4.4, 4.56, 5.06, 6.47, 9.11, 12.72],
    [0, 2.34, 4.02, 5.06, 5.7, 6.65, 6.8, 6.75, 6.85, 7.4, 9.04, 12.28, 17.09],
    [0, 1.3, 2.2, 2.85, 3.3, 3.85, 4.1, 4.2, 4.4, 5, 6.5, 9.1, 12.9],
])
_ANKLE_SWING_SHARE = 0.01 * np.array([  # of the way from toe-off to the next contact
    [6.29, 14.06, 21.87, 30.36, 40.57, 50.18, 60.36, 72.3, 82.48, 90.98, 95.03, 97.47, 99.12],
    [3.05, 6.76, 11.77, 18.94, 28.98, 38.64, 48.59, 60.73, 72.58, 84.32, 90.58, 94.69, 97.84],
    [3.34, 7.71, 14.06, 22.3, 32.96, 42.55, 51.97, 63.61, 74.89, 85.74, 91.46, 95.15, 97.96],
    [3.14, 8.34, 15.06, 23.64, 34.98, 45.81, 57, 69.6, 80.2, 89.31, 93.88, 96.72, 98.73],
])
_ANKLE_HEIGHT_M = 0.01 * np.array([  # above foot-flat
    [3.84, 1.67, 0.85, 0.19, 0.07, 0, 0.25, 0.59, 0.93, 1.41, 2.96, 6.69, 11.94,
     14.4, 16.38, 16.33, 14.71, 11.89, 8.98, 6.18, 3.98, 3.68, 4.61, 5.15, 5.22, 4.78],
    [2.65, 1.65, 0.72, 0.23, 0.19, 0.11, 0, 0.24, 0.85, 2.16, 4.29, 6.68, 9.11,
     12.73, 17.65, 22.4, 25.93, 27.42, 25.6, 21.12, 14.38, 8.79, 5.5, 4.7, 4.32, 3.71],
    [3.5, 2.3, 1.09, 0.24, 0, 0.38, 0.19, 0.32, 1.01, 2.5, 4.82, 7.46, 10.17,
     16.71, 27.39, 36.34, 41.91, 42.66, 38.61, 31.12, 20.84, 13.02, 8.27, 6.97, 6.29, 5.19],
    [5.9, 4.95, 4.15, 3.6, 3.35, 3.3, 3.4, 3.55, 4, 4.85, 6.25, 8.3, 11,
     19.6, 32.4, 44.8, 55.4, 60.4, 57.2, 47.4, 32.8, 22.5, 16.8, 13.9, 11.3, 8.6],
])
_ANKLE_OUT_M = 0.01 * np.array([  # outwards of foot-flat
    [0.66, -0.1, -0.1, 0.05, 0.1, 0, 0, 0, -0.05, -0.1, 0.05, 0.85, 1.34,
     1.22, 1.15, 1, 0.96, 1.03, 1.14, 1.3, 1.58, 1.75, 1.65, 1.46, 1.22, 0.95],
    [2, 1.85, 1.43, 0.73, 0.23, 0.07, 0, 0, 0.1, 0.29, 0.59, 1.12, 1.79,
     2.28, 2.48, 2.96, 3.58, 4.06, 4.13, 3.71, 2.9, 2.33, 2.16, 2.21, 2.28, 2.21],
    [2.71, 2.62, 2.37, 1.74, 0.88, 0, 0, 0, 0.05, 0.27, 0.77, 1.58, 2.66,
     3.47, 2.98, 2.85, 2.99, 3.69, 4.39, 4.35, 3.68, 3.24, 3.05, 3.04, 3.2, 3.05],
    [2.71, 2.62, 2.37, 1.74, 0.88, 0, 0, 0, 0.05, 0.27, 0.77, 1.58, 2.66,
     3.47, 2.98, 2.85, 2.99, 3.69, 4.39, 4.35, 3.68, 3.24, 3.05, 3.04, 3.2, 3.05],
])
# fmt: on

# Pelvis: harmonics of the stride from a right contact; side-to-side motions are odd, the others even.
# Columns as above. Re(c exp(2 pi i n phase)).
_PELVIS_SERIES: dict[str, tuple[tuple[int, ...], NDArray[Any]]] = {
    "obliquity_deg": (
        (1, 3, 5, 7),
        np.array(
            [
                [3.0 - 1.1j, -1.1 + 0.3j, 0.1, 0.1 - 0.1j],
                [2.7 - 1.4j, -1.5 + 0.4j, -0.2 + 0.2j, 0.15],
                [4.7, -2.6 - 0.6j, 0.1j, 0.35],
                [6.0 + 1.0j, -3.0 - 1.2j, 0.1j, 0.35],
            ]
        ),
    ),
    "yaw_deg": (
        (1, 3, 5),
        np.array(
            [
                [1.6 - 3.8j, 0.45j, -0.4],
                [-1.7 + 3.0j, 0.1 + 0.45j, 0.3],
                [-4.5 + 3.8j, 0.7 + 1.5j, 0.1 - 0.25j],
                [-6.5 + 4.5j, 0.9 + 1.9j, 0.1 - 0.25j],
            ]
        ),
    ),
    "tilt_deg": (
        (2, 4, 6),
        np.array(
            [
                [-1.5 + 0.3j, 0.1j, 0.15 - 0.3j],
                [-0.7 - 2.7j, -0.45 - 0.9j, -0.3 - 0.2j],
                [0.3 - 2.5j, 0.65 - 1.55j, -0.1 - 0.35j],
                [1.0 - 2.5j, 0.9 - 1.6j, -0.1 - 0.35j],
            ]
        ),
    ),
    "forward_m": (
        (2, 4),
        0.01
        * np.array(
            [[-0.8 - 1.3j, -0.2], [1.35 + 0.5j, 0], [1.0 + 1.25j, -0.1 - 0.2j], [0.6 + 1.1j, -0.1 - 0.2j]]
        ),
    ),
    "right_m": (
        (1, 3, 5),
        0.01
        * np.array(
            [
                [-0.9 - 3.3j, -0.1 + 0.2j, -0.1],
                [-0.45 + 0.1j, 0.15 + 0.1j, 0.05],
                [-1.9 + 0.6j, 0.35 + 0.4j, 0.05],
                [-2.2 + 0.8j, 0.35 + 0.4j, 0.05],
            ]
        ),
    ),
}


def _keyframe_phases(duty: float) -> Floats:
    return np.where(_KEYS <= 1, _KEYS * duty, duty + (_KEYS - 1) * (1 - duty))


def _periodic(phases: Floats, values: Floats) -> CubicSpline:
    return CubicSpline(np.append(phases, 1.0), np.append(values, values[0]), bc_type="periodic")


def _advance(phase: Floats, duty: Floats | float) -> Floats:
    """How much of a stride the foot has covered: 0 until the heel rises, then smoothly to 1."""
    return ease((phase - 0.85 * duty) / (1 - 0.85 * duty))


def ease(x: Floats) -> Floats:
    """0 below 0, 1 above 1, with three continuous derivatives."""
    s = np.clip(x, 0.0, 1.0)
    result: Floats = s**4 * (35 - 84 * s + 70 * s**2 - 20 * s**3)
    return result


def _ankle_remainder(column: int) -> CubicSpline:
    """The ankle's own way forward beyond `_advance`, in metres, periodic over the stride."""
    duty, stride_m = float(COLUMN_DUTY[column]), float(_COLUMN_STRIDE_M[column])
    stance = _ANKLE_STANCE_M[column]
    swing = stance[-1] + (stride_m - stance[-1]) * _ANKLE_SWING_SHARE[column]
    phases = _keyframe_phases(duty)
    return _periodic(phases, np.append(stance, swing) - stride_m * _advance(phases, duty))


_LEG_TABLES = {
    "shank_angle_deg": _SHANK_ANGLE_DEG,
    "shank_lean_deg": _SHANK_LEAN_DEG,
    "shank_twist_deg": _SHANK_TWIST_DEG,
    "ankle_height_m": _ANKLE_HEIGHT_M,
    "ankle_out_m": _ANKLE_OUT_M,
}
_LEG_CURVES: dict[str, list[CubicSpline]] = {
    name: [_periodic(_keyframe_phases(duty), row) for duty, row in zip(COLUMN_DUTY, table, strict=True)]
    for name, table in _LEG_TABLES.items()
} | {"ankle_forward_m": [_ankle_remainder(column) for column in range(len(COLUMN_DUTY))]}


@dataclass(frozen=True, slots=True)
class Gait:
    """Which gait is meant at each instant: how much running, and how fast."""

    run: Floats  # 0 walking .. 1 running
    speed_mps: Floats

    @property
    def weights(self) -> Floats:
        """Share of each column, shape (4, ...): walk, run at 2.5 (and slower, extrapolated), 4.5, 9 m/s."""
        slow, mid, fast = RUN_SPEEDS_MPS
        speed = np.clip(self.speed_mps, 1.5, 10.0)
        lower = (speed - slow) / (mid - slow)
        upper = np.clip((speed - mid) / (fast - mid), 0.0, None)
        weights = np.stack([1 - lower, np.where(speed < mid, lower, 1 - upper), upper])
        weights[0] = np.where(speed < mid, weights[0], 0.0)
        result: Floats = np.concatenate([(1 - self.run)[None], weights * self.run])
        return result

    @property
    def duty(self) -> Floats:
        """Contact time over stride time that the shapes of this gait belong to."""
        result: Floats = np.tensordot(COLUMN_DUTY, self.weights, axes=1)
        return result

    @property
    def stride_m(self) -> Floats:
        """Stride length that the ankle's way of this gait belongs to."""
        result: Floats = np.tensordot(_COLUMN_STRIDE_M, self.weights, axes=1)
        return result


def leg(phase: Floats, gait: Gait) -> dict[str, Floats]:
    """Every leg channel at these phases (0..1 from contact to contact, toe-off at `gait.duty`).

    `advance` is the share of the way from one footprint to the next; `ankle_forward_m` comes on top of it.
    """
    weights, duty = gait.weights, gait.duty
    shapes = {name: np.zeros_like(phase) for name in (*_LEG_CURVES, "advance")}
    for column, weight in enumerate(weights):
        if not weight.any():
            continue
        local = _warp(phase, duty, float(COLUMN_DUTY[column]))
        for name, curves in _LEG_CURVES.items():
            shapes[name] += weight * curves[column](local)
        shapes["advance"] += weight * _advance(local, COLUMN_DUTY[column])
    return shapes


def _warp(phase: Floats, duty: Floats, column_duty: float) -> Floats:
    """Phase at which a column is read so that its toe-off falls on this gait's; smooth and periodic."""
    bump = np.exp(np.cos(2 * np.pi * (phase - duty)) - 1)
    at_contact = np.exp(np.cos(2 * np.pi * duty) - 1)
    result: Floats = np.clip(phase + (column_duty - duty) * (bump - at_contact) / (1 - at_contact), 0.0, 1.0)
    return result


def pelvis(phase: Floats, gait: Gait) -> dict[str, Floats]:
    """Every periodic pelvis channel at these stride phases (from a right contact)."""
    weights = gait.weights
    turn = np.exp(2j * np.pi * phase)
    shapes = {}
    for name, (harmonics, columns) in _PELVIS_SERIES.items():
        coefficients = np.tensordot(columns.T, weights, axes=1)
        shapes[name] = sum((c * turn**n).real for n, c in zip(harmonics, coefficients, strict=True))
    return shapes
