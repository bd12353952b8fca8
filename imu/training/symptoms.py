"""Which runs were without symptoms: their own answers during, after and the next morning."""

from datetime import datetime, timedelta

from imu.training.history import History, Run

MOST_PAIN = 1  # of 10, during the run and until the next day
FOLLOW_UP = timedelta(hours=36)  # the next morning has come, and its answer with it


def settled(run: Run, *, now: datetime) -> bool:
    """Whether the morning after has passed: until then a run's symptoms are not all known."""
    return run.end + FOLLOW_UP <= now


def symptom_free(history: History, run: Run) -> bool:
    """Whether a run may count as one without symptoms.

    An answer above 1 of 10 or a red flag speaks against it. Silence speaks for it only while no injury is
    open; during one the answers from the run and from the next morning are needed.
    """
    around = history.answers.between(run.start, run.end + FOLLOW_UP)
    answers = [*history.answers.of_run(run.run_id), *(one for one in around if one.run_id is None)]
    if any(answer.pain > MOST_PAIN or answer.red_flags for answer in answers):
        return False
    day = run.start.date()
    injured = any(
        injury.onset <= day and (injury.resolved is None or day <= injury.resolved)
        for injury in history.injuries
    )
    moments = {answer.moment for answer in answers}
    return not injured or ("next_morning" in moments and bool(moments & {"during", "after"}))
