"""What is decided, answered and written on an episode's page."""

from typing import Any, get_args

from dash import Dash, Input, Output, State, ctx, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

import imu
from dashboard import desk, ids
from dashboard.pages.episode import shown, whose
from dashboard.text import _, episode_words as words
from imu.errors import Forbidden, RestrideError
from imu.followup.judgement import plan_of
from imu.followup.plans import check_gate, decision_of, moved_since
from imu.followup.standing import judged_and_kept
from imu.store import Repository, StoreError
from imu.training.history import DecisionKind

_PAGE = "episode"
LONGEST_TYPED = 1000  # characters of a reason or a note


def pressed() -> tuple[str, str]:
    """Whose page, and the key of what was pressed just now. New buttons press nothing."""
    at = ctx.triggered_id
    if at is None or not ctx.triggered[0]["value"]:
        raise PreventUpdate
    return str(at["of"]), str(at["key"])


def register(app: Dash) -> None:
    content = Output(ids.content(_PAGE, ids.MATCH), "children", allow_duplicate=True)

    @app.callback(
        content,
        Output(ids.control(_PAGE, "reason", ids.MATCH), "error"),
        Input(ids.control(_PAGE, "decide", ids.MATCH, ids.ALL), "n_clicks"),
        State(ids.control(_PAGE, "reason", ids.MATCH), "value"),
        State(ids.control(_PAGE, "stage", ids.MATCH), "value"),
        prevent_initial_call=True,
    )
    def decide(_clicks: Any, reason: Any, stage: Any) -> Any:
        of, kind = pressed()
        try:
            with desk.changing() as repository:
                return _decided(
                    repository, of, kind, reason=words_of(reason), stage=words_of(stage) or None
                ), None
        except Forbidden:
            raise
        except RestrideError as error:
            return no_update, str(error)

    @app.callback(
        content,
        Input(ids.control(_PAGE, "gate", ids.MATCH, ids.ALL), "n_clicks"),
        prevent_initial_call=True,
    )
    def answer(_clicks: Any) -> Component:
        of, key = pressed()
        word, _colon, gate = key.partition(":")
        with desk.changing() as repository:
            return _answered(repository, of, gate, passed=word == "yes")

    @app.callback(
        content,
        Output(ids.control(_PAGE, "note", ids.MATCH), "error"),
        Input(ids.control(_PAGE, "send", ids.MATCH), "n_clicks"),
        State(ids.control(_PAGE, "note", ids.MATCH), "value"),
        prevent_initial_call=True,
    )
    def write(_clicks: Any, text: Any) -> Any:
        of, _key = pressed()
        try:
            with desk.changing() as repository:
                athlete_id = whose(repository, of)
                repository.sharing.add_note(athlete_id, words_of(text))
                return shown(repository, athlete_id, told=[_("The athlete can read your note.")]), None
        except Forbidden:
            raise
        except RestrideError as error:
            return no_update, str(error)


def _decided(repository: Repository, of: str, kind: str, *, reason: str, stage: str | None) -> Component:
    athlete_id = whose(repository, of)
    if kind not in get_args(DecisionKind):
        raise StoreError(f"{kind}: nothing that can be decided")
    known: DecisionKind = kind  # type: ignore[assignment]  # looked up above
    now = repository.now()
    record = repository.record(athlete_id, segments=False)
    made = decision_of(record, known, stage=stage, by=desk.viewer().name, reason=reason, now=now)
    repository.care.decide(athlete_id, made)
    found = judged_and_kept(repository, athlete_id, analysis_version=imu.__version__)
    told = [
        f"{words.decision(known)}.",
        *(event.sentence for event in moved_since(found.state, now)),
        _("Next: {words}.", words=found.next.words),
    ]
    return shown(repository, athlete_id, told=told)


def _answered(repository: Repository, of: str, gate: str, *, passed: bool) -> Component:
    athlete_id = whose(repository, of)
    record = repository.record(athlete_id, segments=False)
    check_gate(plan_of(record)[0], gate, is_clinician="decide" in record.athlete.rights)
    now = repository.now()
    repository.care.answer_gate(athlete_id, gate, passed=passed, at=now)
    found = judged_and_kept(repository, athlete_id, analysis_version=imu.__version__)
    said = _("Yes") if passed else _("Not yet")
    told = [
        f"{words.gate(gate)}: {said}.",
        *(event.sentence for event in moved_since(found.state, now)),
        _("Next: {words}.", words=found.next.words),
    ]
    return shown(repository, athlete_id, told=told)


def words_of(given: object) -> str:
    """What was typed. StoreError for more than anybody reads."""
    typed = given if isinstance(given, str) else ""
    if len(typed) > LONGEST_TYPED:
        raise StoreError(
            _("{number} characters; {most} are the most.", number=len(typed), most=LONGEST_TYPED)
        )
    return typed
