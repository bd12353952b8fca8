"""Where everything remembered lies: tables in a database, files beside it."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from imu.errors import Forbidden, StoreError, StoreTroubleError
from imu.store.access import Clock, account_of, new_id
from imu.store.blobs import Blobs
from imu.store.database import WRITERS_LOCK, file_of, open_engine
from imu.store.names import account_row, new_account_name
from imu.store.people import Account
from imu.store.profiles import Profiles
from imu.store.repository import Repository
from imu.store.rights import Role
from imu.store.rows import AccountRow, AthleteRow, AuditRow
from imu.store.sign_ins import SignIns
from imu.store.work import Work

FILE_NAME = "store.sqlite"
_MOST_NAMED = 5


def _database(home: Path) -> str:
    return os.environ.get("RESTRIDE_DATABASE") or f"sqlite:///{home / FILE_NAME}"


def _blobs(home: Path) -> str:
    return os.environ.get("RESTRIDE_BLOBS") or str(home / "blobs")


def now_here() -> datetime:
    return datetime.now().astimezone()


class Store:
    """An open store. It shows nothing by itself: `seen_by` opens it for a viewer.

    database: a URL of SQLAlchemy. blobs: a folder or a URL of fsspec. Whoever can open these can read all of
    it, as with any file; names of viewers keep apart what each may see, passwords are the server's business.
    """

    def __init__(self, engine: Engine, blobs: Blobs, *, clock: Clock = now_here) -> None:
        self.engine = engine
        self.blobs = blobs
        self._clock = clock
        self.sign_ins = SignIns(self._transaction, clock)
        self.jobs = Work(self._transaction, blobs, clock)
        self.profiles = Profiles(self._transaction, clock)

    @classmethod
    def at(
        cls, home: Path, *, database: str | None = None, blobs: str | None = None, clock: Clock = now_here
    ) -> "Store":
        """The store of a folder, or of RESTRIDE_DATABASE and RESTRIDE_BLOBS where these are set."""
        database, blobs = database or _database(home), blobs or _blobs(home)
        return cls(open_engine(database), Blobs(blobs), clock=clock)

    @staticmethod
    def places(home: Path) -> tuple[Path, ...]:
        """The database's file and the folder of blobs, as far as they are on this computer; made by nobody
        who asks. StoreError for a place of blobs that is none."""
        return tuple(one for one in (file_of(_database(home)), Blobs(_blobs(home)).folder) if one is not None)

    @staticmethod
    def exists(home: Path) -> bool:
        """Whether there is anything to open; opening makes it. A database elsewhere is taken to be there."""
        return bool(os.environ.get("RESTRIDE_DATABASE")) or (home / FILE_NAME).exists()

    @contextmanager
    def seen_by(self, viewer: str | Account) -> Iterator[Repository]:
        """Everything one viewer may see, as it is now. `Forbidden` for an unknown or closed account.

        It waits for nobody. That somebody looked is written when it is left, also by an error.
        """
        with self._noting() as looks, self._transaction(writing=False) as session:
            yield self._repository(session, viewer, looks)

    @contextmanager
    def changed_by(self, viewer: str | Account) -> Iterator[Repository]:
        """The same for changes, in one transaction: kept at the end, or not at all if an error leaves it.

        One at a time; others wait for it, so do what takes long before. `Forbidden` as above.
        """
        with self._noting() as looks, self._transaction() as session:
            yield self._repository(session, viewer, looks)

    def accounts(self) -> tuple[Account, ...]:
        """Everybody who uses this store."""
        with self._transaction(writing=False) as session:
            return tuple(account_of(row) for row in session.scalars(select(AccountRow)))

    def add_account(self, name: str, role: Role) -> Account:
        """A new account. StoreError for a name that is taken, be it in another case."""
        with self._transaction() as session:
            return self._added(session, name, role)

    def named(self, name: str) -> Account:
        """An open account by its name, in whatever case if only one can be meant. `Forbidden` without one."""
        with self._transaction(writing=False) as session:
            row = account_row(session, name)
            if row is None or row.disabled_at is not None:
                raise _no_account(name)
            return account_of(row)

    def only_account(self) -> Account:
        """Who acts where nobody says so: the only open account. Among several people nobody is guessed:
        StoreError.

        A store without any gets one: a runner with the name of this computer's user.
        """
        known = self._open_accounts()
        if len(known) > 1:
            raise StoreError(_who_acts(known))
        return known[0]

    def wearer(self) -> Account:
        """Whose run this computer's sensors recorded where nobody says so: the only account's, or the only
        runner's among several. StoreError where a choice has to be made.
        """
        known = self._open_accounts()
        runners = [one for one in known if one.role == "runner"]
        if len(known) > 1 and len(runners) != 1:
            raise StoreError(_who_acts(known))
        return runners[0] if runners else known[0]

    def _open_accounts(self) -> list[Account]:
        """One at least: a store without any gets it."""
        known = [one for one in self.accounts() if one.disabled_at is None]
        if not known:
            # In one transaction: an account that a kill left without its athlete could keep no run.
            with self._transaction() as session:
                first = session.scalar(select(AccountRow).where(AccountRow.disabled_at.is_(None)))
                if first is not None:  # another process was quicker
                    return [account_of(first)]
                account = self._added(session, _user(), "runner")
                self._repository(session, account, []).sharing.add_athlete(account.name, own=True)
            return [account]
        return known

    def now(self) -> datetime:
        """The time by which everything here is judged."""
        return self._clock()

    def _added(self, session: Session, name: str, role: Role) -> Account:
        name = new_account_name(session, name)
        row = AccountRow(account_id=new_id(), name=name, role=role, created_at=self._clock())
        session.add(row)
        session.add(
            AuditRow(
                at=self._clock(),
                account_id=row.account_id,
                action="account added",
                subject=name,
                detail={"role": role},
            )
        )
        return account_of(row)

    def close(self) -> None:
        self.engine.dispose()

    def _repository(self, session: Session, viewer: str | Account, looks: list[AuditRow]) -> Repository:
        name = viewer if isinstance(viewer, str) else viewer.name
        row = session.scalar(select(AccountRow).where(AccountRow.name == name))
        if row is None or row.disabled_at is not None:
            raise _no_account(name)
        return Repository(session, viewer=account_of(row), blobs=self.blobs, clock=self._clock, looks=looks)

    @contextmanager
    def _noting(self) -> Iterator[list[AuditRow]]:
        """Write down who looked, also where an error comes after: what was seen stays seen."""
        looks: list[AuditRow] = []
        try:
            yield looks
        finally:
            if looks:
                with self._transaction() as session:
                    # Of somebody who was erased meanwhile the log keeps nothing.
                    looked_at = {look.athlete_id for look in looks}
                    left = select(AthleteRow.athlete_id).where(AthleteRow.athlete_id.in_(looked_at))
                    known = set(session.scalars(left))
                    session.add_all([look for look in looks if look.athlete_id in known])

    @contextmanager
    def _transaction(self, *, writing: bool = True) -> Iterator[Session]:
        # A transaction of SQLite that begins by reading may not write any more once another one has.
        # PostgreSQL is asked for what SQLite does by itself: a reader sees one moment, writers take turns.
        if self.engine.dialect.name == "postgresql":
            engine = self.engine.execution_options(
                isolation_level="READ COMMITTED" if writing else "REPEATABLE READ"
            )
        else:
            engine = self.engine.execution_options(begin="IMMEDIATE" if writing else "")
        with (
            reported(self.engine),
            Session(engine, expire_on_commit=False, autoflush=writing) as session,
            session.begin(),
        ):
            if writing and engine.dialect.name == "postgresql":
                session.execute(select(func.pg_advisory_xact_lock(WRITERS_LOCK)))
            yield session
            if not writing and (session.new or session.dirty or session.deleted):
                raise RuntimeError("opened for reading, but something was changed; use changed_by")


@contextmanager
def reported(engine: Engine) -> Iterator[None]:
    """What a database complains of, as one line with its place."""
    try:
        yield
    except DBAPIError as error:
        reason = str(error.orig or error).strip().splitlines()[0]
        where = engine.url.render_as_string(hide_password=True)
        raise StoreTroubleError(f"{where}: {reason}; nothing was changed") from error


def _no_account(name: str) -> Forbidden:
    return Forbidden(f"account {name}: there is none, or it is closed; see restride accounts list")


def _who_acts(known: list[Account]) -> str:
    names = sorted(one.name for one in known)
    if len(names) > _MOST_NAMED:
        names = [*names[:_MOST_NAMED], "others"]
    listed = f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{len(known)} accounts use this store ({listed}); say who acts with --as NAME, or set RESTRIDE_AS"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "runner"
