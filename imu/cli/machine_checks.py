"""What the computer gives: room on the disk, a clock in the right zone, Bluetooth."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from imu.cli.checks import Check

_LEAST_BYTES = 200_000_000  # an hour of three sensors at 200 Hz; a test holds it to `enough.disk_need`
_LITTLE_BYTES = 2_000_000_000
_OLDEST_YEAR = 2026  # this program is not older


def disk() -> Iterator[Check]:
    """Room where recordings, and where files in work go."""
    import tempfile

    from imu.home import home

    folders = {"disk": _existing(home()), "disk of temporary files": Path(tempfile.gettempdir())}
    devices: set[int] = set()
    for name, folder in folders.items():
        device = folder.stat().st_dev
        if device not in devices:
            devices.add(device)
            yield _room(name, folder)


def _room(name: str, folder: Path) -> Check:
    import shutil

    free = shutil.disk_usage(folder).free
    told = f"{free / 1e9:.1f} GB free at {folder}"
    if free < _LEAST_BYTES:
        return Check(name, False, told, "make room: a recording of an hour may not fit")
    if free < _LITTLE_BYTES:
        return Check(name, True, told, "make room soon")
    return Check(name, True, told)


def clock() -> Iterator[Check]:
    """Days, streaks and the plan are the runner's own: they need this computer's zone."""
    now = datetime.now().astimezone()
    told = f"{now.tzname()}, {now:%Y-%m-%d %H:%M %z}"
    named = os.environ.get("TZ", "")
    if now.year < _OLDEST_YEAR:
        yield Check("clock", False, told, "set this computer's clock")
    elif named and not _is_zone(named):
        yield Check("time zone", False, f"TZ={named} names no zone", "set it like TZ=Europe/Berlin")
    elif now.tzname() in ("UTC", "Universal", "Zulu"):
        yield Check(
            "time zone",
            True,
            told,
            "days of runs then change at midnight UTC; elsewhere set the zone, like TZ=Europe/Berlin",
        )
    else:
        yield Check("time zone", True, told)


def _is_zone(named: str) -> bool:
    """Whether the system understands it: a name of the time zone database, or POSIX's CET-1CEST."""
    from zoneinfo import ZoneInfo

    name = named.removeprefix(":")
    if name.startswith("/"):
        return Path(name).is_file()
    if any(sign.isdigit() for sign in name) and "/" not in name:
        return True
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # a ZoneInfoNotFoundError is a KeyError
        return False
    return True


def zone_names() -> Iterator[Check]:
    """Windows has no time zone database of its own."""
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo("Europe/Berlin")
    except (KeyError, OSError):
        yield Check(
            "time zone names", True, "no database of time zones", "for --zone, run: pip install tzdata"
        )


def bluetooth(radio: str) -> Iterator[Check]:
    """Adapters, and whether the one that would be used begins to listen. Nobody needs it to analyse."""
    import asyncio

    from imu.collect.ongoing import ongoing
    from imu.errors import SensorError
    from imu.home import home
    from imu.radio.adapters import adapters, try_radio

    name = "bluetooth" if radio == "system" else f"bluetooth {radio}"
    listed = ", ".join(adapters())
    told = f"adapters {listed}" if listed else "ready"
    if ongoing(home()) is not None:
        yield Check(name, True, f"{told}; in use by a session that goes on")
        return
    try:
        asyncio.run(try_radio(radio))
    except SensorError as error:
        why = str(error).partition(": ")[2] or str(error)
        yield Check(name, True, f"cannot be used now ({told})" if listed else "cannot be used now", why)
    else:
        yield Check(name, True, f"{told}, listens")


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())
