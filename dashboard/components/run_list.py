"""A list of runs: a table on a wide screen, cards on a phone; two can be chosen to be compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components.run_head import surface_words, trust_short
from dashboard.components.sides import in_order, side_mark, side_name
from dashboard.text import _, numbers
from imu.report.clock import clock
from imu.report.metrics import CADENCE, SHANK_ANGLE
from imu.training.history import Run

PER_PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One run of the list. headline: medians by side and column."""

    run: Run
    headline: Mapping[str, Any]

    def median(self, side: str, column: str) -> float | None:
        value: float | None = (self.headline.get(side) or {}).get(column)
        return value


def page_of(lines: Sequence[Line], number: Any) -> Sequence[Line]:
    """One page; a number that means nothing is the first."""
    at = number if isinstance(number, int) and 1 <= number <= pages(lines) else 1
    return lines[(at - 1) * PER_PAGE : at * PER_PAGE]


def pages(lines: Sequence[Line]) -> int:
    return max(-(-len(lines) // PER_PAGE), 1)


def rows(lines: Sequence[Line], *, injured: str | None) -> Component:
    """The runs of one page."""
    if not lines:
        return dmc.Text(_("No run fits these filters."), c="dimmed", py="lg")
    return html.Div(
        [
            dmc.Box(_table(lines, injured), visibleFrom="sm"),
            dmc.Box(dmc.Stack([_card(line, injured) for line in lines], gap="sm"), hiddenFrom="sm"),
        ]
    )


def _table(lines: Sequence[Line], injured: str | None) -> Component:
    sides = in_order(injured=injured)
    first = ["", _("Date"), _("Running"), numbers.distance_unit(), numbers.pace_unit()]
    heads = [
        *(dmc.TableTh(name) for name in first),
        *(dmc.TableTh(_side_head(side, injured)) for side in sides),
        *(dmc.TableTh(name) for name in (_("Cadence"), _("Recording"), _("Session"))),
    ]
    return dmc.Table(
        [
            dmc.TableThead(dmc.TableTr(heads)),
            dmc.TableTbody([_row(line, sides) for line in lines]),
        ],
        highlightOnHover=True,
        verticalSpacing="xs",
        style={"fontVariantNumeric": "tabular-nums"},
    )


def _side_head(side: str, injured: str | None) -> Component:
    name = (
        side_name(side, injured=injured)
        if injured is None
        else _("injured")
        if side == injured
        else _("other")
    )
    return dmc.Tooltip(
        html.Span(
            [
                dmc.Text(_("Shank angle"), size="xs", c="dimmed", style={"whiteSpace": "nowrap"}),
                side_mark(side, injured=injured),
                f" {name}",
            ]
        ),
        label=_("Shank angle at contact, {side}", side=side_name(side, injured=injured)),
    )


def _row(line: Line, sides: Sequence[str]) -> Component:
    run = line.run
    cells = [
        _choose(run),
        _link(run),
        clock(run.running_s),
        _distance(run),
        _pace(run),
        *(_number(line, side) for side in sides),
        _cadence(line),
        trust_short(run),
        html.Span(id=ids.control("runs", "verdict", run.run_id, "table")),
    ]
    return dmc.TableTr([dmc.TableTd(cell) for cell in cells])


def _card(line: Line, injured: str | None) -> Component:
    run = line.run
    angles = [
        dmc.Group([side_mark(side, injured=injured), dmc.Text(_number(line, side), size="sm")], gap=6)
        for side in in_order(injured=injured)
    ]
    facts = " · ".join(
        [
            clock(run.running_s),
            f"{_distance(run)} {numbers.distance_unit()}",
            f"{_pace(run)} {numbers.pace_unit()}",
        ]
    )
    return dmc.Paper(
        dmc.Stack(
            [
                dmc.Group([_link(run), _choose(run)], justify="space-between"),
                dmc.Text(facts, size="sm"),
                dmc.Group(
                    [dmc.Text(_("Shank angle"), size="sm", c="dimmed"), *angles, trust_short(run)], gap="md"
                ),
                html.Div(id=ids.control("runs", "verdict", run.run_id, "card"), style={"minHeight": 22}),
            ],
            gap=6,
        ),
        withBorder=True,
        p="md",
    )


def _choose(run: Run) -> Component:
    named: dict[str, Any] = {"aria-label": _("Compare the run of {day}", day=numbers.moment(run.start))}
    return dmc.Checkbox(value=run.run_id, size="sm", **named)


def _link(run: Run) -> Component:
    words = numbers.short_day(run.start)
    where = [] if run.surface is None else [surface_words(run.surface)]
    beside = " · ".join([f"{run.start:%H:%M}", *where])
    return html.Div(
        [
            dmc.Anchor(words, href=f"/run/{run.run_id}", size="sm", fw=600, style={"whiteSpace": "nowrap"}),
            dmc.Text(beside, size="xs", c="dimmed"),
        ]
    )


def _distance(run: Run) -> str:
    return numbers.distance(run.distance_m)


def _pace(run: Run) -> str:
    return numbers.pace(run.distance_m / run.running_s if run.distance_m and run.running_s else None)


def _number(line: Line, side: str) -> str:
    value = line.median(side, SHANK_ANGLE.column)
    return numbers.NOTHING if value is None else f"{numbers.number(value, SHANK_ANGLE.decimals)}°"


def _cadence(line: Line) -> str:
    value = line.median("overall", CADENCE.column)
    return numbers.NOTHING if value is None else numbers.number(value, CADENCE.decimals)


def compare_bar(chosen: Sequence[str]) -> Component:
    """What to do with the runs that were chosen."""
    if len(chosen) == 2:
        first, second = chosen
        return dmc.Anchor(
            dmc.Button(_("Compare these two"), size="sm"),
            href=f"/compare/{first}/{second}",
            underline="never",
        )
    words = (
        _("Choose one more run to compare it.")
        if len(chosen) == 1
        else _("Tick two runs to compare them.")
        if not chosen
        else _("Two runs can be compared at a time: take some of the {number} away.", number=len(chosen))
    )
    return dmc.Text(words, size="sm", c="dimmed")
