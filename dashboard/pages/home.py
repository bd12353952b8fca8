"""The first page: where somebody of this role begins."""

from dash import Dash, Input, Output, dcc
from dash.development.base_component import Component

from dashboard import desk, ids
from dashboard.components.page import page
from dashboard.pages.route import Page

_BEGINS = {"runner": "/today", "coach": "/squad", "clinician": "/squad", "admin": "/admin"}


def layout(**_query: str) -> Component:
    return page("Restride", ids.content("home"))


def register(app: Dash) -> None:
    @app.callback(Output(ids.content("home"), "children"), Input(ids.content("home"), "id"))
    def show(_at: dict[str, str]) -> Component:
        return dcc.Location(id="begins-at", href=_BEGINS[desk.viewer().role], refresh="callback-nav")


PAGES = (Page(path="/", title="Restride", layout=layout),)
