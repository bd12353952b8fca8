"""The way back: stages, load and pain on one axis of time, and what opens the next stage."""

from datetime import datetime
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output
from dash.development.base_component import Component

from dashboard import desk, ids
from dashboard.components import ladder as parts
from dashboard.components.athlete import load_facts
from dashboard.components.chart import chart
from dashboard.components.page import page
from dashboard.components.sections import section
from dashboard.components.states import empty
from dashboard.figures import episode as figures
from dashboard.pages.route import WITH_ATHLETES, Page
from dashboard.text import N_, _
from imu.followup.episode import episode_of
from imu.followup.judgement import judge
from imu.followup.standing import standing_of
from imu.store import Repository
from imu.training.engine import PlanState


def layout(athlete_id: str = "", **_query: str) -> Component:
    return page(_("Progress"), ids.content("progress", athlete_id))


def register(app: Dash) -> None:
    content = ids.content("progress", ids.MATCH)

    @app.callback(Output(content, "children"), Input(content, "id"))
    def show(at: dict[str, Any]) -> Component:
        with desk.looking() as repository:
            return _content(repository, str(at["of"]))


def _content(repository: Repository, of: str) -> Component:
    athlete_id = repository.sharing.athlete(of or None).athlete_id
    record = repository.record(athlete_id)
    found = judge(record, now=repository.now())
    episode = episode_of(record, found, listed=repository.runs.listed(athlete_id), notes=())
    load = load_facts(standing_of(record, found))
    if episode is None:
        return dmc.Stack(
            [
                load,
                empty(
                    _("No plan is followed"),
                    _("Stages and gates begin with an injury: tell about it on the page Today."),
                ),
            ],
            gap="lg",
        )
    course = chart(figures.course(episode), label=figures.summary(episode), height=620)
    state = episode.state
    followed = [parts.ladder(state), parts.gates(state.gates)] if isinstance(state, PlanState) else []
    judged = parts.sessions(state.judged) if isinstance(state, PlanState) else None
    onset = datetime.combine(episode.injury.onset, datetime.min.time())
    shown = [
        section(
            _("Stages, load and pain"),
            course,
            lead=_("From four weeks before the injury of {day} until today.", day=f"{onset:%Y-%m-%d}"),
        ),
        load,
        *followed,
        judged,
    ]
    return dmc.Stack([one for one in shown if one is not None], gap="lg")


PAGES = (
    Page(path="/progress", title=N_("Progress"), layout=layout, roles=("runner",), in_navigation=True),
    Page(path="/athlete/<athlete_id>/progress", title=N_("Progress"), layout=layout, roles=WITH_ATHLETES),
)
