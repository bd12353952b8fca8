"""The top of a run's page: when, how far, how fast, and whether the recording can be trusted."""

from typing import Literal

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.components.explained import explained
from dashboard.text import N_, _, numbers
from dashboard.text.analysis_words import distrusted
from imu.analysis.trust import TOLD
from imu.followup.one_run import OneRun
from imu.report.clock import clock
from imu.report.metrics import SPEED
from imu.training.history import Run, Trust

TRUST = (  # `TOLD`, for the catalogue
    N_("Good recording"),
    N_("Usable recording"),
    N_("Counts as load only"),
)
_TRUST = {  # symbol and colour; the words are beside them
    "good": ("✓", "teal"),
    "usable": ("≈", "yellow"),
    "poor": ("!", "orange"),
}


def trust_words(trust: Trust) -> str:
    """Whether a recording can be judged, in four words or fewer."""
    return _(TOLD[trust])


def surface_words(surface: str) -> str:
    words = {
        "road": _("road"),
        "track": _("track"),
        "trail": _("trail"),
        "grass": _("grass"),
        "treadmill": _("treadmill"),
    }
    return words[surface]


def trust_badge(run: Run, *, size: Literal["sm", "lg"] = "lg") -> Component:
    """Trust as word, symbol and colour."""
    symbol, colour = _TRUST[run.trust]
    return dmc.Badge(trust_words(run.trust), leftSection=symbol, color=colour, variant="outline", size=size)


def trust_short(run: Run) -> Component:
    """The same for lists: only what is not as it should be stands out."""
    if run.trust == "good":
        return dmc.Text(_("good"), size="sm", c="dimmed")
    symbol, colour = _TRUST[run.trust]
    words = _("usable") if run.trust == "usable" else _("load only")
    return dmc.Badge(words, leftSection=symbol, color=colour, variant="outline")


def head(found: OneRun) -> Component:
    """Date, facts, and the size of the run in four numbers."""
    run = found.run
    is_of_watch = any(watch.alone for watch in found.watches)
    facts = [_fact(_("told by a watch")) if is_of_watch else trust_badge(run)]
    if run.surface:
        facts.append(_fact(surface_words(run.surface)))
    if run.shoe:
        facts.append(_fact(run.shoe))
    if found.athlete.simulated:
        facts.append(_fact(_("simulated")))
    told = () if run.trust == "good" or is_of_watch else run.untrusted_because
    because = [dmc.Text(distrusted(one), size="sm") for one in told]
    way = dmc.Anchor(
        _("All runs"), href=f"/athlete/{found.athlete.athlete_id}/runs", size="sm", underline="hover"
    )
    return dmc.Stack(
        [
            way,
            dmc.Title(numbers.day(run.start), order=2, size="h2"),
            dmc.Group(facts, gap="xs"),
            *because,
            dmc.SimpleGrid(_tiles(run), cols={"base": 2, "sm": 4}, spacing="md", mt="xs"),
        ],
        gap="sm",
    )


def _fact(words: str) -> Component:
    return dmc.Badge(words, variant="default", size="lg", fw=500)


def _tiles(run: Run) -> list[Component]:
    speed = run.distance_m / run.running_s if run.distance_m and run.running_s else None
    recorded = _("of {time} recorded", time=clock(run.duration_s))
    effort = run.effort_cr10
    beside = _("{time} of it told by the watch alone", time=clock(run.running_beside_s))
    return [
        tile(_("Running"), clock(run.running_s), beside if run.running_beside_s >= 1 else recorded),
        tile(_("Distance"), numbers.distance(run.distance_m, 2), numbers.distance_unit()),
        tile(
            explained(SPEED.column, _("Pace")),
            numbers.pace(speed),
            numbers.pace_unit(),
        ),
        tile(
            _("Effort"),
            None if effort is None else numbers.number(effort, 0 if effort == round(effort) else 1),
            _("not told") if effort is None else _("of 10"),
        ),
    ]


def tile(name: str | Component, value: str | None, detail: str) -> Component:
    """One number that is read from afar, and what it is; a name that is explained comes as a component."""
    return html.Div(
        [
            dmc.Text(name, size="sm", c="dimmed"),
            dmc.Text(value or "–", fz=28, fw=650, lh=1.15, style={"fontVariantNumeric": "tabular-nums"}),
            dmc.Text(detail, size="sm", c="dimmed"),
        ]
    )
