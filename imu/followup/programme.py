"""The rehabilitation programme of a plan as somebody does it: what is asked for today, and what was done."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from imu.errors import StoreError
from imu.training.engine import current_injury
from imu.training.history import Exercise, History
from imu.training.plan import Dose, Plan
from imu.training.plan_state import PlanState
from imu.training.rehab import active_doses, clinician_agreed, dose_words, last_day, meets
from imu.training.said import said

When = Literal["due", "done", "later", "before a run", "waits for a clinician"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One exercise today. `asked` is None where no number of times is asked for today."""

    dose: Dose
    when: When
    done: int  # entries of today that reach the dose
    asked: int | None
    last: date | None


def programme(history: History, plan: Plan, state: PlanState, *, now: datetime) -> tuple[Planned, ...]:
    """Every exercise of the plan, in its order; what needs a clinician's word waits until it was given."""
    active = {dose.id for dose in active_doses(history, plan, state.injury, now=now)}
    return tuple(_planned(history, dose, is_active=dose.id in active, now=now) for dose in plan.exercises)


def dose_named(plan: Plan, given: str) -> Dose:
    """An exercise of the plan by its id, its name, or how only one of them begins. StoreError otherwise."""
    word = given.strip().lower()
    exact = [dose for dose in plan.exercises if word in (dose.id, dose.name.lower())]
    found = exact or [dose for dose in plan.exercises if word and dose.id.startswith(word)]
    if len(found) != 1:
        what = "none of this name" if not found else f"{len(found)} that begin like this"
        ids = ", ".join(dose.id for dose in plan.exercises)
        raise StoreError(f"exercise {given}: the plan has {what}; it has {ids}")
    return found[0]


def remark(history: History, dose: Dose, entry: Exercise, *, now: datetime) -> str:
    """Whether an entry reaches its dose, and whether a word is lacking before it."""
    words = dose_words(dose)
    told = (
        said("Reaches the dose: {dose}.", dose=words)
        if meets(entry, dose)
        else said("Below the dose, kept all the same: {dose}.", dose=words)
    )
    injury = current_injury(history, now=now)
    agreed = injury is not None and clinician_agreed(history, injury, now=now)
    if dose.needs_clinician and not agreed:
        asked = said("The plan asks for a clinician's word before this exercise; talk to yours.")
        return said("{told} {asked}", told=told, asked=asked)
    return told


def _planned(history: History, dose: Dose, *, is_active: bool, now: datetime) -> Planned:
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
        when = "done" if done >= asked else "due"
    elif dose.every_days is not None:
        rested = last is None or (today - last).days >= dose.every_days
        asked = 1 if rested or done else 0
        when = "done" if done else "due" if rested else "later"
    else:
        when = "before a run"
    return Planned(dose=dose, when=when, done=done, asked=asked, last=last)
