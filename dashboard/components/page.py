"""The frame of every page: one title, then its content."""

from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.components.states import loading


def page(title: str, content_id: dict[str, Any], *, aside: Component | None = None) -> Component:
    """A page whose content comes by a callback. It holds no data: Dash sends layouts to any browser."""
    head = dmc.Group([dmc.Title(title, order=1, size="h2"), aside], justify="space-between")
    return dmc.Stack([head, html.Div(loading(), id=content_id)], gap="lg")
