"""A moment as a column: sorts as time does, and still knows which day it was where the athlete lives."""

from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import Dialect, String
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """An aware datetime as text: universal time first, then the minutes that the local clock was ahead of it.

    A database's own type keeps the instant only, and rules about days need the athlete's clock. ValueError
    for a datetime without a zone.
    """

    impl = String(34)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> String:
        # Byte order; a language's own order of letters is slower and may skip punctuation.
        return String(34, collation="C") if dialect.name == "postgresql" else String(34)

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> str | None:
        return None if value is None else as_text(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else from_text(value)


def as_text(moment: datetime) -> str:
    """For instance 2026-11-22T06:30:00.000000Z+060."""
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError(f"{moment}: a time without its zone")
    minutes = round(offset.total_seconds() / 60)
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z{minutes:+04d}"


def from_text(text: str) -> datetime:
    """What `as_text` wrote. ValueError for anything else."""
    instant, _, minutes = text.partition("Z")
    zone = timezone(timedelta(minutes=int(minutes)))
    return datetime.fromisoformat(instant).replace(tzinfo=UTC).astimezone(zone)
