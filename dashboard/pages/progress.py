"""The way back: stages, load and pain on one axis of time, and what opens the next stage."""

from datetime import datetime
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output
from dash.development.base_component import Component

import imu
from dashboard import desk, ids
from dashboard.components import ladder as parts
from dashboard.components.athlete import load_facts
from dashboard.components.chart import chart
from dashboard.components.episode import not_judged
from dashboard.components.page import page
from dashboard.components.section import section
from dashboard.components.states import empty
from dashboard.figures import episode as figures
from dashboard.pages.no_record import lacks_record, no_record
from dashboard.pages.route import WITH_ATHLETES, Page
from dashboard.text import N_, _, numbers
from dashboard.text.rules import standing_in_words
from imu.followup.episode import Episode, Lately, episode_of, lately
from imu.followup.standing import judged, standing_of
from imu.store import Repository
from imu.training.plan_state import PlanState


def layout(athlete_id: str = "", **_query: str) -> Component:
    return page(_("Progress"), ids.content("progress", athlete_id))


def register(app: Dash) -> None:
    content = ids.content("progress", ids.MATCH)

    @app.callback(Output(content, "children"), Input(content, "id"))
    def show(at: dict[str, Any]) -> Component:
        if lacks_record(at["of"]):
            return no_record()
        with desk.looking() as repository:
            return _content(repository, str(at["of"]))


def _content(repository: Repository, of: str) -> Component:
    athlete_id = desk.athlete_of(repository, of).athlete_id
    record, found = judged(repository, athlete_id, analysis_version=imu.__version__)
    episode = episode_of(record, found, compared=(), notes=())
    load = section(_("Load"), *load_facts(standing_in_words(standing_of(record, found)) or {}))
    weeks = lately(record.history, now=found.at)
    is_new = episode is None and not weeks.answers and not any(week.minutes for week in weeks.weeks)
    recent = [] if episode and episode.is_open else [_nothing_yet() if is_new else _lately(weeks)]
    if episode is None:
        none = empty(
            _("No plan is followed"),
            _("Stages and gates begin with an injury: tell about it on the page Today."),
        )
        return dmc.Stack([*recent, load, none], gap="lg")
    return dmc.Stack([*recent, *_way_back(episode, load)], gap="lg")


def _nothing_yet() -> Component:
    words = _("Nothing yet: your runs and what you tell about pain will be drawn here.")
    return section(_("Load and pain"), dmc.Text(words, c="dimmed"))


def _lately(found: Lately) -> Component:
    picture = chart(figures.load_and_pain(found), label=figures.summary_of_lately(found), height=360)
    return section(
        _("Load and pain"), picture, lead=_("The last weeks, each of seven days; the last ends today.")
    )


def _way_back(episode: Episode, load: Component) -> list[Component]:
    """Stages with load and pain on one axis, then what they rest on."""
    course = chart(figures.course(episode), label=figures.summary(episode), height=620)
    state = episode.state
    if isinstance(state, PlanState):
        followed = [parts.ladder(state), parts.gates(state.gates)]
    else:
        followed = [not_judged(state)] if episode.is_open else []
    sessions = parts.sessions(state.judged) if isinstance(state, PlanState) else None
    onset = datetime.combine(episode.injury.onset, datetime.min.time())
    until = _("today") if episode.is_open else numbers.date_words(episode.end)
    lead = _(
        "From four weeks before the injury of {day} until {end}.", day=numbers.date_words(onset), end=until
    )
    shown = [section(_("Stages, load and pain"), course, lead=lead), load, *followed, sessions]
    return [one for one in shown if one is not None]


PAGES = (
    Page(path="/progress", title=N_("Progress"), layout=layout, roles=("runner",), in_navigation=True),
    Page(path="/athlete/<athlete_id>/progress", title=N_("Progress"), layout=layout, roles=WITH_ATHLETES),
)
