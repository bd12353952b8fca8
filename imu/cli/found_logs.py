"""Runs that lie on sensors in reach and that nobody armed here: offered to be saved."""

import sys
from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

import imu
from imu.cli.bluetooth import Air
from imu.cli.told import echo
from imu.cli.wearing import places
from imu.errors import RestrideError, SensorError

if TYPE_CHECKING:
    from imu.collect.strays import Stray


def taken_up(here: Air, worn_as: Sequence[str], *, leave: Set[str]) -> list[Path]:
    """The folder of a new session for what the sensors in reach hold. Raises where nothing can be saved."""
    from imu.collect.registry import Registry
    from imu.collect.session import create_session
    from imu.collect.strays import session_of, strays

    wanted = dict(_named(worn_as))
    echo("No run was armed on this computer. Looking at what the sensors in reach hold ...", err=True)
    holding, problems = here.run(strays)
    for problem in problems:
        echo(f"restride: {problem}", err=True)
    worn = {p: stray for p, stray in _placed(here, holding, wanted).items() if p not in leave}
    if not worn:
        raise (SensorError if problems else RestrideError)(
            "nothing to sync: no run was armed on this computer, and no sensor in reach holds one to save"
        )
    for placement, stray in worn.items():
        state = "is logging a run" if stray.log.running else "holds a run"
        echo(f"{placement}: {stray} {state} ({stray.log.used:,} {stray.log.unit})", err=True)
    if sys.stdin.isatty() and not typer.confirm("Save it?", default=True, err=True):
        raise RestrideError("nothing was saved; the sensors keep what they hold")
    if len(worn) > 1:
        echo(
            "When they were armed is not known: their times may differ by 0.2 s per hour since the run, "
            "less with three hops at its beginning.",
            err=True,
        )
    folder = places(here, datetime.now().astimezone(), None).session
    skews_ppm = {sensor.serial: sensor.skew_ppm for sensor in Registry(here.home).sensors()}
    session = session_of(worn, skews_ppm=skews_ppm, clock=here.clock, version=imu.__version__)
    create_session(folder, session)
    return [folder]


def _named(worn_as: Sequence[str]) -> list[tuple[str, str]]:
    from imu.recording import PLACEMENTS

    pairs = [text.partition("=")[::2] for text in worn_as]
    for serial, placement in pairs:
        if not serial or placement not in PLACEMENTS:
            raise RestrideError(
                f"--as {serial}={placement}: write SERIAL=PLACEMENT with one of {', '.join(PLACEMENTS)}"
            )
    return pairs


def _placed(here: Air, holding: "Sequence[Stray]", wanted: Mapping[str, str]) -> "dict[str, Stray]":
    """By where they were worn: as said now, as paired, or as answered."""
    from imu.collect.registry import Registry

    paired = {sensor.serial: sensor.placement for sensor in reversed(Registry(here.home).sensors())}
    placed: dict[str, Stray] = {}
    for stray in holding:
        serial = stray.identity.serial
        if stray.log.coding is None:
            echo(f"restride: {stray}: holds a log of another program, which cannot be read here", err=True)
            continue
        placement = wanted.get(serial) or paired.get(serial) or _asked(stray)
        if placement is None:
            echo(f"restride: {stray}: holds a run; where was it worn? --as {serial}=PLACEMENT", err=True)
        elif placement in placed:
            echo(f"restride: {stray}: {placement} is {placed[placement]} already; sync again", err=True)
        else:
            placed[placement] = stray
    return placed


def _asked(stray: "Stray") -> str | None:
    from imu.recording import PLACEMENTS

    if not sys.stdin.isatty():
        return None
    answer: str = typer.prompt(
        f"Where was {stray} worn? ({', '.join(PLACEMENTS)}; empty: leave it)",
        default="",
        show_default=False,
        err=True,
    )
    return answer if answer in PLACEMENTS else None
