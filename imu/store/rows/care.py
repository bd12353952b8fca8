"""The story around the runs: injuries, plans, answers, exercises, and what people decided.

Rows are added, never changed; who wrote one and when stands in `by` and `recorded_at`.
"""

from datetime import date, datetime
from typing import Annotated, Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from imu.store.rows.base import Id, JsonOrText, OfAthlete, Row

By = Annotated[str, mapped_column(String(32))]
Word = Annotated[str, mapped_column(String(80))]


class InjuryRow(Row):
    __tablename__ = "injury"

    athlete_id: Mapped[OfAthlete] = mapped_column(primary_key=True)
    injury_id: Mapped[Id]  # a name of the athlete's own: another one's may be the same
    side: Mapped[Word]
    site: Mapped[Word]
    onset: Mapped[date]
    profile: Mapped[Word]
    grade: Mapped[Word | None]
    intratendinous: Mapped[bool]
    resolved: Mapped[date | None]  # the one thing that a later word may fill in
    by: Mapped[By]
    recorded_at: Mapped[datetime]


class PlanRow(Row):
    """One version of an athlete's plan, whole, as the file that was adopted."""

    __tablename__ = "plan"

    plan_id: Mapped[Id]
    athlete_id: Mapped[OfAthlete]
    version: Mapped[int]
    content: Mapped[dict[str, Any] | str] = mapped_column(JsonOrText)  # a text where it was damaged
    reason: Mapped[str]
    signed: Mapped[bool]  # by a clinician
    by: Mapped[By]
    recorded_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("athlete_id", "version"),)


class DecisionRow(Row):
    __tablename__ = "decision"

    decision_id: Mapped[Id]
    athlete_id: Mapped[OfAthlete] = mapped_column(index=True)
    at: Mapped[datetime]
    kind: Mapped[Word]
    reason: Mapped[str]
    stage: Mapped[Word | None]
    cleared_by: Mapped[Word | None]  # a clinician without an account, whose word somebody told
    by: Mapped[By]
    recorded_at: Mapped[datetime]


class GateAnswerRow(Row):
    __tablename__ = "gate_answer"

    answer_id: Mapped[Id]
    athlete_id: Mapped[OfAthlete] = mapped_column(index=True)
    at: Mapped[datetime]
    gate: Mapped[Word]
    passed: Mapped[bool]
    clinician: Mapped[bool]
    by: Mapped[By]
    recorded_at: Mapped[datetime]


class CheckInRow(Row):
    __tablename__ = "check_in"

    check_in_id: Mapped[Id]
    athlete_id: Mapped[OfAthlete] = mapped_column(index=True)
    at: Mapped[datetime]
    moment: Mapped[Word]
    pain: Mapped[int]
    run_id: Mapped[str | None] = mapped_column(String(32))
    site: Mapped[Word | None]
    side: Mapped[Word | None]
    red_flags: Mapped[list[str]]
    effort_cr10: Mapped[float | None]
    note: Mapped[str | None]
    by: Mapped[By]
    recorded_at: Mapped[datetime]


class ExerciseRow(Row):
    __tablename__ = "exercise"

    exercise_id: Mapped[Id]
    athlete_id: Mapped[OfAthlete] = mapped_column(index=True)
    at: Mapped[datetime]
    exercise: Mapped[Word]
    sets: Mapped[int]
    reps: Mapped[int | None]
    hold_s: Mapped[float | None]
    side: Mapped[Word | None]
    pain_during: Mapped[int | None]
    counted_by_sensors: Mapped[bool]
    by: Mapped[By]
    recorded_at: Mapped[datetime]


class WarningActRow(Row):
    """What a person did with a warning; warnings themselves follow from the history."""

    __tablename__ = "warning_act"

    act_id: Mapped[Id]
    athlete_id: Mapped[OfAthlete] = mapped_column(index=True)
    at: Mapped[datetime]
    warning: Mapped[str] = mapped_column(String(120))
    kind: Mapped[Word]
    reason: Mapped[str | None]
    until: Mapped[datetime | None]
    by: Mapped[By]
    recorded_at: Mapped[datetime]
