"""A second step of signing in: the password begins and ends it, and a code proves the phone."""

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from flask import session

from dashboard import desk, ids, second_step
from dashboard.components.outcome import outcome
from dashboard.components.section import section
from dashboard.proof import password_is_wrong
from dashboard.text import _

PART = "second-step"
_PENDING = "second step"  # in the cookie: shown to its owner, and not believed until a code proves it


def register(app: Dash) -> None:
    @app.callback(Output(ids.content(PART), "children"), Input(ids.content(PART), "id"))
    def show(_at: dict[str, Any]) -> Component:
        return _shown()

    @app.callback(
        Output(ids.content(PART), "children", allow_duplicate=True),
        Input(ids.control(PART, "act", key=ALL), "n_clicks"),
        State(ids.control(PART, "typed", key=ALL), "value"),
        prevent_initial_call=True,
    )
    def act(clicks: list[int | None], typed: list[str | None]) -> Component:
        if not any(clicks):
            raise PreventUpdate
        account, profiles = desk.viewer(), desk.store().profiles
        word = str((typed or [""])[0] or "")
        match ctx.triggered_id["key"]:
            case "begin" if profiles.second_step(account) is None:
                if wrong := password_is_wrong(account, word):
                    return _shown(wrong=wrong)
                session[_PENDING] = second_step.new_secret()
                return _shown()
            case "confirm" if _PENDING in session and profiles.second_step(account) is None:
                step = second_step.step_of(word, session[_PENDING], now=desk.store().now())
                if step is None:
                    return _shown(wrong=_("This is not the code of now. Wait for the next one."))
                profiles.set_second_step(account, session.pop(_PENDING), used=step)
                return _shown(done=_("From now on signing in asks for a code of your phone too."))
            case "remove":
                if wrong := password_is_wrong(account, word):
                    return _shown(wrong=wrong)
                profiles.set_second_step(account, None)
                return _shown(done=_("Signing in asks for the password only."))
        session.pop(_PENDING, None)
        return _shown()


def _shown(*, wrong: str = "", done: str | None = None) -> Component:
    if desk.store().profiles.second_step(desk.viewer()) is not None:
        return _taken(wrong, done)
    return _to_confirm(wrong) if _PENDING in session else _offered(wrong, done)


def _offered(wrong: str, done: str | None) -> Component:
    return section(
        _("Second step"),
        outcome(done),
        _password(wrong),
        dmc.Group(dmc.Button(_("Set up"), id=_press("begin"), variant="outline")),
        lead=_("An app on your phone shows six digits that change. A password alone opens nothing then."),
    )


def _to_confirm(wrong: str) -> Component:
    key = session[_PENDING]
    digits = dmc.TextInput(
        id=ids.control(PART, "typed"),
        label=_("The six digits that it shows"),
        error=wrong,
        maw=240,
        inputProps={"inputMode": "numeric"},
    )
    buttons = [
        dmc.Button(_("Confirm"), id=_press("confirm")),
        dmc.Button(_("Not now"), id=_press("stop"), variant="subtle", color="gray"),
    ]
    picture = second_step.picture(key, name=desk.viewer().name)
    return section(
        _("Second step"),
        html.Img(src=picture, alt=_("QR code of the key"), width=200, height=200),
        dmc.Code(key, style={"overflowWrap": "anywhere"}),
        digits,
        dmc.Group(buttons),
        lead=_("Read this picture with an authenticator app, or type the key into it."),
    )


def _taken(wrong: str, done: str | None) -> Component:
    return section(
        _("Second step"),
        outcome(done),
        _password(wrong),
        dmc.Group(dmc.Button(_("Remove"), id=_press("remove"), variant="outline", color="orange")),
        lead=_("Signing in asks for a code of your phone. Without the phone an administrator can help."),
    )


def _password(wrong: str) -> Component:
    return dmc.PasswordInput(
        id=ids.control(PART, "typed"), label=_("Your password now"), error=wrong, maw=400
    )


def _press(act: str) -> dict[str, Any]:
    return ids.control(PART, "act", key=act)
