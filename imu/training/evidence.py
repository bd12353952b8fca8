"""What every rule hands out with its answer: the figure, what it was compared with, how sure it is, and what to do.

Screens, tables and reports print these; none of them computes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from imu.training.history import Side

Level = Literal["note", "amber", "red"]  # what a sensor saw is amber at most; only pain and load can be red
FindingKind = Literal[
    "overstride",
    "drop_asymmetry",
    "load_spike",
    "pain_response",
    "plan_exceeded",
    "data_not_trusted",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One figure of a rule. Absent values are None, never zero."""

    sentence: str  # plain, with value and comparison in it
    todo: str  # what a runner can do about it; empty where there is nothing to do
    value: float | None = None
    unit: str = ""
    compared_with: float | None = None
    comparison: str = ""  # what `compared_with` is, for instance "longest run of the last 30 days"
    uncertainty: float | None = None  # one standard error of the value, in its unit
    n: int = 0  # runs, answers or segments that the value rests on


@dataclass(frozen=True, slots=True, kw_only=True)
class NotJudged:
    """An answer that could not be given, and why: never a zero, never a warning."""

    because: str
    todo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a rule holds true now and a person should look at. Charts and rules hand out the same shape."""

    kind: FindingKind
    key: str  # the same as long as it is about the same thing, for instance overstride:left
    level: Level
    since: datetime  # of the first run or answer it rests on
    latest: datetime  # of the last one
    evidence: Evidence
    side: Side | None = None
    run_ids: tuple[str, ...] = ()
