"""The one clock that everything received is stamped with."""

import sys
import time
from dataclasses import dataclass

if sys.platform == "linux":

    def _steady_ns() -> int:
        """Goes on while the computer sleeps, as sensors do."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
elif sys.platform == "darwin":

    def _steady_ns() -> int:
        """Goes on while the computer sleeps; Python's monotonic clock stands still here."""
        return time.clock_gettime_ns(time.CLOCK_MONOTONIC)
else:

    def _steady_ns() -> int:
        return time.monotonic_ns()


@dataclass(frozen=True, slots=True)
class HostClock:
    """Nanoseconds since 1970 that advance steadily, whatever is done to the time of day meanwhile.

    Readings of two processes agree as well as the system's time of day did when each was started; all
    sensors of a session share what is left, so it cancels between them.
    """

    began_ns: int  # since 1970, where the steady clock read zero

    @classmethod
    def start(cls, *, ahead_s: float = 0.0) -> "HostClock":
        """The system's time; `ahead_s` later in a world where a simulated run was skipped to its end."""
        return cls(time.time_ns() - _steady_ns() + round(ahead_s * 1e9))

    def now_ns(self) -> int:
        return self.began_ns + _steady_ns()
