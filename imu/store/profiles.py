"""What an account chose for itself: language and units, and a second step of signing in.

Each function is for whoever was found to be this account, and shows nothing of an athlete.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from imu.errors import StoreError
from imu.store.access import Clock, account_of, entry_of_account
from imu.store.names import open_account
from imu.store.people import Account, Units
from imu.store.rows import AccountRow
from imu.store.sign_ins import ONE_TIME

LANGUAGES = ("en", "de")


class Profiles:
    """The accounts' own settings."""

    def __init__(self, transaction: Callable[..., AbstractContextManager[Session]], clock: Clock) -> None:
        self._transaction = transaction
        self._clock = clock

    def by_name(self, name: str) -> Account | None:
        """An open account, in whatever case if only one can be meant; None where there is none."""
        with self._transaction(writing=False) as session:
            row = open_account(session, name)
            return None if row is None else account_of(row)

    def by_outside_id(self, outside_id: str) -> Account | None:
        """The open account that an administrator linked to this identity; None where there is none."""
        return self._open(AccountRow.outside_id == outside_id)

    def choose(self, account: Account, *, language: str | None, units: Units) -> None:
        """Keep a language (None: what the browser asks for) and units. StoreError for unknown ones."""
        if language is not None and language not in LANGUAGES:
            raise StoreError(f"language {language[:20]!r}: there is none; give {', '.join(LANGUAGES)}")
        if units not in get_args(Units):
            raise StoreError(f"units {str(units)[:20]!r}: there are none; give {', '.join(get_args(Units))}")
        with self._transaction() as session:
            row = session.get_one(AccountRow, account.account_id)
            row.settings = {**(row.settings or {}), "language": language, "units": units}

    def has_one_time_password(self, account: Account) -> bool:
        """Whether the password is one that an administrator gave, to be changed at once."""
        return bool(self._settings(account).get(ONE_TIME))

    def second_step(self, account: Account) -> str | None:
        """The secret of the codes that signing in asks for; None where it asks for none."""
        with self._transaction(writing=False) as session:
            kept = session.get_one(AccountRow, account.account_id).totp_secret
        return kept.partition(" ")[0] if kept else None

    def set_second_step(self, account: Account, secret: str | None, *, used: int = 0) -> None:
        """Ask for codes of this secret from now on, or for none. `used`: the step whose code proved it."""
        with self._transaction() as session:
            session.get_one(AccountRow, account.account_id).totp_secret = (
                None if secret is None else f"{secret} {used}"
            )
            action = "second step removed" if secret is None else "second step added"
            session.add(entry_of_account(account.account_id, action, account.name, at=self._clock()))

    def use_step(self, account: Account, step: int) -> bool:
        """Take the code of a step of time, once: False where it, or a later one, was used before."""
        with self._transaction() as session:
            row = session.get_one(AccountRow, account.account_id)
            secret, _, used = (row.totp_secret or "").partition(" ")
            if not secret or step <= int(used):
                return False
            row.totp_secret = f"{secret} {step}"
        return True

    def _open(self, condition: Any) -> Account | None:
        with self._transaction(writing=False) as session:
            row = session.scalar(select(AccountRow).where(condition, AccountRow.disabled_at.is_(None)))
            return None if row is None else account_of(row)

    def _settings(self, account: Account) -> dict[str, Any]:
        with self._transaction(writing=False) as session:
            return session.get_one(AccountRow, account.account_id).settings or {}
