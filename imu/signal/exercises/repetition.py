"""What repetitions have in common: one way there, a stay, and one way back."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Side = Literal["left", "right"]
SIDES: tuple[Side, ...] = ("left", "right")

# A movement from rest to rest follows the fifth-order polynomial of least jerk (Flash & Hogan 1985,
# doi:10.1523/JNEUROSCI.05-07-01688.1985): from a fifth to four fifths of its way it takes 0.346 of its time.
_EDGE_SHARE, _BEYOND = 0.2, 0.945  # of the way; time left before and after, against that in between


@dataclass(frozen=True, slots=True)
class Repetition:
    """One repetition; times in samples of the carriage."""

    exercise: str | None  # None: looked like one and was not
    side: Side | None  # the leg that carries, where one does and it could be told
    start: float
    end: float
    hold_start: float
    hold_end: float
    fit: float  # 0-1: how far inside its limits, 0 at one of them


def crossing(
    way: NDArray[np.float64], start: int, end: int, *, low: float, high: float
) -> tuple[float, float] | None:
    """When a change from `low` to `high` (either may be the larger) begins and ends within [start, end)."""
    share = (way[start:end] - low) / (high - low)
    reached = np.flatnonzero(share >= 1.0 - _EDGE_SHARE)
    if not len(reached):
        return None
    before = np.flatnonzero(share[: reached[0]] <= _EDGE_SHARE)
    if not len(before):
        return None
    first, last = start + int(before[-1]), start + int(reached[0])
    beyond = _BEYOND * (last - first)
    return max(first - beyond, float(start)), min(last + beyond, float(end))


def margin(value: float, limit: float, clear: float) -> float:
    """0 at the limit (and outside of it), 1 at `clear` and beyond."""
    return float(np.clip((value - limit) / (clear - limit), 0.0, 1.0)) if np.isfinite(value) else 0.0


def between(value: float, limits: tuple[float, float], clear: float) -> tuple[float, float]:
    """Margins to both limits, 1 from so far inside."""
    lowest, highest = limits
    return margin(value, lowest, lowest + clear), margin(-value, -highest, clear - highest)
