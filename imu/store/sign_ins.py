"""Who is signed in where, and with which devices. Secrets are kept as hashes.

What a password or a code of a second step is worth is the server's business.
"""

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Delete, Select, Update, delete, select, update
from sqlalchemy.orm import Session

from imu.errors import StoreError
from imu.store.access import Clock, account_of, entry_of_account, new_id
from imu.store.names import folded, open_account
from imu.store.people import Account
from imu.store.rows import AccountRow, AuditRow, DeviceTokenRow, FailedSignInRow, SignInRow
from imu.store.times import instant, instant_text
from imu.store.words import short

IDLE = timedelta(hours=12)  # a browser that did nothing for so long is signed out
LONGEST = timedelta(days=14)  # and every one after this
TRIES = 10  # wrong passwords and codes for one name, known or not ...
WITHIN = timedelta(minutes=15)  # ... in so long; then the name waits
MOST_DEVICES = 20  # of one account
ONE_TIME = "one_time_password"  # in an account's settings: to be changed at once
_NOTED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """One browser that is signed in. `key` names it and opens nothing."""

    key: str
    agent: str | None
    made_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device that sends and reads as an account does, without its password."""

    token_id: str
    name: str
    made_at: datetime
    used_at: datetime | None


class SignIns:
    """The accounts' ways in. Nothing here shows an athlete's data."""

    def __init__(self, transaction: Callable[..., AbstractContextManager[Session]], clock: Clock) -> None:
        self._transaction = transaction
        self._clock = clock

    def password_hash(self, name: str) -> str | None:
        """What is kept of an open account's password; None without one, or without an account.

        A name in another case is the account's, too, if only one can be meant.
        """
        with self._transaction(writing=False) as session:
            row = open_account(session, name)
            return None if row is None else row.password_hash

    def set_password_hash(self, name: str, password_hash: str, *, keep: str | None = None) -> None:
        """Keep another password, and sign out every browser of the account but the one
        with the secret `keep`.
        """
        with self._transaction() as session:
            row = session.scalar(select(AccountRow).where(AccountRow.name == name))
            if row is None:
                raise StoreError(f"account {name}: there is none")
            row.password_hash = password_hash
            row.settings = {**(row.settings or {}), ONE_TIME: False}
            session.execute(sign_out(row.account_id, keep=keep))
            session.add(self._entry(row.account_id, "password changed", row.name))

    def attempt(self, name: str) -> timedelta | None:
        """Count a try before it is looked at: many at once count too. How long to wait, if there were many.

        `succeeded` takes the count back. A name that nobody has is counted like any other; one in another
        case is no other name.
        """
        now = self._clock()
        with self._transaction() as session:
            key = _counted_under(session, name)
            session.execute(
                delete(FailedSignInRow).where(instant(FailedSignInRow.at) <= instant_text(now - WITHIN))
            )
            found = select(FailedSignInRow.at).where(FailedSignInRow.name_hash == key)
            tried = sorted(session.scalars(found))
            if len(tried) >= TRIES:
                return tried[-TRIES] + WITHIN - now
            session.add(FailedSignInRow(name_hash=key, at=now))
        return None

    def succeeded(self, name: str) -> None:
        """Forget the tries of a name: it is its owner who came."""
        with self._transaction() as session:
            key = _counted_under(session, name)
            session.execute(delete(FailedSignInRow).where(FailedSignInRow.name_hash == key))

    def begin(self, name: str, *, agent: str | None) -> str:
        """Sign a browser in. Its secret, which is kept nowhere else."""
        secret = secrets.token_urlsafe(32)
        now = self._clock()
        with self._transaction() as session:
            row = session.scalars(
                select(AccountRow).where(AccountRow.name == name, AccountRow.disabled_at.is_(None))
            ).one()
            session.execute(
                delete(SignInRow).where(
                    SignInRow.account_id == row.account_id,
                    (instant(SignInRow.seen_at) <= instant_text(now - IDLE))
                    | (instant(SignInRow.made_at) <= instant_text(now - LONGEST)),
                )
            )
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
            if row is None or not _lives(row, now):
                return None
            account = session.get_one(AccountRow, row.account_id)
            if account.disabled_at is not None:
                return None
            seen_at = row.seen_at
        if now - seen_at > _NOTED_EVERY:
            self._note(key, now)
        return account_of(account)

    def browsers(self, account: Account, *, this: str | None = None) -> tuple[Browser, ...]:
        """Where an account is signed in now, the latest first; `this`: the secret of whoever asks."""
        now, own = self._clock(), this and hash_of(this)
        with self._transaction(writing=False) as session:
            found = session.scalars(select(SignInRow).where(SignInRow.account_id == account.account_id))
            rows = sorted(
                (row for row in found if _lives(row, now)), key=lambda row: row.seen_at, reverse=True
            )
        return tuple(
            Browser(
                key=_key(row.secret_hash),
                agent=row.agent,
                made_at=row.made_at,
                seen_at=row.seen_at,
                is_this=row.secret_hash == own,
            )
            for row in rows
        )

    def end(self, secret: str) -> None:
        with self._transaction() as session:
            session.execute(delete(SignInRow).where(SignInRow.secret_hash == hash_of(secret)))

    def end_browser(self, account: Account, key: str) -> None:
        """Sign one browser of the account out. StoreError where it is not signed in."""
        with self._transaction() as session:
            rows = session.scalars(select(SignInRow).where(SignInRow.account_id == account.account_id))
            found = [row for row in rows if _key(row.secret_hash) == key]
            if not found:
                raise StoreError("this browser is not signed in any more")
            session.delete(found[0])

    def end_others(self, account: Account, *, keep: str | None) -> None:
        """Sign every browser of the account out but that with the secret `keep`."""
        with self._transaction() as session:
            session.execute(sign_out(account.account_id, keep=keep))

    def make_token(self, account: Account, name: str) -> str:
        """A key for one device of an account. It is shown once and kept nowhere."""
        name = " ".join(name.split())
        short(name, "the name of a device")
        token = f"restride_{secrets.token_urlsafe(32)}"
        with self._transaction() as session:
            if len(session.scalars(_devices(account)).all()) >= MOST_DEVICES:
                raise StoreError(f"an account has at most {MOST_DEVICES} devices; remove one first")
            session.add(
                DeviceTokenRow(
                    token_id=new_id(),
                    token_hash=hash_of(token),
                    account_id=account.account_id,
                    name=name,
                    made_at=self._clock(),
                )
            )
            session.add(self._entry(account.account_id, "device added", name))
        return token

    def devices(self, account: Account) -> tuple[Device, ...]:
        """The devices of an account whose keys open something, the latest first."""
        with self._transaction(writing=False) as session:
            rows = sorted(session.scalars(_devices(account)), key=lambda row: row.made_at, reverse=True)
        return tuple(
            Device(token_id=row.token_id, name=row.name, made_at=row.made_at, used_at=row.used_at)
            for row in rows
        )

    def revoke_token(self, account: Account, token_id: str) -> None:
        """The key of a device opens nothing any more. StoreError where there is none of this id."""
        with self._transaction() as session:
            row = session.scalar(_devices(account).where(DeviceTokenRow.token_id == token_id))
            if row is None:
                raise StoreError("there is no such device any more")
            row.revoked_at = self._clock()
            session.add(self._entry(account.account_id, "device removed", row.name))

    def account_of_token(self, token: str) -> Account | None:
        """Whose device it is; None for an unknown or revoked key, or once the account is closed."""
        now = self._clock()
        with self._transaction(writing=False) as session:
            row = session.scalar(
                select(DeviceTokenRow).where(
                    DeviceTokenRow.token_hash == hash_of(token), DeviceTokenRow.revoked_at.is_(None)
                )
            )
            if row is None:
                return None
            account = session.get_one(AccountRow, row.account_id)
            if account.disabled_at is not None:
                return None
            token_id, used_at = row.token_id, row.used_at
        if used_at is None or now - used_at > _NOTED_EVERY:
            with self._transaction() as session:
                if (used := session.get(DeviceTokenRow, token_id)) is not None:
                    used.used_at = now
        return account_of(account)

    def _note(self, key: str, now: datetime) -> None:
        with self._transaction() as session:
            row = session.get(SignInRow, key)
            if row is not None:
                row.seen_at = now

    def _entry(self, account_id: str, action: str, subject: str) -> AuditRow:
        return entry_of_account(account_id, action, subject, at=self._clock())


def _counted_under(session: Session, name: str) -> str:
    row = open_account(session, name)
    return hash_of(folded(name) if row is None else row.name)


def hash_of(word: str) -> str:
    """What is kept in place of a secret, or of the name that somebody tried."""
    return sha256(word.encode(errors="surrogatepass")).hexdigest()


def _key(secret_hash: str) -> str:
    """A name for a browser that is safe to send to another one of the same account."""
    return secret_hash[:16]


def _lives(row: SignInRow, now: datetime) -> bool:
    return now - row.seen_at <= IDLE and now - row.made_at <= LONGEST


def sign_out(account_id: str, *, keep: str | None = None) -> Delete:
    """A statement that signs every browser of an account out but the one with the secret `keep`."""
    others = delete(SignInRow).where(SignInRow.account_id == account_id)
    return others if keep is None else others.where(SignInRow.secret_hash != hash_of(keep))


def end_devices(account_id: str, *, at: datetime) -> Update:
    """A statement that takes the keys of all devices of an account back."""
    held = DeviceTokenRow.account_id == account_id, DeviceTokenRow.revoked_at.is_(None)
    return update(DeviceTokenRow).where(*held).values(revoked_at=at)


def _devices(account: Account) -> Select[DeviceTokenRow]:
    return select(DeviceTokenRow).where(
        DeviceTokenRow.account_id == account.account_id, DeviceTokenRow.revoked_at.is_(None)
    )
