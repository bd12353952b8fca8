"""What hurts, and how much: a tissue that was hurt, heals by halves, and is asked on a scale of 0 to 10.

A stand-in with two numbers, made so that plans have something to follow. It models no muscle.
"""

from dataclasses import dataclass
from math import floor

HALF_LIFE_DAYS = 5.0
SCALE = 8.0  # pain of a tissue that is all hurt, at rest
JOG, SPRINT = 0.2, 0.5  # by how much more running hurts, easy and at top speed
TWINGE_IN_A_RUN, TWINGE_AT_REST = 0.08, 0.02  # chance of one more on the scale while not yet well
SORE = 0.02  # hurt below which nobody feels anything


@dataclass(frozen=True, slots=True)
class Tissue:
    """One hamstring: `hurt` from 0, well, to 1."""

    hurt: float = 0.0

    def hurt_by(self, more: float) -> "Tissue":
        return Tissue(min(1.0, self.hurt + more))

    def a_day_later(self) -> "Tissue":
        return Tissue(self.hurt * 0.5 ** (1 / HALF_LIFE_DAYS))

    @property
    def is_sore(self) -> bool:
        return self.hurt > SORE

    def pain_in_a_run(self, share_of_top_speed: float) -> float:
        """True pain, 0 to 10, at the fastest of a run."""
        return min(10.0, SCALE * self.hurt * (1 + JOG + (SPRINT - JOG) * share_of_top_speed))

    def pain_at_rest(self) -> float:
        return min(10.0, SCALE * self.hurt)

    def told(self, pain: float, chance: float, *, twinge: float) -> int:
        """The answer of somebody who feels this; `chance` is a draw from 0 to 1."""
        return min(10, floor(pain) + (self.is_sore and chance < twinge))
