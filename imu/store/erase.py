"""Everything of one athlete goes, and a receipt says what it was."""

import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from imu.errors import StoreError
from imu.store.people import Account
from imu.store.rows import Row
from imu.store.store import Store, reported

FREE_PAGES = (
    "free pages of the database's files may still hold it, until a worker or `restride doctor --repair` "
    "writes these anew"
)
ELSEWHERE = (
    "backups and exports made before still hold it",
    "folders of recordings outside the store, such as recordings in RESTRIDE_HOME, are not part of it",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was removed. It names nobody: the id means nothing any more."""

    athlete_id: str
    erased_at: datetime
    rows: dict[str, int]  # by table
    files: int
    account_removed: bool  # the athlete's own, if nothing else hangs on it
    compacted: bool  # the database's files were written anew, so that nothing is left in free pages
    not_erased: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "erased_at": self.erased_at.isoformat(), "not_erased": list(self.not_erased)}


def erase(store: Store, viewer: Account | str, athlete_id: str, *, compacts: bool = True) -> Receipt:
    """Remove an athlete with every row and file, for somebody who may share his data. `Forbidden` for others.

    Files go first: a kill between leaves an athlete whose recordings are gone, and the next try removes the
    rest. The log keeps that somebody was erased, by whom and when, and nothing else of him. What is erased is
    erased, and its receipt given, also where the database cannot be compacted after it.

    compacts: False leaves that to a worker (`compact_after_erasing`), for others wait while it is done.
    """
    with store.changed_by(viewer) as repository:
        files = repository.files.remove(athlete_id)
        rows, account_removed = repository.belongings.erase(athlete_id)
        erased_at = repository.now()
    compacted = compacts and _compacted(store)
    return Receipt(
        athlete_id=athlete_id,
        erased_at=erased_at,
        rows=rows,
        files=files,
        account_removed=account_removed,
        compacted=compacted,
        not_erased=ELSEWHERE if compacted else (FREE_PAGES, *ELSEWHERE),
    )


def _compacted(store: Store) -> bool:
    try:
        return compact(store)
    except StoreError:
        return False


def compact_after_erasing(store: Store) -> None:
    """For a worker: `compact`, where somebody was erased since that was last done."""
    if store.jobs.erased():
        compact(store)


def compact(store: Store) -> bool:
    """Write the database's files anew, without what was deleted. False if somebody else is using them."""
    erased = store.jobs.erased()
    is_done = _written_anew(store)
    if is_done and erased:
        store.jobs.compacted(erased)
    return is_done


def _written_anew(store: Store) -> bool:
    if store.engine.dialect.name == "sqlite":
        return _compact_sqlite(store)
    engine = store.engine.execution_options(isolation_level="AUTOCOMMIT")
    with reported(engine), engine.connect() as connection:
        for name in Row.metadata.tables:
            connection.execute(text(f'VACUUM (FULL) "{name}"'))
    return True


def _compact_sqlite(store: Store) -> bool:
    raw = store.engine.raw_connection()
    try:
        assert isinstance(raw.driver_connection, sqlite3.Connection)
        try:
            raw.driver_connection.execute("VACUUM")
            # The log beside still holds the pages of before; emptied, it holds nothing.
            (is_busy, _, _) = raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError:  # another process reads or writes, for longer than one waits
            return False
        return not is_busy
    finally:
        raw.close()
