"""A moment as a column: sorts as time does, and still knows which day it was where the athlete lives."""

from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Dialect, String, func
from sqlalchemy.types import TypeDecorator

_INSTANT = len("2026-11-22T06:30:00.000000Z")
_LATEST = timezone(timedelta(hours=14))  # Kiritimati


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


def instant(moment: Any) -> ColumnElement[str]:
    """A column's instants, to be compared with `instant_text`: clocks show one instant differently."""
    return func.substr(moment, 1, _INSTANT, type_=String)


def instant_text(moment: datetime) -> str:
    """The part of `as_text` that does not depend on the zone."""
    return as_text(moment)[:_INSTANT]


def latest_day(now: datetime) -> date:
    """The day of now where it is latest on Earth: nobody's today is later."""
    return now.astimezone(_LATEST).date()


def from_text(text: str) -> datetime:
    """What `as_text` wrote. ValueError for anything else."""
    instant, _, minutes = text.partition("Z")
    return datetime.fromisoformat(f"{instant}Z").astimezone(_zone(minutes))


@lru_cache(maxsize=200)
def _zone(minutes: str) -> timezone:
    """Thousands of moments are read for an answer, of hardly more zones than two."""
    return timezone(timedelta(minutes=int(minutes)))


def on_clock_of(moment: datetime, written: datetime | None) -> datetime:
    """A moment by the clock that showed another one.

    A machine whose own clock showed the same then stays with its own: that one knows about daylight saving.
    """
    if written is None or written.astimezone().utcoffset() == written.utcoffset():
        return moment
    return moment.astimezone(written.tzinfo)
