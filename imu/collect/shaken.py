"""Which of several sensors is being shaken?"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import constants

SHAKEN_G = 0.5  # standard deviation of the force's magnitude; walking about with a sensor stays under 0.3
TIMES_THE_NEXT = 3.0  # a table that is knocked shakes all that lie on it


@dataclass(frozen=True, slots=True)
class Movement:
    """Who moves now."""

    moving: tuple[str, ...]  # all that move as if shaken, most first
    shaken: str | None  # the one that is clearly shaken while the others are not


def movement(acc_mps2: Mapping[str, NDArray[np.floating]]) -> Movement:
    """acc_mps2: the last second or two of each sensor, (n, 3)."""
    sd_g = {key: _sd_g(values) for key, values in acc_mps2.items()}
    moving = tuple(sorted((key for key in sd_g if sd_g[key] > SHAKEN_G), key=lambda key: -sd_g[key]))
    if not moving:
        return Movement((), None)
    others = max((value for key, value in sd_g.items() if key != moving[0]), default=0.0)
    return Movement(moving, moving[0] if sd_g[moving[0]] > TIMES_THE_NEXT * others else None)


def _sd_g(acc_mps2: NDArray[np.floating]) -> float:
    return float(np.linalg.norm(acc_mps2, axis=1).std() / constants.g) if len(acc_mps2) > 1 else 0.0
