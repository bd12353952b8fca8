"""Plans in hand: which one is in force, what a new version changes, who may answer which gate."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from imu.errors import StoreError
from imu.followup.plan_versions import plan_of
from imu.store import AthleteRecord
from imu.training.engine import current_injury, plan_state
from imu.training.gates import BRISK_WALK, CLINICIAN_CLEARANCE, CLINICIAN_OK, asked_by
from imu.training.history import Decision, DecisionKind, History, Injury
from imu.training.not_judged import NotJudged
from imu.training.plan import Plan
from imu.training.plan_file import default_text, parse_plan
from imu.training.plan_state import PlanState, StageEvent
from imu.training.rehab import CLINICIAN_EXERCISES, clinician_agreed
from imu.training.said import said
from imu.training.stages import stages

CLINICIANS_GATES = (CLINICIAN_OK, CLINICIAN_CLEARANCE, CLINICIAN_EXERCISES)
MEANT_BY_PLACE: tuple[DecisionKind, ...] = ("sign_off", "step_back")  # which stage, the plan's place says
_NAMES = ("id", "stage")  # keys by which the parts of a list are known
# Load is held against the same limits for everybody, with or without a plan.
_ONLY_KEPT = re.compile(
    r"^rules\.(max_session_ratio_to_longest_30d|red_session_ratio|weekly_ratio_amber)$"
    r"|^speed_ladder\.build_up_m_min$|^cadence_cue\b|^stop_and_seek_care\b|^exercises\..*\.(progression|before_run)$"
)
_ONLY_KEPT_WORDS = " (kept in the plan; this program acts on it nowhere)"


class PlanMovedError(StoreError):
    """Somebody decided, or a session counted, between looking and deciding."""


def content_in_force(record: AthleteRecord) -> dict[str, Any] | str:
    """The content of the plan's file: of the version adopted last, or of the plan of this program."""
    if record.plans:
        return record.plans[-1].content
    content: dict[str, Any] = json.loads(default_text())
    return content


def text_of(content: dict[str, Any] | str) -> str:
    """The content as somebody edits it; of a damaged version what is left of it."""
    return content if isinstance(content, str) else json.dumps(content, indent=2, ensure_ascii=False)


def content_of_version(record: AthleteRecord, version: int) -> dict[str, Any] | str:
    """The content of an earlier version. StoreError if there is none of this number."""
    for kept in record.plans:
        if kept.version == version:
            return kept.content
    known = ", ".join(str(kept.version) for kept in record.plans) or "none, no version was adopted yet"
    raise StoreError(f"plan version {version}: there is none; known are {known}")


def new_content(text: str, *, name: str) -> dict[str, Any]:
    """The content of a file that is a whole plan. `PlanError` names the place of what is wrong."""
    parse_plan(text, name=name)
    content: dict[str, Any] = json.loads(text)
    return content


def changes(before: Any, after: Any) -> Iterator[str]:
    """What differs between two contents, a line each, by the place in the file. Of a place that
    nothing follows the line says so.
    """
    for place, words in _changes(before, after, ""):
        yield f"{place or 'the plan'}: {words}{_ONLY_KEPT_WORDS if _ONLY_KEPT.search(place) else ''}"


def _changes(before: Any, after: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in [*before, *(key for key in after if key not in before)]:
            place = f"{where}.{key}" if where else str(key)
            if key not in after:
                yield place, f"gone, was {_spoken(before[key])}"
            elif key not in before:
                yield place, f"new, {_spoken(after[key])}"
            else:
                yield from _changes(before[key], after[key], place)
    elif (named := _by_name(before)) is not None and (others := _by_name(after)) is not None:
        yield from _changes(named, others, where)
        if set(named) == set(others) and list(named) != list(others):
            yield where, "in another order"
    elif before != after:
        yield where, f"{_spoken(before)}, now {_spoken(after)}"


def known_gates(plan: Plan) -> tuple[str, ...]:
    """Every key that an answer may have."""
    keys = [BRISK_WALK, *plan.entry_gate.answers, CLINICIAN_OK, CLINICIAN_EXERCISES]
    keys += [key for step in plan.speed_ladder.steps for key in step.requires]
    return tuple(dict.fromkeys(keys))


def check_gate(plan: Plan, gate: str, *, is_clinician: bool) -> None:
    """StoreError for a gate that the plan does not have, and for one that only a clinician answers."""
    if gate not in known_gates(plan):
        raise StoreError(
            f"gate {gate}: the plan has none of this name; it has {', '.join(known_gates(plan))}"
        )
    if gate in CLINICIANS_GATES and not is_clinician:
        raise StoreError(
            f"gate {gate}: only a clinician's word counts; share with a clinician's account, who answers it"
        )


def question_of(gate: str) -> str:
    """What a gate asks, in words."""
    if gate == CLINICIAN_EXERCISES:
        return said("a clinician agrees to the exercises that need it")
    return asked_by(gate)


def check_stage(plan: Plan, injury: Injury | None, stage: str | None) -> None:
    """StoreError for a stage that the plan does not have."""
    row = stages(plan, profile=injury.profile if injury else "strain")
    if stage is not None and stage not in [one.id for one in row]:
        raise StoreError(
            f"stage {stage}: the plan has none of this name; it has {', '.join(s.id for s in row)}"
        )


def stage_to_sign(state: PlanState) -> str | None:
    """What a clinician's sign-off is about now: None for the entry gate, else the stage that comes next."""
    if state.entered_at is None or state.stage is None:
        return None
    ids = [stage.id for stage in state.row]
    following = ids.index(state.stage.id) + 1
    return ids[following] if following < len(ids) else state.stage.id


def awaited_words(history: History, state: PlanState, *, now: datetime) -> tuple[DecisionKind, ...]:
    """What only a clinician's word leads on from: a hold, else a gate that he signs and that is reached, and
    exercises that need him or may not fit."""
    if state.held_because is not None:
        return ("resume",)
    awaited: list[DecisionKind] = []
    is_reached = state.stage is None or state.successes >= state.plan.rules.successes_to_advance
    asked = (gate for gate in state.gates if gate.key in (CLINICIAN_OK, CLINICIAN_CLEARANCE))
    if is_reached and any(not gate.met for gate in asked):
        awaited.append("sign_off")
    needed = not state.exercises_fit or any(dose.needs_clinician for dose in state.plan.exercises)
    if needed and not clinician_agreed(history, state.injury, now=now):
        awaited.append("exercises")
    return tuple(awaited)


def stands_at(state: PlanState) -> str:
    """The place of a plan, to see later whether it moved: a stage's id, `entry` or `complete`."""
    if state.is_complete:
        return "complete"
    return "entry" if state.stage is None else state.stage.id


def decision_of(
    record: AthleteRecord,
    kind: DecisionKind,
    *,
    stage: str | None,
    by: str,
    reason: str,
    now: datetime,
    seen_at: str | None = None,
    cleared_by: str | None = None,
) -> Decision:
    """A clinician's act as it is to be kept, or with `cleared_by` his word as it is told. StoreError where
    there is nothing to decide about, and for a stage that the plan does not have.

    seen_at: where the plan stood (`stands_at`) when an act was chosen that names no stage;
    `PlanMovedError` where it stands elsewhere now. None: the act is about where it stands, whatever that is.
    """
    plan = plan_of(record)
    check_stage(plan, current_injury(record.history, now=now), stage)
    state = plan_state(record.history, plan, now=now)
    if not isinstance(state, PlanState):
        raise StoreError(f"{record.athlete.name}: {state.because}; there is nothing to decide about")
    if stage is None and kind in MEANT_BY_PLACE and seen_at not in (None, stands_at(state)):
        raise PlanMovedError("the plan has moved since you looked; look where it stands now, then decide")
    if kind == "sign_off" and stage is None:
        stage = stage_to_sign(state)
    return Decision(at=now, kind=kind, by=by, reason=reason, stage=stage, cleared_by=cleared_by)


def check_told(record: AthleteRecord, told: Decision) -> None:
    """StoreError for a told word about anything but what waits for it (`awaited_words`): pressed twice, or
    said of what was there before, it would answer what nobody asked.

    record: as it was before.
    """
    state = plan_state(record.history, plan_of(record), now=told.at)
    awaited = awaited_words(record.history, state, now=told.at) if isinstance(state, PlanState) else ()
    if not isinstance(state, PlanState) or not awaited:
        raise StoreError("nothing waits for a clinician's word now; tell of it when it does")
    if told.kind not in awaited:
        raise StoreError(
            "the plan is on hold: tell that this is lifted (plan resume), then of all else"
            if "resume" in awaited
            else _not_awaited(told.kind, awaited)
        )
    if told.stage not in (None, stage_to_sign(state)):
        raise StoreError(f"stage {told.stage}: another gate waits; tell of that one, without naming a stage")


def _not_awaited(kind: DecisionKind, awaited: tuple[DecisionKind, ...]) -> str:
    is_not: dict[DecisionKind, str] = {
        "resume": "the plan is not on hold",
        "sign_off": "no gate waits for a clinician",
        "exercises": "no exercise waits for a clinician",
    }
    ways: dict[DecisionKind, str] = {
        "sign_off": "a gate waits for a clinician (plan sign-off)",
        "exercises": f"exercises wait for a clinician (plan gate {CLINICIAN_EXERCISES} yes)",
    }
    return "; ".join([is_not[kind], *(ways[one] for one in awaited)])


def moved_since(state: PlanState | NotJudged, at: datetime) -> tuple[StageEvent, ...]:
    """What the plan did from a moment on."""
    return () if isinstance(state, NotJudged) else tuple(one for one in state.events if one.at >= at)


def _by_name(value: Any) -> dict[str, Any] | None:
    """A list of named parts as a mapping; None for everything else."""
    if not isinstance(value, list) or not value or not all(isinstance(part, Mapping) for part in value):
        return None
    for key in _NAMES:
        if all(key in part for part in value):
            named = {str(part[key]): part for part in value}
            return named if len(named) == len(value) else None
    return None


def _spoken(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
