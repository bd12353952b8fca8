"""The others of the demo: a squad around its runner, and an account of every role with a password."""

import os
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import imu
from imu.errors import StoreError

if TYPE_CHECKING:
    from imu.simulate.season import Season
    from imu.store import Account, Role, Store

    Login = tuple[Role, str]  # and the password

LOGINS_FILE = "logins.txt"
# Whoever waits to write into SQLite looks every tenth of a second; somebody signs in meanwhile.
_LETS_OTHERS_WRITE_S = 0.15
_OTHER_ROLES: dict[str, "Role"] = {"cleo": "coach", "ito": "clinician", "office": "admin"}
_RUNNERS, _THIRD = "overstride", "returning"  # her story is told once, another one in its place
_PARTS, _LETTERS = 3, ("bdfgklmnprstvz", "aeiou")


def accounts_opened(home: Path, season: "Season", *, out: Path) -> "dict[str, Login]":
    """Everybody who can sign in, with role and password; also written to a file that only its owner reads."""
    from imu.store import Store
    from imu.store.passwords import hashed

    store = Store.at(home)
    try:
        runner = next(one for one in store.accounts() if one.name == season.options.name.lower())
        for name, role in _OTHER_ROLES.items():
            store.add_account(name, role)
        _share(store, runner, clinical=True)
        roles: dict[str, Role] = {runner.name: "runner", **_OTHER_ROLES}
        logins = {name: (role, _password()) for name, role in roles.items()}
        for name, (_, password) in logins.items():
            store.sign_ins.set_password_hash(name, hashed(password))
    finally:
        store.close()
    file = os.open(out / LOGINS_FILE, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(file, "w") as written:
        written.writelines(f"{role} {name} {password}\n" for name, (role, password) in logins.items())
    return logins


@contextmanager
def others_kept(home: Path, *, athletes: int, until: date) -> "Iterator[Callable[[], None]]":
    """Keep the seasons of the others in a process beside; call what is yielded to wait for it."""
    import multiprocessing

    beside = multiprocessing.get_context("spawn").Process(target=_beside, args=(home, athletes, until))

    def waited() -> None:
        beside.join()
        if beside.exitcode:
            raise StoreError(f"{home}: the seasons of the squad could not be kept; see above")

    beside.start()
    try:
        yield waited
    finally:
        if beside.is_alive():
            beside.terminate()
        beside.join()


def stand_back() -> None:
    """What this process simulates from now on lets the dashboard and the browser go first."""
    if sys.platform != "win32":
        os.nice(10)


def _beside(home: Path, athletes: int, until: date) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the demo itself ends it
    stand_back()
    keep_others(home, athletes=athletes, until=until)


def keep_others(home: Path, *, athletes: int, until: date) -> None:
    """Each with an account that shares with the coach, and those with a story with the clinician too."""
    from imu.followup.seasons import keep_season
    from imu.followup.standing import judged_and_kept
    from imu.simulate.season import squad, tell
    from imu.simulate.season.stories import FULL
    from imu.store import Store

    store = Store.at(home)
    try:
        for at, season in enumerate(squad(athletes=athletes, until=until)[1:], start=1):
            name = season.options.name
            kept = tell(_THIRD, until=until, name=name) if FULL[at : at + 1] == (_RUNNERS,) else season
            account = store.add_account(name.lower(), "runner")
            athlete_id = keep_season(store, account, kept, analysis_version=imu.__version__)
            _share(store, account, clinical=at < len(FULL))
            with store.changed_by(account) as repository:
                judged_and_kept(repository, athlete_id, analysis_version=imu.__version__)
            time.sleep(_LETS_OTHERS_WRITE_S)
    finally:
        store.close()


def logins_text(logins: "Mapping[str, Login]") -> str:
    """A line each, for a terminal."""
    from imu.cli.summary import aligned

    return aligned([("  role", "name", "password"), *((f"  {r}", n, p) for n, (r, p) in logins.items())])


def _share(store: "Store", runner: "Account", *, clinical: bool) -> None:
    with store.changed_by(runner) as repository:
        athlete_id = repository.sharing.athlete().athlete_id
        repository.sharing.grant(athlete_id, "cleo", "training")
        if clinical:
            repository.sharing.grant(athlete_id, "ito", "clinical")


def _password() -> str:
    """As easy to type as to guess hard: no dictionary, 39 bits, and tries are counted."""
    return "-".join("".join(secrets.choice(of) for of in _LETTERS * 2) for _ in range(_PARTS))
