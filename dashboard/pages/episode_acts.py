"""What is decided, answered and written on an episode's page."""

from datetime import date, datetime
from typing import Any, get_args

from dash import Dash, Input, Output, State, ctx, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

import imu
from dashboard import desk, ids
from dashboard.pages.episode import shown, whose
from dashboard.text import _, episode_words as words, numbers
from imu.errors import Forbidden, RestrideError
from imu.followup.plan_versions import plan_of
from imu.followup.plans import PlanMovedError, check_gate, decision_of, moved_since
from imu.followup.standing import judged_anew
from imu.store import StoreError
from imu.training.history import DecisionKind
from imu.training.next_session import next_words

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
        State(ids.control(_PAGE, "exercises-go-on", ids.MATCH), "checked"),
        prevent_initial_call=True,
    )
    def decide(_clicks: Any, reason: Any, stage: Any, exercises_go_on: Any) -> Any:
        of, key = pressed()
        if key == "hold" and exercises_go_on is True:
            key = "hold_running"
        try:
            return _decided(of, key, reason=words_of(reason), stage=words_of(stage) or None), None
        except Forbidden:
            raise
        except PlanMovedError:
            moved = _("The plan has moved since you looked. This is where it stands now.")
            with desk.looking() as repository:
                return shown(repository, of, wrong=moved, reason=words_of(reason)), None
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
        return _answered(of, gate, passed=word == "yes")

    @app.callback(
        content,
        Output(ids.control(_PAGE, "over-since", ids.MATCH), "error"),
        Input(ids.control(_PAGE, "end", ids.MATCH, ids.ALL), "n_clicks"),
        State(ids.control(_PAGE, "over-since", ids.MATCH), "value"),
        prevent_initial_call=True,
    )
    def end(_clicks: Any, day: Any) -> Any:
        of, injury_id = pressed()
        try:
            return _ended(of, injury_id, day), None
        except Forbidden:
            raise
        except RestrideError as error:
            return no_update, str(error)

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
            with desk.looking() as repository:
                return shown(repository, athlete_id, told=[_("The athlete can read your note.")]), None
        except Forbidden:
            raise
        except RestrideError as error:
            return no_update, str(error)


def _decided(of: str, key: str, *, reason: str, stage: str | None) -> Component:
    kind, _colon, place = key.partition(":")
    with desk.changing() as repository:
        athlete_id = whose(repository, of)
        if kind not in get_args(DecisionKind):
            raise StoreError(f"{kind}: nothing that can be decided")
        known: DecisionKind = kind  # type: ignore[assignment]  # looked up above
        now = repository.now(athlete_id)
        record = repository.record(athlete_id, segments=False)
        made = decision_of(
            record, known, stage=stage, by=desk.viewer().name, reason=reason, now=now, seen_at=place
        )
        repository.care.decide(athlete_id, made)
    return after(athlete_id, f"{words.decision(known)}.", since=now)


def _answered(of: str, gate: str, *, passed: bool) -> Component:
    with desk.changing() as repository:
        athlete_id = whose(repository, of)
        record = repository.record(athlete_id, segments=False)
        check_gate(plan_of(record), gate, is_clinician="decide" in record.athlete.rights)
        now = repository.now(athlete_id)
        repository.care.answer_gate(athlete_id, gate, passed=passed, at=now)
    said = _("Yes") if passed else _("Not yet")
    return after(athlete_id, f"{words.gate(gate)}: {said}.", since=now)


def _ended(of: str, injury_id: str, day: object) -> Component:
    with desk.changing() as repository:
        athlete_id = whose(repository, of)
        try:
            since = date.fromisoformat(str(day)[:10])
        except ValueError as error:
            raise StoreError(_("Say since which day.")) from error
        now = repository.now(athlete_id)
        known = repository.record(athlete_id, segments=False).history.injuries
        if any(one.injury_id == injury_id and one.resolved is not None for one in known):
            raise StoreError(_("Somebody has said so since you looked; open the page again."))
        repository.care.resolve_injury(athlete_id, injury_id, since)
    return after(athlete_id, _("The injury is over since {day}.", day=numbers.date_words(since)), since=now)


def after(athlete_id: str, *did: str, since: datetime) -> Component:
    """The page after an act that was kept: what it did, how the plan moved by it, and what comes next.

    The athlete is judged when nobody waits for it any more.
    """
    found = judged_anew(desk.store(), desk.viewer(), athlete_id, analysis_version=imu.__version__)
    moved = (event.sentence for event in moved_since(found.state, since))
    told = [*did, *moved, next_words(found.next, today=found.at.date())]
    with desk.looking() as repository:
        return shown(repository, athlete_id, told=told)


def words_of(given: object) -> str:
    """What was typed. StoreError for more than anybody reads."""
    typed = given if isinstance(given, str) else ""
    if len(typed) > LONGEST_TYPED:
        raise StoreError(
            _("{number} characters; {most} are the most.", number=len(typed), most=LONGEST_TYPED)
        )
    return typed
