"""What a watch told over a run, with the strides' own values behind it."""

from typing import Any

from dashboard import theme
from dashboard.figures.base import Figure, figure, line, minutes_axis, within
from dashboard.text import _
from imu.followup.watch_beside import Beside

# The watch's line is broken, so that both are told apart without their colours.
WATCH = theme.Look(theme.RIGHT.colour, "dash", "square")
STRIDES = theme.Look(theme.NEUTRAL, "solid", "circle")


def told(one: Beside, *, longest_min: float, unit: str, decimals: int, factor: float, least: float) -> Figure:
    """One quantity over the minutes of the recording. factor: to its unit; least: no narrower axis, in it."""
    shown: dict[str, Any] = {"hovertemplate": f"%{{y:.{decimals}f}} {unit}<extra>%{{fullData.name}}</extra>"}
    values = [factor * each.value for each in (one.watch, one.strides) if each is not None]
    traces = [line(one.watch.minute, values[0], WATCH, name=_("watch"), **shown)]
    if one.strides is not None:
        own = line(one.strides.minute, values[1], STRIDES, width=1.25, name=_("sensors"), **shown)
        traces.insert(0, own)
    limits = within(*values, least=least)
    return figure(
        traces,
        x=minutes_axis(longest_min, words=_("min")),
        y={} if limits is None else {"range": list(limits)},
    )
