"""Recordings on their way here: piece by piece, each piece once, and whole or not at all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from re import fullmatch
from typing import Any

from sqlalchemy import func, select

from imu.errors import Forbidden, StoreError
from imu.store.access import Door, new_id
from imu.store.blobs import Blobs
from imu.store.files import UPLOADS
from imu.store.jobs import Job, Jobs
from imu.store.rows import AthleteRow, RunRow, UploadRow

ARRIVAL = "arrival"  # the kind of a job: what was uploaded becomes a run
LARGEST = 1_000_000_000  # bytes: twenty hours of three sensors at 400 Hz
LARGEST_PIECE = 1 << 20  # bytes
MOST_OPEN = 10  # begun and unfinished, per account
MOST_BYTES = 5_000_000_000  # per account, so that nobody fills the disk
KEPT = timedelta(days=7)  # an upload that nobody goes on with, and one that could not be read


class OutOfStepError(StoreError):
    """A piece that does not follow what is there; `received` says where to go on."""

    def __init__(self, received: int) -> None:
        super().__init__(f"{received} bytes are here; go on from there")
        self.received = received


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """How much of a recording is here."""

    upload_id: str
    athlete_id: str
    content_hash: str
    bytes: int
    received: int
    facts: Mapping[str, Any]
    made_at: datetime


class Uploads:
    """What an account sends. Nobody else sees it, and nothing of it is a run yet.

    A piece is on the disk before it is counted: a kill between loses nothing, as it is sent again.
    """

    def __init__(self, door: Door, blobs: Blobs, jobs: Jobs) -> None:
        self._door = door
        self._blobs = blobs
        self._jobs = jobs

    def begin(
        self, athlete_id: str, *, content_hash: str, size: int, facts: Mapping[str, Any]
    ) -> Upload | Job:
        """Begin to send a file, or go on; the job where all of it came before.

        content_hash: SHA-256 of the whole file, in hexadecimal digits. StoreError for one that is too large,
        and for too many begun by the account.
        """
        self._door.allowed(athlete_id, "write_runs")
        if not fullmatch("[0-9a-f]{64}", content_hash):
            raise StoreError("the hash of a file is its SHA-256, 64 hexadecimal digits")
        if not 0 < size <= LARGEST:
            raise StoreError(f"{size} bytes: a recording has 1 to {LARGEST}")
        if (job := self._known(athlete_id, content_hash)) is not None:
            return job
        own = UploadRow.account_id == self._door.viewer.account_id
        same = UploadRow.athlete_id == athlete_id, UploadRow.content_hash == content_hash
        row = self._door.session.scalar(select(UploadRow).where(own, *same))
        if row is not None and row.bytes != size:
            raise StoreError(f"{size} bytes: the same file was announced with {row.bytes}")
        if row is None:
            self._refuse_too_many(size)
            row = UploadRow(
                upload_id=new_id(),
                athlete_id=athlete_id,
                account_id=self._door.viewer.account_id,
                content_hash=content_hash,
                bytes=size,
                received=0,
                facts=dict(facts),
                made_at=self._door.clock(),
            )
            self._door.session.add(row)
            self._door.session.flush()
        return _told(row)

    def one(self, upload_id: str) -> Upload:
        """`Forbidden` for one that is not there, and for another account's."""
        return _told(self._row(upload_id))

    def add(self, upload_id: str, offset: int, piece: bytes) -> Upload:
        """Keep a piece that begins at a byte of the file. What is there already changes nothing.

        `OutOfStepError` for a piece behind a gap; StoreError for one that is too large.
        """
        row = self._row(upload_id)
        if not 0 < len(piece) <= LARGEST_PIECE:
            raise StoreError(f"a piece has 1 to {LARGEST_PIECE} bytes")
        if not 0 <= offset <= row.received:
            raise OutOfStepError(row.received)
        if offset + len(piece) > row.bytes:
            raise StoreError(f"this is more than the {row.bytes} bytes that were announced")
        new = piece[row.received - offset :]
        if new:
            self._blobs.write(f"{_folder(row)}/{row.received:012d}", new)
            row.received += len(new)
        return _told(row)

    def digest(self, upload_id: str) -> str:
        """The SHA-256 of all that came. `OutOfStepError` while something is missing."""
        row = self._row(upload_id)
        if row.received < row.bytes:
            raise OutOfStepError(row.received)
        told = sha256()
        for piece in self.pieces(upload_id):
            told.update(piece)
        return told.hexdigest()

    def complete(self, upload_id: str, *, digest: str, analysis_version: str) -> Job | None:
        """Let the whole become a run; twice asks once.

        digest: of all that came. None where it is not what was announced: it is thrown away, and has to be
        sent again.
        """
        row = self._row(upload_id)
        if (job := self._known(row.athlete_id, row.content_hash)) is not None:
            return job
        if digest != row.content_hash:
            self.discard(upload_id)
            return None
        detail = {"upload_id": upload_id, "analysis_version": analysis_version}
        return self._jobs.ask(row.athlete_id, ARRIVAL, subject=row.content_hash, detail=detail)

    def pieces(self, upload_id: str) -> Iterator[bytes]:
        """The whole file, piece by piece; it ends early where pieces are gone."""
        folder, at = _folder(self._row(upload_id)), 0
        for key in self._blobs.keys(folder):
            if int(key.rpartition("/")[2]) != at:
                return
            piece = self._blobs.read(key)
            at += len(piece)
            yield piece

    def discard(self, upload_id: str) -> None:
        """Throw away what came."""
        row = self._row(upload_id)
        self._blobs.remove_all(_folder(row))
        self._door.session.delete(row)

    def _refuse_too_many(self, size: int) -> None:
        own = UploadRow.account_id == self._door.viewer.account_id
        unfinished = select(func.count()).where(own, UploadRow.received < UploadRow.bytes)
        if (self._door.session.scalar(unfinished) or 0) >= MOST_OPEN:
            raise StoreError(f"{MOST_OPEN} uploads are unfinished; go on with these first")
        announced = self._door.session.scalar(select(func.sum(UploadRow.bytes)).where(own)) or 0
        if announced + size > MOST_BYTES:
            raise StoreError(f"{announced} bytes wait to be analysed; send more when these are done")

    def _known(self, athlete_id: str, content_hash: str) -> Job | None:
        """The job of this very file, unless what it was about is gone: the run, or a file that failed."""
        job = self._jobs.latest_about(athlete_id, ARRIVAL, content_hash)
        if job is None or job.state in ("waiting", "running"):
            return job
        left = (
            select(RunRow.run_id).where(RunRow.run_id == job.detail.get("run_id"))
            if job.state == "done"
            else select(UploadRow.upload_id).where(UploadRow.upload_id == job.detail.get("upload_id"))
        )
        return job if self._door.session.scalar(left) else None

    def _row(self, upload_id: str) -> UploadRow:
        ids = self._door.visible().with_only_columns(AthleteRow.athlete_id)
        row = self._door.session.scalar(
            select(UploadRow).where(
                UploadRow.upload_id == upload_id,
                UploadRow.account_id == self._door.viewer.account_id,
                UploadRow.athlete_id.in_(ids),
            )
        )
        if row is None:
            raise Forbidden(f"upload {upload_id}: there is none, or not of {self._door.viewer.name}")
        self._door.allowed(row.athlete_id, "write_runs")
        return row


def _told(row: UploadRow) -> Upload:
    return Upload(
        upload_id=row.upload_id,
        athlete_id=row.athlete_id,
        content_hash=row.content_hash,
        bytes=row.bytes,
        received=row.received,
        facts=row.facts,
        made_at=row.made_at,
    )


def _folder(row: UploadRow) -> str:
    return folder_of(row.athlete_id, row.upload_id)


def folder_of(athlete_id: str, upload_id: str) -> str:
    """Where the pieces of an upload lie."""
    return f"{UPLOADS}/{athlete_id}/{upload_id}"
