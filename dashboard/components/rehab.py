"""The exercises of today with their dose, to be ticked off."""

from collections.abc import Callable, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.components.section import section
from dashboard.text import _
from dashboard.text.rules import spoken
from imu.training.programme import Planned, When
from imu.training.rehab import dose_amount, dose_name

Id = dict[str, Any]
_ORDER: tuple[When, ...] = ("overdue", "due", "before a run", "done", "later", "waits for a clinician")


def programme(
    planned: Sequence[Planned], done: Callable[[str], Id] | None, *, agreed: str | None
) -> Component | None:
    """Each exercise with what is asked of it today; `done` makes the id of its button. agreed: whose word
    opened those that need a clinician's."""
    if not planned:
        return None
    rows = [_row(one, done) for one in sorted(planned, key=lambda one: _ORDER.index(one.when))]
    lead = None
    if agreed is not None and any(one.dose.needs_clinician for one in planned):
        lead = _("Exercises that need a clinician's word: agreed, {whose}.", whose=spoken(agreed))
    if waits := next((one.waits_because for one in planned if one.waits_because), None):
        lead = spoken(waits)
    return section(_("Exercises for today"), *rows, lead=lead)


def _row(one: Planned, done: Callable[[str], Id] | None) -> Component:
    name = dmc.Text(spoken(dose_name(one.dose)), fw=600)
    amount = dmc.Text(spoken(dose_amount(one.dose)), size="sm", c="dimmed")
    words = html.Div([name, amount], style={"flex": "1 1 11rem", "minWidth": 0})
    # What was done before they had to wait, or all the same, can be told.
    press = done is not None and (
        one.waits_because is not None or one.when in ("overdue", "due", "before a run", "later")
    )
    button = (
        dmc.Button(_("Done"), id=done(one.dose.id), variant="default", size="xs", style={"flexShrink": 0})
        if press and done
        else None
    )
    state = dmc.Text(_when(one), size="sm", ta="right", fw=600 if one.when in ("overdue", "due") else 400)
    aside = dmc.Group(
        [part for part in (state, button) if part],
        gap="xs",
        wrap="nowrap",
        justify="flex-end",
        miw="fit-content",
        ml="auto",
    )
    # On a phone a long state stands below the name and not in its place.
    return dmc.Group([words, aside], justify="space-between", gap="xs", className="row")


def _when(one: Planned) -> str:
    times = {"done": one.done, "asked": one.asked or 1}
    return {
        "overdue": _("overdue, {done} of {asked}", **times),
        "due": _("due, {done} of {asked}", **times),
        "done": "✓ " + _("done"),
        "later": _("not today"),
        "before a run": _("before a run"),
        "waits for a clinician": _("waits for a clinician"),
    }[one.when]
