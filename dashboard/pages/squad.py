"""A coach's or clinician's athletes, whoever needs somebody first."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component

import imu
from dashboard import desk, ids
from dashboard.components import squad_views
from dashboard.components.follower import follower
from dashboard.components.page import page
from dashboard.components.squad import SquadRow, counted, filtered, rows_of, stages
from dashboard.pages.following import follow
from dashboard.pages.route import Page
from dashboard.text import N_, _
from imu.followup.needs import by_need
from imu.store import Repository, Role

EVERY_MS = 60_000
GRID, CARDS, COUNT = (ids.control("squad", name) for name in ("grid", "cards", "count"))
ATTENTION, STAGE, TEXT = (ids.control("squad", name) for name in ("attention", "stage", "text"))
MORE, CLOCK, NEWEST = (ids.control("squad", name) for name in ("more", "clock", "newest"))


def layout(**_query: str) -> Component:
    return page(_("Squad"), ids.content("squad"))


def register(app: Dash) -> None:
    @app.callback(Output(ids.content("squad"), "children"), Input(ids.content("squad"), "id"))
    def show(_at: dict[str, Any]) -> Component:
        return _shown()

    @app.callback(
        Output(GRID, "rowData"),
        Output(CARDS, "children"),
        Output(COUNT, "children"),
        Output(STAGE, "data"),
        Output(MORE, "style"),
        Input(CLOCK, "n_intervals"),
        Input(NEWEST, "data"),
        Input(ATTENTION, "value"),
        Input(STAGE, "value"),
        Input(TEXT, "value"),
        Input(MORE, "n_clicks"),
        prevent_initial_call=True,
    )
    def again(
        _tick: int, _news: Any, attention: Any, stage: Any, text: Any, more: Any
    ) -> tuple[list[dict[str, Any]], Component, str, list[str], dict[str, str]]:
        rows = _read()
        found = filtered(
            rows, attention=str(attention), stage=stage and str(stage), text=str(text or "")[:100]
        )
        shown = squad_views.CARDS * (1 + (more if isinstance(more, int) and 0 <= more < 100 else 0))
        return (
            [row.plain() for row in found],
            squad_views.cards(found, shown=shown),
            counted(rows, shown=len(found)),
            stages(rows),
            _only_if(len(found) > shown),
        )

    follow(app, "squad", _newest)
    follow(app, "nobody", _newest, content="squad", again=_shown)


def _newest(repository: Repository, of: str) -> str:
    return repository.standings.newest(of or None)


def _shown(_of: str = "") -> Component:
    with desk.looking() as repository:
        newest = _newest(repository, "")
    if rows := _read():
        return _board(rows, newest)
    return html.Div([squad_views.nobody(desk.viewer().role), follower("nobody", "", newest)])


def _read() -> tuple[SquadRow, ...]:
    with desk.looking() as repository:
        now = repository.now()
        kept = repository.standings.squad(analysis_version=imu.__version__)
        return rows_of(by_need(kept, now=now), now=now)


def _board(rows: tuple[SquadRow, ...], newest: str) -> Component:
    narrowing = dmc.Group(
        [
            dmc.SegmentedControl(
                id=ATTENTION,
                value="all",
                data=[
                    {"value": "all", "label": _("All")},
                    {"value": "attention", "label": _("Needs attention")},
                    {"value": "warnings", "label": _("With warnings")},
                ],
            ),
            dmc.Select(
                id=STAGE,
                data=stages(rows),
                placeholder=_("Every stage"),
                clearable=True,
                w={"base": "100%", "xs": 170},
                clearButtonProps={"aria-label": _("Every stage")},
                **{"aria-label": _("Stage")},
            ),
            dmc.TextInput(
                id=TEXT,
                placeholder=_("Name or words"),
                debounce=300,
                w={"base": "100%", "xs": 190},
                **{"aria-label": _("Name or words")},
            ),
            dmc.Text(counted(rows, shown=len(rows)), id=COUNT, size="sm", c="dimmed"),
        ],
        gap="sm",
    )
    more = dmc.Button(
        _("Show more"),
        id=MORE,
        variant="default",
        style=_only_if(len(rows) > squad_views.CARDS),
    )
    return dmc.Stack(
        [
            narrowing,
            dmc.Box(squad_views.grid(rows, GRID), visibleFrom="sm"),
            dmc.Stack(
                [dmc.Box(squad_views.cards(rows, shown=squad_views.CARDS), id=CARDS), more], hiddenFrom="sm"
            ),
            dcc.Interval(id=CLOCK, interval=EVERY_MS),
            follower("squad", "", newest, keeps_fields=True),
        ]
    )


def _only_if(shown: bool) -> dict[str, str]:
    return {} if shown else {"display": "none"}


ROLES: tuple[Role, ...] = ("coach", "clinician")
PAGES = (
    Page(
        path="/squad",
        title=N_("Squad"),
        layout=layout,
        roles=ROLES,
        in_navigation=True,
    ),
)
