"""Two runs in numbers: a measure a line, and whether they differ by more than usual runs do."""

from collections.abc import Sequence
from dataclasses import replace

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard import theme
from dashboard.components.explained import explained
from dashboard.components.run_head import trust_badge
from dashboard.components.sides import in_order, side_mark, side_name
from dashboard.text import _, numbers, units
from dashboard.text.measures import measure_name, spaced_unit
from dashboard.text.rules import spoken
from imu.followup.two_runs import PACE, Side
from imu.report.clock import clock
from imu.report.metrics import Metric
from imu.training.history import Run
from imu.training.two_runs import Difference

# Neither of a side: two runs are compared here, and both legs of each are in the same place.
EARLIER = theme.Look("#868e96", "solid", "circle")
LATER = theme.Look("#0c8599", "dash", "square")


def heads(first: Run, second: Run) -> Component:
    """Which runs these are."""
    return dmc.SimpleGrid(
        [_head(first, EARLIER, "●", _("earlier")), _head(second, LATER, "■", _("later"))],
        cols={"base": 1, "xs": 2},
        spacing="md",
    )


def _head(run: Run, look: theme.Look, symbol: str, word: str) -> Component:
    mark = html.Span(symbol, style={"color": look.colour})
    distance = f" · {numbers.distance(run.distance_m, 2)} {numbers.distance_unit()}" if run.distance_m else ""
    return dmc.Paper(
        dmc.Stack(
            [
                dmc.Group([mark, dmc.Text(word, size="sm", c="dimmed")], gap=6),
                dmc.Anchor(numbers.day(run.start), href=f"/run/{run.run_id}", fw=600),
                dmc.Text(f"{clock(run.running_s)}{distance}", size="sm"),
                dmc.Group(trust_badge(run, size="sm")),
            ],
            gap=6,
        ),
        withBorder=True,
        p="md",
    )


def table(sides: Sequence[Side], *, injured: str | None) -> Component:
    """All measures; a table that becomes one block a measure on a phone."""
    ordered = sorted(sides, key=lambda one: one.side != in_order(injured=injured)[0])
    by_metric = {one.metric: [two for two in ordered if two.metric is one.metric] for one in sides}
    return dmc.Stack([_measure(metric, own, injured) for metric, own in by_metric.items()], gap="lg")


def _measure(metric: Metric, sides: Sequence[Side], injured: str | None) -> Component:
    lines = [_line(one, injured) for one in sides]
    matched = [one for one in sides if one.difference is not None and one.difference.at_matched_speed]
    notes = [_("Difference at matched speed, slope, surface and minute.")] if matched else []
    notes += dict.fromkeys(
        _("Speed could not be taken out: {why}.", why=spoken(one.not_matched))
        for one in sides
        if one.not_matched
    )
    return html.Div(
        [
            explained(metric.column, measure_name(metric), fw=600),
            *lines,
            *(dmc.Text(note, size="xs", c="dimmed") for note in notes),
        ]
    )


def _line(one: Side, injured: str | None) -> Component:
    side = (
        []
        if one.side == "both"
        else [
            side_mark(one.side, injured=injured),
            dmc.Text(side_name(one.side, injured=injured), size="sm", c="dimmed"),
        ]
    )
    return dmc.SimpleGrid(
        [
            dmc.Group(side, gap=6),
            dmc.Group(
                [
                    dmc.Text(_value(one.metric, one.first), fw=600),
                    dmc.Text("→", c="dimmed"),
                    dmc.Text(_value(one.metric, one.second), fw=600),
                ],
                gap="sm",
                style={"fontVariantNumeric": "tabular-nums"},
            ),
            _difference(one),
        ],
        cols={"base": 1, "sm": 3},
        verticalSpacing=2,
        py=6,
    )


def _value(metric: Metric, value: float | None) -> str:
    if value is None:
        return _("not measured")
    if metric is PACE:
        return numbers.spoken_pace(1000 / value)
    return f"{numbers.number(value * metric.scale, metric.decimals)}{spaced_unit(metric)}"


def _of_viewer(metric: Metric) -> Metric:
    """The measure in the unit that the viewer chose."""
    if metric is not PACE:
        return metric
    return replace(metric, scale=numbers.METRES[units()] / 1000, unit=f"s/{units()}")


def _shown(one: Side, found: Difference, *, scale: float, decimals: int) -> float:
    """In the unit shown. Where both runs are taken as they were, what the numbers beside it differ by: a sum
    that does not come out would be the first thing to be asked about.
    """
    if found.at_matched_speed or one.first is None or one.second is None:
        return found.value * scale
    return round(one.second * scale, decimals) - round(one.first * scale, decimals)


def _difference(one: Side) -> Component:
    found = one.difference
    if found is None:
        return dmc.Text(_("one of the runs does not have it"), size="sm", c="dimmed")
    metric = _of_viewer(one.metric)
    unit, scale, decimals = spaced_unit(metric), metric.scale, metric.decimals
    size = f"{numbers.signed(_shown(one, found, scale=scale, decimals=decimals), decimals)}{unit}"
    if found.standard_error is None or found.detectable is None:
        words = _("too few usual runs are known to say how far such runs differ")
        return html.Div([dmc.Text(size, fw=600), dmc.Text(words, size="sm", c="dimmed")])
    error = f"± {numbers.number(found.standard_error * scale, decimals)}{unit}"
    least = f"{numbers.number(found.detectable * scale, decimals)}{unit}"
    words = (
        _("more than usual runs differ by ({least})", least=least)
        if found.is_detected
        else _("no more than usual runs differ by ({least})", least=least)
    )
    return html.Div(
        [
            dmc.Group(
                [
                    dmc.Text(f"{size} {error}", fw=650 if found.is_detected else 500),
                    dmc.Badge(_("changed"), color="orange", variant="outline") if found.is_detected else None,
                ],
                gap="sm",
            ),
            dmc.Text(words, size="sm", c="dimmed"),
        ]
    )
