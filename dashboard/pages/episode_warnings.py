"""What a clinician says to a warning of an episode."""

from datetime import timedelta
from typing import Any, Literal

from dash import Dash, Input, Output, State, ctx
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

import imu
from dashboard import desk, ids
from dashboard.components.warning_answers import SNOOZE_DAYS
from dashboard.pages.episode import shown, whose
from dashboard.pages.episode_acts import pressed, words_of
from dashboard.text import _, episode_words as words
from imu.errors import Forbidden, RestrideError
from imu.followup.judgement import judge
from imu.followup.standing import judged_and_kept
from imu.store import Repository
from imu.training.warnings import Act

_PAGE = "episode"
_Answer = Literal["acknowledged", "seen", "snoozed", "overruled"]
_ACTS: tuple[_Answer, ...] = ("overruled", "acknowledged", "seen", "snoozed")


def register(app: Dash) -> None:
    why = ids.control(_PAGE, "why-not", ids.MATCH, ids.ALL)

    @app.callback(
        Output(ids.content(_PAGE, ids.MATCH), "children", allow_duplicate=True),
        *(Input(ids.control(_PAGE, kind, ids.MATCH, ids.ALL), "n_clicks") for kind in _ACTS),
        State(why, "value"),
        State(why, "id"),
        prevent_initial_call=True,
    )
    def answer(*given: Any) -> Component:
        of, key = pressed()
        kind = next((one for one in _ACTS if one == ctx.triggered_id["name"]), None)
        if kind is None:
            raise PreventUpdate
        values, fields = given[-2:]
        typed = [value for value, at in zip(values or [], fields or [], strict=False) if at.get("key") == key]
        try:
            with desk.changing() as repository:
                return _answered(repository, of, key, kind, words_of(typed[0] if typed else ""))
        except Forbidden:
            raise
        except RestrideError as error:
            with desk.looking() as repository:
                return shown(repository, of, wrong=str(error))


def _answered(repository: Repository, of: str, key: str, kind: _Answer, reason: str) -> Component:
    athlete_id, now = whose(repository, of), repository.now()
    record = repository.record(athlete_id)
    known = {one.key: one for one in judge(record, now=now).warnings}
    if key not in known:
        raise PreventUpdate  # it is gone since: an answer that came in late changed what was found
    act = Act(
        at=now,
        warning=key,
        kind=kind,
        by=desk.viewer().name,
        reason=reason.strip() or None if kind == "overruled" else None,
        until=now + timedelta(days=SNOOZE_DAYS) if kind == "snoozed" else None,
    )
    repository.care.act(athlete_id, act)
    judged_and_kept(repository, athlete_id, analysis_version=imu.__version__)
    told = _("{warning}: {status}.", warning=words.warning(known[key].code), status=words.status(kind))
    return shown(repository, athlete_id, told=[told])
