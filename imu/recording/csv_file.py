"""A sensor's CSV file: comma between values, point in numbers, one line of column names."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from imu.errors import RecordingError
from imu.recording.columns import ACC, TIME, to_samples, usable_columns
from imu.recording.model import Samples

_MAX_HEADER_BYTES = 1 << 16
_BLOCK_BYTES = 1 << 22  # 1 min at 200 Hz
_QUOTE_CHARS = 30  # of a wrong value, in a message
_EXPORT = "export with a comma between values and a point in numbers"

# How pyarrow words its complaints; its rows count the header as the first.
_BAD_VALUE = re.compile(r"In CSV column #(\d+): Row #(\d+): .* invalid value '(.*)'", re.DOTALL)
_BAD_ROW = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+)")


def stream_csv(path: Path) -> Iterator[Samples]:
    """All samples in file order, in pieces."""
    header = _read_header(path)
    columns = usable_columns(path, header)
    try:
        reader = pyarrow.csv.open_csv(
            path,
            # One thread, or the complaints would not know their row.
            read_options=pyarrow.csv.ReadOptions(
                column_names=header, skip_rows=1, block_size=_BLOCK_BYTES, use_threads=False
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                include_columns=columns, column_types=dict.fromkeys(columns, pa.float64())
            ),
        )
        yield from map(to_samples, reader)
    except pa.ArrowException as error:
        raise RecordingError(path, _reason(str(error), header)) from error


def _read_header(path: Path) -> list[str]:
    with path.open("rb") as file:
        start = file.read(_MAX_HEADER_BYTES)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise RecordingError(path, "is UTF-16 text; save it again as UTF-8")
    if b"\x00" in start:
        raise RecordingError(path, "is not text; a CSV starts with a line of column names")
    line, *rows = start.decode("utf-8-sig", errors="replace").splitlines() or [""]
    if len(line) >= _MAX_HEADER_BYTES:
        raise RecordingError(path, "has no line of column names")
    if line.startswith("#"):
        raise RecordingError(path, "begins with a comment (#); begin it with the line of column names")
    for separator, name in ((";", "semicolons"), ("\t", "tabs")):
        if separator in line and "," not in line:
            raise RecordingError(path, f"has {name} between the values; {_EXPORT}")
    if "," not in line and {TIME, *ACC} <= set(line.replace('"', "").split()):
        raise RecordingError(path, f"has spaces between the values; {_EXPORT}")
    header = [name.strip() for name in next(csv.reader([line]), [])]
    if all(_is_number(name) for name in header):
        raise RecordingError(path, f"has no line of column names; begin it with {TIME},acc_x,acc_y,acc_z")
    if not rows:
        raise RecordingError(path, "has no rows")
    return header


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _reason(words: str, header: list[str]) -> str:
    if found := _BAD_VALUE.search(words):
        column, line, value = int(found[1]), int(found[2]), found[3]
        reason = f"{header[column]} holds {value[:_QUOTE_CHARS]!a} in row {line - 1}, not a number"
        return f"{reason}; {_EXPORT}" if "," in value else reason
    if found := _BAD_ROW.search(words):
        line, expected, got = map(int, found.groups())
        reason = f"row {line - 1} has {got} values, expected {expected}"
        return f"{reason}; {_EXPORT}" if got > expected else f"{reason}; is the file cut short?"
    return f"cannot be read as CSV ({' '.join(words.split())[:100]})"
