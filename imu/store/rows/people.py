"""Who there is, who may see whom, and who did what."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from imu.store.rows.base import Id, OfAthlete, Row


class AccountRow(Row):
    __tablename__ = "account"

    account_id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str | None]
    totp_secret: Mapped[str | None]  # a second factor, where the account has one
    outside_id: Mapped[str | None] = mapped_column(String(255), unique=True)  # of an identity provider
    settings: Mapped[dict[str, Any] | None]  # language and units
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class AthleteRow(Row):
    __tablename__ = "athlete"

    athlete_id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(80))
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.account_id"), unique=True)
    simulated: Mapped[bool]
    revision: Mapped[int]  # grows with every change; what was derived from an older one is out of date
    created_at: Mapped[datetime]


class GrantRow(Row):
    __tablename__ = "grant_to"  # `grant` is a word of SQL

    grant_id: Mapped[Id]
    athlete_id: Mapped[OfAthlete]
    viewer_id: Mapped[str] = mapped_column(ForeignKey("account.account_id"), index=True)
    scope: Mapped[str] = mapped_column(String(16))
    granted_by: Mapped[str] = mapped_column(String(32))
    granted_at: Mapped[datetime]
    until: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "athlete_id"),)


class AuditRow(Row):
    """One line of the log. What it says of an athlete goes with him; that somebody was erased stays."""

    __tablename__ = "audit"

    entry_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    account_id: Mapped[str] = mapped_column(String(32))
    athlete_id: Mapped[str | None] = mapped_column(String(32), index=True)
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str | None] = mapped_column(String(120))
    detail: Mapped[dict[str, Any]]


class SensorRow(Row):
    """A sensor that was worn in a stored run."""

    __tablename__ = "sensor"

    athlete_id: Mapped[OfAthlete] = mapped_column(primary_key=True)
    serial: Mapped[str] = mapped_column(String(64), primary_key=True)
    device: Mapped[str | None] = mapped_column(String(64))
    placement: Mapped[str] = mapped_column(String(16))
    last_worn_at: Mapped[datetime]


class NoteRow(Row):
    """A word of a coach or clinician to the athlete."""

    __tablename__ = "note"

    note_id: Mapped[Id]
    athlete_id: Mapped[OfAthlete] = mapped_column(index=True)
    by: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
    text: Mapped[str]
