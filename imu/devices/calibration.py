"""Bias and scale of a sensor's chip. What sensors send and journals keep stays raw; see `Coding`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

Three = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipCalibration:
    """True value = (measured - bias) x scale, for each of the sensor's own axes."""

    acc_bias_g: Three = (0.0, 0.0, 0.0)
    acc_scale: Three = (1.0, 1.0, 1.0)
    gyr_bias_dps: Three = (0.0, 0.0, 0.0)
    gyr_scale: Three = (1.0, 1.0, 1.0)
    date: str | None = None  # ISO, when it was measured; None where only the sensor knows the values

    def told(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "ChipCalibration":
        """From what `told` gave. Raises TypeError or ValueError for anything else."""
        values = dict(told)
        date = values.pop("date", None)
        if not (date is None or isinstance(date, str)):
            raise TypeError(f"a date is text, not {date!r}")
        return cls(date=date, **{name: _three(numbers) for name, numbers in values.items()})


def _three(numbers: Any) -> Three:
    x, y, z = map(float, numbers)
    return x, y, z
