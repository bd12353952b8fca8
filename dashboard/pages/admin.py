"""Accounts, for an administrator; backups and health stand in `admin_store`. No health data anywhere here."""

import secrets
from collections.abc import Sequence
from typing import Any, cast

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard import desk, ids
from dashboard.components.accounts import FORM, PART, account_list
from dashboard.components.states import loading
from dashboard.pages import admin_store
from dashboard.pages.route import Page
from dashboard.text import N_, _
from imu.errors import Forbidden, StoreError
from imu.store import Account, Repository, Role
from imu.store.accounts import Accounts
from imu.store.passwords import hashed


def layout(**_query: str) -> Component:
    parts = [html.Div(loading(160), id=ids.content(one)) for one in (PART, *admin_store.PARTS)]
    return dmc.Stack([dmc.Title(_("Administration"), order=1, size="h2"), *parts], gap="lg")


def register(app: Dash) -> None:
    @app.callback(Output(ids.content(PART), "children"), Input(ids.content(PART), "id"))
    def show(_at: dict[str, Any]) -> Component:
        with desk.looking() as repository:
            return _shown(repository)

    @app.callback(
        Output(ids.content(PART), "children", allow_duplicate=True),
        Input(ids.control(PART, ALL, key=ALL), "n_clicks"),
        State(ids.control(FORM, "name"), "value"),
        State(ids.control(FORM, "role"), "value"),
        State(ids.control(FORM, "who"), "value"),
        State(ids.control(FORM, "outside"), "value"),
        prevent_initial_call=True,
    )
    def act(clicks: list[int | None], *typed: Any) -> Component:
        if not any(clicks):
            raise PreventUpdate
        act, key = str(ctx.triggered_id["name"]), str(ctx.triggered_id["key"])
        # Made before the store is opened: hashing takes long, and writers wait for each other.
        password = secrets.token_urlsafe(12)
        kept = hashed(password) if act in ("add", "renew") else ""
        with desk.changing() as repository:
            try:
                given = _acted(repository.accounts, act, key, kept, typed)
            except Forbidden:
                raise
            except StoreError as error:
                return _shown(repository, wrong=str(error), at=act, typed=str(typed[0] or ""))
            return _shown(
                repository, given=given and (given.name, password), done=None if given else _("Done.")
            )

    admin_store.register(app)


def _acted(
    accounts: Accounts, act: str, key: str, password_hash: str, typed: Sequence[Any]
) -> Account | None:
    """What was pressed; the account that a new password was given to, if one was."""
    name, role, who, outside = typed
    match act:
        case "add" if not str(name or "").strip():
            raise StoreError(_("Give the account a name."))
        case "add":
            return accounts.add(str(name or ""), cast("Role", str(role)), password_hash=password_hash)
        case "renew":
            return accounts.renew_password(key, password_hash=password_hash)
        case "close":
            accounts.close(key)
        case "open":
            accounts.reopen(key)
        case "link":
            accounts.link(str(who or ""), str(outside or ""))
        case _:
            accounts.set_role(key, cast("Role", act))
    return None


def _shown(repository: Repository, **told: Any) -> Component:
    return account_list(repository.accounts.all(), own=repository.viewer.account_id, **told)


PAGES = (
    Page(path="/admin", title=N_("Administration"), layout=layout, roles=("admin",), in_navigation=True),
)
