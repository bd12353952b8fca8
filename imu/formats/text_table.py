"""Tables of samples in text: how one is laid out, and its columns of numbers, fast and with line numbers.

What is tolerated is told by the file itself: comma, semicolon or tab between values, a decimal comma, lines
before the names, a last line that was cut. Anything else is refused with its line.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

from imu.errors import RecordingError
from imu.formats.source import Source

MAX_COLUMNS = 2000  # of a table; sensors' exports have 40 at most
PREAMBLE_LINES = 40  # before the names, at most
_LARGEST = 1e20  # of any number: nanoseconds since 1970 are 2e18
_LOOKED_AT = 100  # rows, for guesses
_LINE_BYTES = 1 << 16
_BLOCK_BYTES = 1 << 22
_TO_ASCII = bytes(range(128)) + b"?" * 128
_QUOTE_CHARS = 30  # of a wrong value, in a message
_DELIMITERS = (",", ";", "\t")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

# How pyarrow words its complaints, here about rows that follow the names.
_BAD_VALUE = re.compile(r"In CSV column #(\d+): Row #(\d+): .* invalid value '(.*)'", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the names stand and how values are written."""

    names: tuple[str, ...]  # as they are in the file, without spaces around them
    line: int  # of the names, 1 = the first of the file
    delimiter: str
    decimal: str
    quoted: bool
    rows: tuple[tuple[str, ...], ...]  # the first ones, for a look and for guesses

    def columns(self, pattern: re.Pattern[str]) -> list[int]:
        """The columns whose name fits, in lower case."""
        return [at for at, name in enumerate(self.names) if pattern.match(name.lower())]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Columns:
    """Columns of a table by what they were asked for as; NaN where a value is empty."""

    numbers: Mapping[str, NDArray[np.float64]]
    texts: Mapping[str, pa.ChunkedArray]
    n: int
    line: int  # of the names
    cut_line: int | None  # the last one, where it ends in the middle

    def vectors(self, *names: str) -> NDArray[np.float64]:
        """(n, len(names)) of columns that belong together."""
        return np.stack([self.numbers[name] for name in names], axis=1)


def first_lines(source: Source) -> list[str]:
    """The lines in the first bytes of a text, the last perhaps cut; none where it is no text.

    They end as for whoever reads on from them, in a line feed: a vertical tab within a comment ends none.
    """
    if source.head.startswith(_UTF16) or b"\x00" in source.head:
        return []
    return [line.removesuffix("\r") for line in source.head.decode("utf-8-sig", errors="replace").split("\n")]


def saved_as(source: Source) -> str | None:
    """How a spreadsheet saved a table that cannot be read so, and what to do; None for any other file."""
    if source.head.startswith(_UTF16):
        return "is text in UTF-16; open it in a spreadsheet and save it as CSV (UTF-8)"
    if source.head.count(b"\r") > 1 and not any(mark in source.head for mark in (b"\n", b"\x00")):
        return "has lines that end as on old Macs; open it in a spreadsheet and save it as CSV (UTF-8)"
    return None


def laid_out(source: Source, lines: Sequence[str], *, line: int) -> Layout:
    """The layout of a table whose names stand in `line` (0 = the first of `lines`)."""
    delimiter = delimiter_of(lines[line])
    names = _split(lines[line], delimiter)
    if len(lines[line]) >= _LINE_BYTES or len(names) > MAX_COLUMNS:
        raise source.refused(f"has no line of column names with fewer than {MAX_COLUMNS}", line=line + 1)
    rows = [_split(text, delimiter) for text in lines[line + 1 : line + 1 + _LOOKED_AT] if text.strip()]
    if len(source.head) < (source.size_bytes or len(source.head) + 1) and len(rows) > 1:
        rows = rows[:-1]  # cut by the end of what was looked at
    longest = max((len(row) for row in rows[:1]), default=0)
    if longest > len(names) and not any(rows[0][len(names) :]):
        names += [""] * (longest - len(names))  # a delimiter at the end of every row
    return Layout(
        names=tuple(names),
        line=line + 1,
        delimiter=delimiter,
        quoted='"' in lines[min(line + 1, len(lines) - 1)],
        decimal="," if delimiter != "," and _has_decimal_comma(rows) else ".",
        rows=tuple(map(tuple, rows)),
    )


def delimiter_of(line: str) -> str:
    """What stands between the values of a line: the most frequent of comma, semicolon and tab."""
    return max(_DELIMITERS, key=line.count)


def read_columns(
    source: Source, layout: Layout, numbers: Mapping[str, int], *, texts: Mapping[str, int] | None = None
) -> Columns:
    """The columns asked for, by their place in the table. RecordingError names file and line."""
    if not layout.rows:
        raise source.refused("has names of columns, but no rows", line=layout.line)
    texts = texts or {}
    labels = [f"{at}" for at in range(len(layout.names))]
    types = {labels[at]: pa.float64() for at in numbers.values()}
    types |= {labels[at]: pa.string() for at in texts.values()}
    faulty = _FaultyRows()
    pieces: list[pa.RecordBatch] = []
    n = 0
    try:
        for piece in _stream(source, layout, labels, types, faulty):
            n += piece.num_rows
            if n > source.limits.max_rows:
                raise source.refused(f"has more than {source.limits.max_rows} rows; split it")
            pieces.append(piece)
    except pa.ArrowException as error:
        raise _explained(source, layout, str(error)) from error
    cut = faulty.cut_at(n)
    if faulty.first is not None and cut is None:
        found, line = faulty.found, layout.line + faulty.first
        expected = f"expected {len(layout.names)} as in line {layout.line}"
        raise source.refused(f"{found} values, {expected}; export it again", line=line)
    if not n:
        raise source.refused("has names of columns, but no rows", line=layout.line)
    table = pa.Table.from_batches(pieces)
    return Columns(
        numbers={role: _float64(table.column(labels[at])) for role, at in numbers.items()},
        texts={role: table.column(labels[at]) for role, at in texts.items()},
        n=n,
        line=layout.line,
        cut_line=None if cut is None else layout.line + cut,
    )


def complete(source: Source, table: Columns, notes: list[str]) -> Columns:
    """Only the rows in which every number is there; what was left out goes into the notes."""
    if table.cut_line is not None:
        notes.append(f"line {table.cut_line} is cut short and was left out")
    there = np.ones(table.n, bool)
    for name, column in table.numbers.items():
        there &= ~np.isnan(column)
        if (absurd := np.abs(column) > _LARGEST).any():
            row = int(np.argmax(absurd))
            raise source.refused(
                f"{name} is {column[row]:.4g}, which no sensor says", line=table.line + row + 1
            )
    if there.all():
        return table
    if not there.any():
        raise source.refused("has no row with all its values")
    notes.append(f"{table.n - int(there.sum())} rows without all their values were left out")
    return Columns(
        numbers={name: column[there] for name, column in table.numbers.items()},
        texts={name: column.filter(pa.array(there)) for name, column in table.texts.items()},
        n=int(there.sum()),
        line=table.line,
        cut_line=table.cut_line,
    )


def _stream(
    source: Source, layout: Layout, labels: list[str], types: dict[str, pa.DataType], faulty: "_FaultyRows"
) -> Iterator[pa.RecordBatch]:
    with source.opened() as file:
        for _ in range(layout.line):
            if len(file.readline(_LINE_BYTES)) >= _LINE_BYTES:
                raise source.refused("has a first line without end; is it a table?")
        yield from pyarrow.csv.open_csv(
            pa.PythonFile(_Plain(file), mode="r"),
            # One thread, or the complaints would not know their row.
            read_options=pyarrow.csv.ReadOptions(
                column_names=labels, block_size=_BLOCK_BYTES, use_threads=False
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=layout.delimiter,
                # A single stray quote would swallow all that follows.
                quote_char='"' if layout.quoted else False,
                invalid_row_handler=faulty.note,
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                include_columns=list(types), column_types=types, decimal_point=layout.decimal
            ),
        )


class _Plain(io.RawIOBase):
    """A file whose letters beyond ASCII are question marks.

    No number or date has any, comments may have them in any encoding, and pyarrow would end in the middle of
    a complaint about a row that it cannot decode.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int | None = -1, /) -> bytes:
        return self._file.read(-1 if size is None else size).translate(_TO_ASCII)

    def readable(self) -> bool:
        return True


class _FaultyRows:
    """Rows with too few or too many values: the last may be, where writing was cut off."""

    def __init__(self) -> None:
        self.first: int | None = None  # 1 = the first after the names
        self.found = 0
        self._count = 0
        self._short = False

    def note(self, row: pyarrow.csv.InvalidRow) -> str:
        self._count += 1
        if self.first is None:
            self.first, self.found = row.number, row.actual_columns
            self._short = row.actual_columns < row.expected_columns
        return "skip"

    def cut_at(self, rows: int) -> int | None:
        """The row that is the last and too short, where that is all."""
        if self._count == 1 and self._short and (self.first is None or self.first > rows):
            return self.first or rows + 1
        return None


def _explained(source: Source, layout: Layout, words: str) -> RecordingError:
    if found := _BAD_VALUE.search(words):
        column, row, value = int(found[1]), int(found[2]), found[3]
        name = layout.names[column] if column < len(layout.names) else f"column {column + 1}"
        return source.refused(
            f"{name[:_QUOTE_CHARS]} is {value[:_QUOTE_CHARS]!a}, not a number; is the file whole?",
            line=layout.line + row,
        )
    return source.refused(f"cannot be read as a table ({' '.join(words.split())[:100]})")


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return [value.strip() for value in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return [value.strip() for value in line.split(delimiter)]


def _has_decimal_comma(rows: Sequence[Sequence[str]]) -> bool:
    values = [value for row in rows for value in row]
    with_comma = sum(bool(re.fullmatch(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?", value)) for value in values)
    with_point = sum(bool(re.fullmatch(r"[+-]?\d+\.\d+(?:[eE][+-]?\d+)?", value)) for value in values)
    return with_comma > with_point


def _float64(column: pa.ChunkedArray) -> NDArray[np.float64]:
    if column.null_count:
        column = column.fill_null(np.nan)
    return np.asarray(np.concatenate([np.from_dlpack(chunk) for chunk in column.chunks]), np.float64)
