"""How a run was, told on the first page: by one tap each, or in more words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast, get_args

from dash import Dash, Input, Output, State, ctx, no_update

import imu
from dashboard import desk, ids
from dashboard.pages.today import AGAIN, CONTENT, PAGE, heard, of_one, shown, whose
from dashboard.text import _
from imu.errors import StoreError
from imu.followup.answers import Told, check_ins, consequence, last_run
from imu.followup.standing import judged_anew
from imu.store.words import LONGEST_NOTE
from imu.training.history import History, RedFlag, Side

_PAINS = ("during", "after", "next_morning", "resting")
_TOLD = (*_PAINS, "more-flags", "side", "site", "effort", "note")


def register(app: Dash) -> None:
    _register_taps(app)
    _register_more(app)


def _register_taps(app: Dash) -> None:
    @app.callback(
        AGAIN,
        Input(ids.control(PAGE, "pain", ids.MATCH, ids.ALL), "n_clicks"),
        State(ids.control(PAGE, "flags", ids.MATCH, ids.ALL), "value"),
        State(CONTENT, "id"),
        prevent_initial_call=True,
    )
    def tap(pressed: list[Any], flags: list[Any], at: dict[str, Any]) -> Any:
        which = ctx.triggered_id
        if not which or not any(pressed or []):
            return no_update
        ticked = [flag for group in flags if isinstance(group, list) for flag in group]
        return shown(str(at["of"]), told=_tapped(str(at["of"]), str(which["key"]), ticked))


def _register_more(app: Dash) -> None:
    @app.callback(
        AGAIN,
        Output(of_one("wrong"), "children"),
        Input(of_one("keep"), "n_clicks"),
        *(State(of_one(name), "value") for name in _TOLD),
        State(ids.control(PAGE, "about", ids.MATCH, ids.ALL), "value"),
        State(CONTENT, "id"),
        prevent_initial_call=True,
    )
    def tell(pressed: Any, *filled: Any) -> Any:
        *values, about, at = filled
        if not pressed:
            return no_update, no_update
        of = str(at["of"])
        chosen = about[0] if isinstance(about, list) and about else None
        return heard(of, lambda: _kept(of, _told(dict(zip(_TOLD, values, strict=True))), chosen=chosen))


def _tapped(of: str, key: str, ticked: Sequence[str]) -> list[str]:
    """One answer, as one of the numbers was pressed. StoreError for what none of them says."""
    parts = key.split(" ")
    if len(parts) != 3 or parts[0] not in _PAINS[:3] or not (parts[2].isdecimal() and int(parts[2]) <= 10):
        raise StoreError("this answer cannot be read; open the page again")
    moment, run_id, pain = parts
    return _kept(of, Told(**{moment: int(pain)}, red_flags=_flags(ticked)), run_id=run_id)  # type: ignore[arg-type]


def _flags(ticked: object) -> tuple[RedFlag, ...]:
    """Those that there are, among what was ticked."""
    known = cast("tuple[RedFlag, ...]", get_args(RedFlag))
    return tuple(flag for flag in known if isinstance(ticked, Sequence) and flag in ticked)


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
        red_flags=_flags(values["more-flags"]),
        side=cast("Side", side) if side in ("left", "right") else None,
        site=str(values["site"] or "").strip() or None,
        effort_cr10=None if effort in (None, "") else float(effort),
        note=str(values["note"] or "").strip() or None,
    )


def _kept(of: str, told: Told, *, run_id: str | None = None, chosen: object = None) -> list[str]:
    """What the answers lead to. run_id: of the run whose question was tapped; chosen: in the form."""
    with desk.changing() as repository:
        athlete_id = whose(repository, of)
        now = repository.now(athlete_id)
        history = repository.record(athlete_id, segments=False).history
        answers = check_ins(history, told, at=now, run=run_id or _other(history, chosen, at=now))
        there = [replace(one, at=now) for one in history.check_ins] if run_id else []
        for one in answers:
            if one not in there:  # the same number pressed twice
                repository.care.add_check_in(athlete_id, one)
    found = judged_anew(desk.store(), desk.viewer(), athlete_id, analysis_version=imu.__version__)
    return list(consequence(found, answers))


def _other(history: History, chosen: object, *, at: datetime) -> str | None:
    """The run that was chosen; None where it is the last one, which whoever leaves the field alone means."""
    last = last_run(history, at=at)
    return None if not chosen or (last and chosen == last.run_id) else str(chosen)
