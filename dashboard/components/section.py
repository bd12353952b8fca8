"""A part of a page with a title of its own, and tables that a phone can scroll."""

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.text import _


def section(title: str | Component, *parts: Component | None, lead: str | None = None) -> Component:
    """A card: what it is about, one sentence, and what there is. Parts that are absent leave no gap."""
    head: list[Component] = [dmc.Title(title, order=2, size="h4")]
    if lead is not None:
        head.append(dmc.Text(lead, size="sm", c="dimmed", maw=680))
    there = [one for one in parts if one is not None]
    return dmc.Paper(dmc.Stack([*head, *there], gap="sm"), withBorder=True, p={"base": "md", "sm": "lg"})


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[Component | str]],
    *,
    least_width: int = 480,
    stacks: bool = False,
) -> Component:
    """A table in a frame that scrolls sideways by itself, also by keyboard, where the screen is narrow.

    stacks: on a phone each row stands as a few lines instead, its first cell above the others; for cells that
    say what they are without the head.
    """
    told = dmc.Table(
        [
            dmc.TableThead(dmc.TableTr([dmc.TableTh(one) for one in head])),
            dmc.TableTbody([dmc.TableTr([dmc.TableTd(cell) for cell in row]) for row in rows]),
        ],
        verticalSpacing="xs",
        horizontalSpacing="xs",
    )
    frame: dict[str, Any] = {"aria-label": _("A table that can be scrolled sideways")}
    inner = html.Div(told, style={"minWidth": least_width})
    shown = "scrolled stacks" if stacks else "scrolled"
    return html.Div(inner, className=shown, tabIndex=0, role="region", **frame)
