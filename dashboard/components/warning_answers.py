"""What can be done with a warning, wherever one is shown."""

from collections.abc import Callable
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.text import _

Id = dict[str, Any]
SNOOZE_DAYS = 7


def warning_answers(control: Callable[[str, str], Id]) -> Callable[[str], list[Component]]:
    """Makes the buttons of one warning from its key; `control` makes their ids."""

    def buttons(key: str) -> list[Component]:
        return [
            _press(_("Acknowledge"), control("acknowledged", key)),
            _press(_("I have seen it"), control("seen", key)),
            _press(_("Ask again in {days} days", days=SNOOZE_DAYS), control("snoozed", key)),
            html.Details(
                [
                    html.Summary(_("It does not count")),
                    dmc.Group(
                        [
                            dmc.TextInput(id=control("why", key), label=_("Why?"), style={"flex": 1}),
                            _press(_("Keep"), control("overruled", key)),
                        ],
                        align="end",
                        mt="xs",
                    ),
                ],
                className="more",
                style={"flexBasis": "100%"},
            ),
        ]

    return buttons


def _press(words: str, at: Id) -> Component:
    return dmc.Button(words, id=at, variant="default", size="xs")
