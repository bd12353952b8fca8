"""Sections of a page: a heading, a word on what is below, and the thing itself."""

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component
from plotly.graph_objects import Figure

_CONFIG: Any = {"displayModeBar": False, "scrollZoom": False, "responsive": True}


def section(title: str, *children: Component | None, lead: str | None = None) -> Component:
    """A framed part of a page under a heading of the second level."""
    head = [dmc.Title(title, order=2, size="h4"), *([dmc.Text(lead, size="sm", c="dimmed")] if lead else [])]
    return dmc.Paper(
        dmc.Stack([dmc.Stack(head, gap=2), *(one for one in children if one is not None)], gap="md"),
        withBorder=True,
        p={"base": "md", "sm": "lg"},
    )


def chart(figure: Figure, *, told: str, height: int) -> Component:
    """A chart and the same in one sentence, for whoever cannot see it."""
    graph = dcc.Graph(figure=figure, config=_CONFIG, style={"height": f"{height}px"})
    words: Any = {"aria-label": told}
    return html.Div(graph, role="img", style={"minHeight": f"{height}px"}, **words)


def table(head: list[str], rows: list[list[str | Component]], *, least_width: int = 520) -> Component:
    """A table that scrolls sideways by itself where the screen is narrow."""
    return dmc.TableScrollContainer(
        dmc.Table(
            [
                dmc.TableThead(dmc.TableTr([dmc.TableTh(one) for one in head])),
                dmc.TableTbody([dmc.TableTr([dmc.TableTd(cell) for cell in row]) for row in rows]),
            ],
            verticalSpacing="xs",
            horizontalSpacing="xs",
        ),
        minWidth=least_width,
    )
