"""What every judgement of this room carries, so that screens only print it."""

from dataclasses import dataclass, replace
from datetime import date

from imu.training.said import said


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


def since_then(worst: Evidence, *, words: str, day: date) -> Evidence:
    """What asks most of the reader, with its own advice, and what came since: its colour in words, and when.

    What came later and is less does not take back what was said before.
    """
    return replace(
        worst,
        sentence=said(
            "{worst} Since then {words}, last on {day}.", worst=worst.sentence, words=words, day=day
        ),
    )


_UNITS = {"s": ("min", 1 / 60), "deg": ("°", 1.0)}  # as people read them, and how many of it one stored is


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEvidence:
    """The numbers of a judgement as every surface shows them: in one unit, with the same decimals."""

    value: float
    reference: float | None
    uncertainty: float | None  # never rounded to nothing: that would be a certainty
    unit: str
    decimals: int


def as_shown(found: Evidence) -> ShownEvidence | None:
    """None where nothing was compared: its sentence says all there is."""
    if found.reference is None and not found.compared_with:
        return None
    unit, scale = _UNITS.get(found.unit, (found.unit, 1.0))
    told = [found.value, found.reference, found.uncertainty]
    is_counted = scale == 1.0 and all(one is None or one == round(one) for one in told)
    return ShownEvidence(
        value=found.value * scale,
        reference=None if found.reference is None else found.reference * scale,
        uncertainty=max(found.uncertainty * scale, 1.0 if is_counted else 0.1) if found.uncertainty else None,
        unit=unit,
        decimals=0 if is_counted else 1,
    )
