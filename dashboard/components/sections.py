"""Sections of a long page, and tables that a phone can scroll."""

from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.components.chart import card
from dashboard.text import _


def section(title: str, *children: Component | None, lead: str | None = None) -> Component:
    """A card of what there is; parts that are absent leave no gap."""
    return card(title, *(one for one in children if one is not None), note=lead)


def table(head: list[str], rows: list[list[str | Component]], *, least_width: int = 520) -> Component:
    """A table that scrolls sideways by itself where the screen is narrow."""
    return scrolled(
        dmc.Table(
            [
                dmc.TableThead(dmc.TableTr([dmc.TableTh(one) for one in head])),
                dmc.TableTbody([dmc.TableTr([dmc.TableTd(cell) for cell in row]) for row in rows]),
            ],
            verticalSpacing="xs",
            horizontalSpacing="xs",
        ),
        least_width=least_width,
    )


def scrolled(wide: Component, *, least_width: int) -> Component:
    """Something wide in a frame that scrolls sideways, also by keyboard."""
    frame: dict[str, Any] = {"aria-label": _("A table that can be scrolled sideways")}
    inner = html.Div(wide, style={"minWidth": least_width})
    return html.Div(inner, className="scrolled", tabIndex=0, role="region", **frame)
