"""All runs of an athlete, the latest first; filtered, and two of them chosen to be compared."""

import re
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, html
from dash.development.base_component import Component

from dashboard import desk, ids
from dashboard.components import run_list
from dashboard.components.follower import follower
from dashboard.components.page import page
from dashboard.components.run_filters import Wanted, filters
from dashboard.components.run_list import Line
from dashboard.components.states import empty
from dashboard.pages.following import follow
from dashboard.pages.no_record import lacks_record, no_record
from dashboard.pages.route import WITH_ATHLETES, Page
from dashboard.text import N_, _, ngettext
from dashboard.text.rules import spoken
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
        return _shown(str(at["of"]))

    @app.callback(
        output=[
            Output(at["rows"], "children"),
            Output(at["page"], "total"),
            Output(ids.control("runs", "count", ids.MATCH), "children"),
        ],
        inputs={
            "of": Input(at["rows"], "id"),
            **{name: Input(at[name], "value") for name in ("period", "surface", "trust", "page")},
            "news": Input(ids.control("runs", "newest", ids.MATCH), "data"),
        },
        prevent_initial_call=True,
    )
    def narrow(of: dict[str, Any], period: Any, surface: Any, trust: Any, page: Any, news: Any) -> list[Any]:
        del news  # that there is some
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

    follow(app, "runs", _newest)
    follow(app, "no-runs", _newest, content="runs", again=_shown)


def _newest(repository: Repository, of: str) -> str:
    own = of or next((one.athlete_id for one in repository.sharing.athletes() if one.is_own), None)
    return repository.standings.newest(own)


def _shown(of: str) -> Component:
    if lacks_record(of):
        return no_record()
    with desk.looking() as repository:
        newest = _newest(repository, of)
        lines, injured = _read(repository, of)
        wanted = Wanted().among(lines, now=repository.now())
    return _content(of, lines, wanted, injured, newest) if lines else _nothing(of, newest)


def _read(repository: Repository, of: str) -> tuple[list[Line], str | None]:
    """The runs that are there, and which leg is injured today."""
    athlete_id = desk.athlete_of(repository, of).athlete_id
    lines = [Line(run=one.run, headline=one.headline) for one in repository.runs.listed(athlete_id)]
    history = History(injuries=repository.yardsticks(athlete_id).injuries)
    injury = current_injury(history, now=repository.now(athlete_id))
    return lines, None if injury is None else injury.side


def _content(of: str, lines: list[Line], wanted: list[Line], injured: str | None, newest: str) -> Component:
    count = dmc.Text(_count(wanted), id=ids.control("runs", "count", of), size="sm", c="dimmed")
    bar = html.Div(run_list.compare_bar([]), id=ids.control("runs", "bar", of))
    rows = html.Div(
        run_list.rows(run_list.page_of(wanted, 1), injured=injured), id=ids.control("runs", "rows", of)
    )
    return dmc.Stack(
        [
            filters(of, {line.run.surface for line in lines if line.run.surface}),
            dmc.Group([count, bar], justify="space-between", mih=36),
            dmc.CheckboxGroup(rows, id=ids.control("runs", "chosen", of), value=[]),
            dmc.Pagination(
                id=ids.control("runs", "page", of),
                total=run_list.pages(wanted),
                value=1,
                size="sm",
                withControls=False,  # arrows have no names here; the first and the last page stand in the row
                hideWithOnePage=True,
            ),
            follower("runs", of, newest, keeps_fields=True),
        ]
    )


def _count(wanted: list[Line]) -> str:
    return ngettext("{number} run", "{number} runs", len(wanted))


def _verdict(words: str | None) -> Component | None:
    return None if words is None else dmc.Text(spoken(words), size="sm")


def _nothing(of: str, newest: str) -> Component:
    none = empty(_("No run yet"), _("Record one with your sensors, or sync what they hold."))
    return html.Div([none, follower("no-runs", of, newest)])


PAGES = (
    Page(path="/runs", title=N_("Runs"), layout=layout, roles=("runner",), in_navigation=True),
    Page(path="/athlete/<athlete_id>/runs", title=N_("Runs"), layout=layout, roles=WITH_ATHLETES),
)
