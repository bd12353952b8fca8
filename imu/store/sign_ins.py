"""Who is signed in where. Secrets are kept as hashes; what a password is worth is the server's business."""

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from imu.errors import StoreError
from imu.store.access import Clock, account_of
from imu.store.people import Account
from imu.store.rows import AccountRow, SignInRow

IDLE = timedelta(hours=12)  # a browser that did nothing for so long is signed out
LONGEST = timedelta(days=14)  # and every one after this
_NOTED_EVERY = timedelta(minutes=5)


class SignIns:
    """The accounts' ways in. Nothing here shows an athlete's data."""

    def __init__(self, transaction: Callable[..., AbstractContextManager[Session]], clock: Clock) -> None:
        self._transaction = transaction
        self._clock = clock

    def password_hash(self, name: str) -> str | None:
        """What is kept of an open account's password; None without one, or without an account."""
        with self._transaction(writing=False) as session:
            return session.scalar(
                select(AccountRow.password_hash).where(
                    AccountRow.name == name, AccountRow.disabled_at.is_(None)
                )
            )

    def set_password_hash(self, name: str, password_hash: str) -> None:
        """Keep another password, and sign out every browser of the account."""
        with self._transaction() as session:
            row = session.scalar(select(AccountRow).where(AccountRow.name == name))
            if row is None:
                raise StoreError(f"account {name}: there is none")
            row.password_hash = password_hash
            session.execute(delete(SignInRow).where(SignInRow.account_id == row.account_id))

    def begin(self, name: str, *, agent: str | None) -> str:
        """Sign a browser in. Its secret, which is kept nowhere else."""
        secret = secrets.token_urlsafe(32)
        now = self._clock()
        with self._transaction() as session:
            row = session.scalars(
                select(AccountRow).where(AccountRow.name == name, AccountRow.disabled_at.is_(None))
            ).one()
            session.add(
                SignInRow(
                    secret_hash=hash_of(secret),
                    account_id=row.account_id,
                    made_at=now,
                    seen_at=now,
                    agent=agent and agent[:200],
                )
            )
        return secret

    def account(self, secret: str) -> Account | None:
        """Whose browser it is; None once it was signed out, was idle for too long, or the account closed."""
        now, key = self._clock(), hash_of(secret)
        with self._transaction(writing=False) as session:
            row = session.get(SignInRow, key)
            if row is None or now - row.seen_at > IDLE or now - row.made_at > LONGEST:
                return None
            account = session.get_one(AccountRow, row.account_id)
            if account.disabled_at is not None:
                return None
            seen_at = row.seen_at
        if now - seen_at > _NOTED_EVERY:
            self._note(key, now)
        return account_of(account)

    def end(self, secret: str) -> None:
        with self._transaction() as session:
            session.execute(delete(SignInRow).where(SignInRow.secret_hash == hash_of(secret)))

    def _note(self, key: str, now: datetime) -> None:
        with self._transaction() as session:
            row = session.get(SignInRow, key)
            if row is not None:
                row.seen_at = now


def hash_of(word: str) -> str:
    """What is kept in place of a secret, or of the name that somebody tried."""
    return sha256(word.encode()).hexdigest()
