"""The time of the virtual world."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class WorldClock:
    """True seconds since the world began. Real time, except where it is skipped ahead."""

    began_s: float = 0.0  # what it shows when it starts
    _monotonic_s: float = field(default_factory=time.monotonic)

    def now_s(self) -> float:
        return self.began_s + time.monotonic() - self._monotonic_s

    def skip(self, seconds: float) -> None:
        """Let `seconds` pass at once."""
        if not seconds >= 0.0:
            raise ValueError(f"time cannot go back by {-seconds:g} s")
        self.began_s += seconds
