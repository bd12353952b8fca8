"""What every judgement of this room carries, so that screens only print it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One judgement with all that is needed to doubt it.

    `uncertainty` is one standard error of the difference between value and reference; it is absent for what
    was counted, not estimated.
    """

    value: float
    unit: str
    reference: float | None
    compared_with: str
    uncertainty: float | None
    n: int
    counted: str  # what n counts, in the plural: runs, segments
    sentence: str
    to_do: str
