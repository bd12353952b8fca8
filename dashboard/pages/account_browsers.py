"""Where an account is signed in, and how a browser is signed out from afar."""

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, ctx
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard import desk, ids
from dashboard.components.outcome import outcome
from dashboard.components.section import section, table
from dashboard.text import _, numbers
from imu.errors import StoreError

PART = "browsers"


def register(app: Dash) -> None:
    @app.callback(Output(ids.content(PART), "children"), Input(ids.content(PART), "id"))
    def show(_at: dict[str, Any]) -> Component:
        return _shown()

    @app.callback(
        Output(ids.content(PART), "children", allow_duplicate=True),
        Input(ids.control(PART, "end", key=ALL), "n_clicks"),
        prevent_initial_call=True,
    )
    def end(clicks: list[int | None]) -> Component:
        if not any(clicks):
            raise PreventUpdate
        account, sign_ins = desk.viewer(), desk.store().sign_ins
        which = str(ctx.triggered_id["key"])
        if which == "others":
            sign_ins.end_others(account, keep=desk.browser())
            return _shown(_("Every other browser is signed out."))
        try:
            sign_ins.end_browser(account, which)
        except StoreError:
            return _shown(_("It was signed out already."))
        return _shown(_("It is signed out."))


def _shown(done: str | None = None) -> Component:
    known = desk.store().sign_ins.browsers(desk.viewer(), this=desk.browser())
    body = [
        [
            dmc.Text(_short(one.agent), size="sm", fw=600 if one.is_this else 400),
            numbers.moment(one.seen_at),
            dmc.Badge(_("this one"), variant="outline")
            if one.is_this
            else dmc.Button(
                _("Sign out"),
                id=ids.control(PART, "end", key=one.key),
                size="compact-sm",
                variant="subtle",
            ),
        ]
        for one in known
    ]
    all_others = dmc.Button(
        _("Sign out all others"), id=ids.control(PART, "end", key="others"), variant="outline"
    )
    return section(
        _("Where you are signed in"),
        table((_("Browser"), _("Last used"), ""), body, least_width=0),
        dmc.Group(all_others) if len(known) > 1 else None,
        outcome(done),
    )


def _short(agent: str | None) -> str:
    """A browser's and a system's name out of what a browser says of itself."""
    said_of_itself = agent or ""
    browsers = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
    systems = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")
    names = {"Edg": "Edge", "OPR": "Opera", "Macintosh": "Mac"}
    found = [
        names.get(word, word)
        for kind in (browsers, systems)
        if (word := next((one for one in kind if one in said_of_itself), None))
    ]
    return ", ".join(found) or said_of_itself[:40] or _("unknown")
