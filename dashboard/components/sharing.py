"""What is shared with whom, and who looked at what."""

from collections.abc import Sequence
from datetime import date, datetime

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components.section import table
from dashboard.text import _, numbers
from dashboard.text.deeds import deed
from imu.store import AuditEntry, Grant, Scope

MOST_LOOKS = 200  # lines of the log; those of a day and kind become one


def grants(given: Sequence[Grant], of: str, *, now: datetime) -> Component | None:
    """All that was ever shared, and what can be taken back."""
    body = [[one.viewer, _seen(one, now=now), _revoke(one, of)] for one in given]
    return table((_("Account"), _("Sees"), ""), body, least_width=0) if body else None


def _seen(grant: Grant, *, now: datetime) -> Component:
    """How much, and until when: a phone has no room for both beside each other."""
    until = dmc.Text(_state_of(grant, now=now), size="sm", c="dimmed")
    return dmc.Stack([dmc.Text(_scopes()[grant.scope], size="sm"), until], gap=0)


def form(
    of: str, *, until: datetime, today: datetime, typed: str, wrong: str, unproved: str
) -> list[Component]:
    """With whom, until when and what to share."""
    name = dmc.TextInput(
        id=ids.control("sharing", "with", of), label=_("Name of the account"), value=typed, error=wrong, w=260
    )
    end = dmc.DateInput(
        id=ids.control("sharing", "until", of),
        label=_("Until"),
        value=f"{until:%Y-%m-%d}",
        minDate=f"{today:%Y-%m-%d}",
        valueFormat=numbers.day_in_field(),
        clearable=True,
        clearButtonProps={"aria-label": _("Without an end")},
        ariaLabels={"previousMonth": _("The month before"), "nextMonth": _("The month after")},
        w=180,
    )
    choices = [
        dmc.Radio(
            _("Training: runs, load, stage, warnings, pain as numbers, notes to you"), value="training"
        ),
        dmc.Radio(
            _("Clinical: also where it hurt, your own words, and why something was decided"), value="clinical"
        ),
    ]
    scope = dmc.RadioGroup(
        dmc.Stack(choices, gap="xs"),
        id=ids.control("sharing", "scope", of),
        label=_("What you share"),
        value="training",
    )
    press = dmc.Button(_("Share"), id=ids.control("sharing", "act", of, "share"))
    password = dmc.PasswordInput(
        id=ids.control("sharing", "password", of),
        label=_("Your password now"),
        error=unproved,
        value="",
        maw=400,
    )
    return [dmc.Group([name, end], align="flex-start"), scope, password, dmc.Group(press)]


def _revoke(grant: Grant, of: str) -> Component | str:
    if grant.revoked_at is not None:
        return ""
    own = ids.control("sharing", "act", of, grant.grant_id)
    return dmc.Button(_("Take back"), id=own, size="compact-sm", variant="subtle")


def _scopes() -> dict[Scope, str]:
    return {"training": _("training"), "clinical": _("clinical"), "keeper": _("keeps the record")}


def _state_of(grant: Grant, *, now: datetime) -> str:
    """Until when it holds, or when it ended."""
    if grant.revoked_at is not None:
        return _("taken back {day}", day=numbers.date_words(grant.revoked_at))
    if grant.until is None:
        return _("until you take it back")
    day = numbers.date_words(grant.until.astimezone(now.tzinfo))
    return _("ended {day}", day=day) if grant.until <= now else _("until {day}", day=day)


def looks(log: Sequence[AuditEntry], *, now: datetime) -> Component:
    """What others saw or did, in the order given; the same of one day in one line. Days and times are those
    where the runner lives, wherever the others were.
    """
    if not log:
        return html.P(_("Nobody else has looked."), className="quiet-words")
    same: dict[tuple[date, str, str], list[datetime]] = {}
    for one in log:
        at = one.at.astimezone(now.tzinfo)
        same.setdefault((at.date(), one.by, deed(one.action, one.subject)), []).append(at)
    body = [[_span(moments), by, _times(what, len(moments))] for (_day, by, what), moments in same.items()]
    listed = table((_("When"), _("Who"), _("What")), body, least_width=0)
    if len(log) < MOST_LOOKS:
        return listed
    older = _("Older than these is in the log of “Download everything”.")
    return html.Div([listed, html.P(older, className="quiet-words")])


def _span(moments: Sequence[datetime]) -> str:
    first, last = min(moments), max(moments)
    until = "" if f"{first:%H:%M}" == f"{last:%H:%M}" else f"–{last:%H:%M}"
    return f"{numbers.moment(first)}{until}"


def _times(what: str, number: int) -> str:
    return what if number == 1 else _("{what} ({number} times)", what=what, number=number)
