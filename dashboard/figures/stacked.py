"""Charts of several rows over one axis of time, each row with its title inside."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from dashboard.figures.base import Figure, Trace, figure, note
from dashboard.text import numbers


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its share of the height, its title, its traces, and what is special about its axis."""

    share: float
    title: str
    traces: Sequence[Trace]
    y: dict[str, Any] = field(default_factory=dict)


def stacked(
    rows: Sequence[Row],
    *,
    x: dict[str, Any],
    gap: float,
    margin: dict[str, int],
    shapes: Sequence[dict[str, Any]] = (),
    notes: Sequence[dict[str, Any]] = (),
) -> Figure:
    """The rows from top to bottom. Shapes and notes name their axes as `axis_of` calls them."""
    room = (1.0 - gap * (len(rows) - 1)) / sum(row.share for row in rows)
    traces: list[Trace] = []
    axes: dict[str, dict[str, Any]] = {}
    titles = []
    at_left = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    top = 1.0
    for at, row in enumerate(rows):
        bottom = max(0.0, top - row.share * room)
        name = axis_of(at)
        traces += [{**trace, "yaxis": name} for trace in row.traces]
        axes[f"yaxis{name[1:]}"] = {**_Y, **row.y, "domain": [bottom, top], "anchor": "x"}
        titles.append(note(row.title, 0, top, xshift=_EDGE_PX - margin["l"], **at_left))
        top = bottom - gap
    first = axes.pop("yaxis")
    return figure(
        traces,
        x={
            "anchor": axis_of(len(rows) - 1),
            "type": "date",
            "tickformat": numbers.day_of_axis(),
            # As many as a phone has room for beside each other: turned ones would be cut.
            "nticks": 4,
            "tickangle": 0,
            **x,
        },
        y=first,
        margin=margin,
        hovermode="closest",
        shapes=list(shapes),
        annotations=[*titles, *notes],
        **axes,
    )


_Y = {"fixedrange": True, "zeroline": False, "gridcolor": "rgba(134, 142, 150, 0.25)", "nticks": 5}
_EDGE_PX = 4  # titles begin at the left edge of the picture: on a phone they need its whole width


def axis_of(row: int) -> str:
    """Plotly's name of a row's axis."""
    return f"y{row + 1 if row else ''}"


def wall(at: datetime | date) -> str:
    """By the athlete's own clock: Plotly knows no zones."""
    return at.replace(tzinfo=None).isoformat() if isinstance(at, datetime) else at.isoformat()


def day_pointed_at() -> str:
    """The day below the pointer, in a hover text."""
    return f"%{{x|{numbers.day_of_hover()}}}"


def upright(at: datetime | date, look: dict[str, Any]) -> dict[str, Any]:
    """A line through all rows."""
    return {"type": "line", "x0": wall(at), "x1": wall(at), "y0": 0, "y1": 1, "yref": "paper", "line": look}


def span(begin: datetime, end: datetime, fill: str) -> dict[str, Any]:
    """A band through all rows, behind them."""
    reach = {"y0": 0, "y1": 1, "yref": "paper", "layer": "below", "line": {"width": 0}}
    return {"type": "rect", "x0": wall(begin), "x1": wall(end), "fillcolor": fill, **reach}


def as_text(words: str) -> str:
    """Somebody's words in a label, which Plotly reads as a kind of HTML."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
