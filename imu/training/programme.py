"""The exercises of a plan on one day: what is due or overdue, what was done, what waits for a clinician."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from imu.training.history import CoarseInjury, History
from imu.training.plan import Dose, Plan
from imu.training.plan_state import PlanState
from imu.training.rehab import active_doses, last_day, meets
from imu.training.said import Said, said

When = Literal["due", "overdue", "done", "later", "before a run", "waits for a clinician"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One exercise today. `asked` is None where no number of times is asked for today."""

    dose: Dose
    when: When
    done: int  # entries of today that reach the dose
    asked: int | None
    last: date | None
    waits_because: str | None = None  # a sentence, where it waits only because all of them do


def programme(history: History, plan: Plan, state: PlanState, *, now: datetime) -> tuple[Planned, ...]:
    """Every exercise of the plan, in its order. What needs a clinician's word waits until it was given, and
    while all of them wait (`waiting_words`) so does all that is left to do today.
    """
    active = {dose.id for dose in active_doses(history, plan, state.injury, now=now)}
    waits = waiting_words(state)
    return tuple(
        _planned(history, dose, is_active=dose.id in active, waits=waits, now=now) for dose in plan.exercises
    )


def waiting_words(state: PlanState) -> Said | None:
    """Why all exercises wait for a clinician, where they do."""
    if state.held_because is not None and state.exercises_go_on_by is not None:
        return None
    if state.held_because is not None:
        return said(
            "Exercises wait for a clinician: the plan is on hold ({because}).", because=state.held_because
        )
    if state.exercises_fit:
        return None
    if isinstance(state.injury, CoarseInjury):  # who may not know where it is
        return said(
            "Exercises wait for a clinician, who decides whether they fit this injury: ask before doing them."
        )
    return said(
        "Exercises wait for a clinician: this plan's exercises are for the hamstring. A clinician decides "
        "whether they fit this injury: ask before doing them."
    )


def go_on_words(state: PlanState) -> Said | None:
    """That exercises go on while the plan is on hold, and by whose word, where they do."""
    if state.held_because is None or state.exercises_go_on_by is None:
        return None
    return said("exercises go on: {by} said so", by=state.exercises_go_on_by)


def _planned(history: History, dose: Dose, *, is_active: bool, waits: Said | None, now: datetime) -> Planned:
    today = now.date()
    done = sum(
        entry.exercise == dose.id and entry.at.date() == today and entry.at <= now and meets(entry, dose)
        for entry in history.exercises
    )
    last = last_day(history, dose, now=now)
    asked: int | None = None
    if not is_active:
        when: When = "waits for a clinician"
    elif dose.per_day is not None:
        asked = round(dose.per_day.least)
        missed = last is not None and (today - last).days > 1
        when = "done" if done >= asked else "overdue" if missed else "due"
    elif dose.every_days is not None:
        again = None if last is None else last + timedelta(days=dose.every_days)
        asked = 1 if done or again is None or today >= again else 0
        if done:
            when = "done"
        elif again is None or today == again:
            when = "due"  # never done is not missed
        else:
            when = "overdue" if today > again else "later"
    else:
        when = "before a run"
    if is_active and waits is not None and when in ("due", "overdue", "before a run"):
        return Planned(
            dose=dose, when="waits for a clinician", done=done, asked=None, last=last, waits_because=waits
        )
    return Planned(dose=dose, when=when, done=done, asked=asked, last=last)
