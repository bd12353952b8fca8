"""A term with what it means: a dotted line says that there is more; hover, tap or focus shows it."""

from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard.text.explanations import explanation


def explained(key: str, words: str | None = None, **look: Any) -> dmc.Tooltip:
    """A term of `dashboard.text.explanations` in its own words or in others. `look`: keywords of `dmc.Text`.

    KeyError for a key that is not there.
    """
    found = explanation(key)
    term = dmc.Text(words or found.term, span=True, inherit=not look, **look)
    return dmc.Tooltip(
        html.Span(term, className="explained", tabIndex="0"),
        label=" ".join(part for part in (found.what, found.sign) if part),
        multiline=True,
        maw=300,
        withArrow=True,
        events={"hover": True, "focus": True, "touch": True},
        boxWrapperProps={"component": "span", "className": "explained-box"},
    )
