"""What a judgement rests on, in one line: value, error, comparison, and how many lie behind it."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from dashboard.text import numbers
from dashboard.text.catalogue import _
from dashboard.text.rules import begun, spoken
from imu.report.metrics import spaced
from imu.training.evidence import Evidence

_SHOWN = {"s": ("min", 1 / 60), "deg": ("°", 1.0)}  # the unit on screens, and how many of it one stored is


def evidence(found: Evidence) -> str | None:
    """`26.6 ± 0.1 min, compared with 20.0 min (stage 3). Runs: 1.` None where nothing was compared."""
    if found.reference is None and not found.compared_with:
        return None
    unit, scale = _SHOWN.get(found.unit, (spoken(found.unit), 1.0))
    told = [found.value, found.reference, found.uncertainty]
    is_counted = all(one is None or one == round(one) for one in told) and scale == 1.0

    least = 1.0 if is_counted else 0.1

    def shown(value: float) -> str:
        return numbers.number(value * scale, 0 if is_counted else 1)

    error = ""
    if found.uncertainty:  # never nothing: that would be a certainty
        error = f" ± {shown(max(found.uncertainty, least / scale))}"
    value = f"{shown(found.value)}{error}{spaced(unit)}"
    against, counted = spoken(found.compared_with), begun(spoken(found.counted))
    count = f"{counted}: {found.n}"
    if found.reference is None:
        return _("{value} ({against}). {count}.", value=value, against=against, count=count)
    reference = f"{shown(found.reference)}{spaced(unit)}"
    return _(
        "{value}, compared with {reference} ({against}). {count}.",
        value=value,
        reference=reference,
        against=against,
        count=count,
    )


def kept(warning: Mapping[str, Any]) -> Evidence:
    """What a warning of a standing (`imu.followup.standing`) rests on."""
    return Evidence(**{one.name: warning[one.name] for one in fields(Evidence)})
