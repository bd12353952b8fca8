"""How a runner whom no clinician's account follows tells that a clinician has cleared him."""

from collections.abc import Callable
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.text import _

Id = dict[str, Any]


def clearance_form(fields: Callable[[str], Id], press: Id, error: Id) -> Component:
    """Who it was, and what was said."""
    return html.Details(
        [
            html.Summary(_("A clinician has cleared me")),
            dmc.Stack(
                [
                    dmc.Text(
                        _(
                            "Only what a clinician told you. It is kept and shown everywhere as told by you, "
                            "not by a clinician's account."
                        ),
                        size="sm",
                        c="dimmed",
                    ),
                    dmc.Group(
                        [
                            dmc.TextInput(id=fields("clinician"), label=_("Which clinician"), w=240),
                            dmc.TextInput(id=fields("cleared"), label=_("What was said"), w=320),
                        ],
                        gap="sm",
                        align="end",
                    ),
                    html.P(id=error, role="alert", className="wrong"),
                    dmc.Group(dmc.Button(_("Keep what I was told"), id=press, size="sm")),
                ],
                gap="sm",
                mt="sm",
            ),
        ],
        className="more",
    )
