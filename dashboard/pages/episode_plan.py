"""Another version of the plan: what it changes is shown first, then it is adopted as it was shown."""

from collections.abc import Sequence
from typing import Any

from dash import Dash, Input, Output, State, no_update

from dashboard import desk, ids
from dashboard.components.plan_editor import draft
from dashboard.pages.episode import whose
from dashboard.pages.episode_acts import after, pressed, words_of
from dashboard.text import _
from dashboard.text.rules import spoken
from imu.errors import Forbidden, RestrideError
from imu.followup.plan_drafts import Draft, drafted, usual_numbers
from imu.followup.plan_versions import lacking, versions_of
from imu.followup.plans import content_in_force
from imu.store import AthleteRecord, Repository, StoreError
from imu.training.engine import current_injury

_PAGE = "episode"


def register(app: Dash) -> None:
    text = State(ids.control(_PAGE, "plan", ids.MATCH), "value")
    numbers = State(ids.control(_PAGE, "number", ids.MATCH, ids.ALL), "value")
    places = State(ids.control(_PAGE, "number", ids.MATCH, ids.ALL), "id")
    wrong = Output(ids.control(_PAGE, "plan", ids.MATCH), "error", allow_duplicate=True)
    shown_draft = Output(ids.control(_PAGE, "draft", ids.MATCH), "children", allow_duplicate=True)

    @app.callback(
        shown_draft,
        wrong,
        Input(ids.control(_PAGE, "preview", ids.MATCH), "n_clicks"),
        text,
        numbers,
        places,
        prevent_initial_call=True,
    )
    def preview(_clicks: Any, text: Any, numbers: Any, places: Any) -> Any:
        of, _key = pressed()
        try:
            with desk.looking() as repository:
                record = repository.record(whose(repository, of), segments=False)
                found = _draft(repository, record, text, numbers, places)
        except Forbidden:
            raise
        except RestrideError as error:
            return None, str(error)
        return draft(found, of), None

    @app.callback(
        Output(ids.content(_PAGE, ids.MATCH), "children", allow_duplicate=True),
        shown_draft,
        wrong,
        Output(ids.control(_PAGE, "plan-why", ids.MATCH), "error"),
        Input(ids.control(_PAGE, "adopt", ids.MATCH, ids.ALL), "n_clicks"),
        State(ids.control(_PAGE, "plan-why", ids.MATCH), "value"),
        text,
        numbers,
        places,
        prevent_initial_call=True,
    )
    def adopt(_clicks: Any, why: Any, text: Any, numbers: Any, places: Any) -> Any:
        of, digest = pressed()
        try:
            reason = words_of(why).strip()
        except StoreError as error:
            return no_update, no_update, no_update, str(error)
        if not reason:
            return no_update, no_update, no_update, _("Say why in a few words.")
        try:
            with desk.changing() as repository:
                athlete_id = whose(repository, of)
                record = repository.record(athlete_id, segments=False)
                found = _draft(repository, record, text, numbers, places)
                if found.digest != digest:
                    return no_update, draft(found, of, stale=True), None, None
                version = repository.care.adopt_plan(athlete_id, found.content, reason=reason)
                now = repository.now(athlete_id)
                unread = lacking(record.history, versions_of(record)[1], now=now)
        except Forbidden:
            raise
        except RestrideError as error:
            return no_update, None, str(error), None
        followed = (
            _("Version {version} is followed now.", version=version)
            if unread is None
            else _(
                "Version {version} is kept; it is not followed yet: {because}.",
                version=version,
                because=spoken(unread.because),
            )
        )
        return after(athlete_id, followed, *found.changes, since=now), no_update, None, None


def _draft(repository: Repository, record: AthleteRecord, text: Any, numbers: Any, places: Any) -> Draft:
    if not isinstance(text, str) or not text.strip():
        raise StoreError(_("The text of the plan is empty."))
    injury = current_injury(record.history, now=repository.now(record.athlete.athlete_id))
    known = usual_numbers("strain" if injury is None else injury.profile)
    given = dict(zip(_keys(places), numbers if isinstance(numbers, list) else [], strict=False))
    return drafted(content_in_force(record), text, given, places=known)


def _keys(places: Any) -> Sequence[str]:
    named = places if isinstance(places, list) else []
    return [str(one.get("key")) for one in named if isinstance(one, dict)]
