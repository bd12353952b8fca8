"""Three hops on the spot between quiet standing: how segments go up and down, and when they feel landings.

Both feet leave together and land a few milliseconds apart. The ankle is braked at once, the pelvis later and
more softly, as the knees give. In the air all fall freely.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline, PPoly
from scipy.ndimage import gaussian_filter1d

from imu.simulate.motion import STANDARD_GRAVITY_MPS2, Lift

Floats = NDArray[np.float64]

COUNT = 3
PIECE_S = 5.4  # with standing at both ends
_FIRST_S, _PERIOD_S, _PERIOD_SD_S = 1.4, 1.1, 0.05  # take-offs within the piece
_FLIGHT_S, _FLIGHT_SD_S = 0.30, 0.015  # a hop of 11 cm
_APART_SD_S = 0.004  # of a foot's landing from the middle of both
_TO_PELVIS_S = 0.008  # a landing on its way up
_ON_TOES_M = 0.05  # higher than standing, at take-off and landing
_STEP_S, _EDGE_S = 0.001, 0.003
_BEFORE_S, _AFTER_S = 0.75, 1.2  # of a take-off, within which all happens


@dataclass(frozen=True, slots=True)
class _Manner:
    """When a segment is pushed and braked, around the flight: start and length in s."""

    dip: tuple[float, float]
    push: tuple[float, float]
    brake_s: float  # rise of the braking force, which is over after ten of them
    rise: tuple[float, float]


_SHANK = _Manner(dip=(-0.5, 0.3), push=(-0.08, 0.08), brake_s=0.010, rise=(0.12, 0.3))
_PELVIS = _Manner(dip=(-0.6, 0.35), push=(-0.25, 0.25), brake_s=0.030, rise=(0.25, 0.3))


@dataclass(frozen=True, slots=True, eq=False)
class Hops:
    """All hops of a run."""

    take_off_s: Floats  # (k,)
    flight_s: Floats  # (k,)
    late_s: Mapping[str, Floats]  # left, right, pelvis: (k,) of each landing, after the body's

    @classmethod
    def draw(cls, starts_s: Floats, rng: np.random.Generator) -> "Hops":
        """Three from each of these starts."""
        n = len(starts_s)
        steps = _PERIOD_S + _PERIOD_SD_S * np.clip(rng.standard_normal((n, COUNT)), -2, 2)
        steps[:, 0] = _FIRST_S
        flight_s = _FLIGHT_S + _FLIGHT_SD_S * np.clip(rng.standard_normal(n * COUNT), -2, 2)
        apart_s = _APART_SD_S * np.clip(rng.standard_normal(n * COUNT), -2.5, 2.5)
        return cls(
            take_off_s=(starts_s[:, None] + np.cumsum(steps, axis=1)).ravel(),
            flight_s=flight_s,
            late_s={"left": apart_s, "right": -apart_s, "pelvis": np.full(n * COUNT, _TO_PELVIS_S)},
        )

    def landing_s(self, segment: str) -> Floats:
        """When a segment feels each landing."""
        return self.take_off_s + self.flight_s + self.late_s[segment]

    def lift(self, segment: str) -> Lift | None:
        """How a segment is carried up and down; None where nobody hops."""
        if not len(self.take_off_s):
            return None
        manner = _PELVIS if segment == "pelvis" else _SHANK
        start_s = self.take_off_s[0] - _BEFORE_S
        grid = np.arange(start_s, self.take_off_s[-1] + _AFTER_S, _STEP_S)
        force = np.zeros_like(grid)
        for take_off_s, flight_s, late_s in zip(
            self.take_off_s, self.flight_s, self.late_s[segment], strict=True
        ):
            first = round((take_off_s - _BEFORE_S - start_s) / _STEP_S)
            n = min(round((_BEFORE_S + _AFTER_S) / _STEP_S), len(grid) - first)
            rows = slice(first, first + n)
            force[rows] += _hop(grid[rows] - take_off_s, flight_s + late_s, manner)
        acceleration = CubicSpline(grid, force)
        height: PPoly = acceleration.antiderivative(2)
        return Lift(acceleration, height, float(grid[0]), float(grid[-1]))


def _hop(t: Floats, flight_s: float, manner: _Manner) -> Floats:
    """Acceleration of one hop, t from its take-off: down, up, free fall, braked, up to where it began.

    The four impulses follow from speed and height at take-off, and from standing still at the end.
    """
    falling = np.clip((flight_s / 2 - np.abs(t - flight_s / 2)) / _STEP_S + 0.5, 0, 1)
    fall = -STANDARD_GRAVITY_MPS2 * falling
    shapes = [
        _bell(t, *manner.dip),
        _bell(t, *manner.push),
        _shock(t - flight_s, manner.brake_s),
        _bell(t - flight_s, *manner.rise),
    ]
    speeds = [_STEP_S * np.cumsum(shape) for shape in (*shapes, fall)]
    heights = [_STEP_S * np.cumsum(speed) for speed in speeds]
    off = int(np.searchsorted(t, 0.0)) - 1
    conditions = np.array(
        [[values[row] for values in kind] for row in (off, -1) for kind in (speeds, heights)]
    )
    wanted = np.array([STANDARD_GRAVITY_MPS2 * flight_s / 2, _ON_TOES_M, 0.0, 0.0]) - conditions[:, 4]
    impulses = np.linalg.solve(conditions[:, :4], wanted)
    total = fall + sum(impulse * shape for impulse, shape in zip(impulses, shapes, strict=True))
    result: Floats = gaussian_filter1d(total, _EDGE_S / _STEP_S)
    return result


def _bell(t: Floats, start_s: float, length_s: float) -> Floats:
    s = np.clip((t - start_s) / length_s, 0, 1)
    result: Floats = 2 / length_s * np.sin(np.pi * s) ** 2
    return result


def _shock(t: Floats, rise_s: float) -> Floats:
    s = np.maximum(t, 0) / rise_s
    result: Floats = s**2 * np.exp(-s) / (2 * rise_s)
    return result
