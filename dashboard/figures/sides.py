"""The injured side against the other one over runs, with the smallest change that can be told of the last."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from dashboard import theme
from dashboard.figures.base import Figure, Trace
from dashboard.figures.stacked import Row, axis_of, day_pointed_at, stacked, upright, wall
from dashboard.text import _, episode_words as words
from imu.report.metrics import spaced
from imu.training.sides import SideBySide, SidedRun

_MARGIN_DAYS = timedelta(days=2)
_HALF_BAR = timedelta(days=1)  # a single run has a bar as well


def over_runs(found: SideBySide, *, onset: datetime) -> Figure:
    """Above both legs; below injured minus other, with the mean that is judged: of the last runs, as a bar
    over them, beside its usual value and the band of what is too small to tell of it."""
    shown = words.quantity(found.quantity)
    legs = (
        _leg(found, _("injured"), theme.INJURED, shown, [run.injured for run in found.runs]),
        _leg(found, _("other"), theme.OTHER, shown, [run.other for run in found.runs]),
    )
    suffix = {"ticksuffix": spaced(shown.unit)}
    differences = [
        _differences([run for run in found.runs if run.is_usual == usual], shown, usual)
        for usual in (True, False)
    ]
    first, last = found.runs[0].start, found.runs[-1].start
    return stacked(
        (
            Row(0.5, _("Each leg: ● injured, ◆ other"), legs, suffix),
            Row(0.5, _differences_read(found), differences, {**suffix, "range": _range(found, shown)}),
        ),
        x={"range": [wall(first - _MARGIN_DAYS), wall(last + _MARGIN_DAYS)], "nticks": 5},
        gap=0.13,
        margin={"l": 44 if shown.unit == "°" else 64, "r": 10, "t": 22, "b": 26},
        shapes=[
            *_band(found, shown),
            *_mean(found, shown),
            upright(onset, {"color": theme.INJURED.colour, "width": 1.5, "dash": "dash"}),
        ],
    )


def _differences_read(found: SideBySide) -> str:
    if found.detectable is None:
        return _("Injured − other; nothing to compare with")
    if not found.recent:
        return _("Injured − other; grey: too small to tell of one run")
    return _("Injured − other; bar: {mean}; grey: too small to tell", mean=words.last_runs(len(found.recent)))


def _number_pointed_at(shown: words.Quantity, sign: str = "") -> str:
    return f"%{{y:{sign}.{shown.decimals}f}}{spaced(shown.unit)}"


def _leg(
    found: SideBySide, label: str, look: theme.Look, shown: words.Quantity, values: list[float]
) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [wall(run.start) for run in found.runs],
        "y": [round(value * shown.scale, 3) for value in values],
        "name": label,
        "line": {"color": look.colour, "dash": look.dash, "width": 1.5},
        "marker": {"symbol": look.symbol, "size": 5},
        "hovertemplate": f"{day_pointed_at()}: {label} {_number_pointed_at(shown)}<extra></extra>",
    }


def _differences(runs: Sequence[SidedRun], shown: words.Quantity, is_usual: bool) -> Trace:
    name = _("before the injury") if is_usual else _("since the injury")
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [wall(run.start) for run in runs],
        "y": [round(run.difference * shown.scale, 3) for run in runs],
        "marker": {
            "symbol": "circle-open" if is_usual else "circle",
            "size": 7,
            "color": theme.NEUTRAL if is_usual else theme.INJURED.colour,
        },
        "hovertemplate": f"{day_pointed_at()}, {name}: {_number_pointed_at(shown, '+')}<extra></extra>",
    }


def _band(found: SideBySide, shown: words.Quantity) -> list[dict[str, Any]]:
    """Usual value, and on both sides of it what the mean of the last runs cannot be told from it."""
    if found.usual is None or found.detectable is None:
        return []
    whole = {"xref": "x domain", "x0": 0, "x1": 1, "yref": axis_of(1)}
    usual = found.usual * shown.scale
    reach = found.detectable * shown.scale
    line = {"color": theme.NEUTRAL, "width": 1.5, "dash": "dash"}
    below = {"layer": "below", "line": {"width": 0}, "fillcolor": theme.BAND}
    return [
        {"type": "rect", "y0": usual - reach, "y1": usual + reach, **below, **whole},
        {"type": "line", "y0": usual, "y1": usual, "line": line, **whole},
    ]


def _mean(found: SideBySide, shown: words.Quantity) -> list[dict[str, Any]]:
    """The mean of the last runs, as long as they are apart."""
    if found.now is None or found.detectable is None:
        return []
    y = found.now * shown.scale
    look = {"color": theme.INJURED.colour, "width": 4}
    begin, end = found.recent[0].start - _HALF_BAR, found.recent[-1].start + _HALF_BAR
    return [
        {
            "type": "line",
            "yref": axis_of(1),
            "x0": wall(begin),
            "x1": wall(end),
            "y0": y,
            "y1": y,
            "line": look,
        }
    ]


def _range(found: SideBySide, shown: words.Quantity) -> list[float]:
    """Room for all points and for the band."""
    values = [run.difference for run in found.runs]
    if found.usual is not None and found.detectable is not None:
        values += [found.usual - found.detectable, found.usual + found.detectable]
    low, high = min(values) * shown.scale, max(values) * shown.scale
    room = 0.1 * (high - low) or 1.0
    return [low - room, high + room]
