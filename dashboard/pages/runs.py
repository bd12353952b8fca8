"""All runs of an athlete, the latest first; filtered, and two of them chosen to be compared."""

import re
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, html
from dash.development.base_component import Component

from dashboard import desk, ids
from dashboard.components import run_list
from dashboard.components.page import page
from dashboard.components.run_head import surface_words
from dashboard.components.run_list import Line, Wanted
from dashboard.components.states import empty
from dashboard.pages.route import WITH_ATHLETES, Page
from dashboard.text import N_, _, ngettext
from imu.followup.verdicts import verdicts
from imu.store import Repository
from imu.training.engine import current_injury
from imu.training.history import History

_RUN_ID = re.compile(r"[0-9a-f]{32}")


def layout(athlete_id: str = "", **_query: str) -> Component:
    return page(_("Runs"), ids.content("runs", athlete_id))


def register(app: Dash) -> None:
    at = {
        name: ids.control("runs", name, ids.MATCH) for name in ("rows", "period", "surface", "trust", "page")
    }
    bar = ids.control("runs", "bar", ids.MATCH)

    @app.callback(
        Output(ids.content("runs", ids.MATCH), "children"), Input(ids.content("runs", ids.MATCH), "id")
    )
    def show(at: dict[str, Any]) -> Component:
        with desk.looking() as repository:
            if not at["of"] and not any(one.is_own for one in repository.sharing.athletes()):
                return _nothing()
            lines, injured = _read(repository, at["of"])
            now = repository.now()
        return _content(at["of"], lines, Wanted().among(lines, now=now), injured) if lines else _nothing()

    @app.callback(
        output=[
            Output(at["rows"], "children"),
            Output(at["page"], "total"),
            Output(ids.control("runs", "count", ids.MATCH), "children"),
        ],
        inputs={
            "of": Input(at["rows"], "id"),
            **{name: Input(at[name], "value") for name in ("period", "surface", "trust", "page")},
        },
        prevent_initial_call=True,
    )
    def narrow(of: dict[str, Any], period: Any, surface: Any, trust: Any, page: Any) -> list[Any]:
        with desk.looking() as repository:
            lines, injured = _read(repository, of["of"])
            wanted = Wanted(period=period, surface=surface, trust=trust).among(lines, now=repository.now())
        shown = run_list.rows(run_list.page_of(wanted, page), injured=injured)
        return [shown, run_list.pages(wanted), _count(wanted)]

    @app.callback(
        Output(bar, "children"),
        Input(ids.control("runs", "chosen", ids.MATCH), "value"),
        prevent_initial_call=True,
    )
    def choose(chosen: Any) -> Component:
        told = chosen if isinstance(chosen, list) else []
        return run_list.compare_bar([one for one in told if isinstance(one, str) and _RUN_ID.fullmatch(one)])

    @app.callback(
        Output(ids.control("runs", "verdict", ALL, ALL), "children"),
        Input(ids.control("runs", "verdict", ALL, ALL), "id"),
    )
    def judge(asked: list[dict[str, Any]]) -> list[Component | None]:
        with desk.looking() as repository:
            found = verdicts(repository, [one["of"] for one in asked])
        return [_verdict(found.get(one["of"])) for one in asked]


def _read(repository: Repository, of: str) -> tuple[list[Line], str | None]:
    """The runs that are there, and which leg is injured today."""
    athlete_id = repository.sharing.athlete(of or None).athlete_id
    lines = [Line(run=one.run, headline=one.headline) for one in repository.runs.listed(athlete_id)]
    history = History(injuries=repository.yardsticks(athlete_id).injuries)
    injury = current_injury(history, now=repository.now())
    return lines, None if injury is None else injury.side


def _content(of: str, lines: list[Line], wanted: list[Line], injured: str | None) -> Component:
    surfaces = sorted({line.run.surface for line in lines if line.run.surface})
    filters = dmc.Group(
        [
            dmc.SegmentedControl(
                id=ids.control("runs", "period", of),
                data=[
                    {"value": "all", "label": _("All")},
                    {"value": "30", "label": _("30 days")},
                    {"value": "90", "label": _("90 days")},
                    {"value": "365", "label": _("A year")},
                ],
                value="all",
                size="sm",
            ),
            dmc.Select(
                id=ids.control("runs", "surface", of),
                data=[{"value": one, "label": surface_words(one)} for one in surfaces],
                placeholder=_("Any surface"),
                clearable=True,
                size="sm",
                w=150,
                **{"aria-label": _("Surface")},
            ),
            dmc.Select(
                id=ids.control("runs", "trust", of),
                data=[{"value": "judged", "label": _("Only what can be judged")}],
                placeholder=_("Any recording"),
                clearable=True,
                size="sm",
                w=210,
                **{"aria-label": _("Recording")},
            ),
        ],
        gap="sm",
    )
    count = dmc.Text(_count(wanted), id=ids.control("runs", "count", of), size="sm", c="dimmed")
    bar = html.Div(run_list.compare_bar([]), id=ids.control("runs", "bar", of))
    rows = html.Div(
        run_list.rows(run_list.page_of(wanted, 1), injured=injured), id=ids.control("runs", "rows", of)
    )
    return dmc.Stack(
        [
            filters,
            dmc.Group([count, bar], justify="space-between", mih=36),
            dmc.CheckboxGroup(rows, id=ids.control("runs", "chosen", of), value=[]),
            dmc.Pagination(
                id=ids.control("runs", "page", of), total=run_list.pages(wanted), value=1, size="sm"
            ),
        ]
    )


def _count(wanted: list[Line]) -> str:
    return ngettext("{number} run", "{number} runs", len(wanted))


def _verdict(words: str | None) -> Component | None:
    return None if words is None else dmc.Text(words, size="sm")


def _nothing() -> Component:
    return empty(_("No run yet"), _("Record one with your sensors, or sync what they hold."))


PAGES = (
    Page(path="/runs", title=N_("Runs"), layout=layout, roles=("runner",), in_navigation=True),
    Page(path="/athlete/<athlete_id>/runs", title=N_("Runs"), layout=layout, roles=WITH_ATHLETES),
)
