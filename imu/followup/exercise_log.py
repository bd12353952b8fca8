"""Exercises as somebody writes them down: which one is meant, and what is said of what was done."""

from datetime import datetime

from imu.errors import StoreError
from imu.training.engine import current_injury, plan_state
from imu.training.history import Exercise, History
from imu.training.plan import Dose, Plan
from imu.training.plan_state import PlanState
from imu.training.programme import waiting_words
from imu.training.rehab import clinician_agreed, dose_words, meets
from imu.training.said import said


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


def remark(history: History, plan: Plan, dose: Dose, entry: Exercise, *, now: datetime) -> str:
    """Whether an entry reaches its dose, and whether a clinician's word was lacking when it was done: one
    that the exercise needs, that all of them fit, or the end of a hold.
    """
    words = dose_words(dose)
    told = (
        said("Reaches the dose: {dose}.", dose=words)
        if meets(entry, dose)
        else said("Below the dose, kept all the same: {dose}.", dose=words)
    )
    then = plan_state(history, plan, now=entry.at)
    if isinstance(then, PlanState) and (waits := waiting_words(then)) is not None:
        if then.held_because is None:
            return said("{told} {asked}", told=told, asked=waits)
        return said(
            "{told} Done while the plan was on hold ({because}); exercises wait until a clinician lifts it.",
            told=told,
            because=then.held_because,
        )
    injury = current_injury(history, now=now)
    agreed = injury is not None and clinician_agreed(history, injury, now=now)
    if dose.needs_clinician and not agreed:
        asked = said("The plan asks for a clinician's word before this exercise; talk to yours.")
        return said("{told} {asked}", told=told, asked=asked)
    return told
