"""One athlete as a coach sees him, as far as he shares."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, no_update
from dash.development.base_component import Component

import imu
from dashboard import desk, ids
from dashboard.components import athlete as parts
from dashboard.components.page import page
from dashboard.components.warning_answers import warning_answers
from dashboard.pages import warning_acts
from dashboard.pages.episode import ROLES as EPISODE_ROLES
from dashboard.pages.route import Page
from dashboard.text import N_, _, ngettext
from dashboard.text.rules import standing_in_words
from imu.store import Athlete, Repository
from imu.store.words import LONGEST_NOTE


def layout(athlete_id: str = "", **_query: str) -> Component:
    back = dmc.Anchor(_("← Squad"), href="/squad", className="way", size="sm", underline="never")
    return page(_("Athlete"), ids.content("athlete", athlete_id), aside=back, is_kind=True)


def register(app: Dash) -> None:
    content = ids.content("athlete", ids.MATCH)
    note = ids.control("athlete", "note", ids.MATCH)

    @app.callback(Output(content, "children"), Input(content, "id"))
    def show(at: dict[str, Any]) -> Component:
        with desk.looking() as repository:
            return _content(repository, str(at["of"]))

    @app.callback(
        Output(content, "children", allow_duplicate=True),
        Output(note, "error"),
        Input(ids.control("athlete", "write", ids.MATCH), "n_clicks"),
        State(note, "value"),
        State(content, "id"),
        prevent_initial_call=True,
    )
    def write(pressed: Any, text: Any, at: dict[str, Any]) -> tuple[Any, Any]:
        if not pressed:
            return no_update, no_update
        if len(said := str(text or "")) > LONGEST_NOTE:
            few = ngettext(
                "{number} character too many", "{number} characters too many", len(said) - LONGEST_NOTE
            )
            return no_update, few
        if not said.strip():
            return no_update, _("Write a word first.")
        with desk.changing() as repository:
            repository.sharing.add_note(str(at["of"]), said)
            return _content(repository, str(at["of"])), None

    warning_acts.register(app, "athlete", content, _answered)


def _answered(athlete_id: str, answer: warning_acts.Answer) -> Component:
    warning_acts.keep(athlete_id, answer)
    with desk.looking() as repository:
        return _content(repository, athlete_id)


def _content(repository: Repository, athlete_id: str) -> Component:
    one = repository.standings.one(athlete_id, analysis_version=imu.__version__)
    content = standing_in_words(one.content)
    now, rights = repository.now(athlete_id), one.athlete.rights
    told = repository.sharing.notes(athlete_id)
    warnings = (content or {}).get("warnings", ())
    answers = warning_answers(lambda name, key: ids.control("athlete", name, athlete_id, key))
    return dmc.Stack(
        [
            parts.head(one, now=now, may_open_episode=_may_open_episode(one.athlete)),
            parts.standing(content, now=now),
            parts.warnings(warnings, answers if "acknowledge" in rights else None, now=now),
            parts.notes(told, _form(athlete_id) if "write_note" in rights else None, now=now),
        ],
        gap="lg",
    )


def _may_open_episode(athlete: Athlete) -> bool:
    return "read_clinical" in athlete.rights and desk.viewer().role in EPISODE_ROLES


def _form(athlete_id: str) -> Component:
    return dmc.Stack(
        [
            dmc.Textarea(
                id=ids.control("athlete", "note", athlete_id),
                label=_("A note to the athlete"),
                description=_("Whoever sees this athlete can read it."),
                autosize=True,
                minRows=2,
                maxRows=8,
            ),
            dmc.Group(dmc.Button(_("Send"), id=ids.control("athlete", "write", athlete_id), size="sm")),
        ],
        gap="xs",
    )


PAGES = (
    Page(
        path="/athlete/<athlete_id>",
        title=N_("Athlete"),
        layout=layout,
        roles=("coach", "clinician"),
    ),
)
