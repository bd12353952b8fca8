"""From one clock, or from the index of samples, to seconds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """Straight pieces from x (device seconds, or a sample's index) to seconds."""

    x: NDArray[np.float64]  # ascending, at least two
    time_s: NDArray[np.float64]

    def at(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Seconds; beyond the ends the outermost pieces go on."""
        piece = np.clip(np.searchsorted(self.x, x, side="right") - 1, 0, len(self.x) - 2)
        slope = np.diff(self.time_s) / np.diff(self.x)
        return np.asarray(self.time_s[piece] + (x - self.x[piece]) * slope[piece])
