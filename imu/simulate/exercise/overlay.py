"""From keyframes to what comes on top of a segment's path: smooth, and nothing before the first of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline, make_interp_spline
from scipy.ndimage import gaussian_filter1d

from imu.simulate.shapes import ease

Floats = NDArray[np.float64]

_STEP_S = 0.02
_EDGE_S = 0.2
_PELVIS_BEHIND_M, _PELVIS_ABOVE_M = 0.10, 0.08  # the sensor on the sacrum, from the hip
_TREMBLE_DEG, _TREMBLE_S = 0.35, 0.12  # nobody holds quite still; 1 sd, and its time scale
_DRIFT_DEG, _DRIFT_S = 0.6, 1.0


@dataclass(frozen=True, slots=True)
class Key:
    """A change of posture: when it begins, how long it takes, and by how much every channel changes."""

    start_s: float
    move_s: float
    change: Floats  # (12,) see `Pose.channels`


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """What exercises add to the paths of pelvis and shanks, in the columns of `Segment`; zero outside."""

    start_s: float
    end_s: float
    paths: dict[str, BSpline]  # left, right, pelvis

    @classmethod
    def through(
        cls, keys: Sequence[Key], standing: Floats, *, until_s: float, rng: np.random.Generator
    ) -> "Overlay | None":
        """The way through these keys; each change is smooth to its third derivative."""
        if not keys:
            return None
        time_s = np.arange(keys[0].start_s - _EDGE_S, until_s + _EDGE_S, _STEP_S)
        change = np.zeros((len(time_s), len(standing)))
        for key in keys:
            first, last = np.searchsorted(time_s, [key.start_s, key.start_s + key.move_s])
            change[first:last] += ease((time_s[first:last, None] - key.start_s) / key.move_s) * key.change
            change[last:] += key.change
        away = np.abs(change).max(axis=1) > 0
        unsteady = gaussian_filter1d(away.astype(float), 0.3 / _STEP_S)[:, None] ** 2
        change[:, [2, 3, 6, 7, 10, 11]] += unsteady * _unsteadiness(len(time_s), rng)
        paths = {
            "pelvis": _pelvis(change, standing),
            "left": _shank(change[:, 4:8], outward=-1.0),
            "right": _shank(change[:, 8:12], outward=1.0),
        }
        return cls(
            float(time_s[0]),
            float(time_s[-1]),
            {name: make_interp_spline(time_s, columns, k=5) for name, columns in paths.items()},
        )

    def on(self, segment: str, time_s: Floats, derivative: int = 0) -> Floats:
        """(..., columns) of a segment at these moments."""
        path = self.paths[segment]
        inside = (time_s >= self.start_s) & (time_s <= self.end_s)
        values = path(np.clip(time_s, self.start_s, self.end_s), derivative)
        result: Floats = np.where(inside[..., None], values, 0.0)
        return result


def _unsteadiness(n: int, rng: np.random.Generator) -> Floats:
    """(n, 6) deg"""
    total = np.zeros((n, 6))
    for size_deg, scale_s in ((_TREMBLE_DEG, _TREMBLE_S), (_DRIFT_DEG, _DRIFT_S)):
        sigma = scale_s / _STEP_S
        noise = gaussian_filter1d(rng.standard_normal((n, 6)), sigma, axis=0)
        total += size_deg * noise * np.sqrt(2 * np.sqrt(np.pi) * sigma)
    return total


def _pelvis(change: Floats, standing: Floats) -> Floats:
    """Origin and angles of the sensor on the sacrum."""
    before, after = np.radians(standing[2]), np.radians(standing[2] + change[:, 2])
    place = [-_PELVIS_BEHIND_M, _PELVIS_ABOVE_M]
    moved = [_turned(place, after)[i] - _turned(place, before)[i] for i in (0, 1)]
    zero = np.zeros(len(change))
    return np.column_stack(
        [
            change[:, 0] + moved[0],
            change[:, 1] + moved[1],
            zero,
            zero,
            np.radians(change[:, 2]),
            -np.radians(change[:, 3]),
        ]
    )


def _shank(change: Floats, *, outward: float) -> Floats:
    zero = np.zeros(len(change))
    return np.column_stack(
        [
            change[:, 0],
            change[:, 1],
            zero,
            zero,
            np.radians(change[:, 2]),
            outward * np.radians(change[:, 3]),
            zero,
        ]
    )


def _turned(place: list[float], angle: Floats | np.float64) -> tuple[Floats, Floats]:
    cos, sin = np.cos(angle), np.sin(angle)
    return cos * place[0] - sin * place[1], sin * place[0] + cos * place[1]
