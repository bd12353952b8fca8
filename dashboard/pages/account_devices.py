"""Devices that send and read in an account's name, each with a key of its own."""

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard import desk, ids
from dashboard.components.outcome import outcome, secret
from dashboard.components.section import section, table
from dashboard.proof import password_is_wrong
from dashboard.text import _, numbers
from imu.errors import StoreError, StoreTroubleError

PART = "devices"


def register(app: Dash) -> None:
    @app.callback(Output(ids.content(PART), "children"), Input(ids.content(PART), "id"))
    def show(_at: dict[str, Any]) -> Component:
        return _shown()

    @app.callback(
        Output(ids.content(PART), "children", allow_duplicate=True),
        Input(ids.control(PART, "act", key=ALL), "n_clicks"),
        State(ids.control(PART, "name"), "value"),
        State(ids.control(PART, "password"), "value"),
        prevent_initial_call=True,
    )
    def act(clicks: list[int | None], name: Any, password: Any) -> Component:
        if not any(clicks):
            raise PreventUpdate
        account, sign_ins = desk.viewer(), desk.store().sign_ins
        which = str(ctx.triggered_id["key"])
        try:
            if which == "add":
                if unproved := password_is_wrong(account, password):
                    return _shown(unproved=unproved, typed=str(name or ""))
                return _shown(token=sign_ins.make_token(account, str(name or "")))
            sign_ins.revoke_token(account, which)
        except StoreTroubleError:
            raise
        except StoreError as error:
            return _shown(wrong=str(error))
        return _shown(done=_("It no longer opens anything."))


def _shown(
    *,
    token: str | None = None,
    wrong: str = "",
    unproved: str = "",
    typed: str = "",
    done: str | None = None,
) -> Component:
    body = [
        [
            one.name,
            numbers.date_words(one.made_at),
            numbers.moment(one.used_at) if one.used_at else _("never"),
            dmc.Button(
                _("Remove"),
                id=ids.control(PART, "act", key=one.token_id),
                size="compact-sm",
                variant="subtle",
            ),
        ]
        for one in desk.store().sign_ins.devices(desk.viewer())
    ]
    name = dmc.TextInput(
        id=ids.control(PART, "name"), label=_("Name of the device"), error=wrong, value=typed, maw=400
    )
    password = dmc.PasswordInput(
        id=ids.control(PART, "password"), label=_("Your password now"), error=unproved, value="", maw=400
    )
    shown = token and secret(
        _("Give this key to `restride push --login` on the device. It is shown this once."), token, _("Copy")
    )
    return section(
        _("Devices"),
        table((_("Device"), _("Added"), _("Last used"), ""), body) if body else None,
        name,
        password,
        dmc.Group(dmc.Button(_("Add"), id=ids.control(PART, "act", key="add"), variant="outline")),
        shown or None,
        outcome(done),
        lead=_(
            "A laptop with your sensors, or a program, has a key of its own instead of your password: "
            "it sends runs and pain answers, and reads what you see."
        ),
    )
