"""Asking which columns of an unknown table are what, once: the answers become a file."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from imu.cli.told import echo
from imu.errors import RestrideError

if TYPE_CHECKING:
    from imu.formats.column_guess import Guess
    from imu.formats.content import ColumnMap
    from imu.formats.text_table import Layout

_ROWS = 4
_WIDTH = 14  # of a value that is shown


def column_map(path: Path | None, tables: Sequence[Path], units: dict[str, str]) -> "ColumnMap | None":
    """The map in `path`; where there is none yet, the one that the user is asked for, saved there."""
    from imu.formats.column_file import load_columns, save_columns

    if path is None:
        return None
    if path.exists():
        return load_columns(path)
    if not tables:
        raise RestrideError(f"--map {path}: does not exist; name the table it is to be made from")
    layout, guess = _looked_at(tables[0], units)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        question = (guess.questions() or ["are these the columns?"])[0]
        raise RestrideError(
            f"--map {path}: does not exist, and nobody can be asked here: {question}; "
            "make it in a terminal, or write it as docs/importing.md shows"
        )
    columns = _asked(tables[0], layout, guess)
    save_columns(columns, path)
    echo(f"restride: saved as {path}: --map {path} reads tables of this kind from now on", err=True)
    return columns


def _looked_at(table: Path, units: dict[str, str]) -> "tuple[Layout, Guess]":
    from imu.formats.column_guess import guessed
    from imu.formats.source import Source
    from imu.formats.table import names_line
    from imu.formats.text_table import first_lines, laid_out

    source = Source.of_file(table)
    lines = first_lines(source)
    line = names_line(lines)
    if line is None:
        raise source.refused("has no line of column names with rows of numbers below")
    layout = laid_out(source, lines, line=line)
    return layout, guessed(layout, units)


def _asked(table: Path, layout: "Layout", guess: "Guess") -> "ColumnMap":
    from imu.formats.column_file import TIMES
    from imu.formats.content import ColumnMap
    from imu.formats.units import ACC_UNITS, GYR_UNITS

    echo(f"{table}: which columns are what? Enter takes what stands in brackets.", err=True)
    for row in (tuple(f"{at + 1}" for at in range(len(layout.names))), layout.names, *layout.rows[:_ROWS]):
        echo("  " + " ".join(f"{value[:_WIDTH]:>{_WIDTH}}" for value in row), err=True)
    time = _columns(layout, "time: a name or a number, - for none", guess.time and (guess.time,), count=1)
    rate_hz = None
    time_unit = "samples" if time is None else _choice("it counts in", TIMES, guess.time_unit)
    if time_unit == "samples":
        rate_hz = _rate_hz()
    acc = _columns(layout, "acceleration x y z, - for none", guess.acc, count=3)
    acc_unit = _choice("acceleration is in", tuple(ACC_UNITS), guess.acc_unit) if acc else None
    gyr = _columns(layout, "angular rate x y z, - for none", guess.gyr, count=3)
    gyr_unit = _choice("angular rate is in", tuple(GYR_UNITS), guess.gyr_unit) if gyr else None
    if acc is None and gyr is None:
        raise RestrideError(f"{table}: without acceleration and angular rate there is nothing to import")
    return ColumnMap(
        time=None if time is None else time[0],
        acc=None if acc is None else (acc[0], acc[1], acc[2]),
        gyr=None if gyr is None else (gyr[0], gyr[1], gyr[2]),
        time_unit=time_unit,
        acc_unit=acc_unit or "m/s2",
        gyr_unit=gyr_unit or "deg/s",
        rate_hz=rate_hz,
    )


def _columns(
    layout: "Layout", question: str, proposed: Sequence[str] | None, *, count: int
) -> list[str] | None:
    """Names of columns; they are typed as names or as numbers, with spaces between."""
    by_number = {str(at + 1): name for at, name in enumerate(layout.names)}
    default = " ".join(str(layout.names.index(name) + 1) for name in proposed) if proposed else None
    while True:
        typed = typer.prompt(question, default=default, err=True).strip()
        if typed == "-":
            return None
        words = [typed] if count == 1 else typed.replace(",", " ").split()
        names = [by_number.get(word, word) for word in words]
        if len(names) == count == len(set(names)) and all(layout.names.count(name) == 1 for name in names):
            return names
        echo(f"  {count} of: {', '.join(layout.names)}", err=True)


def _rate_hz() -> float:
    from imu.formats.column_file import RATES_HZ

    least, most = RATES_HZ
    while True:
        typed: float = typer.prompt(f"samples a second ({least} to {most})", type=float, err=True)
        if least <= typed <= most:
            return typed


def _choice(question: str, known: Sequence[str], proposed: str | None) -> str:
    while True:
        typed: str = typer.prompt(f"{question} ({', '.join(known)})", default=proposed, err=True)
        if typed in known:
            return typed
