"""An account's ways in: browsers that are signed in, a second step, and devices that upload."""

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from flask import session

from dashboard import desk, ids, second_step
from dashboard.components.section import rows, said, secret, section
from dashboard.text import _
from imu.errors import StoreError
from imu.store import Account
from imu.store.passwords import fits

PARTS = ("second-step", "browsers", "devices")
_PENDING = "second step"  # in the cookie: shown to its owner, and not believed until a code proves it


def password_is_wrong(account: Account, typed: Any) -> str | None:
    """Why what was typed does not prove who is there; tries count as at the sign-in page."""
    sign_ins = desk.store().sign_ins
    if sign_ins.attempt(account.name) is not None:
        return _("Too many tries. Wait for a quarter of an hour.")
    if not fits(str(typed or ""), sign_ins.password_hash(account.name)):
        return _("This is not your password.")
    sign_ins.succeeded(account.name)
    return None


def register(app: Dash) -> None:
    _register_second_step(app)
    _register_browsers(app)
    _register_devices(app)


def _register_second_step(app: Dash) -> None:
    @app.callback(Output(ids.content("second-step"), "children"), Input(ids.content("second-step"), "id"))
    def show(_at: dict[str, Any]) -> Component:
        return _second_step()

    @app.callback(
        Output(ids.content("second-step"), "children", allow_duplicate=True),
        Input(ids.control("second-step", "act", key=ALL), "n_clicks"),
        State(ids.control("second-step", "typed", key=ALL), "value"),
        prevent_initial_call=True,
    )
    def act(clicks: list[int | None], typed: list[str | None]) -> Component:
        if not any(clicks):
            raise PreventUpdate
        account, profiles = desk.viewer(), desk.store().profiles
        word = str((typed or [""])[0] or "")
        match ctx.triggered_id["key"]:
            case "begin" if profiles.second_step(account) is None:
                session[_PENDING] = second_step.new_secret()
                return _second_step()
            case "confirm" if _PENDING in session and profiles.second_step(account) is None:
                step = second_step.step_of(word, session[_PENDING], now=desk.store().now())
                if step is None:
                    return _second_step(wrong=_("This is not the code of now. Wait for the next one."))
                profiles.set_second_step(account, session.pop(_PENDING), used=step)
                return _second_step(done=_("From now on signing in asks for a code of your phone too."))
            case "remove":
                if wrong := password_is_wrong(account, word):
                    return _second_step(wrong=wrong)
                profiles.set_second_step(account, None)
                return _second_step(done=_("Signing in asks for the password only."))
        session.pop(_PENDING, None)
        return _second_step()


def _second_step(*, wrong: str = "", done: str | None = None) -> Component:
    title, key = _("Second step"), "act"
    if desk.store().profiles.second_step(desk.viewer()) is not None:
        typed = dmc.PasswordInput(
            id=ids.control("second-step", "typed"), label=_("Your password now"), error=wrong, maw=400
        )
        button = dmc.Button(
            _("Remove"), id=ids.control("second-step", key, key="remove"), variant="outline", color="orange"
        )
        words = _("Signing in asks for a code of your phone. Without the phone an administrator can help.")
        return section(title, words, said(done), typed, dmc.Group(button))
    if _PENDING not in session:
        words = _("An app on your phone shows six digits that change. A password alone opens nothing then.")
        button = dmc.Button(_("Set up"), id=ids.control("second-step", key, key="begin"), variant="outline")
        return section(title, words, said(done), dmc.Group(button))
    picture = second_step.picture(session[_PENDING], name=desk.viewer().name)
    typed = dmc.TextInput(
        id=ids.control("second-step", "typed"),
        label=_("The six digits that it shows"),
        error=wrong,
        maw=240,
        inputProps={"inputMode": "numeric"},
    )
    buttons = [
        dmc.Button(_("Confirm"), id=ids.control("second-step", key, key="confirm")),
        dmc.Button(
            _("Not now"), id=ids.control("second-step", key, key="stop"), variant="subtle", color="gray"
        ),
    ]
    return section(
        title,
        _("Read this picture with an authenticator app, or type the key into it."),
        html.Img(src=picture, alt=_("QR code of the key"), width=200, height=200),
        dmc.Code(session[_PENDING], style={"overflowWrap": "anywhere"}),
        typed,
        dmc.Group(buttons),
    )


def _register_browsers(app: Dash) -> None:
    @app.callback(Output(ids.content("browsers"), "children"), Input(ids.content("browsers"), "id"))
    def show(_at: dict[str, Any]) -> Component:
        return _browsers()

    @app.callback(
        Output(ids.content("browsers"), "children", allow_duplicate=True),
        Input(ids.control("browsers", "end", key=ALL), "n_clicks"),
        prevent_initial_call=True,
    )
    def end(clicks: list[int | None]) -> Component:
        if not any(clicks):
            raise PreventUpdate
        account, sign_ins = desk.viewer(), desk.store().sign_ins
        which = str(ctx.triggered_id["key"])
        if which == "others":
            sign_ins.end_others(account, keep=desk.browser())
            return _browsers(_("Every other browser is signed out."))
        try:
            sign_ins.end_browser(account, which)
        except StoreError:
            return _browsers(_("It was signed out already."))
        return _browsers(_("It is signed out."))


def _browsers(done: str | None = None) -> Component:
    known = desk.store().sign_ins.browsers(desk.viewer(), this=desk.browser())
    body = [
        [
            dmc.Text(_short(one.agent), size="sm", fw=600 if one.is_this else 400),
            f"{one.seen_at:%Y-%m-%d %H:%M}",
            dmc.Badge(_("this one"), variant="outline")
            if one.is_this
            else dmc.Button(
                _("Sign out"),
                id=ids.control("browsers", "end", key=one.key),
                size="compact-sm",
                variant="subtle",
            ),
        ]
        for one in known
    ]
    all_others = dmc.Button(
        _("Sign out all others"), id=ids.control("browsers", "end", key="others"), variant="outline"
    )
    return section(
        _("Where you are signed in"),
        None,
        rows((_("Browser"), _("Last used"), ""), body),
        dmc.Group(all_others) if len(known) > 1 else None,
        said(done),
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


def _register_devices(app: Dash) -> None:
    @app.callback(Output(ids.content("devices"), "children"), Input(ids.content("devices"), "id"))
    def show(_at: dict[str, Any]) -> Component:
        return _devices()

    @app.callback(
        Output(ids.content("devices"), "children", allow_duplicate=True),
        Input(ids.control("devices", "act", key=ALL), "n_clicks"),
        State(ids.control("devices", "name"), "value"),
        prevent_initial_call=True,
    )
    def act(clicks: list[int | None], name: str | None) -> Component:
        if not any(clicks):
            raise PreventUpdate
        account, sign_ins = desk.viewer(), desk.store().sign_ins
        which = str(ctx.triggered_id["key"])
        try:
            if which == "add":
                return _devices(token=sign_ins.make_token(account, str(name or "")))
            sign_ins.revoke_token(account, which)
        except StoreError as error:
            return _devices(wrong=str(error))
        return _devices(done=_("It can no longer upload."))


def _devices(*, token: str | None = None, wrong: str = "", done: str | None = None) -> Component:
    body = [
        [
            one.name,
            f"{one.made_at:%Y-%m-%d}",
            f"{one.used_at:%Y-%m-%d %H:%M}" if one.used_at else _("never"),
            dmc.Button(
                _("Remove"),
                id=ids.control("devices", "act", key=one.token_id),
                size="compact-sm",
                variant="subtle",
            ),
        ]
        for one in desk.store().sign_ins.devices(desk.viewer())
    ]
    name = dmc.TextInput(
        id=ids.control("devices", "name"), label=_("Name of the device"), error=wrong, value="", maw=400
    )
    shown = token and secret(
        _("Give this key to `restride push --login` on the device. It is shown this once."), token, _("Copy")
    )
    return section(
        _("Devices"),
        _("A laptop with your sensors uploads runs with a key of its own, without your password."),
        rows((_("Device"), _("Added"), _("Last used"), ""), body) if body else None,
        name,
        dmc.Group(dmc.Button(_("Add"), id=ids.control("devices", "act", key="add"), variant="outline")),
        shown or None,
        said(done),
    )
