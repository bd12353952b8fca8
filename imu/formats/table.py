"""Any table of samples, by a map of its columns, or by names and units that leave nothing open."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from imu.formats.column_guess import guessed
from imu.formats.content import Answers, ColumnMap, Content, SensorFile
from imu.formats.even_times import even_times
from imu.formats.placement import placement_in
from imu.formats.source import Source
from imu.formats.text_table import (
    PREAMBLE_LINES,
    Columns,
    Layout,
    complete,
    delimiter_of,
    first_lines,
    laid_out,
    read_columns,
)
from imu.formats.units import ACC_UNITS, GYR_UNITS, TIME_UNITS

NAME: str = "table of samples (CSV)"
EXTRA: str | None = None

_SINCE_1970_S = 1e8  # a time beyond is a date
_FINEST_S = 1e-6
_RESOLUTIONS_S = (1e-2, 1e-3, 1e-4)
_XYZ = ("x", "y", "z")


def sniff(source: Source) -> bool:
    """Whether a line of names has three axes of acceleration or angular rate, with numbers below."""
    lines = first_lines(source)
    line = names_line(lines)
    if line is None:
        return False
    try:
        guess = guessed(laid_out(source, lines, line=line), {})
    except ValueError:
        return False
    return guess.acc is not None or guess.gyr is not None


def fits(source: Source, columns: ColumnMap) -> bool:
    """Whether the table has the columns of a map."""
    lines = first_lines(source)
    return _line_with(lines, _wanted_names(columns)) is not None


def unfitting(source: Source, columns: ColumnMap) -> str | None:
    """Which column of a map a table lacks; None for what is no table."""
    lines, wanted = first_lines(source), _wanted_names(columns)
    line = names_line(lines)
    if line is None:
        return None
    there = [name for name in laid_out(source, lines, line=line).names if name]
    lacking = [name for name in wanted if name not in there]
    named = ", ".join(there)
    return (
        f"has no column {lacking[0][:40]!a} of the map, but {named[:100]!a}; make another by --map NEW.json"
    )


def read(source: Source, answers: Answers) -> Iterator[Content]:
    """The samples of one sensor. RecordingError with the question where something is left open."""
    lines = first_lines(source)
    columns = answers.columns
    notes: list[str] = []
    line = names_line(lines) if columns is None else _line_with(lines, _wanted_names(columns))
    if line is None:
        reason = columns and unfitting(source, columns)
        raise source.refused(reason or "has no line of column names with rows of numbers below")
    layout = laid_out(source, lines, line=line)
    if columns is None:
        guess = guessed(layout, answers.units)
        if questions := guess.questions():
            raise source.refused(questions[0], line=layout.line)
        columns = guess.as_map()
        notes.append(_told(columns))
    yield _sensor(source, layout, columns, answers, notes)


def names_line(lines: Sequence[str]) -> int | None:
    """The line (0 = the first) of at least three names that is followed by numbers."""
    for at, (names, values) in enumerate(pairwise(lines[: PREAMBLE_LINES + 1])):
        delimiter = delimiter_of(names)
        heads, cells = names.split(delimiter), values.split(delimiter)
        numbers = sum(_is_number(cell) for cell in cells)
        if 3 <= len(heads) <= len(cells) and numbers >= 3 and not any(map(_is_number, heads)):
            return at
    return None


def _wanted_names(columns: ColumnMap) -> list[str]:
    return [name for name in (columns.time, *(columns.acc or ()), *(columns.gyr or ())) if name is not None]


def _line_with(lines: Sequence[str], names: Sequence[str]) -> int | None:
    for at, line in enumerate(lines[:PREAMBLE_LINES]):
        there = {cell.strip().strip('"') for cell in line.split(delimiter_of(line))}
        if set(names) <= there:
            return at
    return None


def _is_number(text: str) -> bool:
    try:
        float(text.strip().strip('"').replace(",", "."))
    except ValueError:
        return False
    return True


def _told(columns: ColumnMap) -> str:
    parts = [f"time {columns.time} in {columns.time_unit}"]
    if columns.acc is not None:
        parts.append(f"acceleration {', '.join(columns.acc)} in {columns.acc_unit}")
    if columns.gyr is not None:
        parts.append(f"angular rate {', '.join(columns.gyr)} in {columns.gyr_unit}")
    return f"its columns were read as {'; '.join(parts)}"


def _sensor(
    source: Source, layout: Layout, columns: ColumnMap, answers: Answers, notes: list[str]
) -> SensorFile:
    wanted = {}
    for what, names in (("acc", columns.acc), ("gyr", columns.gyr)):
        for axis, name in zip(_XYZ, names or (), strict=False):
            wanted[f"{what}_{axis}"] = _column(source, layout, name)
    texts = {}
    if columns.time is not None and columns.time_unit == "iso":
        texts["time"] = _column(source, layout, columns.time)
    elif columns.time is not None:
        wanted["time"] = _column(source, layout, columns.time)
    table = complete(source, read_columns(source, layout, wanted, texts=texts), notes)
    time_s, start = _time(source, layout, columns, table, answers, notes)
    acc = (
        table.vectors(*(f"acc_{axis}" for axis in _XYZ)) * ACC_UNITS[columns.acc_unit]
        if columns.acc
        else None
    )
    gyr = (
        table.vectors(*(f"gyr_{axis}" for axis in _XYZ)) * GYR_UNITS[columns.gyr_unit]
        if columns.gyr
        else None
    )
    return SensorFile(
        origin=source.origin,
        format=NAME,
        time_s=time_s,
        acc_mps2=None if acc is None else acc.astype(np.float32),
        gyr_radps=None if gyr is None else gyr.astype(np.float32),
        start=start,
        placement=placement_in(source.name),
        rate_hz=columns.rate_hz,
        notes=tuple(notes),
    )


def _column(source: Source, layout: Layout, name: str) -> int:
    if layout.names.count(name) != 1:
        there = "is not there" if name not in layout.names else "stands there more than once"
        raise source.refused(f"column {name[:40]!a} {there}", line=layout.line)
    return layout.names.index(name)


def _time(
    source: Source, layout: Layout, columns: ColumnMap, table: Columns, answers: Answers, notes: list[str]
) -> tuple[NDArray[np.float64], datetime | None]:
    """Seconds since `start`, even where stamps are rounded or those of packets."""
    if columns.time is None or columns.time_unit == "samples":
        if not columns.rate_hz:
            raise source.refused("has no time, and the map does not say its rate (rate_hz)")
        count = table.numbers["time"] if columns.time is not None else np.arange(table.n, dtype=float)
        _check_ascending(source, layout, count)
        return (count - count[0]) / columns.rate_hz, None
    if columns.time_unit == "iso":
        stamp_s, start = _dates(source, layout, table.texts["time"], answers)
    else:
        stamp_s = table.numbers["time"] * TIME_UNITS[columns.time_unit]
        start = None
        if stamp_s[0] > _SINCE_1970_S:
            start = _date(source, float(stamp_s[0]), answers, notes)
            stamp_s = (table.numbers["time"] - table.numbers["time"][0]) * TIME_UNITS[columns.time_unit]
    resolution_s = _resolution_s(stamp_s)
    if len(stamp_s) > 2 and resolution_s < 0.02 * float(np.median(np.diff(stamp_s))):
        _check_ascending(source, layout, stamp_s)
        return stamp_s, start
    times = even_times(stamp_s, resolution_s=resolution_s)
    if times is None:
        _check_ascending(source, layout, stamp_s, back_only=True)
        raise source.refused("has several samples at the same time, over too short a while to place them")
    notes += times.notes(rate_hz=columns.rate_hz)
    return times.time_s, start


def _resolution_s(stamp_s: NDArray[np.float64]) -> float:
    """To what the stamps are rounded."""
    since_s = stamp_s - stamp_s[0]
    for resolution_s in _RESOLUTIONS_S:
        if np.abs(since_s / resolution_s - np.rint(since_s / resolution_s)).max() < 1e-3:
            return resolution_s
    return _FINEST_S


def _check_ascending(
    source: Source, layout: Layout, time: NDArray[np.float64], *, back_only: bool = False
) -> None:
    steps = np.diff(time)
    wrong = steps < 0 if back_only else steps <= 0
    if wrong.any():
        row = int(np.argmax(wrong))
        verb = "goes back" if steps[row] < 0 else "repeats"
        line = layout.line + row + 2
        raise source.refused(f"time {verb} ({time[row + 1]:.12g} after {time[row]:.12g})", line=line)


def _date(source: Source, since_1970_s: float, answers: Answers, notes: list[str]) -> datetime:
    if answers.zone is None:
        notes.append("it does not say in which time zone; times are told in UTC, or give --zone")
    try:
        instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=since_1970_s)
        return instant.astimezone(answers.zone or UTC)
    except (OverflowError, ValueError) as error:
        raise source.refused(f"time {since_1970_s:.6g} s is no date") from error


def _dates(
    source: Source, layout: Layout, texts: pa.ChunkedArray, answers: Answers
) -> tuple[NDArray[np.float64], datetime]:
    import pandas as pd  # only for dates

    times = pd.to_datetime(texts.to_pandas(), format="ISO8601", errors="coerce", utc=True)
    if times.isna().any():
        row = int(np.argmax(times.isna()))
        wrong = str(texts[row].as_py())[:30]
        reason = f"time is {wrong!a}, not like 2026-11-22T07:30:00.000"
        raise source.refused(reason, line=layout.line + row + 1)
    stamp_s = np.asarray((times - times.iloc[0]) / pd.Timedelta(seconds=1), np.float64)
    first = pd.Timestamp(str(texts[0].as_py())).to_pydatetime()
    if first.tzinfo is None:
        if answers.zone is None:
            raise source.refused("has clock times without a zone; give --zone, like --zone Europe/Berlin")
        first = first.replace(tzinfo=answers.zone)
    return stamp_s, first
