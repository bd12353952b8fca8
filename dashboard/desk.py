"""The one who is signed in, at the store: every page reads and writes through here, and nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from flask import Flask, abort, current_app
from flask_login import current_user

from imu.store import Account, Athlete, Repository, Store

_KEY = "restride.store"
_HOME = "restride.home"


def furnish(server: Flask, store: Store, home: Path) -> None:
    """Give a server its store, and the folder beside it."""
    server.extensions[_KEY] = store
    server.extensions[_HOME] = home


def store() -> Store:
    """The store of the server that answers now."""
    return cast("Store", current_app.extensions[_KEY])


def home() -> Path:
    """The folder of the server that answers now."""
    return cast("Path", current_app.extensions[_HOME])


def viewer() -> Account:
    """Who is signed in. Nothing that a browser sends says who that is but the signed cookie."""
    account = getattr(current_user, "account", None)
    if account is None:
        abort(401)
    return cast("Account", account)


def browser() -> str:
    """The secret of the browser that asks: never to be shown."""
    return str(current_user.secret)


@contextmanager
def looking() -> Iterator[Repository]:
    """Everything that the viewer may see, as it is now."""
    with store().seen_by(viewer()) as repository:
        yield repository


@contextmanager
def changing() -> Iterator[Repository]:
    """The same for changes: kept at the end, or not at all."""
    with store().changed_by(viewer()) as repository:
        yield repository


def athlete_of(repository: Repository, of: str | None) -> Athlete:
    """The athlete of an id that was sent; without one the viewer's own, and never the only other one."""
    return repository.sharing.by_id(of) if of else repository.sharing.own()
