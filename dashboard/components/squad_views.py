"""A squad as a grid where there is room, and as cards on a phone."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components import levels
from dashboard.components.bars import bars
from dashboard.components.explained import explained
from dashboard.components.levels import Level, Levels, mark
from dashboard.components.squad import SquadRow
from dashboard.components.states import empty
from dashboard.text import _
from dashboard.text.explanations import explanation

CARDS = 20  # at first; more on request
_ROW_PX, _HEADER_PX = 100, 40  # five lines of a cell
# Colours are variables of the page, so the grid follows light and dark without a callback.
THEME = {
    "function": "themeQuartz.withParams({"
    "backgroundColor: 'var(--mantine-color-body)', foregroundColor: 'var(--mantine-color-text)', "
    "borderColor: 'var(--mantine-color-default-border)', headerBackgroundColor: 'transparent', "
    "headerTextColor: 'var(--mantine-color-dimmed)', accentColor: 'var(--accent)', "
    "rowHoverColor: 'var(--mantine-color-default-hover)', fontFamily: 'inherit', headerFontWeight: 600, "
    "wrapperBorderRadius: '8px', columnBorder: false, cellHorizontalPadding: 12, "
    "headerColumnResizeHandleColor: 'transparent'})"
}


def grid(rows: Sequence[SquadRow], grid_id: dict[str, Any]) -> Component:
    """Sorted by need until a header is pressed; cells are reached with arrow keys, links with Enter."""
    lines_px = _HEADER_PX + _ROW_PX * max(len(rows), 2) + 4
    return dag.AgGrid(
        id=grid_id,
        columnDefs=_columns(),
        rowData=[row.plain() for row in rows],
        getRowId="params.data.id",
        eventListeners={"cellClicked": ["squadOpen(params)"], "cellKeyDown": ["squadOpen(params)"]},
        defaultColDef={"resizable": False, "suppressMovable": True, "sortable": True, "minWidth": 110},
        dashGridOptions={
            "theme": THEME,
            "rowHeight": _ROW_PX,
            "headerHeight": _HEADER_PX,
            "suppressCellFocus": False,
            "animateRows": False,
            "localeText": {"noRowsToShow": _("Nobody fits these filters.")},
        },
        # As high as its lines, as long as they fit the window.
        style={"height": f"min({lines_px}px, max(420px, calc(100vh - 230px)))"},
    )


def cards(rows: Sequence[SquadRow], *, shown: int) -> Component:
    """The same lines for a narrow screen, the most pressing first."""
    if not rows:
        return dmc.Text(_("Nobody fits these filters."), c="dimmed")
    return dmc.Stack([_card(row) for row in rows[:shown]], gap="sm")


def nobody(role: str) -> Component:
    """An empty squad: how sharing works."""
    scope = "clinical" if role == "clinician" else "training"
    return empty(
        _("Nobody shares with you yet"),
        _(
            "An athlete shares from “Sharing and data”: your account name, what you may see, and until when. "
            "Training shows runs, load, stage and warnings; clinical also where it hurt and in which words. "
            "He sees who looked at what, and may take it back at any time."
        ),
        dmc.Text(_("On the command line:"), size="sm", c="dimmed"),
        dmc.Code(f"restride share with NAME --scope {scope}", block=True),
    )


def _columns() -> list[dict[str, Any]]:
    ascending_first = {"sortingOrder": ["asc", "desc", None]}
    descending_first = {"sortingOrder": ["desc", "asc", None]}
    needs, may_run = _plain(levels.needs()), _plain(levels.may_run())
    loads = {"week": _("7 days"), "longest": _("Longest"), "levels": _plain(levels.loads())}
    return [
        {
            "field": "name",
            "headerName": _("Athlete"),
            "cellRenderer": "SquadAthlete",
            "cellRendererParams": {"levels": needs},
            "flex": 4,
            "minWidth": 125,
            **ascending_first,
        },
        {
            "field": "stage_by",
            "headerName": _("Stage, next"),
            "cellRenderer": "SquadNext",
            "cellRendererParams": {"levels": may_run},
            "headerTooltip": explanation("stage").what,
            "flex": 5,
            "minWidth": 165,
            **ascending_first,
        },
        {
            "field": "load_by",
            "headerName": _("Load"),
            "cellRenderer": "SquadLoad",
            "cellRendererParams": loads,
            "headerTooltip": f"{explanation('load_week').what} {explanation('load_longest').what}",
            "flex": 5,
            "minWidth": 212,
            **descending_first,
        },
        {
            "field": "warnings",
            "headerName": _("Warnings"),
            "cellRenderer": "SquadWarnings",
            "cellRendererParams": {"open": _("open"), "none": _("none"), "levels": needs},
            "headerTooltip": explanation("warning").what,
            "flex": 6,
            "minWidth": 185,
            **descending_first,
        },
        {
            "field": "check_in_by",
            "headerName": _("Check-in"),
            "cellRenderer": "SquadCheckIn",
            "headerTooltip": explanation("pain").what,
            "flex": 4,
            "minWidth": 125,
            **ascending_first,
        },
        {
            "field": "last_run_by",
            "headerName": _("12 weeks"),
            "cellRenderer": "SquadRuns",
            "headerTooltip": explanation("data_age").what,
            "flex": 4,
            "minWidth": 140,
            **ascending_first,
        },
    ]


def _plain(told: Levels) -> dict[str, dict[str, str]]:
    return {key: asdict(level) for key, level in told.items()}


def _card(row: SquadRow) -> Component:
    head = dmc.Group(
        [
            dcc.Link(row.name, href=row.href, className="cell-link"),
            mark(row.need),
        ],
        justify="space-between",
    )
    parts: list[Component] = [head]
    if row.as_of:
        parts.append(dmc.Text(row.as_of, size="xs", c="dimmed"))
    parts.append(dmc.Text([html.B(row.stage), f" · {row.next_words}"], size="sm"))
    if row.warning:
        parts.append(dmc.Text(row.warning_words, size="sm", className=f"level-{row.warning.look}"))
    parts.append(
        dmc.Group(
            [
                _fact(explained("load_week", _("7 days")), mark(row.week, *_words(row.week, row.week_words))),
                _fact(
                    explained("load_longest", _("Longest")),
                    mark(row.longest, *_words(row.longest, row.longest_words)),
                ),
            ],
            gap="lg",
        )
    )
    told = f"{row.check_in} · {row.check_in_age}" if row.check_in else row.check_in_age
    parts.append(
        dmc.Group(
            [bars(row.weeks, row.weeks_words), dmc.Stack([_quiet(row.last_run), _quiet(told)], gap=0)],
            gap="md",
            wrap="nowrap",
        )
    )
    return dmc.Paper(dmc.Stack(parts, gap=6), withBorder=True, p="md")


def _words(level: Level, amount: str) -> tuple[str, ...]:
    return (f"{level.word}, {amount}",) if amount else ()


def _fact(term: Component, value: Component) -> Component:
    return dmc.Stack([dmc.Text(term, size="xs", c="dimmed"), value], gap=0)


def _quiet(words: str) -> Component:
    return dmc.Text(words, size="xs", c="dimmed")
