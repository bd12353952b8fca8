"""What a run holds of speed: seconds and metres by band, accelerations, the fastest."""

from dataclasses import replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from imu.analysis.distance import Pace
from imu.followup.segments import LONGEST_HOLE_S
from imu.training.history import Exposure

BAND_MPS = 0.25  # shares of own top speed, five percent and more apart, fall into bands of their own
OPEN_FROM_MPS = 10.0
ACCELERATING_MPS2 = 0.5
LASTING_S = 1.0
_STEP_S = 0.1
# One stride measured wrong is half of two neighbouring pieces, so it cannot be the median of five.
HELD_PIECES = 5


def exposure(pace: Pace) -> tuple[Exposure, ...]:
    """Bands of speed in which there was running, ascending. They hold every second whose speed is known."""
    edges = np.append(np.arange(0, OPEN_FROM_MPS + BAND_MPS / 2, BAND_MPS), np.inf)
    band = np.searchsorted(edges, pace.speed_mps, side="right") - 1
    seconds, metres = (np.bincount(band, of, len(edges) - 1) for of in (pace.seconds, pace.metres))
    return tuple(
        Exposure(
            from_mps=float(edges[at]),
            to_mps=float(edges[at + 1]),
            seconds=float(seconds[at]),
            metres=float(metres[at]),
        )
        for at in np.flatnonzero(seconds).tolist()
    )


def accelerations(pace: Pace) -> int | None:
    """How often speed grew by more than 0.5 m/s2 for a second and longer; None where no speed is known.

    At each moment the mean speed of the second that follows, less that of the second before; so one of a
    single second is found from 1 m/s2 on.
    """
    held = _held(pace)
    if not len(held.start_s):
        return None
    time_s = np.arange(held.start_s[0] + LASTING_S, held.end_s[-1] - LASTING_S, _STEP_S)
    edges_s, way_m = _way(held)
    before, now, after = (np.interp(time_s + by_s, edges_s, way_m) for by_s in (-LASTING_S, 0, LASTING_S))
    fast = (after - 2 * now + before) / LASTING_S**2 > ACCELERATING_MPS2
    fast &= _together(held, time_s - LASTING_S, time_s + LASTING_S)
    changes = np.flatnonzero(np.diff(np.concatenate([[False], fast, [False]]).astype(np.int8)))
    lasting_s = (changes[1::2] - changes[::2]) * _STEP_S
    return int((lasting_s > LASTING_S - _STEP_S / 2).sum())


def top_speed_mps(pace: Pace) -> float | None:
    """The fastest that was held for about two strides of each leg; None where none were neighbours."""
    return max(_held(pace).speed_mps.tolist(), default=None)


def _held(pace: Pace) -> Pace:
    """The pace without holes, each speed the median of five neighbours; at the ends of a stretch, that of its
    first or last five. Shorter stretches are left out."""
    pace = _where(pace, pace.seconds <= LONGEST_HOLE_S)
    stretch = _stretches(pace)
    first, last = (np.searchsorted(stretch, stretch, side=side) for side in ("left", "right"))
    kept = last - first >= HELD_PIECES
    if not kept.any():
        return _where(pace, kept)
    medians = np.median(sliding_window_view(pace.speed_mps, HELD_PIECES), axis=1)
    begin = np.clip(np.arange(len(kept)) - HELD_PIECES // 2, first, last - HELD_PIECES)
    return _where(replace(pace, speed_mps=medians[np.maximum(begin, 0)]), kept)


def _where(pace: Pace, keep: NDArray[np.bool_]) -> Pace:
    return Pace(pace.start_s[keep], pace.end_s[keep], pace.speed_mps[keep], pace.bout[keep])


def _stretches(pace: Pace) -> NDArray[np.intp]:
    """(k,) number of the stretch without a hole that each piece lies in."""
    broken = (pace.start_s[1:] != pace.end_s[:-1]) | (pace.bout[1:] != pace.bout[:-1])
    return np.concatenate([[0], np.cumsum(broken)]).astype(np.intp)[: len(pace.start_s)]


def _way(pace: Pace) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Metres run until each edge of a piece; in holes they stand still."""
    edges_s = np.column_stack([pace.start_s, pace.end_s]).ravel()
    done = np.cumsum(pace.metres)
    return edges_s, np.column_stack([done - pace.metres, done]).ravel()


def _together(pace: Pace, from_s: NDArray[np.float64], to_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether one stretch holds both times."""
    stretch = _stretches(pace)
    first, last = (np.searchsorted(stretch, np.unique(stretch), side=side) for side in ("left", "right"))
    here = np.searchsorted(pace.start_s[first], from_s, side="right") - 1
    return np.asarray(to_s <= pace.end_s[last - 1][here])
