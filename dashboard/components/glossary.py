"""The help page: every measure with how it is made and how sure it is, and the words of this program."""

from collections.abc import Iterable
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.text import _
from dashboard.text.explanations import Explanation, Group, explanations

_COLUMNS: dict[Group, int] = {"measured": 2, "load": 2, "word": 3}  # on a wide screen


def glossary() -> Component:
    """Everything that is explained anywhere, in the order of a run: measured, counted, said."""
    every = explanations().values()
    titles: dict[Group, str] = {
        "measured": _("What the sensors measure"),
        "load": _("Load, pain and doubt"),
        "word": _("Words"),
    }
    return dmc.Stack(
        [
            dmc.Text(
                _(
                    "Every number is compared with your own, never with a textbook: no published "
                    "value separates good from bad running. This is a training log that shows "
                    "changes. It does not diagnose, and your clinician's word counts."
                ),
                maw=680,
            ),
            _index(every),
            *(
                _section(title, [one for one in every if one.group == group], columns=_COLUMNS[group])
                for group, title in titles.items()
            ),
        ],
        gap="xl",
    )


def _index(every: Iterable[Explanation]) -> Component:
    """Ways to each term."""
    named: dict[str, Any] = {"aria-label": _("Terms")}
    links = [html.A(one.term, href=f"#{one.key}", className="index-link") for one in every]
    return html.Nav(dmc.Group(links, gap="xs"), **named)


def _section(title: str, told: Iterable[Explanation], *, columns: int) -> Component:
    return dmc.Stack(
        [
            dmc.Title(title, order=2, size="h3"),
            dmc.SimpleGrid(
                [_term(one) for one in told], cols={"base": 1, "sm": 2, "lg": columns}, spacing="md"
            ),
        ]
    )


def _term(one: Explanation) -> Component:
    facts = [
        (_("How it is measured"), one.how),
        (_("Sign"), one.sign),
        (_("How sure it is"), one.sure),
        (_("What moves it"), one.moves),
    ]
    name = [one.term, html.Span(f" {one.unit}", className="cell-quiet")] if one.unit else [one.term]
    return dmc.Paper(
        dmc.Stack(
            [
                dmc.Title(name, order=3, size="h5"),
                dmc.Text(one.what),
                *(_fact(title, words) for title, words in facts if words),
            ],
            gap="xs",
        ),
        withBorder=True,
        p="lg",
        id=one.key,
        className="term",
    )


def _fact(title: str, words: str) -> Component:
    return dmc.Text([html.B(f"{title}: "), words], size="sm", c="dimmed")
