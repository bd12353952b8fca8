"""What a judgement rests on, in one line: value, error, comparison, and how many lie behind it."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from dashboard.text import numbers
from dashboard.text.catalogue import _
from dashboard.text.rules import begun, spoken
from imu.report.metrics import spaced
from imu.training.evidence import Evidence, as_shown


def evidence(found: Evidence) -> str | None:
    """`26.6 ± 0.1 min, compared with 20.0 min (stage 3). Runs: 1.` None where nothing was compared."""
    shown = as_shown(found)
    if shown is None:
        return None

    def rounded(value: float) -> str:
        return numbers.number(value, shown.decimals)

    unit = spaced(spoken(shown.unit))
    error = f" ± {rounded(shown.uncertainty)}" if shown.uncertainty else ""
    value = f"{rounded(shown.value)}{error}{unit}"
    against = spoken(found.compared_with)
    count = f"{begun(spoken(found.counted))}: {found.n}"
    if shown.reference is None:
        return _("{value} ({against}). {count}.", value=value, against=against, count=count)
    return _(
        "{value}, compared with {reference} ({against}). {count}.",
        value=value,
        reference=f"{rounded(shown.reference)}{unit}",
        against=against,
        count=count,
    )


def kept(warning: Mapping[str, Any]) -> Evidence:
    """What a warning of a standing (`imu.followup.standing`) rests on."""
    return Evidence(**{one.name: warning[one.name] for one in fields(Evidence)})
