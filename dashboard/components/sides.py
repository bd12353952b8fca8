"""A leg in words and as it is drawn: injured against other where an injury is known."""

from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard import theme
from dashboard.text import _
from imu.report.begun import begun
from imu.training.history import Side

SYMBOLS = {"circle": "●", "diamond": "◆", "square": "■"}


def side_name(side: str, *, injured: str | None) -> str:
    """`injured side (left)` or `other side (right)`; `left` where no injury is known."""
    if side == "both":
        return _("both legs")
    name = _("left") if side == "left" else _("right")
    if injured is None:
        return name
    return _("injured side ({side})", side=name) if side == injured else _("other side ({side})", side=name)


def in_order(*, injured: str | None) -> tuple[Side, Side]:
    """The injured side first, else left first."""
    return ("right", "left") if injured == "right" else ("left", "right")


def look_of(side: str, *, injured: str | None) -> theme.Look:
    """How a side is drawn; both legs together in a colour of neither."""
    if side == "both":
        return theme.Look(theme.NEUTRAL, "solid", "circle")
    return theme.side_look(side, injured=injured)


def side_mark(side: str, *, injured: str | None) -> Component:
    """The symbol of a side, in its colour."""
    look = look_of(side, injured=injured)
    hidden: dict[str, Any] = {"aria-hidden": "true"}
    return html.Span(SYMBOLS[look.symbol], style={"color": look.colour}, **hidden)


def side_field(at: dict[str, Any], *, clearable: bool = False) -> Component:
    """Where somebody says which side."""
    sides = [{"value": "left", "label": _("left")}, {"value": "right", "label": _("right")}]
    return dmc.Select(id=at, label=_("Side"), data=sides, clearable=clearable, w=130)


def side_label(side: str, *, injured: str | None) -> Component:
    """Symbol and name, instead of a legend."""
    name = side_name(side, injured=injured)
    return dmc.Group([side_mark(side, injured=injured), dmc.Text(begun(name), size="sm", fw=600)], gap=6)
