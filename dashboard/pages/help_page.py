"""What every number and word means."""

from dash import Dash, Input, Output
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components.glossary import glossary
from dashboard.components.page import page
from dashboard.pages.route import Page
from dashboard.text import N_, _


def layout(**_query: str) -> Component:
    return page(_("Help"), ids.content("help"))


def register(app: Dash) -> None:
    @app.callback(Output(ids.content("help"), "children"), Input(ids.content("help"), "id"))
    def show(_at: dict[str, str]) -> Component:
        return glossary()


PAGES = (Page(path="/help", title=N_("Help"), layout=layout, in_navigation=True),)
