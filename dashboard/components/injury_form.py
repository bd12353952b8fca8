"""How an athlete tells about an injury: the plan back to running begins with it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.components.sides import side_field
from dashboard.text import _, numbers

Id = dict[str, Any]


def injury_form(fields: Callable[[str], Id], press: Id, error: Id, *, today: date) -> Component:
    """Side, place, day and grade as they were told, and what decides which limits of pain hold."""
    return html.Details(
        [
            html.Summary(_("Tell about an injury")),
            dmc.Stack(
                [
                    dmc.Text(
                        _("The plan back to running begins with it. It is no diagnosis."),
                        size="sm",
                        c="dimmed",
                    ),
                    dmc.Group(
                        [
                            side_field(fields("injured-side")),
                            dmc.TextInput(
                                id=fields("injured-site"), label=_("Where"), value=_("hamstring"), w=200
                            ),
                            dmc.DatePickerInput(
                                id=fields("onset"),
                                label=_("Since"),
                                valueFormat=numbers.day_in_field(),
                                maxDate=today.isoformat(),
                                w=180,
                            ),
                            dmc.TextInput(
                                id=fields("grade"),
                                label=_("Grade, if you were told one"),
                                placeholder="1b",
                                w=200,
                            ),
                        ],
                        gap="sm",
                        align="end",
                    ),
                    dmc.Checkbox(
                        id=fields("in-tendon"),
                        label=_("It reaches into the tendon"),
                        description=_("Only if you were told so."),
                        checked=False,
                    ),
                    dmc.Select(
                        id=fields("profile"),
                        label=_("Pain judged as"),
                        description=_(
                            "Which limits of pain hold; a tendon bears more. "
                            "As a strain, unless you were told otherwise."
                        ),
                        data=[
                            {"value": "strain", "label": _("strain")},
                            {"value": "tendon", "label": _("tendon")},
                        ],
                        value="strain",
                        allowDeselect=False,
                        maw=400,
                    ),
                    html.P(id=error, role="alert", className="wrong"),
                    dmc.Group(dmc.Button(_("Record it"), id=press, size="sm")),
                ],
                gap="sm",
                mt="sm",
            ),
        ],
        className="more",
    )
