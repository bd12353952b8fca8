"""How a runner whom no clinician's account follows tells that a clinician has cleared him."""

from collections.abc import Callable, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.text import _
from imu.training.history import DecisionKind

Id = dict[str, Any]
Fields = Callable[..., Id]  # by name, and by key where there are several


def clearance_form(fields: Fields, awaited: Sequence[DecisionKind], error: Id) -> Component:
    """Who it was, what was said, and what of that which waits it is about."""
    title = (
        _("A clinician has agreed to the exercises that wait")
        if list(awaited) == ["exercises"]
        else _("A clinician has cleared me")
    )
    return html.Details(
        [
            html.Summary(title),
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
                    dmc.Group(
                        [dmc.Button(_label(kind), id=fields("tell", kind), size="sm") for kind in awaited],
                        gap="sm",
                    ),
                ],
                gap="sm",
                mt="sm",
            ),
        ],
        className="more",
    )


def _label(kind: DecisionKind) -> str:
    return _("Keep: I may do the exercises") if kind == "exercises" else _("Keep what I was told")
