"""What else a runner does on the first page: tick off an exercise, answer a warning, tell of an injury or of
a clinician's word."""

from datetime import date
from typing import Any, cast, get_args
from uuid import uuid4

from dash import Dash, Input, Output, State, ctx, no_update
from dash.development.base_component import Component

import imu
from dashboard import desk, ids
from dashboard.pages import warning_acts
from dashboard.pages.episode_acts import words_of
from dashboard.pages.today import AGAIN, CONTENT, PAGE, heard, of_one, shown, whose
from dashboard.text import _
from imu.followup.exercise_log import dose_named, remark
from imu.followup.plan_versions import plan_of
from imu.followup.plans import check_told, decision_of, moved_since
from imu.followup.standing import judged_anew
from imu.training.history import DecisionKind, Exercise, Injury, PainProfile, Side
from imu.training.plan_state import PlanState

_INJURY = ("injured-side", "injured-site", "onset", "grade", "profile")


def register(app: Dash) -> None:
    _register_exercises(app)
    _register_again(app)
    warning_acts.register(app, PAGE, CONTENT, _answered)
    _register_injury(app)
    _register_clearance(app)


def _register_exercises(app: Dash) -> None:
    @app.callback(
        AGAIN,
        Input(ids.control(PAGE, "done", ids.MATCH, ids.ALL), "n_clicks"),
        State(CONTENT, "id"),
        prevent_initial_call=True,
    )
    def tick(pressed: list[Any], at: dict[str, Any]) -> Any:
        which = ctx.triggered_id
        if not which or not any(pressed or []):
            return no_update
        return shown(str(at["of"]), told=_done(str(at["of"]), str(which["key"])))


def _register_again(app: Dash) -> None:
    @app.callback(
        AGAIN,
        Input(ids.control(PAGE, "again", ids.MATCH, ids.ALL), "n_clicks"),
        State(CONTENT, "id"),
        prevent_initial_call=True,
    )
    def try_again(pressed: list[Any], at: dict[str, Any]) -> Any:
        which = ctx.triggered_id
        if not which or not any(pressed or []):
            return no_update
        with desk.changing() as repository:
            whose(repository, str(at["of"]))
            repository.jobs.again(str(which["key"]))
        return shown(str(at["of"]))


def _answered(of: str, answer: warning_acts.Answer) -> Component:
    with desk.looking() as repository:
        athlete_id = whose(repository, of)
    warning_acts.keep(athlete_id, answer)
    return shown(of)


def _register_injury(app: Dash) -> None:
    @app.callback(
        AGAIN,
        Output(of_one("wrong-injury"), "children"),
        Input(of_one("record"), "n_clicks"),
        *(State(of_one(name), "value") for name in _INJURY),
        State(of_one("in-tendon"), "checked"),
        State(CONTENT, "id"),
        prevent_initial_call=True,
    )
    def injure(pressed: Any, *filled: Any) -> Any:
        *values, at = filled
        if not pressed:
            return no_update, no_update
        of = str(at["of"])
        return heard(of, lambda: _injured(of, *values))


def _register_clearance(app: Dash) -> None:
    @app.callback(
        AGAIN,
        Output(of_one("wrong-clearance"), "children"),
        Input(ids.control(PAGE, "tell", ids.MATCH, ids.ALL), "n_clicks"),
        State(of_one("clinician"), "value"),
        State(of_one("cleared"), "value"),
        State(CONTENT, "id"),
        prevent_initial_call=True,
    )
    def tell(pressed: Any, clinician: Any, said: Any, at: dict[str, Any]) -> Any:
        if not any(pressed):
            return no_update, no_update
        of, awaited = str(at["of"]), ctx.triggered_id["key"]
        return heard(of, lambda: _cleared(of, awaited, words_of(clinician), words_of(said)))


def _done(of: str, exercise: str) -> list[str]:
    """An exercise as the plan asks for it: the least of its dose."""
    with desk.changing() as repository:
        athlete_id = whose(repository, of)
        now = repository.now(athlete_id)
        record = repository.record(athlete_id, segments=False)
        plan = plan_of(record)
        dose = dose_named(plan, exercise)
        entry = Exercise(
            at=now,
            exercise=dose.id,
            sets=round(dose.sets.least),
            reps=round(dose.reps.least) if dose.reps else None,
            hold_s=dose.hold_s.least if dose.hold_s else None,
        )
        repository.care.add_exercise(athlete_id, entry)
    judged_anew(desk.store(), desk.viewer(), athlete_id, analysis_version=imu.__version__)
    with desk.looking() as repository:
        history = repository.record(athlete_id, segments=False).history
        return [remark(history, plan, dose, entry, now=now)]


def _injured(
    of: str, side: Any, site: Any, onset: Any, grade: Any, profile: Any, in_tendon: Any
) -> list[str]:
    if side not in ("left", "right"):
        raise ValueError(_("Say which side."))
    if not str(site or "").strip():
        raise ValueError(_("Say where, for instance hamstring."))
    try:
        since = date.fromisoformat(str(onset)[:10])
    except ValueError as error:
        raise ValueError(_("Say since which day.")) from error
    if profile not in get_args(PainProfile):
        raise ValueError(_("Say as what pain is judged."))
    where = str(site).strip()
    injury = Injury(
        injury_id=uuid4().hex,
        side=cast("Side", side),
        site="hamstring" if where == _("hamstring") else where,  # the word that stood there, in any language
        onset=since,
        profile=cast("PainProfile", profile),
        grade=str(grade or "").strip() or None,
        intratendinous=in_tendon is True,
    )
    with desk.changing() as repository:
        athlete_id = whose(repository, of)
        repository.care.add_injury(athlete_id, injury)
    found = judged_anew(desk.store(), desk.viewer(), athlete_id, analysis_version=imu.__version__)
    fits = found.state.whether_it_fits if isinstance(found.state, PlanState) else None
    begins = _("From today the plan back to running is followed.")
    return [begins, *([fits] if fits else []), *found.next.to_do]


def _cleared(of: str, awaited: DecisionKind, clinician: str, said: str) -> list[str]:
    """What a clinician without an account said, about what waited for it when the page was shown."""
    if not clinician.strip():
        raise ValueError(_("Say which clinician."))
    if not said.strip():
        raise ValueError(_("Say in a few words what was said."))
    with desk.changing() as repository:
        athlete_id = whose(repository, of)
        now = repository.now(athlete_id)
        record = repository.record(athlete_id, segments=False)
        made = decision_of(
            record,
            awaited,
            stage=None,
            by=desk.viewer().name,
            reason=said,
            now=now,
            cleared_by=clinician.strip(),
        )
        repository.care.tell_clearance(athlete_id, made)
        check_told(record, made)
    found = judged_anew(desk.store(), desk.viewer(), athlete_id, analysis_version=imu.__version__)
    return [*(event.sentence for event in moved_since(found.state, now)), found.next.words]
