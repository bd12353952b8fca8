"""What a judgement rests on, in one line: the same words as on a page of the dashboard."""

from typing import TYPE_CHECKING

from imu.report.begun import begun

if TYPE_CHECKING:
    from imu.training.evidence import Evidence


def rests_on(found: "Evidence") -> str | None:
    """`26.6 ± 0.1 min, compared with 20.0 min (stage 3). Runs: 1.` None where nothing was compared."""
    from imu.report.metrics import spaced
    from imu.training.evidence import as_shown

    shown = as_shown(found)
    if shown is None:
        return None
    unit, decimals = spaced(shown.unit), shown.decimals
    error = f" ± {shown.uncertainty:.{decimals}f}" if shown.uncertainty else ""
    against = "" if shown.reference is None else f", compared with {shown.reference:.{decimals}f}{unit}"
    counted = f"{begun(found.counted)}: {found.n}"
    return f"{shown.value:.{decimals}f}{error}{unit}{against} ({found.compared_with}). {counted}."
