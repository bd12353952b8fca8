"""One athlete as a coach sees him, as far as he shares."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, ctx, no_update
from dash.development.base_component import Component

import imu
from dashboard import desk, ids
from dashboard.components import athlete as parts
from dashboard.components.page import page
from dashboard.pages.route import Page
from dashboard.text import N_, _, ngettext
from imu.followup.standing import judged_and_kept
from imu.store import Repository
from imu.training.warnings import Act, ActKind

LONGEST_NOTE = 2000
_ACTS: dict[str, ActKind] = {"acknowledged": "acknowledged", "seen": "seen"}


def layout(athlete_id: str = "", **_query: str) -> Component:
    back = dmc.Anchor(_("← Squad"), href="/squad", className="way", size="sm", underline="never")
    return page(_("Athlete"), ids.content("athlete", athlete_id), aside=back)


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

    @app.callback(
        Output(content, "children", allow_duplicate=True),
        Input(ids.control("athlete", "acknowledged", ids.MATCH, ids.ALL), "n_clicks"),
        Input(ids.control("athlete", "seen", ids.MATCH, ids.ALL), "n_clicks"),
        State(content, "id"),
        prevent_initial_call=True,
    )
    def answer(acknowledged: list[Any], seen: list[Any], at: dict[str, Any]) -> Any:
        which = ctx.triggered_id
        if not any([*acknowledged, *seen]) or not which:
            return no_update
        with desk.changing() as repository:
            _answer(repository, str(at["of"]), key=str(which["key"]), kind=which["name"])
            return _content(repository, str(at["of"]))


def _answer(repository: Repository, athlete_id: str, *, key: str, kind: str) -> None:
    kept = repository.standings.one(athlete_id, analysis_version=imu.__version__).content or {}
    if key not in {one["key"] for one in kept.get("warnings", ())} or kind not in _ACTS:
        return  # somebody else answered it meanwhile
    act = Act(at=repository.now(), warning=key, kind=_ACTS[kind], by=repository.viewer.name)
    repository.care.act(athlete_id, act)
    judged_and_kept(repository, athlete_id, analysis_version=imu.__version__)


def _content(repository: Repository, athlete_id: str) -> Component:
    one = repository.standings.one(athlete_id, analysis_version=imu.__version__)
    now, rights = repository.now(), one.athlete.rights
    told = repository.sharing.notes(athlete_id)
    warnings = (one.content or {}).get("warnings", ())
    return dmc.Stack(
        [
            parts.head(one, now=now, to_episode="read_clinical" in rights),
            parts.standing(one.content, now=now),
            parts.warnings(warnings, _answers(athlete_id) if "acknowledge" in rights else None, now=now),
            parts.notes(told, _form(athlete_id) if "write_note" in rights else None, now=now),
        ],
        gap="lg",
    )


def _answers(athlete_id: str) -> parts.Answers:
    def buttons(key: str) -> list[Component]:
        return [
            dmc.Button(words, id=ids.control("athlete", kind, athlete_id, key), variant="default", size="xs")
            for kind, words in (("acknowledged", _("Acknowledge")), ("seen", _("I have seen it")))
        ]

    return buttons


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
