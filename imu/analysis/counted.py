"""Sets of exercises that sensors counted, as the summary tells them and the rehabilitation log keeps them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from imu.training.history import Exercise

if TYPE_CHECKING:
    from imu.signal.exercises import ExerciseSet


def told(one: "ExerciseSet") -> dict[str, Any]:
    """One set as the summary has it."""
    return {
        "exercise": one.exercise,
        "side": one.side,
        "start_s": round(one.start_s, 2),
        "end_s": round(one.end_s, 2),
        "reps": one.reps,
        "doubtful": one.doubtful,
        "hold_s": [round(float(hold), 2) for hold in one.hold_s],
        "confidence": round(one.confidence, 2),
    }


def log_entries(sets: "Sequence[ExerciseSet]", *, start: datetime) -> tuple[Exercise, ...]:
    """What the sensors counted as entries of the rehabilitation log, one per exercise and leg, by time.

    start: of the recording, aware. An entry has the repetitions that every one of its sets reached and the
    median hold; the marching drill has its bouts as sets and their length as the hold, like the programme.
    """
    entries = []
    for exercise, side in dict.fromkeys((one.exercise, one.side) for one in sets):
        own = [one for one in sets if (one.exercise, one.side) == (exercise, side)]
        drill = exercise == "march_skip_drill"
        holds = np.concatenate([[one.end_s - one.start_s] if drill else one.hold_s for one in own])
        entries.append(
            Exercise(
                at=start + timedelta(seconds=own[0].start_s),
                exercise=exercise,
                sets=len(own),
                reps=None if drill else min(one.reps for one in own),
                hold_s=round(float(np.median(holds)), 1) if len(holds) else None,
                side=side,
                counted_by_sensors=True,
            )
        )
    return tuple(entries)
