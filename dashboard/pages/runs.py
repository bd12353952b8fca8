"""All runs of an athlete, the latest first."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output
from dash.development.base_component import Component

from dashboard import desk, ids
from dashboard.components.page import page
from dashboard.components.states import empty
from dashboard.pages.route import WITH_ATHLETES, Page
from dashboard.text import N_, _


def layout(athlete_id: str = "", **_query: str) -> Component:
    return page(_("Runs"), ids.content("runs", athlete_id))


def register(app: Dash) -> None:
    @app.callback(
        Output(ids.content("runs", ids.MATCH), "children"), Input(ids.content("runs", ids.MATCH), "id")
    )
    def show(at: dict[str, Any]) -> Component:
        with desk.looking() as repository:
            athlete = repository.sharing.athlete(at["of"] or None)
            listed = repository.runs.listed(athlete.athlete_id)
        if not listed:
            return empty(_("No run yet"), _("Record one with your sensors, or sync what they hold."))
        return dmc.Stack([dmc.Text(f"{one.run.start:%Y-%m-%d}") for one in reversed(listed)])


PAGES = (
    Page(path="/runs", title=N_("Runs"), layout=layout, roles=("runner",), in_navigation=True),
    Page(path="/athlete/<athlete_id>/runs", title=N_("Runs"), layout=layout, roles=WITH_ATHLETES),
)
