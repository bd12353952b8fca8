"""A part of a page with a title of its own, and the few things that forms need."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash.development.base_component import Component

from dashboard.components.sections import scrolled


def section(title: str, words: str | None, *parts: Component | None) -> Component:
    """A card: what it is about, one sentence, and what can be done."""
    head: list[Component] = [dmc.Title(title, order=2, size="h4")]
    if words:
        head.append(dmc.Text(words, c="dimmed", size="sm", maw=620))
    inner = [dmc.Stack(head, gap=4), *(one for one in parts if one is not None)]
    return dmc.Paper(dmc.Stack(inner, gap="md"), withBorder=True, p={"base": "md", "sm": "xl"})


def said(words: str | None, *, wrong: bool = False) -> Component | None:
    """What came of a press: done, or why not. It is read aloud."""
    if not words:
        return None
    return dmc.Alert(words, color="orange" if wrong else "teal", variant="outline")


def rows(head: Sequence[str], body: Sequence[Sequence[Component | str]]) -> Component:
    """A table that scrolls by itself on a phone."""
    table = dmc.Table(
        [
            dmc.TableThead(dmc.TableTr([dmc.TableTh(one) for one in head])),
            dmc.TableTbody([dmc.TableTr([dmc.TableTd(cell) for cell in line]) for line in body]),
        ],
        verticalSpacing="xs",
        horizontalSpacing="sm",
    )
    return scrolled(table, least_width=480)


def secret(words: str, value: str, copy: str) -> Component:
    """Something that is shown this once."""
    code = dmc.Code(value, block=True, style={"overflowWrap": "anywhere", "whiteSpace": "pre-wrap"})
    inner = [dmc.Text(words, size="sm"), code, dmc.CopyButton(value=value, children=copy, size="xs", w=120)]
    return dmc.Alert(dmc.Stack(inner, gap="xs"), color="teal", variant="outline")
