"""What was told, held to what every database keeps: one column's length is another one's error."""

import typing
from typing import Any
from unicodedata import category

from imu.errors import StoreError

LONGEST_WORDS = 80
LONGEST_NOTE = 2000  # that a page or a device takes
LONGEST_ID = 32


def kept_everywhere(words: str | None, what: str) -> None:
    """StoreError for what not every database keeps: NUL, and half of a pair that stands for a letter."""
    if words is not None and any(c == "\0" or category(c) == "Cs" for c in words):
        raise StoreError(f"{what} has a character in it that no text has; type it again")


def short(words: str | None, what: str, longest: int = LONGEST_WORDS) -> None:
    """StoreError for an empty or too long text; None is none."""
    kept_everywhere(words, what)
    if words is not None and not 0 < len(words.strip()) <= len(words) <= longest:
        raise StoreError(f"{what} has 1 to {longest} characters; put more into a note")


def one_of(value: str | None, kind: Any, what: str) -> None:
    """StoreError for what is none of a Literal's words; None is none."""
    known = typing.get_args(kind)
    if value is not None and value not in known:
        raise StoreError(f"{what} {str(value)[:LONGEST_WORDS]!r}: there is none; give {', '.join(known)}")


def scale(value: float | None, what: str) -> None:
    """StoreError outside 0 to 10."""
    if value is not None and not 0 <= value <= 10:
        raise StoreError(f"{what} {value:g}: the scale goes from 0 to 10")


def whole(value: float | None, what: str) -> None:
    """StoreError for a number that is not whole."""
    if value is not None and not isinstance(value, int):
        raise StoreError(f"{what} {value:g}: give a whole number")


def said(reason: str, what: str) -> str:
    """The reason, without blanks around it. StoreError for none."""
    kept_everywhere(reason, what)
    if not reason.strip():
        raise StoreError(f"{what} needs a reason; say why in a few words")
    return reason.strip()
