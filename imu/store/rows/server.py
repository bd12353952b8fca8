"""What a server needs beside the stories: who is signed in where, what is uploaded, what is to be done."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from imu.store.rows.base import Id, OfAthlete, Row


class SignInRow(Row):
    """One browser that is signed in. Its secret is kept as a hash: reading the table opens nothing."""

    __tablename__ = "sign_in"

    secret_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.account_id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    agent: Mapped[str | None] = mapped_column(String(200))


class FailedSignInRow(Row):
    """A wrong password, so that nobody can try many; by a hash of the name, which need not exist."""

    __tablename__ = "failed_sign_in"

    failure_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name_hash: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime]


class DeviceTokenRow(Row):
    """A key of one device of an account, as a hash."""

    __tablename__ = "device_token"

    token_id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.account_id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class UploadRow(Row):
    """A recording on its way here, piece by piece; the pieces are blobs."""

    __tablename__ = "upload"

    upload_id: Mapped[Id]
    athlete_id: Mapped[OfAthlete] = mapped_column(index=True)
    account_id: Mapped[str] = mapped_column(String(32))
    content_hash: Mapped[str] = mapped_column(String(64))  # SHA-256 of the whole file
    bytes: Mapped[int]
    received: Mapped[int]
    facts: Mapped[dict[str, Any]]  # what no sensor can tell of the run
    made_at: Mapped[datetime]


class JobRow(Row):
    """Something that takes long, done by a worker process; whoever holds it says so again and again."""

    __tablename__ = "job"

    job_id: Mapped[Id]
    athlete_id: Mapped[OfAthlete] = mapped_column(index=True)
    account_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str | None] = mapped_column(String(120))
    detail: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(16), index=True)  # waiting, running, done, failed
    share_done: Mapped[float | None]
    message: Mapped[str | None]
    tries: Mapped[int]
    made_at: Mapped[datetime]
    held_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
