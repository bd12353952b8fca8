"""Angles of a run beside the runner's own range, and where in the run a change began."""

from collections.abc import Sequence

import dash_mantine_components as dmc
import numpy as np
from dash.development.base_component import Component

from dashboard.components.rests_on import rests_on
from dashboard.text import _, ngettext, numbers
from dashboard.text.analysis_words import analysed
from dashboard.text.rules import spoken
from imu.training.evidence import Evidence
from imu.training.usual_range import UsualRange


def beside_usual(
    seen: UsualRange, median: float | None, *, sign: int = 1, is_sound: bool = True
) -> Component:
    """The run's own median, large, as lists and reports tell it; and how far from usual its segments were.

    is_sound: whether the sensor that told it is to be trusted.
    """
    if not len(seen.value_deg) or median is None:
        why = _("not measured") if is_sound else _("not judged: its sensor is not to be trusted in this run")
        return dmc.Text(why, c="dimmed")
    known = np.isfinite(seen.expected_deg)
    rest = None
    if known.any():
        usual = float(np.median(sign * seen.expected_deg[known]))  # in the middle of the range
        change = float(np.median(sign * (seen.value_deg - seen.expected_deg)[known]))
        half = float(np.median(seen.half_deg[known]))
        rest = _(
            "{change}° against your usual, which is {least} to {most}° at this speed",
            change=numbers.signed(change, 1),
            least=numbers.number(usual - half, 1),
            most=numbers.number(usual + half, 1),
        )
    value = dmc.Text(
        f"{numbers.number(median, 1)}°",
        fz=24,
        fw=650,
        lh=1.1,
        style={"fontVariantNumeric": "tabular-nums"},
    )
    return dmc.Group([value, dmc.Text(rest, size="sm", c="dimmed")], gap="sm", align="baseline")


def range_words(seen: UsualRange) -> str:
    """One sentence below the chart: what the band is, or why there is none."""
    if seen.not_judged is not None:
        return _("Not compared: {why}.", why=spoken(seen.not_judged))
    words = ngettext(
        "Grey: where about 19 of 20 stretches of {number} usual run lie, at the speed of that minute.",
        "Grey: where about 19 of 20 stretches of your {number} usual runs lie, at the speed of that minute.",
        seen.runs,
    )
    if seen.unknown:
        what = ", ".join(map(spoken, seen.unknown))
        words = f"{words} {_('What this setting changes is not known: {what}.', what=what)}"
    return words


def onset(evidence: Evidence | None, why_not: str | None, noticed: Sequence[str]) -> Sequence[Component]:
    """Where an increase began within the run, with what to do; or why that cannot be told. noticed: what the
    analysis says of the same angle, which looks both ways and needs no baseline."""
    if evidence is not None:
        return [
            dmc.Alert(
                dmc.Stack(rests_on(evidence, to_do=True), gap=2),
                title=spoken(evidence.sentence),
                color="orange",
                variant="outline",
            )
        ]
    if why_not is None:
        judged = dmc.Text(_("No increase since minutes 5 to 8 of running, at matched speed."), size="sm")
    else:
        words = _("Change within the run: not judged, {why}.", why=spoken(why_not))
        judged = dmc.Text(words, size="sm", c="dimmed")
    return [judged, *(dmc.Text(analysed(one), size="sm") for one in noticed)]
