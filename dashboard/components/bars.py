"""Weekly minutes as small bars, the last week in the accent."""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

LEAST_PERCENT = 4  # a week without running is a line, not a gap


def bars(weeks: Sequence[float], words: str) -> Component:
    """Heights are shares of the largest week; `words` say the same to whoever does not see them."""
    most = max((*weeks, 1.0))
    heights = [f"{max(LEAST_PERCENT, 100 * minutes / most):.0f}%" for minutes in weeks]
    described: dict[str, Any] = {"role": "img", "aria-label": words}
    return html.Div(
        [html.Span(style={"height": height}) for height in heights], className="bars", **described
    )
