"""What a person tells of a run. Apart from taking runs in, so that whoever only asks loads no SciPy."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imu.training.history import Surface


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What no sensor can tell of a run."""

    surface: "Surface | None" = None
    shoe: str | None = None
    effort_cr10: float | None = None

    @property
    def is_told(self) -> bool:
        return self != RunFacts()
