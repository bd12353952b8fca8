"""Bridges: lying on the back, the pelvis goes up, stays, and comes down.

Lying and raising show in the pelvis' inclination; that it is raised, and not only turned, in the height it
gains from rest to rest. Where the feet are is told by the shanks: nearly level with the heels on a chair,
steep with the feet on the floor. A leg in the air goes up with the pelvis; one that carries does not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from imu.signal.exercises.carriage import RATE_HZ, Carriage
from imu.signal.exercises.repetition import Repetition, Side, between, crossing, margin

CHAIR_BRIDGE, WALK_OUT = "chair_bridge", "bridge_walkout"


@dataclass(frozen=True, slots=True)
class BridgeConfig:
    """Limits lie between the programme's bridges and what else is done lying; see docs/method.md."""

    smoothed_s: float = 0.15
    least_turn_deg: float = 8.0  # of the pelvis, from lying to raised
    lying_deg: float = 62.0  # the pelvis leans at least so far back while it is down
    least_rise_m: float = 0.05
    least_hold_s: float = 1.0
    longest_hold_s: float = 60.0
    low_shank_deg: tuple[float, float] = (52.0, 125.0)  # heels on a chair, pelvis down: shanks nearly level
    raised_shank_deg: tuple[float, float] = (38.0, 120.0)  # the knees come forward as the pelvis goes up
    steady_shank_deg: float = 48.0  # a carrying shank turns less from down to raised
    sideways_deg: float = 35.0  # more is lying on the side
    planted_rise_m: float = 0.09  # a carrying shank's sensor rises less
    free_rise_m: float = 0.08  # one in the air rises more, and so much more than the carrying one:
    free_beyond_m: float = 0.06
    walk_smoothed_s: float = 0.6
    walk_turn_deg: float = 22.0  # of the shanks, from near to far
    walk_near_deg: tuple[float, float] = (-35.0, 55.0)
    walk_far_deg: tuple[float, float] = (38.0, 100.0)
    walk_least_s: float = 5.0
    walk_apart_deg: float = 3.0  # heels that go in turn leave the shanks apart by more, on average


def chair_bridges(
    pelvis: Carriage, shanks: Mapping[Side, Carriage], *, config: BridgeConfig = BridgeConfig()
) -> list[Repetition]:
    """Repetitions in one stretch of lying, also those that only look like one (without an exercise)."""
    inclination = _smooth(pelvis.angle_deg, config.smoothed_s)
    top = find_peaks(inclination, prominence=config.least_turn_deg)[0].tolist()
    if not top:
        return []
    edges = [0, *top, len(inclination)]
    bottom = [start + int(np.argmin(inclination[start:end])) for start, end in pairwise(edges)]
    found = []
    for peak, before, after in zip(top, bottom[:-1], bottom[1:], strict=True):
        one = _bridge(pelvis, shanks, inclination, peak, before, after, config)
        if one is not None:
            found.append(one)
    return found


def _bridge(
    pelvis: Carriage,
    shanks: Mapping[Side, Carriage],
    inclination: NDArray[np.float64],
    peak: int,
    before: int,
    after: int,
    config: BridgeConfig,
) -> Repetition | None:
    """The repetition about one peak; None where the way up or down cannot be seen."""
    half_up = (
        inclination[before:after] > (inclination[peak] + max(inclination[before], inclination[after])) / 2
    )
    raised = float(np.median(inclination[before:after][half_up]))
    up = crossing(inclination, before, peak + 1, low=float(inclination[before]), high=raised)
    down = crossing(inclination, peak, after + 1, low=raised, high=float(inclination[after]))
    if up is None or down is None or np.isnan(pelvis.rate_dps[int(up[0]) : int(down[1])]).any():
        return None
    begin, reached = int(up[0]), int(np.ceil(up[1]))
    hold_s = (down[0] - up[1]) / RATE_HZ
    turn_deg = raised - max(inclination[before], inclination[after])
    fits = [
        margin(pelvis.rise_m(begin, reached), config.least_rise_m, 2 * config.least_rise_m),
        margin(turn_deg, config.least_turn_deg, 1.5 * config.least_turn_deg),
        margin(min(inclination[before], inclination[after]), config.lying_deg, config.lying_deg + 8),
        margin(hold_s, config.least_hold_s, 2 * config.least_hold_s),
        margin(-hold_s, -config.longest_hold_s, -config.longest_hold_s / 2),
    ]
    side, of_legs = _carrying(shanks, begin, reached, int(down[0]), config)
    fit = min(*fits, of_legs)
    return Repetition(CHAIR_BRIDGE if fit > 0 else None, side, up[0], down[1], up[1], down[0], fit)


def _carrying(
    shanks: Mapping[Side, Carriage], begin: int, reached: int, left: int, config: BridgeConfig
) -> tuple[Side | None, float]:
    """The leg that carries alone, None for both, and how well the legs fit a bridge on a chair."""
    rises = {side: shank.rise_m(begin, reached) for side, shank in shanks.items()}
    if not all(np.isfinite(rise) for rise in rises.values()):
        return None, 0.0
    carrying: list[Side] = [side for side, rise in rises.items() if abs(rise) < config.planted_rise_m]
    side: Side | None = None
    if len(rises) == 2:
        low, high = sorted(rises, key=lambda one: rises[one])
        if rises[high] > config.free_rise_m and rises[high] - rises[low] > config.free_beyond_m:
            side, carrying = low, [low] if low in carrying else []
        elif len(carrying) < 2:
            return None, 0.0
    if not carrying:
        return side, 0.0
    return side, min(_on_chair(shanks[one], begin, reached, left, config) for one in carrying)


def _on_chair(shank: Carriage, begin: int, reached: int, left: int, config: BridgeConfig) -> float:
    """How well a carrying shank fits: nearly level, on the back, and hardly turning."""
    angle = shank.sagittal_deg if shank.is_signed else shank.angle_deg
    held = angle[reached : max(left, reached + 1)]
    raised_deg, low_deg = float(np.median(held)), float(angle[begin])
    fits = [
        *between(raised_deg, config.raised_shank_deg, 10.0),
        *between(low_deg, config.low_shank_deg, 10.0),
        margin(-abs(raised_deg - low_deg), -config.steady_shank_deg, -config.steady_shank_deg / 2),
    ]
    if shank.is_signed:
        sideways = float(np.median(shank.sideways_deg[reached : max(left, reached + 1)]))
        fits.append(margin(-sideways, -config.sideways_deg, -config.sideways_deg / 2))
    return min(fits)


def walk_outs(
    pelvis: Carriage, shanks: Mapping[Side, Carriage], *, config: BridgeConfig = BridgeConfig()
) -> list[Repetition]:
    """Bridge walk-outs in one stretch of lying; needs both shanks and which way is forward for them."""
    if len(shanks) < 2 or not all(shank.is_signed for shank in shanks.values()):
        return []
    left, right = (_smooth(shanks[side].sagittal_deg, config.smoothed_s) for side in ("left", "right"))
    slow = _smooth((left + right) / 2, config.walk_smoothed_s)
    far = find_peaks(slow, prominence=config.walk_turn_deg)[0].tolist()
    if not far:
        return []
    edges = [0, *far, len(slow)]
    near = [start + int(np.argmin(slow[start:end])) for start, end in pairwise(edges)]
    lying_deg = float(np.nanpercentile(pelvis.angle_deg, 10))
    found = []
    for peak, before, after in zip(far, near[:-1], near[1:], strict=True):
        out = crossing(slow, before, peak + 1, low=float(slow[before]), high=float(slow[peak]))
        back = crossing(slow, peak, after + 1, low=float(slow[peak]), high=float(slow[after]))
        if out is None or back is None:
            continue
        begin, end = int(out[0]), int(back[1])
        here = slice(begin, end)
        if np.isnan(pelvis.rate_dps[here]).any():
            continue
        raised_deg = float(np.median(pelvis.angle_deg[here])) - lying_deg
        turn_deg = float(slow[peak] - max(slow[before], slow[after]))
        near_deg, apart_deg = (
            float(min(slow[before], slow[after])),
            float(np.mean(np.abs(left - right)[here])),
        )
        fit = min(
            margin(turn_deg, config.walk_turn_deg, 1.3 * config.walk_turn_deg),
            margin(raised_deg, 3.0, 7.0),
            margin(lying_deg, config.lying_deg, config.lying_deg + 8),
            *between(near_deg, config.walk_near_deg, 10.0),
            *between(float(slow[peak]), config.walk_far_deg, 10.0),
            margin((end - begin) / RATE_HZ, config.walk_least_s, 1.5 * config.walk_least_s),
            margin(apart_deg, config.walk_apart_deg, 1.7 * config.walk_apart_deg),
        )
        found.append(
            Repetition(WALK_OUT if fit > 0 else None, None, out[0], back[1], float(begin), float(end), fit)
        )
    return found


def _smooth(values: NDArray[np.float64], over_s: float) -> NDArray[np.float64]:
    """Smoothed, gaps bridged by straight lines; whoever uses it looks for gaps himself."""
    known = np.isfinite(values)
    if not known.any():
        return np.zeros_like(values)
    index = np.arange(len(values))
    filled = np.interp(index, index[known], values[known])
    smooth: NDArray[np.float64] = gaussian_filter1d(filled, over_s * RATE_HZ, mode="nearest")
    return smooth
