"""A warning is answered: the same buttons lead to the same act on whichever page they stand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from dash import Dash, Input, Output, State, ctx, no_update
from dash.development.base_component import Component

import imu
from dashboard import desk, ids
from dashboard.components.warning_answers import SNOOZE_DAYS
from dashboard.text import _
from imu.followup.standing import judged_anew
from imu.store import Repository
from imu.store.standings import Standing
from imu.training.warnings import Act, ActKind, Code

KINDS: tuple[ActKind, ...] = ("acknowledged", "seen", "snoozed", "overruled")
LONGEST_REASON = 500
_TRIES = 3  # while others change him


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What somebody pressed."""

    key: str  # of the warning
    kind: ActKind
    reason: str | None


def register(
    app: Dash, page: str, content: dict[str, Any], answered: Callable[[str, Answer], Component]
) -> None:
    """The buttons of a page and its fields for reasons; `answered` keeps an answer, of what the page is
    about, and makes its content anew."""
    reasons = ids.control(page, "why", ids.MATCH, ids.ALL)

    @app.callback(
        Output(content, "children", allow_duplicate=True),
        Output(reasons, "error"),  # beside each field is said what is wrong with it
        *(Input(ids.control(page, kind, ids.MATCH, ids.ALL), "n_clicks") for kind in KINDS),
        State(reasons, "value"),
        State(reasons, "id"),
        State(content, "id"),
        prevent_initial_call=True,
    )
    def answer(*given: Any) -> Any:
        *told, at = given
        found = _pressed(*told)
        errors = _beside(found, *told)
        if found is None or _wrong_with(found):
            return no_update, errors
        return answered(str(at["of"]), found), errors


def _pressed(*told: Any) -> Answer | None:
    """Which button it was; None where a page only appeared."""
    *clicks, why, whys = told
    which = ctx.triggered_id
    if not which or not any(any(each or []) for each in clicks) or which["name"] not in KINDS:
        return None
    key, kind = str(which["key"]), cast("ActKind", which["name"])
    typed = {one["key"]: text for one, text in zip(whys or [], why or [], strict=False)}
    reason = str(typed.get(key) or "").strip() if kind == "overruled" else None
    return Answer(key=key, kind=kind, reason=reason)


def _beside(answer: Answer | None, *told: Any) -> list[Any]:
    """What is said beside each field for a reason: what is wrong with this answer, or nothing new."""
    whys = told[-1]
    wrong = _wrong_with(answer) if answer else None
    if answer is None or wrong is None:
        return [no_update] * len(whys or [])
    return [wrong if one["key"] == answer.key else None for one in whys]


def _wrong_with(answer: Answer) -> str | None:
    """Why an answer cannot be kept."""
    if answer.kind != "overruled":
        return None
    if not answer.reason:
        return _("Say why it does not count.")
    if len(answer.reason) > LONGEST_REASON:
        return _("A reason has at most {number} characters.", number=LONGEST_REASON)
    return None


def keep(athlete_id: str, answer: Answer) -> Code | None:
    """Keep it, judge again, and tell which kind of warning it is. None for one that no longer asks: it was
    answered by somebody else meanwhile, or an answer that came in late changed what was found.

    It is looked up in what was kept of the last judgement, and judged before where that holds no longer.
    """
    for _try in range(_TRIES):
        with desk.changing() as repository:
            seen = repository.standings.one(athlete_id, analysis_version=imu.__version__)
            code = _kept(repository, seen, answer)
        if code is None and seen.is_current:
            return None
        judged_anew(desk.store(), desk.viewer(), athlete_id, analysis_version=imu.__version__)
        if code is not None:
            return code
    return None


def _kept(repository: Repository, seen: Standing, answer: Answer) -> Code | None:
    """The kind of a warning that asks now, and its answer is kept."""
    asking = seen.content["warnings"] if seen.content and seen.is_current else ()
    code = next((cast("Code", one["code"]) for one in asking if one["key"] == answer.key), None)
    if code is None:
        return None
    now = repository.now(seen.athlete.athlete_id)
    act = Act(
        at=now,
        warning=answer.key,
        kind=answer.kind,
        by=repository.viewer.name,
        reason=answer.reason,
        until=now + timedelta(days=SNOOZE_DAYS) if answer.kind == "snoozed" else None,
    )
    repository.care.act(seen.athlete.athlete_id, act)
    return code
