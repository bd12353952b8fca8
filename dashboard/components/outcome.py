"""What came of a press: words, or something that is shown this once."""

import dash_mantine_components as dmc
from dash.development.base_component import Component


def outcome(done: str | None = None, *, wrong: str | None = None) -> Component | None:
    """Done, or why not: what is wrong goes first. It is read aloud."""
    if not (words := wrong or done):
        return None
    return dmc.Alert(words, color="orange" if wrong else "teal", variant="outline")


def secret(words: str, value: str, copy: str) -> Component:
    """Something that is shown this once."""
    code = dmc.Code(value, block=True, style={"overflowWrap": "anywhere", "whiteSpace": "pre-wrap"})
    inner = [dmc.Text(words, size="sm"), code, dmc.CopyButton(value=value, children=copy, size="xs", w=120)]
    return dmc.Alert(dmc.Stack(inner, gap="xs"), color="teal", variant="outline")
