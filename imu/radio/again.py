"""Reconnecting: when to try."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from random import Random


@dataclass(frozen=True, slots=True)
class BackOff:
    """Waits between tries, doubling. Jitter keeps three sensors lost at once from trying in step."""

    first_s: float = 0.5
    longest_s: float = 8.0
    jitter: float = 0.25  # share of a wait, either way

    def delays_s(self, random: Random) -> Iterator[float]:
        """One wait per failed try, for ever."""
        for tries in count():
            plain_s = min(self.first_s * 2.0 ** min(tries, 32), self.longest_s)
            yield plain_s * random.uniform(1.0 - self.jitter, 1.0 + self.jitter)
