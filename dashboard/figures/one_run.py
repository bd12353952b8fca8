"""Charts of one run: what was done when, angles beside the runner's own range, and small courses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboard import theme
from dashboard.figures.base import (
    Figure,
    Floats,
    Trace,
    band,
    degrees_axis,
    figure,
    line,
    minutes_axis,
    note,
    plain,
    upright,
    within,
)
from dashboard.text import _, numbers, units
from dashboard.text.measures import spaced_unit
from dashboard.theme import Look
from imu.followup.one_run import Course
from imu.report.clock import clock
from imu.report.metrics import SPEED, Metric
from imu.training.history import Bout
from imu.training.usual_range import UsualRange

_ACTIVITIES = {  # colour, pattern and ink of each; told apart in black and white too
    "run": ("#087f5b", "", "#ffffff"),
    "walk": ("#8fd3bf", "/", "#12352b"),
    "stand": ("#ced4da", ".", "#212529"),
}
# Minutes for a kilometre or a mile that may stand at an axis.
_PACES_MIN = (2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 8, 9, 10, 12, 15, 20)
MOST_MARKERS = 60
_USUAL = Look(theme.NEUTRAL, "solid", "circle")


@dataclass(frozen=True, slots=True)
class ChangeWithin:
    """Where in a run a change began: the likeliest minute, and between which minutes it did."""

    minute: float
    between_min: tuple[float, float]


def bouts(done: Sequence[Bout], *, duration_s: float) -> Figure:
    """Standing, walking and running on one strip; each piece tells how long it was and how
    fast; what is patterned does so where it is pointed at."""
    names = {"run": _("run"), "walk": _("walk"), "stand": _("stand")}
    bars = [
        _bars([one for one in done if one.activity == activity], name, *_ACTIVITIES[activity])
        for activity, name in names.items()
    ]
    # A watch may have been on before and after.
    begin_s = min([0.0, *(one.start_s for one in done)])
    end_s = max([duration_s, *(one.end_s for one in done)])
    return figure(
        bars,
        x=minutes_axis(end_s / 60, words=_("min")) | {"range": [begin_s / 60, end_s / 60]},
        y={"visible": False},
        margin={"l": 4, "t": 2},
        barmode="overlay",
        bargap=0.0,
        hovermode="closest",
        uniformtext={"mode": "hide", "minsize": 11},
    )


def _bars(own: Sequence[Bout], name: str, colour: str, pattern: str, ink: str) -> Trace:
    told = [_bout_words(one) for one in own]
    return {
        "type": "bar",
        "orientation": "h",
        "y": [""] * len(own),
        "base": [one.start_s / 60 for one in own],
        "x": [(one.end_s - one.start_s) / 60 for one in own],
        "text": [""] * len(own) if pattern else told,  # nobody reads words on a pattern
        "customdata": told,
        "textposition": "inside",
        "insidetextanchor": "middle",
        "insidetextfont": {"color": ink},
        "textangle": 0,
        "constraintext": "inside",
        "marker": {
            "color": colour,
            "line": {"width": 0},
            "cornerradius": 3,
            "pattern": {"shape": pattern, "size": 6, "solidity": 0.15, "fgcolor": ink, "bgcolor": colour},
        },
        "hovertemplate": f"{name} %{{customdata}}<extra></extra>",
    }


def angle(
    seen: UsualRange,
    look: Look,
    *,
    longest_min: float,
    limits: tuple[float, float] | None = None,
    began: ChangeWithin | None = None,
    sign: int = 1,
) -> Figure:
    """Segments of one leg over the minutes of running, over the runner's own range at their speed."""
    expected, half, value = sign * seen.expected_deg, seen.half_deg, sign * seen.value_deg
    usual = line(
        seen.minute,
        expected,
        _USUAL,
        width=1,
        customdata=list(zip(plain(expected - half, 1), plain(expected + half, 1), strict=True)),
        hovertemplate=f"{_('usual')} %{{customdata[0]:.1f}} … %{{customdata[1]:.1f}}°<extra></extra>",
    )
    own = line(
        seen.minute,
        value,
        look,
        width=1.5,
        marker={"symbol": look.symbol, "size": 6, "maxdisplayed": MOST_MARKERS, "color": look.colour},
        hovertemplate=f"{_('this run')} %{{y:.1f}}°<extra></extra>",
    )
    shapes, notes = _change(began)
    # Above the chart, where no line runs; a phone has room for one word, and the range is told below as well.
    if np.isfinite(expected).any() and began is None:
        words = f"▒ {_('your usual range')}"
        notes.append(note(words, 0.0, 1.0, xref="paper", yref="paper", xanchor="left", yanchor="bottom"))
    return figure(
        [band(seen.minute, expected - half, expected + half), usual, own | {"mode": "lines+markers"}],
        x=minutes_axis(longest_min, words=_("min")),
        y=degrees_axis(limits),
        margin={"t": 22},
        shapes=shapes,
        annotations=notes,
    )


def _change(began: ChangeWithin | None) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The likeliest minute as a line, and behind it the minutes between which the change began."""
    if began is None:
        return [], []
    likeliest, words = upright(began.minute, _("changed from here"))
    first, last = began.between_min
    between = {
        "type": "rect",
        "x0": first,
        "x1": last,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "fillcolor": theme.INJURED.colour,
        "opacity": 0.12,
        "line": {"width": 0},
    }
    return [between, likeliest], [words]


def shared_limits(seen: Sequence[UsualRange], *, sign: int = 1) -> tuple[float, float] | None:
    """Limits for charts of two legs that shall be compared by eye."""
    parts = [
        part
        for one in seen
        for part in (
            sign * one.value_deg,
            sign * one.expected_deg - one.half_deg,
            sign * one.expected_deg + one.half_deg,
        )
    ]
    return within(*parts, least=6.0)


def course(drawn: Sequence[Course], looks: Sequence[Look], metric: Metric, *, longest_min: float) -> Figure:
    """A small chart of one metric over the minutes of running, a line per side."""
    lines = [
        line(one.minute, one.value, look, width=1.75, **_hover(metric, one.value))
        for one, look in zip(drawn, looks, strict=True)
    ]
    return figure(
        lines,
        x=minutes_axis(longest_min, words=_("min")) | {"nticks": 5},
        y=_value_axis(metric, [one.value for one in drawn]),
        margin={"l": 40, "t": 6, "b": 26},
    )


def _hover(metric: Metric, value: Floats) -> dict[str, Any]:
    if metric is SPEED:
        return {
            "customdata": [numbers.spoken_pace(one) for one in value],
            "hovertemplate": "%{customdata}<extra></extra>",
        }
    return {"hovertemplate": f"%{{y:.{metric.decimals}f}}{spaced_unit(metric)}<extra></extra>"}


def _value_axis(metric: Metric, values: Sequence[Floats]) -> dict[str, Any]:
    limits = within(*values, least=0.4 if metric is SPEED else 0.0)
    axis: dict[str, Any] = {"nticks": 4, **({} if limits is None else {"range": list(limits)})}
    if metric is SPEED and limits is not None:
        low, high = max(limits[0], 0.5), limits[1]
        speeds = {minutes: numbers.METRES[units()] / 60 / minutes for minutes in _PACES_MIN}
        ticks = {clock(60 * minutes): speed for minutes, speed in speeds.items() if low <= speed <= high}
        axis |= {"tickvals": list(ticks.values()), "ticktext": list(ticks)}
    return axis | ({"ticksuffix": "°"} if metric.unit == "°" else {})


def _bout_words(bout: Bout) -> str:
    lasted = clock(bout.end_s - bout.start_s)
    return f"{lasted} · {numbers.spoken_pace(bout.speed_mps)}" if bout.speed_mps else lasted
