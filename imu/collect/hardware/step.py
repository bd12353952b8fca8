"""One thing that was tried, and how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

# noted: measured, but nothing is promised that it could fail
Outcome = Literal["pass", "fail", "noted", "skipped"]
Figure = float | int | str | None


@dataclass(frozen=True, slots=True)
class Came:
    """What a trial showed."""

    text: str
    outcome: Outcome
    figures: Mapping[str, Figure] = field(default_factory=dict)

    @classmethod
    def judged(cls, ok: bool, text: str, **figures: Figure) -> "Came":
        return cls(text, "pass" if ok else "fail", figures)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a report. A unit stands in the name of each figure."""

    name: str
    done: str
    expected: str
    came: str
    outcome: Outcome
    seconds: float
    figures: Mapping[str, Figure]
