"""What could not be judged: in words for people, and in columns of the stride table for programs."""

from dataclasses import dataclass

CONTRADICTED = "{side} shank angle, stride length and speed"  # where a sensor contradicts itself


@dataclass(frozen=True, slots=True)
class Absent:
    """`what` is absent, and `why`, in plain words. `columns`: whose values are lacking for it, of the left or
    the right `side`, or of each (None).
    """

    what: str
    why: str
    columns: tuple[str, ...] = ()
    side: str | None = None
