"""Runs: what was recorded, and what was derived from it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from imu.store.rows.base import Id, OfAthlete, Row


class RecordingRow(Row):
    """The raw signals of a run: written once, never changed. The samples lie in a blob."""

    __tablename__ = "recording"

    run_id: Mapped[str] = mapped_column(ForeignKey("run.run_id", ondelete="CASCADE"), primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    manifest: Mapped[dict[str, Any]]
    files: Mapped[list[str]]
    bytes: Mapped[int]
    imported_at: Mapped[datetime]
    imported_by: Mapped[str] = mapped_column(String(32))


class RunRow(Row):
    """One run as `analysis_version` understood it; `imu.training.history.Run` is its meaning."""

    __tablename__ = "run"

    run_id: Mapped[Id]
    athlete_id: Mapped[OfAthlete]
    start: Mapped[datetime]
    end: Mapped[datetime]
    duration_s: Mapped[float]
    running_s: Mapped[float]
    distance_m: Mapped[float | None]
    accelerations: Mapped[int | None]
    top_speed_mps: Mapped[float | None]
    surface: Mapped[str | None] = mapped_column(String(16))
    shoe: Mapped[str | None] = mapped_column(String(80))
    trust: Mapped[str] = mapped_column(String(8))
    untrusted_because: Mapped[list[str]]
    effort_cr10: Mapped[float | None]
    bouts: Mapped[list[dict[str, Any]]]
    exposure: Mapped[list[dict[str, Any]]]
    impact: Mapped[list[dict[str, Any]]]
    headline: Mapped[dict[str, Any]]  # a few numbers per side, for lists
    analysis_version: Mapped[str] = mapped_column(String(32), index=True)
    analysed_at: Mapped[datetime]

    __table_args__ = (Index(None, "athlete_id", "start"),)


class WatchRow(Row):
    """The activity of a watch or phone that belongs to a run: the original file and its table are blobs."""

    __tablename__ = "watch"

    watch_id: Mapped[Id]
    run_id: Mapped[str] = mapped_column(ForeignKey("run.run_id", ondelete="CASCADE"), index=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    alone: Mapped[bool]  # all that is known of the run: no sensors were worn
    file: Mapped[str | None] = mapped_column(String(120))  # None where the activity had no file of its own
    facts: Mapped[dict[str, Any]]
    fit: Mapped[dict[str, Any]]  # how its clock lies on that of the run
    by: Mapped[str] = mapped_column(String(32))
    kept_at: Mapped[datetime]


class SegmentsRow(Row):
    """`imu.training.segments.Segments` of a run, packed; apart, because lists of runs do not need them."""

    __tablename__ = "run_segments"

    run_id: Mapped[str] = mapped_column(ForeignKey("run.run_id", ondelete="CASCADE"), primary_key=True)
    packed: Mapped[bytes] = mapped_column(LargeBinary)


class SummaryRow(Row):
    """summary.json of a run's analysis."""

    __tablename__ = "run_summary"

    run_id: Mapped[str] = mapped_column(ForeignKey("run.run_id", ondelete="CASCADE"), primary_key=True)
    summary: Mapped[dict[str, Any]]


class BaselineRow(Row):
    """A frozen baseline of one chart. The latest that was not replaced is in force."""

    __tablename__ = "baseline"

    baseline_id: Mapped[Id]
    athlete_id: Mapped[OfAthlete] = mapped_column(index=True)
    chart: Mapped[str] = mapped_column(String(32))
    frozen_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]
    on_purpose: Mapped[bool]  # somebody chose it; otherwise it rests on the first runs that may make one
    reason: Mapped[str]
    by: Mapped[str] = mapped_column(String(32))
    kept_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    analysis_version: Mapped[str] = mapped_column(String(32))


class StandingRow(Row):
    """What all rules say of an athlete, so that a squad need not be judged anew to be listed."""

    __tablename__ = "standing"

    athlete_id: Mapped[OfAthlete] = mapped_column(primary_key=True)
    revision: Mapped[int]
    as_of: Mapped[datetime]
    analysis_version: Mapped[str] = mapped_column(String(32))
    content: Mapped[dict[str, Any]]
    # What only one athlete's own pages show; a squad is listed without it.
    detail: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
