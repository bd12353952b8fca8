"""The frame of every page: one title, then its content."""

from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components.states import loading

WHOSE = "whose"


def page(
    title: str, content_id: dict[str, Any], *, aside: Component | None = None, is_kind: bool = False
) -> Component:
    """A page whose content comes by a callback. It holds no data: Dash sends layouts to any browser.

    Beside the title stands `aside`, or else whose page it is. `is_kind`: the title only says what kind of
    thing this is, and the content begins with its name.
    """
    if aside is None and content_id["of"]:
        aside = html.Div(id=ids.content(WHOSE, content_id["of"]))
    look = {"size": "sm", "c": "dimmed"} if is_kind else {"size": "h2"}
    head = dmc.Group([dmc.Title(title, order=1, **look), aside], justify="space-between")
    return dmc.Stack([head, html.Div(loading(), id=content_id)], gap="xs" if is_kind else "lg")
