"""The records of an Apple Health export, kept outside memory until the workouts they belong to are read."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from imu.formats.source import Source

Floats = NDArray[np.float64]
_AT_ONCE = 10_000  # rows
_CACHE_KB = 4096


class Records:
    """Years of them are millions. They lie in a file without a name, which is gone with this object.

    RecordingError where the disk has no room for them.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.unknown_units: defaultdict[str, set[str]] = defaultdict(set)  # by kind, here and below
        self.unreadable: Counter[str] = Counter()
        self._waiting: list[tuple[str, float, float, float, int]] = []
        self._file = sqlite3.connect("")
        for pragma in ("journal_mode = off", "synchronous = off", f"cache_size = -{_CACHE_KB}"):
            self._file.execute(f"PRAGMA {pragma}")
        self._file.execute("CREATE TABLE record (kind, start_s, end_s, value, source)")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, kind: str, *, start_s: float, end_s: float, value: float, source: int) -> None:
        """One record. Times are seconds since 1970."""
        self._waiting.append((kind, start_s, end_s, value, source))
        if len(self._waiting) >= _AT_ONCE:
            self._write()

    def sort(self) -> None:
        """To be called once, after the last one."""
        self._write()
        self._do("CREATE INDEX in_order ON record (kind, start_s)")

    def within(
        self, kind: str, begin_s: float, end_s: float
    ) -> tuple[Floats, Floats, Floats, NDArray[np.int64]]:
        """Begin, end, value and source of those that begin in this time, in order of it."""
        rows = self._do(
            "SELECT start_s, end_s, value, source FROM record "
            "WHERE kind = ? AND start_s >= ? AND start_s < ? ORDER BY start_s, rowid",
            [(kind, begin_s, end_s)],
        )
        found = np.array(rows, float).reshape(-1, 4)
        return found[:, 0], found[:, 1], found[:, 2], found[:, 3].astype(np.int64)

    def unread(self) -> Iterator[str]:
        """What was left out, one sentence each."""
        for kind in sorted({*self.unknown_units, *self.unreadable}):
            if units := self.unknown_units.get(kind):
                named = ", ".join(sorted(units)[:3])
                yield f"{kind} in a unit that is not known here ({named}) is left out."
            if number := self.unreadable[kind]:
                yield f"{number} records of {kind} have no readable time or value and are left out."

    def _write(self) -> None:
        rows, self._waiting = self._waiting, []
        self._do("INSERT INTO record VALUES (?, ?, ?, ?, ?)", rows)

    def _do(self, statement: str, rows: Sequence[tuple[Any, ...]] = ((),)) -> list[tuple[float, ...]]:
        try:
            if len(rows) == 1:
                return self._file.execute(statement, rows[0]).fetchall()
            self._file.executemany(statement, rows)
        except sqlite3.OperationalError as error:
            raise self._source.refused(
                f"has more records than the disk for temporary files has room for ({error}); make room "
                "there, or name another folder in the variable SQLITE_TMPDIR"
            ) from error
        return []
