"""What a sensor recorded: a window of it, thinned to what a screen can show."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import repeat

import numpy as np
from numpy.typing import NDArray
from tsdownsample import MinMaxLTTBDownsampler

from dashboard import theme
from dashboard.figures.base import Figure, Floats, Trace, figure, line, plain
from dashboard.text import _
from imu.followup.raw_window import RawWindow

MOST_POINTS = 2000  # per line
_LINES = (  # of the sensor's x, y and z
    theme.Look("#4263eb", "solid", "circle"),
    theme.Look("#0ca678", "dash", "circle"),
    theme.Look("#e67700", "dot", "circle"),
)


def thinned(time_s: Floats, value: NDArray[np.float32]) -> tuple[Floats, NDArray[np.float32]]:
    """At most 2,000 points that look like all of them: extremes stay."""
    if len(value) <= MOST_POINTS:
        return time_s, value
    chosen = MinMaxLTTBDownsampler().downsample(np.ascontiguousarray(value), n_out=MOST_POINTS)
    return time_s[chosen], value[chosen]


def raw(window: RawWindow, *, revision: str) -> Figure:
    """Three axes of a sensor over time. `revision`: a new one lets go of how the reader had zoomed."""
    ticks = _ticks(window.start_s, window.end_s)
    return figure(
        [*map(_axis, window.axes.items(), _LINES, repeat(window)), *_landings(window.contacts_s)],
        x={
            "range": [window.start_s, window.end_s],
            "fixedrange": False,
            "tickvals": ticks,
            "ticktext": [_clock(one) for one in ticks],
            "hoverformat": ".2f",
        },
        y={"title": {"text": window.unit, "standoff": 4}},
        margin={"l": 52, "t": 28},
        dragmode="zoom",
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        uirevision=revision,
    )


def _axis(named: tuple[str, NDArray[np.float32]], look: theme.Look, window: RawWindow) -> Trace:
    axis, value = named
    time_s, shown = thinned(window.time_s, value)
    dense = len(value) > MOST_POINTS  # where dashes would draw noise of their own
    drawn = replace(look, dash="solid") if dense else look
    told = f"{axis} %{{y:.1f}} {window.unit}<extra></extra>"
    return line(time_s, shown.astype(float), drawn, width=1.25, name=axis, hovertemplate=told)


def _landings(contacts_s: Floats) -> list[Trace]:
    if not len(contacts_s):
        return []
    return [
        {
            "type": "scatter",
            "x": plain(contacts_s),
            "y": [0] * len(contacts_s),
            "mode": "markers",
            "name": _("foot lands"),
            "marker": {"symbol": "triangle-up", "size": 9, "color": theme.NEUTRAL},
            "hovertemplate": f"{_('foot lands')}<extra></extra>",
        }
    ]


def _ticks(start_s: float, end_s: float) -> Sequence[float]:
    """About six round times in a window."""
    step = next(
        (one for one in (0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600) if (end_s - start_s) / one <= 7),
        1800,
    )
    first = np.ceil(start_s / step) * step
    return [round(float(one), 3) for one in np.arange(first, end_s + step / 1e6, step)]


def _clock(time_s: float) -> str:
    """`4:05`, with a decimal where there is one."""
    minutes, seconds = divmod(round(time_s, 1), 60)
    return f"{minutes:.0f}:{seconds:04.1f}" if round(seconds, 1) % 1 else f"{minutes:.0f}:{seconds:02.0f}"
