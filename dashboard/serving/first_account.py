"""Somebody must be able to sign in: at the first start the one who starts it says who."""

import getpass
import sys
from typing import cast, get_args

import typer

from imu.cli.told import echo
from imu.errors import StoreError
from imu.store import Account, Role, Store
from imu.store.passwords import LONGEST, SHORTEST, hashed

_ROLES: tuple[Role, ...] = get_args(Role)


def see_to_first_account(store: Store) -> None:
    """Ask for the first account that may sign in, if there is none yet.

    StoreError, with what to do, where nobody is there to be asked.
    """
    known = {one.name: one for one in store.accounts() if one.disabled_at is None}
    if any(store.sign_ins.password_hash(name) for name in known):
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise StoreError(
            "nobody can sign in yet: start restride serve once in a terminal, or run "
            "restride accounts add NAME --role admin and restride accounts password NAME"
        )
    echo("Nobody can sign in yet. Who are you?", err=True)
    name = str(typer.prompt("Name", default=next(iter(known), None) or getpass.getuser(), err=True)).strip()
    account = store.profiles.by_name(name) or _added(store, name)
    store.sign_ins.set_password_hash(account.name, hashed(_password()))
    echo(f"{account.name} ({account.role}) can sign in now.", err=True)


def _added(store: Store, name: str) -> Account:
    question = f"Role ({', '.join(_ROLES)})"
    while (role := typer.prompt(question, default="runner", err=True)) not in _ROLES:
        echo(f"{role!r} is no role.", err=True)
    account = store.add_account(name, cast("Role", role))
    if role == "runner":
        with store.changed_by(account) as repository:
            repository.sharing.add_athlete(account.name, own=True)
    return account


def _password() -> str:
    while True:
        typed = typer.prompt(
            f"Password, {SHORTEST} characters or more",
            hide_input=True,
            confirmation_prompt="The same again",
            err=True,
        )
        if SHORTEST <= len(typed) <= LONGEST:
            return str(typed)
        echo(f"A password has {SHORTEST} to {LONGEST} characters.", err=True)
