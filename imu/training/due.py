"""What waits for the athlete now: answers about pain, exercises, conditions of a gate.

And which exercises wait for a clinician: as the plan is on hold, or as nobody agreed that they fit.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from imu.training.gates import BRISK_WALK, untold_walks
from imu.training.history import History
from imu.training.pain import answers_about
from imu.training.plan import Plan
from imu.training.plan_state import PlanState
from imu.training.programme import programme
from imu.training.rehab import dose_words
from imu.training.said import Said, pattern, said
from imu.training.sessions import Session, runs_of, sessions, shares_its_day

DueKind = Literal[
    "check_in_run", "check_in_morning", "exercise", "exercise_on_hold", "exercise_not_agreed", "gate"
]
MORNING = time(5)
ASKED_FOR = timedelta(days=2)  # after that nobody remembers; the run stays uncounted


PAIN_OF_WALK = pattern("How much did it hurt in the walk of {day}, and after it?")
PAIN_OF_WALK_AT = pattern("How much did it hurt in the walk of {day} at {time}, and after it?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    kind: DueKind
    key: str  # run id, exercise id or gate
    since: datetime
    overdue: bool
    sentence: str


def due(history: History, plan: Plan, state: PlanState | None, *, now: datetime) -> tuple[Due, ...]:
    """Everything that is due, the most pressing first. Check-ins are asked for with and without a plan."""
    waiting = [
        entry for session in sessions(history, now=now) for entry in _check_ins(history, session, now=now)
    ]
    if state is not None:
        waiting += _walk_to_tell_of(history, state, now=now)
        waiting += _exercises(history, plan, state, now=now)
        waiting += [
            Due(kind="gate", key=gate.key, since=now, overdue=False, sentence=gate.to_do)
            for gate in state.gates
            if not gate.met
            and not state.held_because  # first a clinician looks
            and (state.stage is None or state.successes >= plan.rules.successes_to_advance)
        ]
    return tuple(waiting)


def _check_ins(history: History, session: Session, *, now: datetime) -> list[Due]:
    if now - session.end > ASKED_FOR:
        return []
    asked = answers_about(history, session, now=now)
    key, waiting = session.run_ids[-1], []
    if not any(answer.moment != "next_morning" for answer in asked):
        waiting.append(
            Due(
                kind="check_in_run",
                key=key,
                since=session.end,
                overdue=now - session.end > timedelta(hours=12),
                sentence=_of_last_run(session),
            )
        )
    morning = datetime.combine(session.day + timedelta(days=1), MORNING, session.end.tzinfo)
    if now >= morning and not any(answer.moment == "next_morning" for answer in asked):
        waiting.append(
            Due(
                kind="check_in_morning",
                key=key,
                since=morning,
                overdue=now - morning > timedelta(hours=7),
                sentence=said("How much does it hurt this morning, after the run of {day}?", day=session.day)
                if len(session.runs) == 1
                else said("How much does it hurt this morning, after the runs of {day}?", day=session.day),
            )
        )
    return waiting


def _of_last_run(session: Session) -> Said:
    """The question is about the last run of a day, which its answers name."""
    if len(session.runs) == 1:
        return said("How much did it hurt in the run of {day}, and after it?", day=session.day)
    return said(
        "How much did it hurt in the run of {day} at {time}, and after it?",
        day=session.day,
        time=f"{session.runs[-1].start:%H:%M}",
    )


def _walk_to_tell_of(history: History, state: PlanState, *, now: datetime) -> list[Due]:
    """A walk that the entry gate asks for: it counts with the pain in it."""
    if not any(gate.key == BRISK_WALK and not gate.met for gate in state.gates):
        return []
    ran = runs_of(sessions(history, now=now))
    walks = untold_walks(history, state.plan, state.injury, at=now)
    return [
        Due(
            kind="check_in_run",
            key=walk.run_id,
            since=walk.end,
            overdue=now - walk.end > timedelta(hours=12),
            sentence=said(PAIN_OF_WALK_AT, day=walk.start.date(), time=f"{walk.start:%H:%M}")
            if shares_its_day(walk, history)
            else said(PAIN_OF_WALK, day=walk.start.date()),
        )
        for walk in walks
        if walk.run_id not in ran and now - walk.end <= ASKED_FOR
    ]


def _exercises(history: History, plan: Plan, state: PlanState, *, now: datetime) -> list[Due]:
    """Those of today; of what is only before a run the next session says so."""
    midnight = datetime.combine(now.date(), time(), now.tzinfo)
    waiting: DueKind = "exercise_not_agreed" if state.held_because is None else "exercise_on_hold"
    return [
        Due(
            kind="exercise" if one.waits_because is None else waiting,
            key=one.dose.id,
            since=midnight,
            overdue=one.when == "overdue",
            sentence=said("{dose}.", dose=dose_words(one.dose)),
        )
        for one in programme(history, plan, state, now=now)
        if one.when in ("due", "overdue") or (one.waits_because is not None and one.dose.is_of_days)
    ]
