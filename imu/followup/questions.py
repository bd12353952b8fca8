"""When questions about runs are due, known ahead: a reminder needs neither the store nor the rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from imu.training.due import ASKED_FOR, MORNING, due
from imu.training.history import History
from imu.training.plan_file import default_plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question about a run, from when it may be asked until nobody remembers."""

    since: datetime
    until: datetime


def coming_questions(history: History, *, now: datetime) -> tuple[Question, ...]:
    """Questions that are due now, or will be if nothing else comes in."""
    first_morning = datetime.combine(now.date(), MORNING, now.tzinfo)
    times = [now, *(first_morning + timedelta(days=day) for day in (1, 2))]
    ends = {run.run_id: run.end for run in history.runs}
    asked = {
        (one.kind, one.key): Question(since=one.since, until=ends[one.key] + ASKED_FOR)
        for at in times
        for one in due(history, default_plan(), None, now=at)
        if one.key in ends
    }
    return tuple(sorted(asked.values(), key=lambda question: question.since))
