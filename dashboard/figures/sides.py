"""The injured side against the other one over runs, with the smallest change that can be told."""

from datetime import datetime, timedelta
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard import theme
from dashboard.text import _, episode_words as words
from imu.training.sides import SideBySide, SidedRun

_DETECTABLE = "rgba(134, 142, 150, 0.25)"


def over_runs(found: SideBySide, *, onset: datetime) -> go.Figure:
    """Above both legs; below injured minus other, its usual value and the band of what cannot be told."""
    shown = words.quantity(found.quantity)
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.5, 0.5], vertical_spacing=0.13)
    when = [_wall(run.start) for run in found.runs]
    for label, look, values in (
        (_("injured"), theme.INJURED, [run.injured for run in found.runs]),
        (_("other"), theme.OTHER, [run.other for run in found.runs]),
    ):
        figure.add_scatter(
            x=when,
            y=[value * shown.scale for value in values],
            name=label,
            mode="lines+markers",
            line={"color": look.colour, "dash": look.dash, "width": 1.5},
            marker={"symbol": look.symbol, "size": 5},
            hovertemplate=f"%{{x|%Y-%m-%d}}: {label} %{{y:.{shown.decimals}f}} {shown.unit}<extra></extra>",
            row=1,
            col=1,
        )
    _difference(figure, found, shown)
    _frame(figure, found, shown, onset)
    return figure


def _difference(figure: go.Figure, found: SideBySide, shown: words.Quantity) -> None:
    if found.usual is not None and found.detectable is not None:
        low, high = ((found.usual + way * found.detectable) * shown.scale for way in (-1, 1))
        figure.add_shape(
            type="rect", xref="x2 domain", x0=0, x1=1, yref="y2", y0=low, y1=high, layer="below",
            line={"width": 0}, fillcolor=_DETECTABLE,
        )  # fmt: skip
        usual = found.usual * shown.scale
        figure.add_shape(
            type="line", xref="x2 domain", x0=0, x1=1, yref="y2", y0=usual, y1=usual,
            line={"color": theme.NEUTRAL, "width": 1.5, "dash": "dash"},
        )  # fmt: skip
    for is_usual, name in ((True, _("before the injury")), (False, _("since the injury"))):
        own = [run for run in found.runs if run.is_usual == is_usual]
        figure.add_scatter(
            x=[_wall(run.start) for run in own],
            y=[run.difference * shown.scale for run in own],
            mode="markers",
            marker=_marker(is_usual),
            hovertemplate=f"%{{x|%Y-%m-%d}}, {name}: %{{y:+.{shown.decimals}f}} {shown.unit}<extra></extra>",
            row=2,
            col=1,
        )


def _marker(is_usual: bool) -> dict[str, Any]:
    symbol = "circle-open" if is_usual else "circle"
    return {"symbol": symbol, "size": 7, "color": theme.NEUTRAL if is_usual else theme.INJURED.colour}


def _frame(figure: go.Figure, found: SideBySide, shown: words.Quantity, onset: datetime) -> None:
    titles = (
        _("Each leg: ● injured, ◆ other"),
        _("Injured − other; grey: usual ± smallest detectable change")
        if found.detectable is not None
        else _("Injured − other; nothing to compare with"),
    )
    for row, title in enumerate(titles, start=1):
        figure.add_annotation(
            text=title, x=0, xref="paper", xanchor="left", y=1, yref=f"y{row if row > 1 else ''} domain",
            yanchor="bottom", showarrow=False, font={"size": 11},
        )  # fmt: skip
    line = {"color": theme.INJURED.colour, "width": 1.5, "dash": "dash"}
    figure.add_shape(
        type="line", x0=_wall(onset), x1=_wall(onset), y0=0, y1=1, xref="x", yref="paper", line=line
    )
    figure.update_yaxes(
        gridcolor=theme.BAND, zeroline=False, fixedrange=True, nticks=5,
        ticksuffix=shown.unit if shown.unit == "°" else "",
    )  # fmt: skip
    figure.update_yaxes(range=_range(found, shown), row=2, col=1)
    figure.update_xaxes(
        showgrid=False, fixedrange=True, nticks=5, tickformat="%-d %b", range=_whole(found.runs)
    )
    figure.update_layout(
        font={"family": theme.MANTINE["fontFamily"], "size": 11, "color": theme.NEUTRAL},
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)", showlegend=False, dragmode=False,
        hovermode="closest", uirevision="keep", margin={"l": 44, "r": 10, "t": 22, "b": 26}, height=330,
    )  # fmt: skip


def _range(found: SideBySide, shown: words.Quantity) -> list[float]:
    """Room for all points and for the band."""
    values = [run.difference for run in found.runs]
    if found.usual is not None and found.detectable is not None:
        values += [found.usual - found.detectable, found.usual + found.detectable]
    low, high = min(values) * shown.scale, max(values) * shown.scale
    room = 0.1 * (high - low) or 1.0
    return [low - room, high + room]


def _whole(runs: tuple[SidedRun, ...]) -> list[datetime]:
    day = timedelta(days=2)
    return [_wall(runs[0].start) - day, _wall(runs[-1].start) + day]


def _wall(at: datetime) -> datetime:
    return at.replace(tzinfo=None)
