"""The course of a simulated run: everything that changes slowly, as smooth functions of time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.ndimage import convolve1d, gaussian_filter1d

from imu.simulate.exercise import Doing
from imu.simulate.hops import Hops
from imu.simulate.plan import Injection, Piece
from imu.simulate.shapes import Gait

Floats = NDArray[np.float64]

_STEP_S = 0.05  # grid of the slow functions
MARGIN_S = 4.0  # the course goes on before and after the recording, so that its ends are like its middle
_INJECTION_RAMP_S = 30.0  # nobody changes gait from one step to the next
_DRIFT_SHARE = 0.01  # slow wandering of the pace, 1 sd
_DRIFT_S = 15.0  # and its time scale


@dataclass(frozen=True, slots=True)
class Bout:
    """A stretch of one activity; neighbours meet in the middle of a smooth cross-fade."""

    activity: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Course:
    """Smooth functions of time over one run; each takes seconds of any shape."""

    duration_s: float
    ramp_s: float
    bouts: tuple[Bout, ...]
    speed_mps: CubicSpline  # along the path
    effort: CubicSpline  # 0 standing .. 1 moving
    run: CubicSpline  # 0 walking .. 1 running
    heading_rad: CubicSpline  # left > 0
    forward_m: CubicSpline  # of the path, in the world: x as at the start, z to the right of it
    right_m: CubicSpline
    cadence_factor: CubicSpline
    shank_deg: dict[str, CubicSpline]  # injected, by side
    drop_deg: dict[str, CubicSpline]
    hops: Hops
    doings: tuple[Doing, ...]  # exercises, one after another

    def gait(self, time_s: Floats) -> Gait:
        return Gait(np.clip(self.run(time_s), 0.0, 1.0), self.speed_mps(time_s))


def lay_out(
    pieces: Sequence[Piece],
    injections: Sequence[Injection],
    *,
    ramp_s: float,
    steady: bool = False,
    rng: np.random.Generator,
) -> Course:
    """The course through these pieces; changes take `ramp_s`, centred on the boundary.

    steady: a belt sets the pace; else it wanders by a percent or so.
    """
    duration_s = sum(piece.duration_s for piece in pieces)
    grid = np.arange(-MARGIN_S, duration_s + MARGIN_S + _STEP_S, _STEP_S)
    ends = np.cumsum([piece.duration_s for piece in pieces])
    index = np.minimum(np.searchsorted(ends, grid, side="right"), len(pieces) - 1)
    share = np.clip(
        (grid - (ends - [p.duration_s for p in pieces])[index]) / _each(pieces, "duration_s")[index], 0, 1
    )

    def smooth(values: Floats, over_s: float = ramp_s) -> Floats:
        return _smoothed(values, over_s)

    begin, end = _each(pieces, "speed_mps")[index], _each(pieces, "end_speed_mps")[index]
    speed = smooth(begin + (end - begin) * share)
    if not steady:
        speed *= _pace(len(grid), rng)
    turning = smooth(_each(pieces, "turn_radps")[index]) + speed * smooth(
        _each(pieces, "curvature_per_m")[index]
    )
    heading = CubicSpline(grid, turning).antiderivative()
    moving = np.array([not piece.is_on_the_spot for piece in pieces], float)[index]

    def injected(quantity: str, side: str | None) -> Floats:
        change = np.zeros_like(grid)
        for one in injections:
            if one.quantity == quantity and one.side in (None, side):
                change += one.amount * ((grid >= one.start_s) & (grid < one.end_s))
        return smooth(change, _INJECTION_RAMP_S)

    def spline(values: Floats) -> CubicSpline:
        return CubicSpline(grid, values)

    hopping = np.array([piece.activity == "hops" for piece in pieces])
    hops_s = (ends - _each(pieces, "duration_s"))[hopping]
    return Course(
        duration_s=duration_s,
        ramp_s=ramp_s,
        bouts=_bouts(pieces),
        speed_mps=spline(speed),
        effort=spline(smooth(moving)),
        run=spline(smooth(_running(pieces, grid, ends))),
        heading_rad=heading,
        forward_m=spline(speed * np.cos(heading(grid))).antiderivative(),
        right_m=spline(-speed * np.sin(heading(grid))).antiderivative(),
        cadence_factor=spline(1 + injected("cadence", None)),
        shank_deg={side: spline(injected("shank", side)) for side in ("left", "right")},
        drop_deg={side: spline(injected("drop", side)) for side in ("left", "right")},
        hops=Hops.draw(hops_s, rng),
        doings=tuple(
            Doing(piece.movement, piece.side, float(end - piece.duration_s), float(end))
            for piece, end in zip(pieces, ends, strict=True)
            if piece.activity == "exercise"
        ),
    )


def _each(pieces: Sequence[Piece], field: str) -> Floats:
    return np.array([getattr(piece, field) for piece in pieces], float)


def _smoothed(values: Floats, over_s: float) -> Floats:
    """Steps become cross-fades of this length smooth to the second derivative (kernel: a B-spline)."""
    box = np.ones(max(round(over_s / 4 / _STEP_S), 1))
    kernel = np.convolve(np.convolve(box, box), np.convolve(box, box))
    if len(kernel) % 2 == 0:
        kernel = np.convolve(kernel, [0.5, 0.5])
    result: Floats = convolve1d(values, kernel / kernel.sum(), mode="nearest")
    return result


def _pace(n: int, rng: np.random.Generator) -> Floats:
    noise = gaussian_filter1d(rng.standard_normal(n), _DRIFT_S / _STEP_S, mode="nearest")
    noise -= noise.mean()
    # A Gaussian filter leaves 1 / sqrt(2 sqrt(pi) sigma) of white noise.
    noise *= np.sqrt(2 * np.sqrt(np.pi) * _DRIFT_S / _STEP_S)
    result: Floats = 1 + _DRIFT_SHARE * np.clip(noise, -2.5, 2.5)
    return result


def _running(pieces: Sequence[Piece], grid: Floats, ends: Floats) -> Floats:
    """1 where the gait is running; standing is half of the gait before it, half of the one after."""
    kinds = ["stand" if piece.is_on_the_spot else piece.activity for piece in pieces]
    before = np.array([_nearest_gait(kinds[i::-1] + kinds[i:]) for i in range(len(kinds))])
    after = np.array([_nearest_gait(kinds[i:] + kinds[i::-1]) for i in range(len(kinds))])
    index = np.minimum(np.searchsorted(ends, grid, side="right"), len(pieces) - 1)
    middle = ends - _each(pieces, "duration_s") / 2
    result: Floats = np.where(grid < middle[index], before[index], after[index])
    return result


def _nearest_gait(kinds: Sequence[str]) -> float:
    return float(next((kind for kind in kinds if kind != "stand"), "walk") == "run")


def _bouts(pieces: Sequence[Piece]) -> tuple[Bout, ...]:
    bouts: list[Bout] = []
    start_s = 0.0
    for piece in pieces:
        activity = "stand" if piece.activity == "hops" else piece.activity
        continues = bool(bouts) and bouts[-1].activity == activity
        start = bouts.pop().start_s if continues else start_s
        start_s += piece.duration_s
        bouts.append(Bout(activity, start, start_s))
    return tuple(bouts)
