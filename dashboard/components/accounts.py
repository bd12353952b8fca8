"""Accounts as an administrator sees them: a list with what can be changed, and forms for new ones."""

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components.outcome import outcome, secret
from dashboard.components.section import section, table
from dashboard.text import _, numbers
from imu.store.accounts import KeptAccount

PART = "accounts"
FORM = "account-form"


def account_list(
    known: Sequence[KeptAccount],
    *,
    own: str,
    given: tuple[str, str] | None = None,
    done: str | None = None,
    wrong: str | None = None,
    at: str = "",
    typed: str = "",
) -> Component:
    """All of them. own: id of the viewer's. given: a name and its password for one time.

    at: which act went wrong; with a field of its own it is said there, and what was typed stays.
    """
    shown = given and secret(
        _("A password for {name}, for one time. It is shown this once.", name=given[0]), given[1], _("Copy")
    )
    body = [_line(one, is_own=one.account.account_id == own) for one in known]
    listed = section(
        _("Accounts"),
        outcome(done, wrong=None if at in ("add", "link") else wrong),
        shown or None,
        table((_("Name"), _("Role"), _("Signs in with"), _("State"), ""), body, stacks=True),
    )
    new = _new(typed, wrong=wrong if at == "add" else None)
    identity = _identity(known, wrong=wrong if at == "link" else None)
    return dmc.Stack([listed, new, identity], gap="lg")


def _line(one: KeptAccount, *, is_own: bool) -> list[Component | str]:
    account = one.account
    ways = [
        _("password") if one.has_password else None,
        _("second step") if one.has_second_step else None,
        _("identity {outside}", outside=one.outside_id) if one.outside_id else None,
    ]
    closed = account.disabled_at
    is_open = closed is None
    state = _("in use") if closed is None else _("closed {day}", day=numbers.date_words(closed))
    badge = dmc.Badge(_roles()[account.role], variant="outline", color="gray")
    ways_told = ", ".join(one for one in ways if one) or _("nothing yet")
    return [account.name, badge, ways_told, state, "" if is_own else _menu(one, is_open=is_open)]


def _menu(one: KeptAccount, *, is_open: bool) -> Component:
    key = one.account.account_id

    def item(name: str, label: str) -> Component:
        return dmc.Button(
            label, id=ids.control(PART, name, key=key), n_clicks=0, variant="subtle", justify="flex-start"
        )

    others = [
        item(role, _("Make {role}", role=word)) for role, word in _roles().items() if role != one.account.role
    ]
    items = [
        item("renew", _("New password for one time")),
        *others,
        item("close", _("Close")) if is_open else item("open", _("Open again")),
    ]
    label = _("Change {name}", name=one.account.name)
    named: dict[str, Any] = {"aria-label": label, "aria-haspopup": "dialog"}
    target = dmc.Button(_("Change"), size="compact-sm", variant="subtle", **named)
    # A target's own roles would go to the box around the button, where no reader expects them.
    return dmc.Popover(
        [dmc.PopoverTarget(target), dmc.PopoverDropdown(dmc.Stack(items, gap=0), p=4)],
        position="bottom-end",
        withRoles=False,
        trapFocus=True,
        returnFocus=True,
    )


def _new(typed: str, *, wrong: str | None) -> Component:
    roles = [{"value": role, "label": word} for role, word in _roles().items()]
    add = [
        dmc.TextInput(id=ids.control(FORM, "name"), label=_("Name"), value=typed, error=wrong, w=220),
        dmc.Select(id=ids.control(FORM, "role"), label=_("Role"), data=roles, value="runner", w=160),
        dmc.Button(_("Add an account"), id=ids.control(PART, "add")),
    ]
    return section(
        _("Add"),
        dmc.Group(add, align="flex-start" if wrong else "flex-end"),
        lead=_("Somebody new gets a password for one time, and chooses another at the first sign-in."),
    )


def _identity(known: Sequence[KeptAccount], *, wrong: str | None) -> Component:
    whom = [{"value": one.account.account_id, "label": one.account.name} for one in known]
    link = [
        dmc.Select(id=ids.control(FORM, "who"), label=_("Account"), data=whom, w=220),
        dmc.TextInput(id=ids.control(FORM, "outside"), label=_("Identity"), value="", error=wrong, w=260),
        dmc.Button(_("Link"), id=ids.control(PART, "link"), variant="outline"),
    ]
    return section(
        _("Identity provider"),
        dmc.Group(link, align="flex-end"),
        lead=_("Links an identity, as its sign-in page told it, to an account. Empty takes it away."),
    )


def _roles() -> dict[str, str]:
    return {
        "runner": _("runner"),
        "coach": _("coach"),
        "clinician": _("clinician"),
        "admin": _("administrator"),
    }
