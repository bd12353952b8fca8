"""Charts: plain values in, a Plotly figure out. Sides differ by dash and marker as well as by colour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from imu.report import theme
from imu.report.clock import clock
from imu.report.metrics import Metric
from imu.report.trends import Trend

Floats = NDArray[np.float64]

# Markers on every point of a line longer than this would hide it.
MOST_MARKERS = 60


@dataclass(frozen=True, slots=True)
class Look:
    """How one side is told apart: also in black and white, and also when colours look alike."""

    name: str
    colour: theme.Colour
    dash: str
    marker: str


LOOKS: Mapping[str, Look] = {
    "left": Look("Left", theme.LEFT, "solid", "circle"),
    "right": Look("Right", theme.RIGHT, "6px,3px", "diamond"),
    "unknown": Look("Side not told", theme.BOTH, "solid", "square"),
    "both": Look("Both sides", theme.BOTH, "solid", "circle"),
}


@dataclass(frozen=True, slots=True)
class Lane:
    """One activity of the timeline; walking and standing are also hatched and dotted."""

    name: str
    colour: theme.Colour
    pattern: str
    text: theme.Colour


LANES: Mapping[str, Lane] = {
    "stand": Lane("Stand", theme.STAND, ".", theme.INK),
    "walk": Lane("Walk", theme.WALK, "/", theme.INK),
    "run": Lane("Run", theme.RUN, "", theme.PAGE),
}


def timeline(bouts: Sequence[Mapping[str, Any]], *, duration_s: float) -> go.Figure:
    """Standing, walking and running over time: one lane each, so that the picture reads without colour."""
    unit_s, _ = time_unit(duration_s)
    figure = go.Figure()
    for activity, lane in LANES.items():
        own = [bout for bout in bouts if bout["activity"] == activity]
        lengths_s = np.array([bout["end_s"] - bout["start_s"] for bout in own], dtype=float)
        figure.add_bar(
            orientation="h",
            y=[lane.name] * len(own),
            base=np.array([bout["start_s"] for bout in own], dtype=float) / unit_s,
            x=lengths_s / unit_s,
            customdata=[clock(length_s) for length_s in lengths_s],
            text=[clock(length_s) for length_s in lengths_s],
            textposition="inside",
            insidetextanchor="middle",
            insidetextfont={"color": lane.text.in_chart},
            textangle=0,
            constraintext="inside",
            marker={
                "color": lane.colour.in_chart,
                "line": {"width": 0},
                "cornerradius": 3,
                "pattern": {
                    "shape": lane.pattern,
                    "size": 6,
                    "solidity": 0.18,
                    "fgcolor": theme.PAGE.in_chart,
                    "fillmode": "overlay",
                },
            },
            hovertemplate=f"{lane.name} %{{customdata}}<extra></extra>",
        )
    figure.update_layout(
        template=theme.TEMPLATE,
        xaxis=time_axis(duration_s),
        yaxis={
            "categoryorder": "array",
            "categoryarray": [lane.name for lane in LANES.values()],
            "showgrid": True,
            "range": [-0.5, len(LANES) - 0.5],  # an empty lane is shown empty, not left out
        },
        barmode="overlay",
        bargap=0.22,
        hovermode="closest",
        uniformtext={"mode": "hide", "minsize": 11},
    )
    return figure


def course(
    trends: Sequence[Trend],
    metric: Metric,
    *,
    duration_s: float,
    onsets_s: Sequence[float] = (),
    clock_below: bool = True,
) -> go.Figure:
    """One metric over time, a line per side over its uncertainty and its single strides.

    `onsets_s`: where changes begin that raised a warning. `clock_below=False` for all but the last of charts
    under each other.
    """
    unit_s, _ = time_unit(duration_s)
    looks = [LOOKS[trend.side] for trend in trends]
    bands = [
        _band(trend.time_s / unit_s, trend.median, trend.uncertainty, look)
        for trend, look in zip(trends, looks, strict=True)
        if trend.uncertainty is not None
    ]
    figure = go.Figure()
    for scatter in [
        *bands,
        *map(_dots, trends, looks, repeat(unit_s)),
        *map(_clipped, trends, looks, repeat(unit_s)),
        *map(_line, trends, looks, repeat(unit_s), repeat(metric)),
    ]:
        figure.add_scatter(**scatter)
    for onset_s in onsets_s:
        figure.add_vline(
            x=onset_s / unit_s,
            line={"color": theme.NOTICE.in_chart, "width": 1.5, "dash": "2px,3px"},
            layer="below",
            annotation={"text": "changed", "font": {"color": theme.NOTICE.in_chart}, "xanchor": "right"},
        )
    figure.update_layout(
        template=theme.TEMPLATE,
        xaxis=time_axis(duration_s) | {"showticklabels": clock_below},
        margin_b=28 if clock_below else 10,
        yaxis={"range": _range(trends), "ticksuffix": "°" if metric.unit == "°" else ""},
    )
    return figure


def stride_curves(curves: Mapping[str, pd.DataFrame], *, toe_off_percent: Mapping[str, float]) -> go.Figure:
    """Average stride of each side over 0 to 100 % of the cycle, with its spread and its toe-off."""
    figure = go.Figure()
    for side, curve in curves.items():
        phase, mean, sd = (curve[name].to_numpy(float) for name in ("phase_percent", "mean", "sd"))
        figure.add_scatter(**_band(phase, mean, sd, LOOKS[side]))
    for side, curve in curves.items():
        look, phase, mean = LOOKS[side], curve["phase_percent"].to_numpy(float), curve["mean"].to_numpy(float)
        figure.add_scatter(
            x=phase,
            y=mean,
            mode="lines",
            name=look.name,
            line={"color": look.colour.in_chart, "dash": look.dash, "width": 2.25},
            hovertemplate=f"%{{y:.1f}}°<extra>{look.name}</extra>",
        )
        if side in toe_off_percent:
            at = toe_off_percent[side]
            figure.add_scatter(**_toe_off(at, float(np.interp(at, phase, mean)), look))
    if toe_off_percent:
        _mark_phases(figure, float(np.mean(list(toe_off_percent.values()))))
    figure.add_hline(y=0, line={"color": theme.ZERO.in_chart, "width": 1}, layer="below")
    figure.update_layout(
        template=theme.TEMPLATE,
        xaxis={
            "range": [0, 100],
            "tickvals": [0, 25, 50, 75, 100],
            "ticktext": ["0", "25", "50", "75", "100\N{NO-BREAK SPACE}%"],
            "hoverformat": ".0f",
            "fixedrange": True,
        },
        yaxis={"ticksuffix": "°", "nticks": 6},
    )
    return figure


def time_unit(duration_s: float) -> tuple[float, str]:
    """Unit in which time since the start is read: its length in s, and its name."""
    return (60.0, "min") if duration_s >= 120 else (1.0, "s")


def time_axis(duration_s: float) -> dict[str, Any]:
    # A plain number, not a Plotly date: dates below 10 s, such as 5000 ms, are taken for years.
    unit_s, unit = time_unit(duration_s)
    return {
        "range": [0, duration_s / unit_s],
        "ticksuffix": f"\N{NO-BREAK SPACE}{unit}",
        "showticksuffix": "last",
        "hoverformat": ".1f",
        "nticks": 8,
    }


def _line(trend: Trend, look: Look, unit_s: float, metric: Metric) -> dict[str, Any]:
    few = np.isfinite(trend.median).sum() <= MOST_MARKERS
    return {
        "x": trend.time_s / unit_s,
        "y": trend.median,
        "mode": "lines+markers",
        "name": look.name,
        "connectgaps": False,
        "line": {"color": look.colour.in_chart, "dash": look.dash, "width": 2},
        "marker": {"symbol": look.marker, "size": 5 if few else 4, "maxdisplayed": 0 if few else 40},
        "hovertemplate": f"%{{y:.{metric.decimals}f}}{metric.spaced_unit}<extra>{look.name}</extra>",
    }


def _dots(trend: Trend, look: Look, unit_s: float) -> dict[str, Any]:
    return {
        "x": trend.dots_time_s / unit_s,
        "y": trend.dots,
        "mode": "markers",
        "marker": {"symbol": look.marker, "size": 3, "color": look.colour.in_chart, "opacity": 0.28},
        "hoverinfo": "skip",
    }


def _clipped(trend: Trend, look: Look, unit_s: float) -> dict[str, Any]:
    return {
        "x": trend.clipped_time_s / unit_s,
        "y": trend.clipped,
        "mode": "markers",
        "marker": {"symbol": "triangle-up-open", "size": 7, "color": look.colour.in_chart},
        "hovertemplate": f"at least %{{y:.1f}}<extra>{look.name}, saturated</extra>",
    }


def _toe_off(phase: float, angle: float, look: Look) -> dict[str, Any]:
    return {
        "x": [phase],
        "y": [angle],
        "name": "toe-off",
        "mode": "markers",
        "marker": {
            "symbol": look.marker,
            "size": 9,
            "color": theme.PAGE.in_chart,
            "line": {"color": look.colour.in_chart, "width": 2},
        },
        "hoverinfo": "skip",
    }


def _mark_phases(figure: go.Figure, toe_off_percent: float) -> None:
    """A line where the foot leaves the ground, and the two phases named above it."""
    figure.add_vline(x=toe_off_percent, line={"color": theme.ZERO.in_chart, "width": 1}, layer="below")
    for name, at in (("stance", toe_off_percent / 2), ("swing", (toe_off_percent + 100) / 2)):
        figure.add_annotation(
            text=name,
            x=at,
            y=1,
            yref="paper",
            yanchor="bottom",
            showarrow=False,
            font={"color": theme.MUTED.in_chart},
        )
    figure.update_layout(margin_t=20)


def _band(x: Floats, middle: Floats, half: Floats, look: Look) -> dict[str, Any]:
    """A closed outline per unbroken piece, so that no fill spans a hole."""
    known = np.isfinite(middle) & np.isfinite(half)
    pieces = [piece[known[piece]] for piece in np.split(np.arange(len(x)), np.flatnonzero(~known))]
    outline = [_outline(x, middle, half, piece) for piece in pieces if len(piece) > 1]
    xs, ys = np.hstack(outline) if outline else (np.empty(0), np.empty(0))
    return {
        "x": xs,
        "y": ys,
        "mode": "lines",
        "line": {"width": 0, "color": look.colour.in_chart},
        "fill": "toself",
        "fillcolor": look.colour.in_chart.replace("rgb", "rgba").replace(")", ", 0.14)"),
        "hoverinfo": "skip",
    }


def _outline(x: Floats, middle: Floats, half: Floats, piece: NDArray[np.intp]) -> Floats:
    back = piece[::-1]
    ends = np.array([np.nan])
    return np.vstack(
        [
            np.concatenate([x[piece], x[back], ends]),
            np.concatenate([middle[piece] + half[piece], middle[back] - half[back], ends]),
        ]
    )


def _range(trends: Sequence[Trend]) -> list[float]:
    """Room for the lines, their bands and all but the wildest single strides."""
    values = [np.empty(0)]
    for trend in trends:
        half = 0.0 if trend.uncertainty is None else np.nan_to_num(trend.uncertainty)
        values += [trend.median - half, trend.median + half, trend.clipped]
        if len(trend.dots):
            values.append(np.quantile(trend.dots, [0.01, 0.99]))
    seen = np.concatenate(values)
    seen = seen[np.isfinite(seen)]
    low, high = (float(seen.min()), float(seen.max())) if len(seen) else (0.0, 1.0)
    margin = 0.08 * (high - low) or 0.5
    return [low - margin, high + margin]
