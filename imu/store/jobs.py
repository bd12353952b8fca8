"""What takes long and is done by a worker, as whoever asked for it sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import Select, or_, select

from imu.errors import Forbidden, StoreError
from imu.store.access import Door, new_id
from imu.store.rows import AthleteRow, JobRow

State = Literal["waiting", "running", "done", "failed"]
MOST_LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to do. `message`: why it failed; `share_done`: 0 to 1 while it runs."""

    job_id: str
    athlete_id: str
    kind: str
    subject: str | None
    detail: Mapping[str, Any]
    state: State
    share_done: float | None
    message: str | None
    tries: int
    made_at: datetime
    ended_at: datetime | None


class Jobs:
    """The jobs that a viewer asked for, and all of his own athlete's."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def ask(self, athlete_id: str, kind: str, *, subject: str | None, detail: Mapping[str, Any]) -> Job:
        """Let something be done. `Forbidden` without the right to add runs."""
        athlete = self._door.allowed(athlete_id, "write_runs")
        row = JobRow(
            job_id=new_id(),
            athlete_id=athlete_id,
            account_id=self._door.viewer.account_id,
            kind=kind,
            subject=subject,
            detail=dict(detail),
            state="waiting",
            tries=0,
            made_at=self._door.clock(),
        )
        self._door.session.add(row)
        self._door.note("job asked for", kind, athlete_id=athlete.athlete_id)
        self._door.session.flush()
        return job_of(row)

    def listed(self, athlete_id: str | None = None) -> tuple[Job, ...]:
        """The latest first; those of one athlete, or of everybody."""
        found = self._visible()
        if athlete_id is not None:
            self._door.allowed(athlete_id, "read")
            found = found.where(JobRow.athlete_id == athlete_id)
        rows = self._door.session.scalars(found.order_by(JobRow.made_at.desc()).limit(MOST_LISTED))
        return tuple(job_of(row) for row in rows)

    def one(self, job_id: str) -> Job:
        """`Forbidden` for one that is not there, and for somebody else's."""
        return job_of(self._row(job_id))

    def again(self, job_id: str) -> Job:
        """Let one be tried again that failed. StoreError for any other."""
        row = self._row(job_id)
        self._door.allowed(row.athlete_id, "write_runs")
        if row.state != "failed":
            raise StoreError(f"job {job_id}: is {row.state}; only what failed is tried again")
        row.state, row.tries = "waiting", 0
        row.message = row.share_done = row.ended_at = row.held_until = None
        return job_of(row)

    def latest_about(self, athlete_id: str, kind: str, subject: str) -> Job | None:
        """The last of a kind about something, among those that the viewer may ask about."""
        self._door.allowed(athlete_id, "read")
        of_subject = JobRow.athlete_id == athlete_id, JobRow.kind == kind, JobRow.subject == subject
        row = self._door.session.scalars(
            self._visible().where(*of_subject).order_by(JobRow.made_at.desc()).limit(1)
        ).first()
        return None if row is None else job_of(row)

    def _row(self, job_id: str) -> JobRow:
        row = self._door.session.scalar(self._visible().where(JobRow.job_id == job_id))
        if row is None:
            raise Forbidden(f"job {job_id}: there is none, or not for {self._door.viewer.name}")
        return row

    def _visible(self) -> Select[JobRow]:
        viewer = self._door.viewer
        own = select(AthleteRow.athlete_id).where(AthleteRow.account_id == viewer.account_id)
        shared = self._door.visible().with_only_columns(AthleteRow.athlete_id)
        return select(JobRow).where(
            JobRow.athlete_id.in_(shared),
            or_(JobRow.account_id == viewer.account_id, JobRow.athlete_id.in_(own)),
        )


def job_of(row: JobRow) -> Job:
    return Job(
        job_id=row.job_id,
        athlete_id=row.athlete_id,
        kind=row.kind,
        subject=row.subject,
        detail=row.detail,
        state=cast("State", row.state),
        share_done=row.share_done,
        message=row.message,
        tries=row.tries,
        made_at=row.made_at,
        ended_at=row.ended_at,
    )
