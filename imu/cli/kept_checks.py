"""Is everything remembered there: the home folder, the store, the paired sensors."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from imu.cli.checks import Check
from imu.cli.summary import several

if TYPE_CHECKING:
    from imu.collect.registry import PairedSensor
    from imu.store.check import StoreCheck


def home_folder() -> Iterator[Check]:
    """Whether restride may write where it keeps everything."""
    from imu.home import home

    folder = home()
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not existing.is_dir():
        yield Check("home", False, f"{existing} is a file", "move it or set RESTRIDE_HOME to a folder")
        return
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        own = "set RESTRIDE_HOME to a folder of your own"
        yield Check("home", False, f"{existing}: {error.strerror}", own)
        return
    yield Check("home", True, str(folder), _closing(folder))


def elsewhere() -> Iterator[Check]:
    """Database and files of runs that are kept outside the home folder, where others may look into them."""
    from imu.home import home
    from imu.store import Store

    inside = home().resolve()
    for place in Store.places(home()):
        if not place.resolve().is_relative_to(inside) and (advice := _closing(place)):
            yield Check("store", True, str(place), advice)


def _closing(place: Path) -> str:
    """How a folder or file is closed to others on this computer; empty where it is, or there is none."""
    if os.name != "posix" or not place.exists():
        return ""
    if place.is_dir():
        open_ones = [place] if _is_open(place) else []
    else:  # a file that nobody can get at is nobody's; what SQLite writes lies beside it
        beside = [place, *(place.with_name(place.name + ending) for ending in ("-wal", "-shm"))]
        open_ones = [one for one in beside if _is_open(one)] if _is_open(place.parent) else []
    if not open_ones:
        return ""
    mode, what = ("700", "look into it") if place.is_dir() else ("600", "read it")
    named = " ".join(quote(str(one)) for one in open_ones)
    return f"others on this computer may {what}; run: chmod {mode} {named}"


def _is_open(path: Path) -> bool:
    return path.exists() and bool(path.stat().st_mode & 0o077)


def sensors() -> Iterator[Check]:
    """The paired sensors, as they were when they were last met."""
    from imu.collect.registry import Registry
    from imu.errors import RestrideError
    from imu.home import home

    try:
        paired = [one for one in Registry(home()).sensors() if not one.retired]
    except RestrideError as error:
        yield Check("sensors", False, str(error))
        return
    if not paired:
        yield Check("sensors", True, "none is paired", "switch them on, keep them near, run: restride pair")
    for one in paired:
        yield _sensor(one)


def _sensor(one: "PairedSensor") -> Check:
    from imu.devices.sensor import LOW_BATTERY_PERCENT

    battery = one.battery_percent
    parts = [f"{one.model} {one.serial}"]
    if one.seen:
        parts.append(f"last heard {one.seen[:16].replace('T', ' ')}")
    if battery is not None:
        parts.append(f"battery {battery:.0f} %")
    advice = "charge it" if battery is not None and battery < LOW_BATTERY_PERCENT else ""
    return Check(f"sensor {one.name}", True, ", ".join(parts), advice)


def interrupted_sessions() -> Iterator[Check]:
    """Recordings that a crash left unfinished."""
    from imu.cli.recover import interrupted
    from imu.home import home

    if waiting := interrupted(home()):
        what = "recording waits" if waiting == 1 else "recordings wait"
        yield Check("sessions", True, f"{waiting} interrupted {what} to be finished", "run: restride recover")


def store(*, repair: bool) -> Iterator[Check]:
    """Everything remembered; nothing where nothing is, since looking must not make a store."""
    from imu.errors import StoreError
    from imu.home import home
    from imu.store import Store
    from imu.store.check import check

    if not Store.exists(home()):
        yield Check("store", True, "nothing is remembered yet")
        return
    try:
        opened = Store.at(home())
        found = check(opened, repair=repair)
    except StoreError as error:
        yield Check("store", False, str(error))
        return
    yield from _told(found, repaired=repair)
    opened.close()


def _told(found: "StoreCheck", *, repaired: bool) -> Iterator[Check]:
    """What was found in a store, and what to do about it."""
    for words, what, advice in (
        (found.damage, "database", "restore a backup"),
        (found.incomplete, "runs without all of their results", "run: restride reprocess"),
        (found.missing_raw, "files of recordings gone or cut", "restore a backup"),
        (found.missing_derived, "tables of runs gone", "run: restride reprocess"),
    ):
        if words:
            more = f" and {len(words) - 1} more" if len(words) > 1 else ""
            yield Check("store", False, f"{what}: {words[0]}{more}", advice)
    if found.is_whole:
        yield Check("store", True, f"{several(found.runs, 'run')}, all whole")
    for waiting, what, done in (
        (len(found.orphans), "files that belong to no run", "removed"),
        (int(found.interrupted), "interrupted restore", "ended"),
    ):
        if waiting and repaired:
            yield Check("store", True, f"{waiting} {what}: {done}")
        elif waiting:
            yield Check("store", True, f"{waiting} {what}", "run: restride doctor --repair")
