"""Bland-Altman plots: differences against the size of what was measured."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from imu.report import theme
from imu.validation.agreement import agreement
from imu.validation.metrics import Metric
from imu.validation.tables import number

SYMBOLS: Mapping[str, str] = {
    "rbds": "circle",
    "hamner": "diamond",
    "welk": "square",
    "walkrun": "triangle-up",
    "alcantara": "cross",
    "simulated": "x",
}
COLOURS: Mapping[str, theme.Colour] = {"clean": theme.LEFT, "field": theme.RIGHT, "real": theme.RUN}
SIMULATED = "simulated"  # shown, but the limits come from people
MOST_POINTS = 400  # per set and variant; more would only be darker. The limits count every stride.
# A moment has no size: contacts are drawn against how long the foot was on the ground.
_DRAWN_AGAINST: Mapping[str, str] = {"ic_time_s": "contact_time_s", "to_time_s": "contact_time_s"}


def bland_altman(errors: pd.DataFrame, metric: Metric) -> go.Figure:
    """One metric: a point per stride, a symbol per set, the bias and the 95 % limits over all of them."""
    own = errors[(errors["metric"] == metric.column) & ~errors["set"].isin(metric.rough_sets)]
    own = own.assign(size=_size(own, errors, metric), shown=own["error"] * metric.scale)
    figure = go.Figure()
    for (set_name, variant), group in own.groupby(["set", "variant"], sort=False):
        points = group.iloc[:: max(1, len(group) // MOST_POINTS)]
        figure.add_scatter(
            x=points["size"].round(5),
            y=points["shown"].round(4),
            mode="markers",
            name=f"{set_name}, {variant}",
            customdata=points["trial"] + " " + points["side"],
            hovertemplate="%{customdata}<br>%{y:.2f} at %{x:.3g}<extra></extra>",
            marker={
                "symbol": SYMBOLS.get(str(set_name), "circle") + ("-open" if variant == "clean" else ""),
                "color": COLOURS.get(str(variant), theme.BOTH).in_chart,
                "size": 6,
                "opacity": 0.55,
            },
        )
    _add_limits(figure, own[own["set"] != SIMULATED], metric)
    figure.update_layout(
        template=theme.TEMPLATE,
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "font": {"color": theme.INK.in_chart}},
        hovermode="closest",
        margin={"l": 52, "r": 12, "t": 8, "b": 44},
        xaxis={"title": {"text": _against(metric)}},
        yaxis={
            "title": {"text": f"ours - true, {metric.unit}"},
            "zeroline": True,
            "zerolinecolor": theme.ZERO.in_chart,
        },
    )
    return figure


def _add_limits(figure: go.Figure, errors: pd.DataFrame, metric: Metric) -> None:
    result = agreement(errors["shown"].to_numpy(), errors["runner"].to_numpy())
    # The bias is named at the other end: in a narrow band the three words would stand on each other.
    for value, dash, name, place in (
        (result.high, "dash", "+95 %", "top right"),
        (result.bias, "solid", "bias", "top left"),
        (result.low, "dash", "-95 %", "bottom right"),
    ):
        if np.isfinite(value):
            figure.add_hline(
                y=value,
                line={"color": theme.INK.in_chart, "width": 1, "dash": dash},
                annotation={
                    "text": f"{name} {number(value, metric.unit)}",
                    "font": {"color": theme.INK.in_chart},
                },
                annotation_position=place,
            )


def _size(own: pd.DataFrame, errors: pd.DataFrame, metric: Metric) -> "pd.Series[float]":
    against = _DRAWN_AGAINST.get(metric.column)
    if against is None:
        return metric.scale * (own["truth"] + own["ours"]) / 2
    keys = ["set", "variant", "trial", "side", "time_s"]
    other = errors[errors["metric"] == against].drop_duplicates(keys).set_index(keys)["truth"]
    sizes = other.reindex(pd.MultiIndex.from_frame(own[keys])).to_numpy()
    return pd.Series(1e3 * sizes, index=own.index)


def _against(metric: Metric) -> str:
    if metric.column in _DRAWN_AGAINST:
        return "true contact time, ms"
    return f"mean of ours and true, {metric.unit}"
