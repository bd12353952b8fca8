"""The exercise log against the programme: was a dose reached, and how regularly?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from imu.training.evidence import Evidence
from imu.training.gates import CLINICIAN_OK, HAMSTRING_PLAN
from imu.training.history import Decision, Exercise, GateAnswer, History, Injury
from imu.training.plan import Dose, Plan, of_hamstring
from imu.training.said import Said, Several, pattern, said

_IN_DAYS = pattern("{exercise}: {done} of {asked} times in {days} days.")
_TODAY = pattern("{exercise}: {done} of {asked} times today.")
CLINICIAN_EXERCISES = "clinician_ok_exercises"
_LEAD_ON = ("sign_off", "set_stage", "hold_running")


@dataclass(frozen=True, slots=True, kw_only=True)
class Adherence:
    """One exercise over some days: `done` of `asked`, in times."""

    dose: Dose
    asked: int
    done: int
    short: int  # entries below the dose
    worst_pain: int | None
    evidence: Evidence

    @property
    def share(self) -> float | None:
        """Done of asked, 1 at most; None where nothing was asked."""
        return min(1.0, self.done / self.asked) if self.asked else None


def active_doses(history: History, plan: Plan, injury: Injury, *, now: datetime) -> tuple[Dose, ...]:
    """The exercises to be done: those that need a clinician only after one agreed."""
    agreed = clinician_agreed(history, injury, now=now)
    return tuple(dose for dose in plan.exercises if agreed or not dose.needs_clinician)


def clinician_agreed(history: History, injury: Injury, *, now: datetime) -> bool:
    """Whether a clinician's last word since the injury was a yes to the exercises that need one."""
    return agreed_by(history, injury, now=now) is not None


def agreed_by(history: History, injury: Injury, *, now: datetime) -> str | None:
    """Whose word that yes was, and on what authority; None where the last word was none or a no."""
    words: list[GateAnswer | Decision] = [
        answer
        for answer in history.gate_answers
        if answer.clinician and answer.gate in (CLINICIAN_OK, CLINICIAN_EXERCISES)
    ]
    words += [decision for decision in history.decisions if decision.kind == "exercises"]
    latest = _latest(words, injury, now=now)
    if isinstance(latest, Decision):
        return latest.whose
    return latest.by if latest is not None and latest.passed else None


def exercises_fit(history: History, plan: Plan, injury: Injury, *, now: datetime) -> bool:
    """Whether the exercises of a plan are for such an injury: as it was made, or by a clinician's word to
    them, to running or to a stage since, or by a hold that lets them go on. Who wrote a plan of his own knows
    what it was made for.
    """
    if plan.signed or plan.id != HAMSTRING_PLAN or of_hamstring(injury):
        return True
    return clinician_agreed(history, injury, now=now) or _is_let_go_on(history, injury, now=now)


def _is_let_go_on(history: History, injury: Injury, *, now: datetime) -> bool:
    """Whether a clinician's last word about running was a yes: to its begin, or to a stage. Who lets
    exercises go on without it has seen them, too.
    """
    words: list[GateAnswer | Decision] = [
        answer for answer in history.gate_answers if answer.clinician and answer.gate == CLINICIAN_OK
    ]
    words += [decision for decision in history.decisions if decision.kind in _LEAD_ON]
    latest = _latest(words, injury, now=now)
    return latest is not None and (isinstance(latest, Decision) or latest.passed)


def _latest(
    words: Iterable[GateAnswer | Decision], injury: Injury, *, now: datetime
) -> GateAnswer | Decision | None:
    known = [word for word in words if injury.onset <= word.at.date() and word.at <= now]
    return max(known, key=lambda word: word.at, default=None)


def meets(entry: Exercise, dose: Dose) -> bool:
    """Whether one entry reaches the least of its dose; what was not written down is not held against it."""
    return (
        entry.sets >= dose.sets.least
        and (dose.reps is None or entry.reps is None or entry.reps >= dose.reps.least)
        and (dose.hold_s is None or entry.hold_s is None or entry.hold_s >= dose.hold_s.least)
    )


def adherence(
    history: History, plan: Plan, injury: Injury, *, now: datetime, days: int = 7, waiting: bool = False
) -> tuple[Adherence, ...]:
    """Every exercise of the programme over the last days, today included; of no day before the injury, since
    nothing was asked for then. waiting: whether all wait for a clinician, so that none is to be done next."""
    found = []
    days = min(days, (now.date() - injury.onset).days + 1)
    for dose in active_doses(history, plan, injury, now=now):
        entries = [
            entry
            for entry in history.exercises
            if entry.exercise == dose.id
            and entry.at <= now
            and 0 <= (now.date() - entry.at.date()).days < days
        ]
        done = sum(meets(entry, dose) for entry in entries)
        asked = _asked(history, dose, days=days, now=now)
        pains = [entry.pain_during for entry in entries if entry.pain_during is not None]
        found.append(
            Adherence(
                dose=dose,
                asked=asked,
                done=done,
                short=len(entries) - done,
                worst_pain=max(pains, default=None),
                evidence=Evidence(
                    value=float(done),
                    unit=said("times"),
                    reference=float(asked),
                    compared_with=said("asked for today")
                    if days == 1
                    else said("asked for in {days} days", days=days),
                    uncertainty=None,
                    n=len(entries),
                    counted=said("entries"),
                    sentence=said(
                        _TODAY if days == 1 else _IN_DAYS,
                        exercise=dose_name(dose),
                        done=done,
                        asked=asked,
                        days=days,
                    ),
                    to_do="" if done >= asked or waiting else said("Next: {words}.", words=dose_words(dose)),
                ),
            )
        )
    return tuple(found)


def dose_name(dose: Dose) -> Said:
    """What a plan calls an exercise; what the plan kept here calls it is known in other languages."""
    return Said(dose.name, {})


def dose_amount(dose: Dose) -> Said:
    """How much of an exercise is asked for."""
    sets = _span(dose.sets.least, dose.sets.most)
    parts = [said("{number} set", number=sets) if dose.sets.most == 1 else said("{number} sets", number=sets)]
    if dose.reps:
        parts.append(said("{number} repetitions", number=_span(dose.reps.least, dose.reps.most)))
    if dose.hold_s:
        parts.append(said("{seconds} s each", seconds=_span(dose.hold_s.least, dose.hold_s.most)))
    return said("{parts:, }", parts=Several(parts))


def dose_words(dose: Dose) -> Said:
    """A dose in the words of the programme."""
    return said("{exercise}, {amount}", exercise=dose_name(dose), amount=dose_amount(dose))


def last_day(history: History, dose: Dose, *, now: datetime) -> date | None:
    """The last day on which the dose was reached."""
    days = [
        e.at.date() for e in history.exercises if e.exercise == dose.id and e.at <= now and meets(e, dose)
    ]
    return max(days, default=None)


def _asked(history: History, dose: Dose, *, days: int, now: datetime) -> int:
    if dose.per_day is not None:
        return round(dose.per_day.least * days)
    if dose.every_days is not None:
        return days // dose.every_days
    return sum(run.end <= now and 0 <= (now.date() - run.start.date()).days < days for run in history.runs)


def _span(least: float, most: float) -> str:
    return f"{least:g}" if least == most else said("{least:g} to {most:g}", least=least, most=most)
