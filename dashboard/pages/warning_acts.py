"""A warning is answered: the same buttons lead to the same act on whichever page they stand."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from dash import Input, State, ctx, no_update

import imu
from dashboard import ids
from dashboard.components.warning_answers import SNOOZE_DAYS
from dashboard.text import _
from imu.followup.standing import judged_and_kept
from imu.store import Repository
from imu.training.warnings import Act, ActKind

KINDS = ("acknowledged", "seen", "snoozed", "overruled")
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What somebody pressed."""

    key: str  # of the warning
    kind: str
    reason: str | None


def reasons(page: str) -> dict[str, Any]:
    """The id of all fields for reasons, beside which is said what is wrong with one."""
    return ids.control(page, "why", ids.MATCH, ids.ALL)


def presses(page: str) -> tuple[Input | State, ...]:
    """What a callback takes, one by one, to learn what was pressed; `pressed` reads it."""
    by_kind = (Input(ids.control(page, kind, ids.MATCH, ids.ALL), "n_clicks") for kind in KINDS)
    return *by_kind, State(reasons(page), "value"), State(reasons(page), "id")


def pressed(*told: Any) -> Answer | None:
    """Which button it was; None where a page only appeared."""
    *clicks, why, whys = told
    which = ctx.triggered_id
    if not which or not any(any(each or []) for each in clicks) or which["name"] not in KINDS:
        return None
    key, kind = str(which["key"]), str(which["name"])
    typed = {one["key"]: text for one, text in zip(whys or [], why or [], strict=False)}
    reason = str(typed.get(key) or "").strip() if kind == "overruled" else None
    return Answer(key=key, kind=kind, reason=reason)


def beside(answer: Answer | None, *told: Any) -> list[Any]:
    """What is said beside each field for a reason: what is wrong with this answer, or nothing new."""
    whys = told[-1]
    wrong = wrong_with(answer) if answer else None
    if answer is None or wrong is None:
        return [no_update] * len(whys or [])
    return [wrong if one["key"] == answer.key else None for one in whys]


def wrong_with(answer: Answer) -> str | None:
    """Why an answer cannot be kept."""
    if answer.kind != "overruled":
        return None
    if not answer.reason:
        return _("Say why it does not count.")
    if len(answer.reason) > LONGEST_REASON:
        return _("A reason has at most {number} characters.", number=LONGEST_REASON)
    return None


def keep(repository: Repository, athlete_id: str, answer: Answer) -> None:
    """Keep it, and judge again. One that is no longer open was answered by somebody else meanwhile."""
    kept = repository.standings.one(athlete_id, analysis_version=imu.__version__).content or {}
    if answer.key not in {one["key"] for one in kept.get("warnings", ())}:
        return
    now = repository.now()
    act = Act(
        at=now,
        warning=answer.key,
        kind=cast("ActKind", answer.kind),
        by=repository.viewer.name,
        reason=answer.reason,
        until=now + timedelta(days=SNOOZE_DAYS) if answer.kind == "snoozed" else None,
    )
    repository.care.act(athlete_id, act)
    judged_and_kept(repository, athlete_id, analysis_version=imu.__version__)
