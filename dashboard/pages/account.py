"""The account: password, language and units; its other parts stand in modules of their own."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard import desk, ids
from dashboard.components.outcome import outcome
from dashboard.components.section import section
from dashboard.components.states import loading
from dashboard.pages import account_browsers, account_devices, account_second_step
from dashboard.pages.route import Page
from dashboard.proof import password_is_wrong
from dashboard.text import N_, _
from imu.errors import StoreError
from imu.store.passwords import LONGEST, SHORTEST, hashed

_WAYS_IN = (account_second_step, account_browsers, account_devices)
_CHANGED = N_(
    "The password is changed. Other browsers have to sign in again; devices keep their keys: "
    "remove below what you do not know."
)
_PARTS = ("password", "settings", *(one.PART for one in _WAYS_IN))


def layout(**_query: str) -> Component:
    parts = [html.Div(loading(120), id=ids.content(one)) for one in _PARTS]
    return dmc.Stack([dmc.Title(_("Account"), order=1, size="h2"), *parts], gap="lg", maw=820)


def register(app: Dash) -> None:
    @app.callback(Output(ids.content("password"), "children"), Input(ids.content("password"), "id"))
    def show_password(_at: dict[str, Any]) -> Component:
        return _password()

    @app.callback(
        Output(ids.content("password"), "children", allow_duplicate=True),
        Input(ids.control("password", "change"), "n_clicks"),
        State(ids.control("password", "old"), "value"),
        State(ids.control("password", "new"), "value"),
        State(ids.control("password", "again"), "value"),
        prevent_initial_call=True,
    )
    def change_password(clicks: int | None, old: str | None, new: str | None, again: str | None) -> Component:
        if not clicks:
            raise PreventUpdate
        store, account = desk.store(), desk.viewer()
        if new != again:
            return _password(again_wrong=_("The two are not the same."))
        if wrong := password_is_wrong(account, old):
            return _password(old_wrong=wrong)
        try:
            store.sign_ins.set_password_hash(account.name, hashed(str(new or "")), keep=desk.browser())
        except StoreError:
            told = _("A password has {least} to {most} characters.", least=SHORTEST, most=LONGEST)
            return _password(new_wrong=told)
        return _password(done=_(_CHANGED))

    @app.callback(Output(ids.content("settings"), "children"), Input(ids.content("settings"), "id"))
    def show_settings(_at: dict[str, Any]) -> Component:
        account = desk.viewer()
        return _settings(account.language, account.units)

    @app.callback(
        Output(ids.content("settings"), "children", allow_duplicate=True),
        Input(ids.control("settings", "keep"), "n_clicks"),
        State(ids.control("settings", "language"), "value"),
        State(ids.control("settings", "units"), "value"),
        prevent_initial_call=True,
    )
    def keep_settings(clicks: int | None, language: Any, units: Any) -> Component:
        if not clicks:
            raise PreventUpdate
        account = desk.viewer()
        try:
            desk.store().profiles.choose(account, language=str(language or "") or None, units=units)
        except StoreError:
            return _settings(account.language, account.units, wrong=_("Choose one of each."))
        return _settings(language or None, units, done=_("Kept. The next page that you load follows it."))

    for part in _WAYS_IN:
        part.register(app)


def _password(
    *, old_wrong: str = "", new_wrong: str = "", again_wrong: str = "", done: str | None = None
) -> Component:
    def field(name: str, label: str, wrong: str, use: str) -> Component:
        return dmc.PasswordInput(
            id=ids.control("password", name), label=label, error=wrong, autoComplete=use, value=""
        )

    fields = [
        field("old", _("Your password now"), old_wrong, "current-password"),
        field("new", _("New password"), new_wrong, "new-password"),
        field("again", _("New password once more"), again_wrong, "new-password"),
    ]
    return section(
        _("Password"),
        dmc.Stack(fields, gap="sm", maw=400),
        dmc.Group(dmc.Button(_("Change"), id=ids.control("password", "change"))),
        outcome(done),
        lead=_("At least {least} characters. A few words in a row are good.", least=SHORTEST),
    )


def _settings(
    language: str | None, units: str, *, done: str | None = None, wrong: str | None = None
) -> Component:
    languages = [
        {"value": "", "label": _("As the browser")},
        {"value": "en", "label": "English"},
        {"value": "de", "label": "Deutsch"},
    ]
    lengths = [{"value": "km", "label": "km, min/km"}, {"value": "mi", "label": "mi, min/mi"}]

    def choice(name: str, label: str, data: list[dict[str, str]], value: str) -> Component:
        control = dmc.SegmentedControl(id=ids.control("settings", name), data=data, value=value)
        return dmc.Stack([dmc.Text(label, size="sm", fw=500), control], gap=4)

    chosen = [
        choice("language", _("Language"), languages, language or ""),
        choice("units", _("Distance and pace"), lengths, units),
    ]
    return section(
        _("Language and units"),
        dmc.Group(chosen, gap="xl"),
        dmc.Group(dmc.Button(_("Keep"), id=ids.control("settings", "keep"))),
        outcome(done, wrong=wrong),
    )


PAGES = (Page(path="/account", title=N_("Account"), layout=layout, in_navigation=True),)
