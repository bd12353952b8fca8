"""What is shared with whom, and who looked at what."""

import re
from collections.abc import Sequence
from datetime import datetime

from dash import html
from dash.development.base_component import Component

from dashboard.components.section import rows
from dashboard.text import _
from imu.store import AuditEntry, Grant

MOST_LOOKS = 50


def state_of(grant: Grant, *, now: datetime) -> str:
    """Until when it holds, or when it ended."""
    if grant.revoked_at is not None:
        return _("taken back {day}", day=f"{grant.revoked_at:%Y-%m-%d}")
    if grant.until is None:
        return _("until you take it back")
    if grant.until <= now:
        return _("ended {day}", day=f"{grant.until:%Y-%m-%d}")
    return _("until {day}", day=f"{grant.until:%Y-%m-%d}")


def looks(log: Sequence[AuditEntry], *, but: str) -> Component:
    """What others than the account `but` saw or did, the latest first."""
    others = [one for one in log if one.by != but][:MOST_LOOKS]
    if not others:
        return html.P(_("Nobody else has looked."), className="quiet-words")
    body = [[f"{one.at:%Y-%m-%d %H:%M}", one.by, _what(one)] for one in others]
    return rows((_("When"), _("Who"), _("What")), body)


def _what(entry: AuditEntry) -> str:
    if entry.action != "read":
        return entry.action
    subject = re.sub(r"[0-9a-f]{32}", "", entry.subject or "").strip()
    return _("looked at: {what}", what=subject or _("something"))
