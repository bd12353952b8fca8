"""Accounts, as an administrator keeps them. Nothing here reads or shows an athlete's data."""

from dataclasses import dataclass
from typing import get_args

from sqlalchemy import func, select

from imu.errors import Forbidden, StoreError
from imu.store.access import Door, account_of, new_id
from imu.store.names import account_row, new_account_name
from imu.store.people import Account
from imu.store.rights import Role
from imu.store.rows import AccountRow, AthleteRow, JobRow, RunRow, SignInRow
from imu.store.sign_ins import ONE_TIME, end_devices, sign_out
from imu.store.words import short


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAccount:
    """An account in an administrator's list."""

    account: Account
    has_password: bool
    has_second_step: bool
    outside_id: str | None  # of an identity provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much there is, of whomever."""

    accounts: int
    athletes: int
    runs: int
    signed_in: int
    jobs_waiting: int
    jobs_failed: int


class Accounts:
    """For administrators; `Forbidden` for everybody else."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def all(self) -> tuple[KeptAccount, ...]:
        """Every account, closed ones too, by name."""
        self._administrators_only()
        rows = self._door.session.scalars(select(AccountRow).order_by(AccountRow.name))
        return tuple(
            KeptAccount(
                account=account_of(row),
                has_password=row.password_hash is not None,
                has_second_step=row.totp_secret is not None,
                outside_id=row.outside_id,
            )
            for row in rows
        )

    def named(self, name: str) -> Account:
        """One of them. StoreError where there is none of this name, or several but for case."""
        self._administrators_only()
        row = account_row(self._door.session, name)
        if row is None:
            raise StoreError(f"account {name}: there is none")
        return account_of(row)

    def add(self, name: str, role: Role, *, password_hash: str) -> Account:
        """A new account with a password that is to be changed at once; a runner's with an athlete of its own.

        StoreError for a name that is taken.
        """
        self._administrators_only()
        door, name = self._door, new_account_name(self._door.session, name)
        _known(role)
        row = AccountRow(
            account_id=new_id(),
            name=name,
            role=role,
            created_at=door.clock(),
            password_hash=password_hash,
            settings={ONE_TIME: True},
        )
        door.session.add(row)
        door.session.flush()
        if role == "runner":
            self._begin_record(row)
        door.note("account added", name, role=role)
        return account_of(row)

    def _begin_record(self, row: AccountRow) -> None:
        """An athlete of an account's own."""
        self._door.session.add(
            AthleteRow(
                athlete_id=new_id(),
                name=row.name,
                account_id=row.account_id,
                simulated=False,
                revision=0,
                created_at=self._door.clock(),
            )
        )

    def renew_password(self, account_id: str, *, password_hash: str) -> Account:
        """Another password, to be changed at once, without a second step.

        Every browser is signed out, and the keys of devices are taken back.
        """
        row = self._other(account_id)
        row.password_hash, row.totp_secret = password_hash, None
        row.settings = {**(row.settings or {}), ONE_TIME: True}
        self._door.session.execute(sign_out(row.account_id))
        self._door.session.execute(end_devices(row.account_id, at=self._door.clock()))
        self._door.note("password renewed", row.name)
        return account_of(row)

    def set_role(self, account_id: str, role: Role) -> Account:
        """What grants may give it from now on; a new runner's record begins. StoreError where an athlete
        would be left alone."""
        row = self._other(account_id)
        _known(role)
        own = select(AthleteRow.athlete_id).where(AthleteRow.account_id == row.account_id)
        has_record = self._door.session.scalar(own) is not None
        if role == "runner" and not has_record:
            self._begin_record(row)
        if role == "admin" and has_record:
            raise StoreError(
                f"{row.name} has runs of its own, which an administrator may not see; add another"
            )
        row.role = role
        self._door.session.execute(sign_out(row.account_id))
        self._door.note("role changed", row.name, role=role)
        return account_of(row)

    def link(self, account_id: str, outside_id: str | None) -> Account:
        """Let an identity of a provider sign in as this account, or none. StoreError for a taken one."""
        self._administrators_only()
        row = self._row(account_id)
        outside_id = (outside_id or "").strip() or None
        short(outside_id, "an identity", 255)
        holder = select(AccountRow.name).where(
            AccountRow.outside_id == outside_id, AccountRow.account_id != account_id
        )
        if outside_id is not None and (taken := self._door.session.scalar(holder)):
            raise StoreError(f"this identity belongs to {taken} already")
        row.outside_id = outside_id
        self._door.note("identity linked" if outside_id else "identity unlinked", row.name)
        return account_of(row)

    def close(self, account_id: str) -> Account:
        """It can no longer be used, and is signed out; what it did stays on record."""
        row = self._other(account_id)
        row.disabled_at = row.disabled_at or self._door.clock()
        self._door.session.execute(sign_out(row.account_id))
        self._door.note("account closed", row.name)
        return account_of(row)

    def reopen(self, account_id: str) -> Account:
        row = self._other(account_id)
        row.disabled_at = None
        self._door.note("account opened again", row.name)
        return account_of(row)

    def counts(self) -> Counts:
        self._administrators_only()
        count, session = func.count(), self._door.session
        waiting, failed = JobRow.state.in_(("waiting", "running")), JobRow.state == "failed"
        return Counts(
            accounts=session.scalar(select(count).select_from(AccountRow)) or 0,
            athletes=session.scalar(select(count).select_from(AthleteRow)) or 0,
            runs=session.scalar(select(count).select_from(RunRow)) or 0,
            signed_in=session.scalar(select(count).select_from(SignInRow)) or 0,
            jobs_waiting=session.scalar(select(count).select_from(JobRow).where(waiting)) or 0,
            jobs_failed=session.scalar(select(count).select_from(JobRow).where(failed)) or 0,
        )

    def _other(self, account_id: str) -> AccountRow:
        """An account that is not the administrator's own: nobody locks himself out."""
        self._administrators_only()
        if account_id == self._door.viewer.account_id:
            raise StoreError("this is your own account; ask another administrator")
        return self._row(account_id)

    def _row(self, account_id: str) -> AccountRow:
        row = self._door.session.get(AccountRow, account_id)
        if row is None:
            raise StoreError("there is no such account any more")
        return row

    def _administrators_only(self) -> None:
        if self._door.viewer.role != "admin":
            raise Forbidden(f"{self._door.viewer.name}: only an administrator keeps accounts")


def _known(role: str) -> None:
    if role not in get_args(Role):
        raise StoreError(f"role {str(role)[:20]!r}: there is none; give {', '.join(get_args(Role))}")
