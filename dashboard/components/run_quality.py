"""How good the data of a run are, and what was not judged."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash.development.base_component import Component

from dashboard.components.section import section
from dashboard.text import _, ngettext, numbers
from dashboard.text.analysis_words import analysed, stride_flag
from dashboard.text.measures import place_name
from imu.analysis.withheld import NotTold, as_told, not_told
from imu.report.begun import begun
from imu.report.closing import percent
from imu.report.metrics import spaced

_GRADES = {"good": ("✓", "teal"), "fair": ("≈", "yellow"), "poor": ("!", "orange")}


def quality(summary: Mapping[str, Any], *, flags: Mapping[str, int], strides: int) -> Component:
    """Sensor by sensor: grade, lost samples, how it sat; then what kept strides out, and what is absent."""
    sensors = [_sensor(place, facts) for place, facts in summary["sensors"].items()]
    return section(
        _("How good the data are"),
        dmc.SimpleGrid(sensors, cols={"base": 1, "xs": 2, "md": 3}, spacing="md"),
        *_withheld(not_told(summary)),
        _flagged(flags, strides),
        _warned(as_told(summary)["warnings"], is_whole=not not_told(summary)),
        _absent(summary["not_judged"]),
        dmc.Text(
            _(
                "Analysed by version {version}; what was recorded is kept as it was.",
                version=summary["version"],
            ),
            size="sm",
            c="dimmed",
        ),
    )


def _sensor(place: str, facts: Mapping[str, Any]) -> Component:
    symbol, colour = _GRADES.get(facts["grade"], ("?", "gray"))
    words = {"good": _("good"), "fair": _("fair"), "poor": _("poor")}
    alignment = facts["alignment"]
    lines = [
        (_("Lost samples"), _share(facts["missing_share"])),
        (_("Longest gap"), _seconds(facts["longest_gap_s"]) if facts.get("longest_gap_s") else _("none")),
        (_("Rate"), f"{facts['rate_hz']:.0f} Hz"),
        (_("Clipped"), _share(facts["clipped_share"])),
        (
            _("How it sat"),
            words.get(alignment["grade"], alignment["grade"]) if alignment else _("not aligned"),
        ),
        (_("Strap slipped"), _times(alignment["mount_shifts"] if alignment else 0)),
    ]
    return dmc.Paper(
        dmc.Stack(
            [
                dmc.Group(
                    [
                        dmc.Text(place_name(place), fw=600),
                        dmc.Badge(
                            words.get(facts["grade"], facts["grade"]),
                            leftSection=symbol,
                            color=colour,
                            variant="outline",
                        ),
                    ],
                    justify="space-between",
                ),
                *(
                    dmc.Group(
                        [dmc.Text(name, size="sm", c="dimmed"), dmc.Text(value, size="sm")],
                        justify="space-between",
                        gap="xs",
                    )
                    for name, value in lines
                ),
                *(dmc.Text(analysed(sentence), size="sm") for sentence in facts["sentences"]),
            ],
            gap=4,
        ),
        withBorder=True,
        p="md",
    )


def _withheld(found: Sequence[NotTold]) -> list[Component]:
    """What the files for other programs do not tell, which would show it without a mark."""
    if not found:
        return []
    of_each = (
        _("pelvic drop, tilt and vertical oscillation")
        if one.placement == "pelvis"
        else _("angles and impact ({sensor})", sensor=place_name(one.placement))
        for one in found
    )
    words = _(
        "Not to be trusted here, so that neither this page nor the activity (FIT) tells them: {measures}. "
        "The table of strides has them, with their flags.",
        measures="; ".join(of_each),
    )
    return [dmc.Text(words, size="sm")]


def _share(share: float) -> str:
    return percent(share).replace(".", numbers.decimal_sign()) if share else _("none")


def _seconds(seconds: float) -> str:
    return f"{numbers.number(seconds, 2)}{spaced('s')}"


def _times(number: int) -> str:
    return ngettext("{number} time", "{number} times", number) if number else _("no")


def _flagged(flags: Mapping[str, int], strides: int) -> Component:
    if not flags:
        return dmc.Text(
            ngettext("{number} stride, none with a doubt.", "{number} strides, none with a doubt.", strides),
            size="sm",
        )
    told = " · ".join(f"{stride_flag(word)}: {count}" for word, count in flags.items())
    return dmc.Text(
        _("{strides} strides, of them with a doubt: {flags}", strides=strides, flags=told), size="sm"
    )


def _warned(found: Sequence[Mapping[str, Any]], *, is_whole: bool) -> Component:
    """is_whole: whether every sensor's changes are told."""
    lines = [dmc.Text(analysed(one["sentence"]), size="sm") for one in found]
    if not (lines or is_whole):
        words = _("No change is told; what a sensor measured that is not to be trusted is left out.")
        return dmc.Text(words, size="sm")
    if not lines:
        return dmc.Text(_("The analysis marked nothing in this run as changed."), size="sm")
    return dmc.Stack([dmc.Text(_("What the analysis noticed"), fw=600, size="sm"), *lines], gap=4)


def _absent(found: Sequence[Mapping[str, Any]]) -> Component:
    if not found:
        return dmc.Text(_("The analysis could measure everything that the worn sensors show."), size="sm")
    lines = [
        dmc.Text(
            [dmc.Text(begun(analysed(one["what"])), span=True, fw=600), ": ", analysed(one["why"])], size="sm"
        )
        for one in found
    ]
    return dmc.Stack([dmc.Text(_("Not judged, and why"), fw=600, size="sm"), *lines], gap=4)
