"""The device clock of a virtual MetaMotion."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TICK_S = 48 / 32768


@dataclass(frozen=True, slots=True)
class Clock:
    """Counts ticks since the board started, in 32 bits, a little too fast or too slow."""

    boot_s: float
    first_tick: int
    reset_uid: int
    skew_ppm: float

    def ticks(self, time_s: NDArray[np.float64]) -> NDArray[np.uint32]:
        """What it reads at these true times."""
        elapsed = (time_s - self.boot_s) * (1 + self.skew_ppm * 1e-6) / TICK_S
        read = np.floor(elapsed).astype(np.int64) + self.first_tick
        return (read % 2**32).astype(np.uint32)

    def tick(self, now_s: float) -> int:
        return int(self.ticks(np.array([now_s]))[0])
