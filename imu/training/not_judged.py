"""The answer where there is none."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NotJudged:
    """An answer that could not be given, and why: never a zero, never a warning."""

    because: str
    to_do: str = ""
