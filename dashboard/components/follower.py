"""What makes an open page follow what happens: every few seconds it asks whether there is anything new."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import ids

EVERY_MS = 5_000


def follower(page: str, of: str, newest: str, *, keeps_fields: bool = False) -> Component:
    """Stands last among the parts of a content. `newest`: what was the newest when that was made.

    While somebody types or has changed a field the browser asks nothing, so nothing typed is replaced; unless
    the page keeps its fields anyway.
    """
    seen: dict[str, Any] = {} if keeps_fields else {"data-newest": newest}
    return html.Div(
        [
            dcc.Interval(id=ids.control(page, "tick", of), interval=EVERY_MS),
            dcc.Store(id=ids.control(page, "asked", of)),
            dcc.Store(id=ids.control(page, "newest", of), data=newest),
        ],
        id=ids.control(page, "follower", of),
        className="follower",
        hidden=True,
        **seen,
    )
