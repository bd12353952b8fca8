"""Speed and slope over ground from what satellites and a barometer say once a second.

Both are smoothed over fixed spans, so that what is told is what the positions can tell: a fast stretch of
less than `SMOOTHED_S` and a rise of less than `SLOPE_OVER_M` come out flatter than they were.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EARTH_M = 6_371_008.8  # mean radius; along a run the ellipsoid differs by 0.3 % at most
SMOOTHED_S = 11.0  # 0.5 m of scatter a second become 0.05 m/s
SLOPE_OVER_M = 100.0  # 1 m of scatter a point becomes 0.6 %
LONGEST_HOLE_S = 10.0  # a watch that saves memory writes every 7 s at the latest
STEEPEST_PERCENT = 60.0
_FEWEST = 4
_APART_S = 0.05  # of points that are used: more a second tell nothing new of where somebody is
_BLOCK = 4096  # points at a time: what is in memory does not grow with the track


def speed_from_positions(time_s: Floats, latitude_deg: Floats, longitude_deg: Floats) -> Floats:
    """(n,) metres per second at each time; NaN at holes and where fewer than four positions are near.

    time_s: (n,) ascending. A parabola is laid through the positions of 11 s around every second (Savitzky and
    Golay 1964, doi:10.1021/ac60214a047), and its slope in the middle is the velocity.
    """
    speed = np.full(len(time_s), np.nan)
    known = np.isfinite(latitude_deg) & np.isfinite(longitude_deg)
    for first, last in _stretches(time_s, known):
        rows = first + np.flatnonzero(known[first:last])
        if len(rows) < _FEWEST:
            continue
        latitude = np.radians(latitude_deg[rows])
        turned = np.unwrap(np.radians(longitude_deg[rows]))  # across the date line, too
        east_m = EARTH_M * (turned - turned[0]) * np.cos(latitude.mean())
        north_m = EARTH_M * (latitude - latitude[0])
        speed[rows] = np.hypot(_slope(time_s[rows], east_m), _slope(time_s[rows], north_m))
    return speed


def speed_from_way(time_s: Floats, way_m: Floats) -> Floats:
    """(n,) metres per second from the way since the start, smoothed alike; NaN at holes."""
    speed = np.full(len(time_s), np.nan)
    known = np.isfinite(way_m)
    for first, last in _stretches(time_s, known):
        rows = first + np.flatnonzero(known[first:last])
        if len(rows) >= _FEWEST:
            speed[rows] = np.maximum(_slope(time_s[rows], way_m[rows]), 0)
    return speed


def way_from_speed(time_s: Floats, speed_mps: Floats) -> Floats:
    """(n,) metres since the first time; nothing is added over a hole or where no speed is known."""
    steps = np.diff(time_s)
    mean = 0.5 * (speed_mps[1:] + speed_mps[:-1])
    gained = np.where(np.isfinite(mean) & (steps <= LONGEST_HOLE_S), mean * steps, 0.0)
    return np.concatenate([[0.0], np.cumsum(gained)])[: len(time_s)]


def slope_percent(way_m: Floats, altitude_m: Floats) -> Floats:
    """(n,) rise over way in percent, fitted over 100 m; NaN within 50 m of either end.

    way_m: (n,) metres since the start, never falling. Weights all points of the span alike, so standing does
    not count.
    """
    known = np.flatnonzero(np.isfinite(way_m) & np.isfinite(altitude_m))
    slope = np.full(len(way_m), np.nan)
    if len(known) < _FEWEST or way_m[known[-1]] - way_m[known[0]] < SLOPE_OVER_M:
        return slope
    way, rows = np.unique(way_m[known], return_index=True)
    height = altitude_m[known][rows]
    even_m = np.arange(way[0], way[-1], 1.0)
    fitted = _fitted_slope(np.interp(even_m, way, height), int(SLOPE_OVER_M))
    inside = (way_m >= way[0] + SLOPE_OVER_M / 2) & (way_m <= way[-1] - SLOPE_OVER_M / 2)
    slope[inside] = 100 * np.interp(way_m[inside], even_m, fitted)
    slope[np.abs(slope) > STEEPEST_PERCENT] = np.nan
    return slope


def _stretches(time_s: Floats, known: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Rows from and to, between holes of more than ten seconds."""
    at = np.flatnonzero(known)
    if not len(at):
        return []
    breaks = np.flatnonzero(np.diff(time_s[at]) > LONGEST_HOLE_S)
    cuts = [0, *(breaks + 1).tolist(), len(at)]
    return [(int(at[begin]), int(at[end - 1]) + 1) for begin, end in pairwise(cuts)]


def _slope(time_s: Floats, values: Floats) -> Floats:
    """Change a second at each time, of a parabola through the values of 11 s around it."""
    _, used = np.unique(np.floor((time_s - time_s[0]) / _APART_S + 0.5), return_index=True)
    moments = _Moments(time_s[used], values[used], SMOOTHED_S / 2)
    slopes = [moments.slope(begin, begin + _BLOCK) for begin in range(0, len(used), _BLOCK)]
    return np.interp(time_s, time_s[used], np.concatenate(slopes))


class _Moments:
    """Sums of powers of time over a window around each point, by tables of points and neighbours."""

    def __init__(self, time_s: Floats, values: Floats, half_s: float) -> None:
        self._time_s, self._values = time_s, values
        self._first = np.searchsorted(time_s, time_s - half_s, side="left")
        self._last = np.searchsorted(time_s, time_s + half_s, side="right")

    def slope(self, begin: int, end: int) -> Floats:
        """Of the points from and to: of a parabola where the window holds four and more, else of a line."""
        first, last = self._first[begin:end], self._last[begin:end]
        width = int((last - first).max())
        rows = first[:, None] + np.arange(width)
        inside = rows < last[:, None]
        rows = np.minimum(rows, len(self._time_s) - 1)
        t = np.where(inside, self._time_s[rows] - self._time_s[begin:end, None], 0.0)
        y = np.where(inside, self._values[rows] - self._values[begin:end, None], 0.0)
        n, t1, t2, t3, t4 = (np.where(inside, t**power, 0.0).sum(axis=1) for power in range(5))
        y0, y1, y2 = ((y * t**power).sum(axis=1) for power in range(3))
        normal = np.stack([n, t1, t2, t1, t2, t3, t2, t3, t4], axis=1).reshape(-1, 3, 3)
        straight = (n < _FEWEST) | (np.linalg.cond(normal) > 1e10)
        normal[straight] = np.eye(3)
        bent = np.linalg.solve(normal, np.stack([y0, y1, y2], axis=1)[..., None])[:, 1, 0]
        spread = n * t2 - t1**2
        line = np.divide(n * y1 - t1 * y0, spread, out=np.full(len(n), np.nan), where=spread > 0)
        return np.where(straight, line, bent)


def _fitted_slope(values: Floats, width: int) -> Floats:
    """Slope a step of the line through `width` neighbours of each value."""
    offsets = np.arange(width) - (width - 1) / 2
    weights = offsets / (offsets**2).sum()
    return np.convolve(np.pad(values, width // 2, mode="edge"), weights[::-1], mode="same")[
        width // 2 : width // 2 + len(values)
    ]
