"""Days and times as people type them."""

from datetime import date, datetime
from typing import Annotated

import typer


def day_typed(text: str) -> date:
    """A day as 2026-03-02."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day; write it as 2026-03-02") from None


def time_typed(text: str) -> datetime:
    """A time as 2026-03-02 07:30, on this computer's clock unless it names its zone."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"{text!r} is not a time; write it as '2026-03-02 07:30'") from None


def midnight(day: date) -> datetime:
    """The beginning of a day here."""
    return datetime.combine(day, datetime.min.time()).astimezone()


AtOption = Annotated[
    datetime | None,
    typer.Option("--at", parser=time_typed, metavar="TIME", help="When it was.  [default: now]"),
]
