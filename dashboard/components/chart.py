"""A chart on a page: without tool bar, with words for whoever does not see it."""

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard.text import language

_CONFIG: Any = {"displayModeBar": False, "scrollZoom": False, "responsive": True, "showTips": False}


def chart(
    figure: dict[str, Any],
    *,
    label: str,
    height: int,
    summary: str | None = None,
    graph_id: dict[str, Any] | None = None,
) -> Component:
    """A figure of a fixed height, so that nothing jumps, as one picture with a name.

    summary: one sentence below it. graph_id: of a chart that is drawn again where it stands.
    """
    named: dict[str, Any] = {"aria-label": label}
    own: dict[str, Any] = {} if graph_id is None else {"id": graph_id}
    config: Any = {**_CONFIG, "locale": language()}  # how numbers and days are written
    graph = dcc.Graph(
        figure=figure,
        config=config,
        style={"height": height},
        responsive=True,
        **own,
    )
    caption = [] if summary is None else [html.Figcaption(dmc.Text(summary, size="sm", c="dimmed"))]
    # The graph itself comes when its program is loaded; its place is kept until then.
    picture = html.Div(graph, role="img", style={"minHeight": height}, **named)
    return html.Figure([picture, *caption], style={"margin": 0, "minWidth": 0})
