"""The measures of one run: a small chart each, with the number that counts above it."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash.development.base_component import Component

from dashboard.components.chart import chart
from dashboard.components.explained import explained
from dashboard.components.sides import side_mark, side_name
from dashboard.text import _, numbers
from dashboard.text.measures import measure_name, spaced_unit
from imu.report.metrics import SPEED, Metric

Numbers = Mapping[str, Mapping[str, Any]]


def _spoken(metric: Metric, value: float) -> str:
    return f"{numbers.number(value * metric.scale, metric.decimals)}{spaced_unit(metric)}"


def _spread(metric: Metric, iqr: float | None) -> list[Component]:
    """How wide the middle half of strides is. Pace has none: it goes the other way than speed."""
    if iqr is None or metric is SPEED:
        return []
    return [dmc.Text(_("IQR {width}", width=_spoken(metric, iqr)), span=True, size="xs", c="dimmed", fw=400)]


def small(
    metric: Metric,
    told: Numbers,
    sides: Sequence[str],
    *,
    injured: str | None,
    figure: dict[str, Any] | None,
) -> Component:
    """One measure: name, number per side, course over the run. Without strides there is no course."""
    rows = [one for side in sides if (one := _row(metric, told, side, injured)) is not None]
    title = _("Pace") if metric is SPEED else measure_name(metric)
    drawn = (
        []
        if figure is None
        else [chart(figure, label=_("{measure} over the run", measure=title), height=120)]
    )
    return dmc.Paper(
        dmc.Stack([explained(metric.column, title, fw=600, size="sm"), *rows, *drawn], gap=4),
        withBorder=True,
        p="md",
    )


def _row(metric: Metric, told: Numbers, side: str, injured: str | None) -> Component | None:
    found = metric.statistics(told, "overall" if side == "both" else side)
    if found is None or found.get("median") is None:
        return None
    median = found["median"]
    shown = numbers.spoken_pace(median) if metric is SPEED else _spoken(metric, median)
    value = dmc.Text(
        [shown, " ", *_spread(metric, found.get("iqr"))],
        fw=600,
        style={"fontVariantNumeric": "tabular-nums"},
    )
    if side == "both":
        return value
    name = dmc.Text(side_name(side, injured=injured), size="sm", c="dimmed")
    return dmc.Group(
        [dmc.Group([side_mark(side, injured=injured), name], gap=6), value],
        justify="space-between",
        gap="xs",
        wrap="nowrap",
    )


def grid(parts: Sequence[Component]) -> Component:
    """Small multiples, one under the other on a phone."""
    return dmc.SimpleGrid(list(parts), cols={"base": 1, "xs": 2, "lg": 3}, spacing="md")
