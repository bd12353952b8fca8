"""Every id in one place. Ids are addresses, never permissions: a browser may send any of them."""

from typing import Any

from dash import ALL as ALL, MATCH as MATCH

NAVIGATION = "navigation"
NAVIGATION_OPEN = "navigation-open"
COLOUR_SCHEME = "colour-scheme"
NOTICES = "notices"
FRAME = "frame"
NOTHING_HERE = "nothing-here"
NOT_SHOWN = "not-shown"
NOT_ANSWERED = "not-answered"
ADDRESS = "_pages_location"  # Dash's own


def content(page: str, of: Any = "") -> dict[str, Any]:
    """The part of a page that is filled after it was opened. `of`: whose, or which run; checked when read."""
    return {"content": page, "of": of}


def control(page: str, name: Any, of: Any = "", key: Any = "") -> dict[str, Any]:
    """Something to press or fill in, in the content of a page; `key` tells several alike apart."""
    return {"control": page, "name": name, "of": of, "key": key}
