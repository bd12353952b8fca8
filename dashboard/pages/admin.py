"""Accounts, for an administrator; backups and health stand in `admin_store`. No health data anywhere here."""

import secrets
from typing import Any, cast

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard import desk, ids
from dashboard.components.section import rows, said, secret, section
from dashboard.components.states import loading
from dashboard.pages import admin_store
from dashboard.pages.route import Page
from dashboard.text import _
from imu.errors import Forbidden, StoreError
from imu.store import Repository, Role
from imu.store.accounts import KeptAccount
from imu.store.passwords import hashed

_PART = "accounts"


def layout(**_query: str) -> Component:
    parts = [html.Div(loading(160), id=ids.content(one)) for one in (_PART, *admin_store.PARTS)]
    return dmc.Stack([dmc.Title(_("Administration"), order=1, size="h2"), *parts], gap="lg")


def register(app: Dash) -> None:
    @app.callback(Output(ids.content(_PART), "children"), Input(ids.content(_PART), "id"))
    def show(_at: dict[str, Any]) -> Component:
        with desk.looking() as repository:
            return _shown(repository)

    @app.callback(
        Output(ids.content(_PART), "children", allow_duplicate=True),
        Input(ids.control(_PART, ALL, key=ALL), "n_clicks"),
        State(ids.control("account-form", "name"), "value"),
        State(ids.control("account-form", "role"), "value"),
        State(ids.control("account-form", "who"), "value"),
        State(ids.control("account-form", "outside"), "value"),
        prevent_initial_call=True,
    )
    def act(clicks: list[int | None], name: Any, role: Any, who: Any, outside: Any) -> Component:
        if not any(clicks):
            raise PreventUpdate
        act, key = str(ctx.triggered_id["name"]), str(ctx.triggered_id["key"])
        # Made before the store is opened: hashing takes long, and writers wait for each other.
        password = secrets.token_urlsafe(12)
        kept = hashed(password) if act in ("add", "renew") else ""
        with desk.changing() as repository:
            accounts = repository.accounts
            try:
                match act:
                    case "add":
                        made = accounts.add(str(name or ""), cast("Role", str(role)), password_hash=kept)
                        return _shown(repository, given=(made.name, password))
                    case "renew":
                        renewed = accounts.renew_password(key, password_hash=kept)
                        return _shown(repository, given=(renewed.name, password))
                    case "close":
                        accounts.close(key)
                    case "open":
                        accounts.reopen(key)
                    case "link":
                        accounts.link(str(who or ""), str(outside or ""))
                    case _:
                        accounts.set_role(key, cast("Role", act))
            except Forbidden:
                raise
            except StoreError as error:
                return _shown(repository, wrong=str(error))
            return _shown(repository, done=_("Done."))

    admin_store.register(app)


def _shown(
    repository: Repository,
    *,
    given: tuple[str, str] | None = None,
    done: str | None = None,
    wrong: str | None = None,
) -> Component:
    known = repository.accounts.all()
    own = repository.viewer.account_id
    shown = given and secret(
        _("A password for {name}, for one time. It is shown this once.", name=given[0]), given[1], _("Copy")
    )
    body = [_line(one, is_own=one.account.account_id == own) for one in known]
    return dmc.Stack(
        [
            section(
                _("Accounts"),
                None,
                said(wrong, wrong=True) or said(done),
                shown or None,
                rows((_("Name"), _("Role"), _("Signs in with"), _("State"), ""), body),
            ),
            _form(known),
        ],
        gap="lg",
    )


def _line(one: KeptAccount, *, is_own: bool) -> list[Component | str]:
    account = one.account
    ways = [
        _("password") if one.has_password else None,
        _("second step") if one.has_second_step else None,
        _("identity {outside}", outside=one.outside_id) if one.outside_id else None,
    ]
    is_open = account.disabled_at is None
    state = _("open") if is_open else _("closed {day}", day=f"{account.disabled_at:%Y-%m-%d}")
    badge = dmc.Badge(_roles()[account.role], variant="outline", color="gray")
    ways_told = ", ".join(one for one in ways if one) or _("nothing yet")
    return [account.name, badge, ways_told, state, "" if is_own else _menu(one, is_open=is_open)]


def _menu(one: KeptAccount, *, is_open: bool) -> Component:
    key = one.account.account_id

    def item(name: str, label: str) -> Component:
        return dmc.MenuItem(label, id=ids.control(_PART, name, key=key), n_clicks=0)

    others = [
        item(role, _("Make {role}", role=word)) for role, word in _roles().items() if role != one.account.role
    ]
    items = [
        item("renew", _("New password for one time")),
        *others,
        item("close", _("Close")) if is_open else item("open", _("Open again")),
    ]
    label = _("Change {name}", name=one.account.name)
    target = dmc.Button(_("Change"), size="compact-sm", variant="subtle", **{"aria-label": label})
    return dmc.Menu([dmc.MenuTarget(target), dmc.MenuDropdown(items)], position="bottom-end")


def _form(known: tuple[KeptAccount, ...]) -> Component:
    roles = [{"value": role, "label": word} for role, word in _roles().items()]
    whom = [{"value": one.account.account_id, "label": one.account.name} for one in known]
    add = [
        dmc.TextInput(id=ids.control("account-form", "name"), label=_("Name"), value="", w=220),
        dmc.Select(
            id=ids.control("account-form", "role"), label=_("Role"), data=roles, value="runner", w=160
        ),
        dmc.Button(_("Add an account"), id=ids.control(_PART, "add")),
    ]
    link = [
        dmc.Select(id=ids.control("account-form", "who"), label=_("Account"), data=whom, w=220),
        dmc.TextInput(id=ids.control("account-form", "outside"), label=_("Identity"), value="", w=260),
        dmc.Button(_("Link"), id=ids.control(_PART, "link"), variant="outline"),
    ]
    return dmc.Stack(
        [
            section(
                _("Add"),
                _("Somebody new gets a password for one time, and chooses another at the first sign-in."),
                dmc.Group(add, align="flex-end"),
            ),
            section(
                _("Identity provider"),
                _("Links an identity, as its sign-in page told it, to an account. Empty takes it away."),
                dmc.Group(link, align="flex-end"),
            ),
        ],
        gap="lg",
    )


def _roles() -> dict[str, str]:
    return {
        "runner": _("runner"),
        "coach": _("coach"),
        "clinician": _("clinician"),
        "admin": _("administrator"),
    }


PAGES = (Page(path="/admin", title="Administration", layout=layout, roles=("admin",), in_navigation=True),)
