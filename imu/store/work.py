"""The list of jobs as a worker sees it: taken one at a time, held for a while, ended once.

Whoever holds a job says so again and again; a worker that was killed does not, and the job is taken again.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from imu.store.access import Clock, account_of
from imu.store.blobs import Blobs
from imu.store.jobs import Job, job_of
from imu.store.people import Account
from imu.store.rows import AccountRow, AthleteRow, AuditRow, GrantRow, JobRow, StandingRow, UploadRow
from imu.store.standings import UNTIL, program
from imu.store.times import instant, instant_text
from imu.store.uploads import KEPT, folder_of

ERASED = "athlete erased"  # in the log
_COMPACTED = "compacted"  # in the detail of that: whether the database's files were written anew since
LEASE = timedelta(seconds=60)
TRIES = 3
KEPT_DONE = timedelta(days=30)  # jobs that ended
ENDED_EACH_TIME = (
    f"it was begun {TRIES} times and each time ended before it was done; perhaps there is not enough memory"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldJob:
    """A job, and for whom it is done."""

    job: Job
    account: Account


class LostJobError(Exception):
    """Somebody else does it now, or it is gone."""


class Work:
    """For workers, which act for whoever asked. Nothing here shows an athlete's data."""

    def __init__(
        self, transaction: Callable[..., AbstractContextManager[Session]], blobs: Blobs, clock: Clock
    ) -> None:
        self._transaction = transaction
        self._blobs = blobs
        self._clock = clock

    def take(self) -> HeldJob | None:
        """The job that waits longest, held for a minute; None where nothing waits.

        One that was given up too often fails.
        """
        now = self._clock()
        free = or_(JobRow.state == "waiting", _is_given_up(now))
        with self._transaction() as session:
            for row in session.scalars(select(JobRow).where(free).order_by(JobRow.made_at, JobRow.job_id)):
                if row.tries >= TRIES:
                    _end(row, now, "failed", ENDED_EACH_TIME)
                    continue
                row.state, row.held_until = "running", now + LEASE
                row.tries += 1
                row.share_done, row.message = 0.0, None
                account = session.get(AccountRow, row.account_id)
                if account is None:
                    _end(row, now, "failed", "whoever asked for it is gone")
                    continue
                return HeldJob(job=job_of(row), account=account_of(account))
        return None

    def hold(self, job: Job, share_done: float | None = None) -> None:
        """Say that it is still being done, and how far. `LostJobError` where it is not ours any more."""
        with self._held(job) as row:
            row.held_until = self._clock() + LEASE
            row.share_done = row.share_done if share_done is None else share_done

    def finish(self, job: Job, detail: Mapping[str, Any]) -> None:
        """It is done; `detail` is added to what is known of it. `LostJobError` as above."""
        with self._held(job) as row:
            row.detail = {**row.detail, **detail}
            row.share_done = 1.0
            _end(row, self._clock(), "done", None)

    def fail(self, job: Job, message: str) -> None:
        """It cannot be done, however often it is tried. `LostJobError` as above."""
        with self._held(job) as row:
            _end(row, self._clock(), "failed", message)

    def give_up(self, job: Job, message: str) -> None:
        """This try ended badly: another one follows, or it fails with this message."""
        with self._held(job) as row:
            if row.tries >= TRIES:
                _end(row, self._clock(), "failed", message)
            else:
                row.state, row.held_until, row.share_done = "waiting", None, None

    def put_back(self, job: Job) -> None:
        """This worker is told to stop, which is not the job's fault. `LostJobError` as above."""
        with self._held(job) as row:
            row.state, row.held_until, row.share_done = "waiting", None, None
            row.tries -= 1

    def sweep(self) -> int:
        """Throw away uploads that nobody goes on with, and old jobs. How many uploads."""
        now = self._clock()
        old = instant(UploadRow.made_at) < instant_text(now - KEPT)
        at_work = select(JobRow.subject).where(JobRow.state.in_(("waiting", "running")))
        with self._transaction() as session:
            rows = session.scalars(select(UploadRow).where(old, UploadRow.content_hash.not_in(at_work))).all()
            for row in rows:
                self._blobs.remove_all(folder_of(row.athlete_id, row.upload_id))
                session.delete(row)
            session.execute(
                delete(JobRow).where(
                    JobRow.state.in_(("done", "failed")),
                    instant(JobRow.ended_at) < instant_text(now - KEPT_DONE),
                )
            )
        return len(rows)

    def erased(self) -> tuple[int, ...]:
        """Entries of the log that tell of somebody erased who is still in free pages of the files."""
        left = select(AuditRow.entry_id).where(
            AuditRow.action == ERASED, AuditRow.detail[_COMPACTED].as_boolean().is_(False)
        )
        with self._transaction(writing=False) as session:
            return tuple(session.scalars(left))

    def compacted(self, entries: Collection[int]) -> None:
        """Say of these that the files were written anew since."""
        with self._transaction() as session:
            for row in session.scalars(select(AuditRow).where(AuditRow.entry_id.in_(entries))):
                row.detail = {**row.detail, _COMPACTED: True}

    def stale_standings(self, *, analysis_version: str) -> tuple[tuple[Account, str], ...]:
        """Athletes whose kept standing holds no longer, each with the account that keeps his record."""
        now = self._clock()
        until = StandingRow.content[UNTIL].as_string()
        found = select(
            AthleteRow, StandingRow.revision, StandingRow.as_of, StandingRow.analysis_version, until
        ).outerjoin(StandingRow, StandingRow.athlete_id == AthleteRow.athlete_id)
        with self._transaction(writing=False) as session:
            stale = [
                athlete
                for athlete, revision, as_of, version, holds_until in session.execute(found)
                if revision != athlete.revision
                or version != program(analysis_version)
                or as_of.date() != now.astimezone(as_of.tzinfo).date()
                or holds_until is None
                or now >= datetime.fromisoformat(holds_until)
            ]
            keepers = {athlete.athlete_id: _keeper(session, athlete) for athlete in stale}
        return tuple((keeper, athlete_id) for athlete_id, keeper in keepers.items() if keeper is not None)

    @contextmanager
    def _held(self, job: Job) -> Iterator[JobRow]:
        with self._transaction() as session:
            row = session.get(JobRow, job.job_id)
            # The number of the try tells a worker that slept from the one that took over.
            if row is None or row.state != "running" or row.tries != job.tries:
                raise LostJobError(job.job_id)
            yield row


def _is_given_up(now: datetime) -> Any:
    return (JobRow.state == "running") & (instant(JobRow.held_until) < instant_text(now))


def _end(row: JobRow, now: datetime, state: str, message: str | None) -> None:
    row.state, row.message = state, message
    row.held_until, row.ended_at = None, now


def _keeper(session: Session, athlete: AthleteRow) -> Account | None:
    """The athlete's own account, or whoever keeps the record in his place."""
    kept_by = select(GrantRow.viewer_id).where(
        GrantRow.athlete_id == athlete.athlete_id, GrantRow.scope == "keeper", GrantRow.revoked_at.is_(None)
    )
    account_id = athlete.account_id or session.scalar(kept_by)
    account = None if account_id is None else session.get(AccountRow, account_id)
    return None if account is None or account.disabled_at is not None else account_of(account)
