"""What all charts share: type, margins, grid, and how a band is drawn.

Figures are plain dictionaries as Plotly's own JavaScript reads them: a page of a dozen charts would otherwise
spend most of its time on checking and copying them (they were most of what a page cost).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard import theme

Floats = NDArray[np.float64]
Figure = dict[str, Any]
Trace = dict[str, Any]

_X_AXIS = {
    "showgrid": False,
    "zeroline": False,
    "fixedrange": True,
    "ticks": "outside",
    "ticklen": 4,
    "tickcolor": theme.NEUTRAL,
    "nticks": 7,
    "automargin": False,
}
_Y_AXIS = {"fixedrange": True, "zeroline": False, "gridcolor": theme.BAND, "nticks": 5}
_MARGIN = {"l": 38, "r": 26, "t": 10, "b": 30, "pad": 4}


def figure(
    traces: Sequence[Trace],
    *,
    x: dict[str, Any],
    y: dict[str, Any],
    margin: dict[str, int] | None = None,
    **layout: Any,
) -> Figure:
    """A chart in the looks of the house; `layout` adds to it, `x` and `y` to its axes."""
    return {
        "data": list(traces),
        "layout": {
            "font": {"family": theme.MANTINE["fontFamily"], "size": 12, "color": theme.NEUTRAL},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "showlegend": False,
            "hovermode": "x unified",
            "dragmode": False,
            "uirevision": "keep",
            "margin": _MARGIN | (margin or {}),
            "xaxis": _X_AXIS | x,
            "yaxis": _Y_AXIS | y,
            **layout,
        },
    }


def line(x: Floats, y: Floats, look: theme.Look, *, width: float = 2.0, **more: Any) -> Trace:
    """A line of a side; NaN leaves a hole."""
    drawn = {"color": look.colour, "dash": look.dash, "width": width}
    return {"type": "scatter", "mode": "lines", "x": plain(x), "y": plain(y), "line": drawn, **more}


def plain(values: Floats, decimals: int = 3) -> list[float | None]:
    """Numbers as JSON knows them: rounded, and null where there is none."""
    return [None if value != value else value for value in np.round(values, decimals).tolist()]


def minutes_axis(longest_min: float, *, words: str) -> dict[str, Any]:
    """From the start to the end; the unit stands at the last tick."""
    return {
        "range": [0, longest_min],
        "ticksuffix": f"\N{NO-BREAK SPACE}{words}",
        "showticksuffix": "last",
        "hoverformat": ".0f",
    }


def degrees_axis(limits: tuple[float, float] | None = None) -> dict[str, Any]:
    return {"ticksuffix": "°", **({} if limits is None else {"range": list(limits)})}


def band(x: Floats, low: Floats, high: Floats, *, colour: str = theme.BAND) -> Trace:
    """A filled outline per unbroken piece, so that no fill spans a hole."""
    known = np.isfinite(low) & np.isfinite(high)
    pieces = [piece[known[piece]] for piece in np.split(np.arange(len(x)), np.flatnonzero(~known))]
    end = np.array([np.nan])
    outline_x, outline_y = [np.empty(0)], [np.empty(0)]
    for piece in (one for one in pieces if len(one) > 1):
        back = piece[::-1]
        outline_x += [x[piece], x[back], end]
        outline_y += [high[piece], low[back], end]
    return {
        "type": "scatter",
        "x": plain(np.concatenate(outline_x)),
        "y": plain(np.concatenate(outline_y)),
        "mode": "lines",
        "line": {"width": 0},
        "fill": "toself",
        "fillcolor": colour,
        "hoverinfo": "skip",
    }


def upright(at: float, words: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A line across the chart and the words above it: a shape and an annotation."""
    reach = {"yref": "paper", "y0": 0, "y1": 1}
    drawn = {"color": theme.NEUTRAL, "width": 1.25, "dash": "dot"}
    shape = {"type": "line", "x0": at, "x1": at, "line": drawn, **reach}
    return shape, note(words, at, 1.0, yref="paper", yanchor="bottom")


def note(words: str, x: float | str, y: float, **more: Any) -> dict[str, Any]:
    """Words in a chart, at a place of it."""
    return {"text": words, "x": x, "y": y, "showarrow": False, "font": {"size": 11}, **more}


def within(*values: Floats, margin: float = 0.08, least: float = 0.0) -> tuple[float, float] | None:
    """Limits of an axis with room for all values; None where there are none. `least`: no narrower."""
    seen = np.concatenate([np.empty(0), *values])
    seen = seen[np.isfinite(seen)]
    if not len(seen):
        return None
    low, high = float(seen.min()), float(seen.max())
    missing = max(least - (high - low), 0.0) / 2
    room = margin * (high - low + 2 * missing) or 0.5
    return low - missing - room, high + missing + room
