"""What a runner does on the first page: answer, tick off, answer a warning, tell about an injury."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast, get_args
from uuid import uuid4

from dash import Dash, Input, Output, State, ctx, no_update

import imu
from dashboard import desk, ids
from dashboard.pages import warning_acts
from dashboard.pages.today import PAGE, shown
from dashboard.text import _
from imu.errors import Forbidden, StoreError
from imu.followup.answers import Told, check_ins, consequence
from imu.followup.judgement import plan_of
from imu.followup.programme import dose_named, remark
from imu.followup.standing import judged_and_kept
from imu.store import Repository
from imu.training.history import Exercise, Injury, RedFlag, Side

LONGEST_NOTE = 2000
_PAINS = ("during", "after", "next_morning", "resting")
_TOLD = (*_PAINS, "side", "site", "effort", "note")
_INJURY = ("injured-side", "injured-site", "onset", "grade")


def _of_one(name: str) -> dict[str, Any]:
    return ids.control(PAGE, name, ids.MATCH)


def register(app: Dash) -> None:
    content = ids.content(PAGE, ids.MATCH)
    again = Output(content, "children", allow_duplicate=True)

    @app.callback(
        again,
        Input(ids.control(PAGE, "pain", ids.MATCH, ids.ALL), "n_clicks"),
        State(ids.control(PAGE, "flags", ids.MATCH, ids.ALL), "value"),
        State(content, "id"),
        prevent_initial_call=True,
    )
    def tap(pressed: list[Any], flags: list[Any], at: dict[str, Any]) -> Any:
        which = ctx.triggered_id
        if not which or not any(pressed or []):
            return no_update
        ticked = [flag for group in flags if isinstance(group, list) for flag in group]
        return shown(str(at["of"]), told=_tapped(str(at["of"]), str(which["key"]), ticked))

    @app.callback(
        again,
        Output(_of_one("wrong"), "children"),
        Input(_of_one("keep"), "n_clicks"),
        *(State(_of_one(name), "value") for name in _TOLD),
        State(content, "id"),
        prevent_initial_call=True,
    )
    def tell(pressed: Any, *filled: Any) -> Any:
        *values, at = filled
        if not pressed:
            return no_update, no_update
        _known(str(at["of"]))
        try:
            told = _told(dict(zip(_TOLD, values, strict=True)))
            return shown(str(at["of"]), told=_kept(str(at["of"]), told, run_id=None)), None
        except Forbidden:
            raise
        except (StoreError, ValueError) as error:
            return no_update, str(error)

    @app.callback(
        again,
        Input(ids.control(PAGE, "done", ids.MATCH, ids.ALL), "n_clicks"),
        State(content, "id"),
        prevent_initial_call=True,
    )
    def tick(pressed: list[Any], at: dict[str, Any]) -> Any:
        which = ctx.triggered_id
        if not which or not any(pressed or []):
            return no_update
        return shown(str(at["of"]), told=_done(str(at["of"]), str(which["key"])))

    @app.callback(
        again,
        Output(warning_acts.reasons(PAGE), "error"),
        *warning_acts.presses(PAGE),
        State(content, "id"),
        prevent_initial_call=True,
    )
    def answer(*given: Any) -> Any:
        *told, at = given
        found = warning_acts.pressed(*told)
        errors = warning_acts.beside(found, *told)
        if found is None or warning_acts.wrong_with(found):
            return no_update, errors
        with desk.changing() as repository:
            warning_acts.keep(repository, _athlete(repository, str(at["of"])), found)
        return shown(str(at["of"])), errors

    @app.callback(
        again,
        Output(_of_one("wrong-injury"), "children"),
        Input(_of_one("record"), "n_clicks"),
        *(State(_of_one(name), "value") for name in _INJURY),
        State(content, "id"),
        prevent_initial_call=True,
    )
    def injure(pressed: Any, *filled: Any) -> Any:
        *values, at = filled
        if not pressed:
            return no_update, no_update
        _known(str(at["of"]))
        try:
            return shown(str(at["of"]), told=_injured(str(at["of"]), *values)), None
        except Forbidden:
            raise
        except (StoreError, ValueError) as error:
            return no_update, str(error)


def _tapped(of: str, key: str, ticked: Sequence[str]) -> list[str]:
    """One answer, as one of the numbers was pressed. StoreError for what none of them says."""
    parts = key.split(" ")
    if len(parts) != 3 or parts[0] not in _PAINS[:3] or not (parts[2].isdecimal() and int(parts[2]) <= 10):
        raise StoreError("this answer cannot be read; open the page again")
    moment, run_id, pain = parts
    flags = tuple(flag for flag in _flags() if flag in ticked) if moment != "next_morning" else ()
    return _kept(of, Told(**{moment: int(pain)}, red_flags=flags), run_id=run_id)  # type: ignore[arg-type]


def _flags() -> tuple[RedFlag, ...]:
    return cast("tuple[RedFlag, ...]", get_args(RedFlag))


def _told(values: dict[str, Any]) -> Told:
    """What was filled in. ValueError in the words of whoever has to mend it."""
    pains: dict[str, int | None] = {}
    for name in _PAINS:
        value = values[name]
        if value not in (None, "") and not str(value).isdecimal():
            raise ValueError(_("Pain is a whole number from 0 to 10."))
        pains[name] = None if value in (None, "") else int(value)
    effort = values["effort"]
    if effort not in (None, "") and not (isinstance(effort, int | float) and 0 <= effort <= 10):
        raise ValueError(_("Effort is a number from 0 to 10."))
    if len(str(values["note"] or "")) > LONGEST_NOTE:
        raise ValueError(_("A note has at most {number} characters.", number=LONGEST_NOTE))
    side = values["side"]
    return Told(
        during=pains["during"],
        after=pains["after"],
        next_morning=pains["next_morning"],
        resting=pains["resting"],
        side=cast("Side", side) if side in ("left", "right") else None,
        site=str(values["site"] or "").strip() or None,
        effort_cr10=None if effort in (None, "") else float(effort),
        note=str(values["note"] or "").strip() or None,
    )


def _kept(of: str, told: Told, *, run_id: str | None) -> list[str]:
    with desk.changing() as repository:
        athlete_id, now = _athlete(repository, of), repository.now()
        history = repository.record(athlete_id, segments=False).history
        answers = check_ins(history, told, at=now, run=run_id)
        for one in answers:
            repository.care.add_check_in(athlete_id, one)
        found = judged_and_kept(repository, athlete_id, analysis_version=imu.__version__)
        return list(consequence(found, answers))


def _done(of: str, exercise: str) -> list[str]:
    """An exercise as the plan asks for it: the least of its dose."""
    with desk.changing() as repository:
        athlete_id, now = _athlete(repository, of), repository.now()
        record = repository.record(athlete_id, segments=False)
        dose = dose_named(plan_of(record)[0], exercise)
        entry = Exercise(
            at=now,
            exercise=dose.id,
            sets=round(dose.sets.least),
            reps=round(dose.reps.least) if dose.reps else None,
            hold_s=dose.hold_s.least if dose.hold_s else None,
        )
        repository.care.add_exercise(athlete_id, entry)
        judged_and_kept(repository, athlete_id, analysis_version=imu.__version__)
        return [remark(repository.record(athlete_id, segments=False).history, dose, entry, now=now)]


def _injured(of: str, side: Any, site: Any, onset: Any, grade: Any) -> list[str]:
    if side not in ("left", "right"):
        raise ValueError(_("Say which side."))
    if not str(site or "").strip():
        raise ValueError(_("Say where, for instance hamstring."))
    try:
        since = date.fromisoformat(str(onset)[:10])
    except ValueError as error:
        raise ValueError(_("Say since which day.")) from error
    injury = Injury(
        injury_id=uuid4().hex,
        side=cast("Side", side),
        site=str(site).strip(),
        onset=since,
        grade=str(grade or "").strip() or None,
    )
    with desk.changing() as repository:
        athlete_id = _athlete(repository, of)
        repository.care.add_injury(athlete_id, injury)
        found = judged_and_kept(repository, athlete_id, analysis_version=imu.__version__)
    return [_("From today the plan back to running is followed."), *found.next.to_do]


def _known(of: str) -> None:
    """`Forbidden` before anything that was filled in is looked at."""
    with desk.looking() as repository:
        _athlete(repository, of)


def _athlete(repository: Repository, of: str) -> str:
    return repository.sharing.athlete(of or None).athlete_id
