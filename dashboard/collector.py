"""What the collector of this computer keeps beside the store: its sensors, and the session that goes on.

It belongs to one runner: the one to whom a run of this computer goes. Nobody else sees any of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from flask import Flask, current_app

from dashboard import desk
from imu.collect.logged import logged_sessions
from imu.collect.ongoing import Ongoing, ongoing
from imu.collect.registry import PairedSensor, Registry
from imu.store import Account

_SESSIONS = "sessions"
_KEY = "restride.collector"
_VIRTUAL = "virtual"  # the folder of simulated sensors, beside the real ones


def furnish(server: Flask, home: Path) -> None:
    """Give a server the folder of its own computer's collector."""
    server.extensions[_KEY] = home


def homes() -> tuple[Path, Path]:
    """Of real sensors, and of virtual ones."""
    home = cast("Path", current_app.extensions[_KEY])
    return home, home / _VIRTUAL


def session_now() -> Ongoing | None:
    """The viewer's session beside this server; None where none goes on, or it is somebody else's."""
    for home in homes():
        found = ongoing(home)
        if found is not None and belongs_to(desk.viewer(), found.account):
            return found
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """A sensor of this computer, and what is known of it here."""

    sensor: PairedSensor
    virtual: bool
    armed_at: datetime | None  # it may hold the run that it was armed for then


def paired() -> tuple[Paired, ...]:
    """The viewer's sensors, those in use first. RestrideError where their list cannot be read."""
    if not belongs_to(desk.viewer()):
        return ()
    real, virtual = homes()
    return (*_paired(real, virtual=False), *_paired(virtual, virtual=True))


def belongs_to(viewer: Account, account: str | None = None) -> bool:
    """Whether this computer's runs, or those of the named account, are the viewer's.

    As when a recording is taken in: the account that was named, else the only runner of the store.
    """
    if viewer.role != "runner":
        return False
    if account is not None:
        return account == viewer.name
    return [viewer.account_id] == [
        one.account_id for one in desk.store().accounts() if one.role == "runner" and one.disabled_at is None
    ]


def _paired(home: Path, *, virtual: bool) -> Iterator[Paired]:
    armed = {
        worn.identity.serial: session.start
        for _, session in logged_sessions(home / _SESSIONS)
        for worn in session.worn.values()
    }
    for sensor in Registry(home).sensors():
        yield Paired(sensor=sensor, virtual=virtual, armed_at=armed.get(sensor.serial))
