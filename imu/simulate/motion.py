"""A rigid segment on a smooth path: where it is, and what a sensor on it feels."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline, PPoly, make_interp_spline

Floats = NDArray[np.float64]
Added = Callable[[Floats, int], Floats]  # times and derivative: what comes on top of a path, in its columns

STANDARD_GRAVITY_MPS2 = 9.80665
_FORWARD, _UP, _RIGHT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Felt:
    """What an ideal sensor measures, in segment axes (forward, up, right)."""

    acc_mps2: Floats  # (n, 3) specific force
    gyr_radps: Floats  # (n, 3)


@dataclass(frozen=True, slots=True, eq=False)
class Lift:
    """A way straight up and down that comes on top of a path: nothing outside of its time."""

    acceleration_mps2: PPoly
    height_m: PPoly  # its second integral
    start_s: float
    end_s: float

    def within(self, time_s: Floats, curve: PPoly) -> Floats:
        """Either curve at these moments."""
        inside = (time_s >= self.start_s) & (time_s <= self.end_s)
        result: Floats = np.where(inside, curve(np.clip(time_s, self.start_s, self.end_s)), 0.0)
        return result


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Origin and attitude as one quintic spline: four continuous derivatives, so what is felt is exact.

    Columns: the origin in the world (x, y up, z), then the angles of `axes`, turned in that order from the
    world to the segment, each about the axis as turned so far.
    """

    path: BSpline
    axes: tuple[int, ...]
    lift: Lift | None = None
    exercise: Added | None = None

    @classmethod
    def through(
        cls,
        time_s: Floats,
        columns: list[Floats],
        axes: tuple[int, ...],
        *,
        lift: Lift | None = None,
    ) -> "Segment":
        return cls(make_interp_spline(time_s, np.column_stack(columns), k=5), axes, lift)

    def _along(self, time_s: Floats, derivative: int = 0) -> Floats:
        state: Floats = self.path(time_s, derivative)
        return state if self.exercise is None else state + self.exercise(time_s, derivative)

    def origin_m(self, time_s: Floats) -> Floats:
        """(n, 3) in the world."""
        result: Floats = self._along(time_s)[..., :3]
        if self.lift is not None:
            result[..., _UP] += self.lift.within(time_s, self.lift.height_m)
        return result

    def angles_rad(self, time_s: Floats) -> Floats:
        """(n, angles) in the order of `axes`."""
        result: Floats = self._along(time_s)[..., 3:]
        return result

    def rotation(self, time_s: Floats) -> Floats:
        """(n, 3, 3) matrices that take segment axes to the world."""
        angles = self.angles_rad(time_s)
        columns = [np.tile(unit[:, None], len(time_s)) for unit in np.eye(3)]
        for axis, angle in reversed(list(zip(self.axes, angles.T, strict=True))):
            columns = [_turned(column, axis, -angle) for column in columns]
        return np.stack(columns, axis=-1).transpose(1, 0, 2)

    def felt(self, time_s: Floats, lever_m: Floats) -> Felt:
        """Specific force and angular rate at `lever_m` (3,) from the origin in segment axes."""
        state = self._along(time_s)
        rates = self._along(time_s, 1)[:, 3:]
        accelerations = self._along(time_s, 2)
        if self.lift is not None:
            accelerations[:, _UP] += self.lift.within(time_s, self.lift.acceleration_mps2)
        force = accelerations[:, :3].T + np.array([[0.0], [STANDARD_GRAVITY_MPS2], [0.0]])
        turn, turn_rate = np.zeros_like(force), np.zeros_like(force)
        for i, axis in enumerate(self.axes):
            angle, rate = state[:, 3 + i], rates[:, i]
            force, turn, turn_rate = (_turned(vector, axis, angle) for vector in (force, turn, turn_rate))
            a, b = (axis + 1) % 3, (axis + 2) % 3
            turn_rate[a] += rate * turn[b]
            turn_rate[b] -= rate * turn[a]
            turn_rate[axis] += accelerations[:, 3 + i]
            turn[axis] += rate
        force += _cross(turn_rate, lever_m) + _cross(turn, _cross(turn, lever_m))
        return Felt(force.T, turn.T)


def _cross(u: Floats, v: Floats) -> Floats:
    """Cross product of (3, n) with (3, n) or a vector (3,); np.cross takes twice as long."""
    return np.stack([u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]])


def _turned(vector: Floats, axis: int, angle: Floats) -> Floats:
    """Components (3, n) of vectors in axes that are turned right-handed by `angle` about `axis`."""
    a, b = (axis + 1) % 3, (axis + 2) % 3
    cos, sin = np.cos(angle), np.sin(angle)
    result = vector.copy()
    result[a] = cos * vector[a] + sin * vector[b]
    result[b] = cos * vector[b] - sin * vector[a]
    return result
