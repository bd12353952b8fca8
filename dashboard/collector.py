"""What the collector of this computer keeps beside the store: its sensors, and the session that goes on.

It belongs to one runner: the one to whom a run of this computer goes. Nobody else sees any of it.
"""

from pathlib import Path
from typing import cast

from flask import Flask, current_app

from dashboard import desk
from imu.collect.ongoing import Ongoing, ongoing
from imu.store import Account

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
