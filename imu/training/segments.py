"""The strides of one run in pieces of 25: what charts and baselines are made of.

A season has a hundred thousand of them, so they are kept as one table of single precision, which is also how
they are stored: a number does not change on its way.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Side = Literal["left", "right"]
Floats = NDArray[np.float64]

# That many steps give a stable mean (Oliveira & Pirscoveanu 2021, doi:10.1038/s41598-021-82876-z).
SEGMENT_STRIDES = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Medians over 25 neighbouring strides of one leg at a steady speed on level ground or a known slope."""

    side: Side
    minute: float  # of running since the run's start, at the middle of the segment
    strides: int
    speed_mps: float
    grade_percent: float | None = None
    shank_angle_ic_deg: float | None = None
    shank_angle_max_deg: float | None = None
    pelvic_drop_deg: float | None = None
    cadence_spm: float | None = None


COLUMNS = tuple(Segment.__dataclass_fields__)
_SIDES: tuple[Side, ...] = ("left", "right")


class Segments:
    """Segments of one run in order of time, absent values as NaN. Two with the same numbers are equal.

    table: float32, (segments, columns of `Segment`); the side is 0 for left and 1 for right. ValueError for
    another shape.
    """

    __slots__ = ("_table",)

    def __init__(self, table: NDArray[np.float32]) -> None:
        if table.ndim != 2 or table.shape[1] != len(COLUMNS):
            raise ValueError(f"segments are a table of {len(COLUMNS)} columns, not of shape {table.shape}")
        # Frozen here, so never the array that somebody else still writes to.
        own = table.copy() if table.flags.writeable else table
        self._table = np.ascontiguousarray(own, np.float32)
        self._table.flags.writeable = False

    @classmethod
    def of(cls, segments: Iterable[Segment]) -> "Segments":
        rows = [
            (_SIDES.index(one.side), *(_number(getattr(one, name)) for name in COLUMNS[1:]))
            for one in segments
        ]
        return cls(np.array(rows, np.float32).reshape(-1, len(COLUMNS)))

    @classmethod
    def from_bytes(cls, packed: bytes) -> "Segments":
        """What `packed` made. ValueError if the length fits no table."""
        return cls(np.frombuffer(packed, "<f4").reshape(-1, len(COLUMNS)))

    @classmethod
    def joined(cls, parts: Iterable["Segments"]) -> "Segments":
        """Those of several runs in one table, one run after the other."""
        return cls(np.concatenate([np.empty((0, len(COLUMNS)), np.float32), *(one._table for one in parts)]))

    def packed(self) -> bytes:
        """The table, little-endian, row by row."""
        return self._table.astype("<f4").tobytes()

    def column(self, name: str) -> Floats:
        """One column. ValueError if there is no such one."""
        return self._table[:, COLUMNS.index(name)].astype(float)

    def on_slope(self, grade_percent: Floats) -> "Segments":
        """The same ones on ground of this slope, (segments,); where that is NaN, what was known stays."""
        table, at = self._table.copy(), COLUMNS.index("grade_percent")
        table[:, at] = np.where(np.isfinite(grade_percent), grade_percent, table[:, at])
        return Segments(table)

    def is_of(self, side: Side) -> NDArray[np.bool_]:
        """Which segments are of a side."""
        return np.asarray(self._table[:, 0] == _SIDES.index(side), bool)

    def of_side(self, side: Side) -> "Segments":
        return Segments(self._table[self.is_of(side)])

    def __len__(self) -> int:
        return len(self._table)

    def __iter__(self) -> Iterator[Segment]:
        for side, minute, strides, speed_mps, *others in self._table.tolist():
            values = (None if value != value else value for value in others)
            yield Segment(
                side=_SIDES[int(side)],
                minute=minute,
                strides=int(strides),
                speed_mps=speed_mps,
                **dict(zip(COLUMNS[4:], values, strict=True)),
            )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Segments) and self.packed() == other.packed()

    def __hash__(self) -> int:
        return hash(self.packed())

    def __repr__(self) -> str:
        return f"Segments({len(self)})"


NO_SEGMENTS = Segments(np.empty((0, len(COLUMNS)), np.float32))


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
