"""Charts for a notebook in the looks of the page: panels under each other, and how a line is told apart.

figure = panels("acceleration (m/s²)", "angular rate (rad/s)", x="time (s)")
figure.add_scatter(x=time_s, y=acc_mps2, row=1, col=1, **style("left"))
"""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from imu.report import theme
from imu.report.figures import LOOKS

PANEL_PX = 190
BETWEEN_PX = 46  # room for the name of the panel below
AROUND_PX = {"t": 62, "b": 48}
LEGEND_ABOVE_PX = 34

_COLOURS: Mapping[str, theme.Colour] = {
    "true": theme.INK,  # what really happened, where it is known
    "quiet": theme.ZERO,  # what only stands behind the rest
    "stand": theme.STAND,
    "walk": theme.WALK,
    "run": theme.RUN,
    "notice": theme.NOTICE,
}
_DASHES = {"true": "2px,3px"}

# A notebook has no script that turns colours with the reader's scheme: its charts are paper in both.
_TEMPLATE = go.layout.Template(theme.TEMPLATE)
_TEMPLATE.layout.update(
    paper_bgcolor=theme.RAISED.light,
    colorway=[
        colour.light for colour in (theme.LEFT, theme.RIGHT, theme.RUN, theme.NOTICE, theme.BOTH, theme.INK)
    ],
    showlegend=True,
    hovermode="closest",
    legend={"orientation": "h", "x": 1, "xanchor": "right", "yanchor": "bottom", "itemsizing": "constant"},
)


def panels(*names: str, x: str, heights: Sequence[float] | None = None) -> go.Figure:
    """An empty figure with a panel for each name, with unit, under each other over one axis of x.

    names stand above their panels; heights: of the panels, 1 is the usual one.
    """
    heights = [1.0] * len(names) if heights is None else heights
    inner_px = PANEL_PX * sum(heights) + BETWEEN_PX * (len(names) - 1)
    figure = make_subplots(
        rows=len(names),
        cols=1,
        shared_xaxes=True,
        vertical_spacing=BETWEEN_PX / inner_px,
        row_heights=list(heights),
        subplot_titles=names,
    )
    figure.update_annotations(
        x=0, xanchor="left", yshift=4, font={"size": 13, "color": theme.INK.light}, align="left"
    )
    figure.update_layout(
        template=_TEMPLATE,
        height=inner_px + sum(AROUND_PX.values()),
        margin=AROUND_PX,
        legend_y=1 + LEGEND_ABOVE_PX / inner_px,
    )
    figure.update_xaxes(title={"text": x, "standoff": 8}, row=len(names), col=1)
    return figure


def style(name: str) -> dict[str, Any]:
    """Name, line and marker of a trace: left, right, both, true, quiet, stand, walk, run or notice.

    Sides differ by dash and marker as well as by colour; what is true is dotted. KeyError for another name.
    """
    if name in LOOKS:
        look = LOOKS[name]
        return _trace(look.name, look.colour, look.dash, look.marker)
    return _trace(name.capitalize(), _COLOURS[name], _DASHES.get(name, "solid"), "circle")


def _trace(name: str, colour: theme.Colour, dash: str, symbol: str) -> dict[str, Any]:
    return {
        "name": name,
        "line": {"color": colour.light, "dash": dash, "width": 2},
        "marker": {"color": colour.light, "symbol": symbol, "size": 5},
    }
