"""What waits for the athlete now: answers about pain, exercises, conditions of a gate."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from imu.training.gates import BRISK_WALK, untold_walks
from imu.training.history import History
from imu.training.pain import answers_about
from imu.training.plan import Plan
from imu.training.plan_state import PlanState
from imu.training.rehab import active_doses, dose_words, last_day, meets
from imu.training.said import pattern, said
from imu.training.sessions import Session, runs_of, sessions

DueKind = Literal["check_in_run", "check_in_morning", "exercise", "gate"]
MORNING = time(5)
ASKED_FOR = timedelta(days=2)  # after that nobody remembers; the run stays uncounted


PAIN_OF_WALK = pattern("How much did it hurt in the walk of {day}, and after it?")


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
                sentence=said("How much did it hurt in the run of {day}, and after it?", day=session.day),
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
                sentence=said("How much does it hurt this morning, after the run of {day}?", day=session.day),
            )
        )
    return waiting


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
            sentence=said(PAIN_OF_WALK, day=walk.start.date()),
        )
        for walk in walks
        if walk.run_id not in ran and now - walk.end <= ASKED_FOR
    ]


def _exercises(history: History, plan: Plan, state: PlanState, *, now: datetime) -> list[Due]:
    waiting, today = [], now.date()
    midnight = datetime.combine(today, time(), now.tzinfo)
    for dose in active_doses(history, plan, state.injury, now=now):
        last = last_day(history, dose, now=now)
        if dose.every_days is not None:
            from_day = state.injury.onset if last is None else last + timedelta(days=dose.every_days)
            is_due, overdue = today >= from_day, last is not None and today > from_day
        elif dose.per_day is not None:
            done = sum(
                entry.exercise == dose.id
                and entry.at.date() == today
                and entry.at <= now
                and meets(entry, dose)
                for entry in history.exercises
            )
            is_due, overdue = done < dose.per_day.least, _missed(last, today)
        else:
            continue  # only before a run; the next session says so
        if is_due:
            sentence = said("{dose}.", dose=dose_words(dose))
            waiting.append(
                Due(kind="exercise", key=dose.id, since=midnight, overdue=overdue, sentence=sentence)
            )
    return waiting


def _missed(last: date | None, today: date) -> bool:
    return last is not None and (today - last).days > 1
