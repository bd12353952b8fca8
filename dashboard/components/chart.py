"""A chart on a page: without tool bar, with words for whoever does not see it."""

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

CONFIG: Any = {"displayModeBar": False, "scrollZoom": False, "responsive": True, "showTips": False}


def picture(graph: Component, label: str) -> Component:
    """A chart for whoever does not see it: one picture with a name."""
    named: dict[str, Any] = {"aria-label": label}
    return html.Div(graph, role="img", **named)


def chart(
    figure: dict[str, Any],
    *,
    label: str,
    height: int,
    summary: str | None = None,
) -> Component:
    """A figure of a fixed height, so that nothing jumps. `summary`: one sentence below it."""
    graph = dcc.Graph(figure=figure, config=CONFIG, style={"height": height}, responsive=True)
    caption = [] if summary is None else [html.Figcaption(dmc.Text(summary, size="sm", c="dimmed"))]
    return html.Figure([picture(graph, label), *caption], style={"margin": 0, "minWidth": 0})


def card(
    title: str, *children: Component, aside: Component | None = None, note: str | None = None
) -> Component:
    """A titled part of a page."""
    head: list[Component | None] = [dmc.Title(title, order=2, size="h4"), aside]
    words = [] if note is None else [dmc.Text(note, size="sm", c="dimmed", maw=680)]
    return dmc.Paper(
        dmc.Stack(
            [dmc.Group([one for one in head if one], justify="space-between"), *words, *children], gap="sm"
        ),
        withBorder=True,
        p={"base": "md", "sm": "lg"},
    )
