"""The battery of a virtual MetaMotion."""

from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Battery:
    """Drains evenly, whatever the board does (assumed)."""

    percent: float  # at that moment
    at_s: float
    lasts_h: float  # from full to empty

    @property
    def empty_s(self) -> float:
        return self.at_s + self.percent / 100 * self.lasts_h * 3600

    def level(self, now_s: float) -> tuple[int, int]:
        """Percent and millivolts as told; zero is not told, for an empty board tells nothing."""
        left = self.percent - (now_s - self.at_s) / (self.lasts_h * 3600) * 100
        percent = min(max(ceil(left), 1), 100)
        return percent, 3066 + 10 * percent  # through 99 % at 4056 mV, the only pair known
