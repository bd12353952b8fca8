"""The one clock that everything received is stamped with."""

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HostClock:
    """Nanoseconds since 1970 that advance steadily, whatever is done to the time of day meanwhile.

    Readings of two processes agree as well as the system's time of day did when each was started; all
    sensors of a session share what is left, so it cancels between them.
    """

    began_ns: int  # since 1970, where the monotonic clock read zero

    @classmethod
    def start(cls, *, ahead_s: float = 0.0) -> "HostClock":
        """The system's time; `ahead_s` later in a world where a simulated run was skipped to its end."""
        return cls(time.time_ns() - time.monotonic_ns() + round(ahead_s * 1e9))

    def now_ns(self) -> int:
        return self.began_ns + time.monotonic_ns()
