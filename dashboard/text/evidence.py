"""What a judgement rests on, in one line: value, error, comparison, and how many lie behind it."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from dashboard.text import numbers
from dashboard.text.catalogue import _
from dashboard.text.rules import spoken
from imu.report.begun import begun
from imu.report.metrics import spaced
from imu.training.evidence import Evidence, ShownEvidence, as_shown


def evidence(found: Evidence) -> str | None:
    """`26.6 ± 0.1 min, compared with 20.0 min (stage 3). Runs: 1.` None where nothing was compared."""
    shown = as_shown(found)
    if shown is None:
        return None
    value, reference = _value(shown), _reference(shown)
    against = spoken(found.compared_with)
    count = f"{begun(spoken(found.counted))}: {found.n}"
    if reference is None:
        return _("{value} ({against}). {count}.", value=value, against=against, count=count)
    return _(
        "{value}, compared with {reference} ({against}). {count}.",
        value=value,
        reference=reference,
        against=against,
        count=count,
    )


def figures(found: Evidence) -> str | None:
    """The same where there is little room, by its numbers alone: `26.6 ± 0.1 min, compared with 20.0 min.`"""
    shown = as_shown(found)
    if shown is None:
        return None
    if (reference := _reference(shown)) is None:
        return f"{_value(shown)}."
    return _("{value}, compared with {reference}.", value=_value(shown), reference=reference)


def _value(shown: ShownEvidence) -> str:
    error = f" ± {_rounded(shown.uncertainty, shown)}" if shown.uncertainty else ""
    return f"{_rounded(shown.value, shown)}{error}{spaced(spoken(shown.unit))}"


def _reference(shown: ShownEvidence) -> str | None:
    if shown.reference is None:
        return None
    return f"{_rounded(shown.reference, shown)}{spaced(spoken(shown.unit))}"


def _rounded(value: float, shown: ShownEvidence) -> str:
    return numbers.number(value, shown.decimals)


def kept(warning: Mapping[str, Any]) -> Evidence:
    """What a warning of a standing (`imu.followup.standing`) rests on."""
    return Evidence(**{one.name: warning[one.name] for one in fields(Evidence)})
