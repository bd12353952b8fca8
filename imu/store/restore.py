"""A store from a backup: whole, or as it was."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, insert, select, text

from imu.errors import StoreError
from imu.store.archive import Archive, Progress
from imu.store.database import exclusive, revisions, upgrade
from imu.store.plain_rows import add_rows, continue_numbering, count_rows, drop_all, schema_of, tables_of
from imu.store.rows import AuditRow
from imu.store.store import Store, reported

RESTORING = "restoring"  # the folder of files that wait until the tables are in place
_RESTORED = "store restored"
_PROGRAM = "restride"  # in the log, where no account acted
_MADE_BY_ITSELF = {"account": 1, "athlete": 1, "audit": 10, "standing": 1}  # at the first use of any verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came out of a backup. `missing`: files that were not in it either."""

    made_at: str
    revision: str  # of the tables in the backup
    rows: dict[str, int]
    blobs: int
    missing: tuple[str, ...]


def restore(
    store: Store, path: Path, *, replace: bool = False, progress: Progress = lambda _share: None
) -> Restored:
    """Fill an empty store from a backup of any database, or put it in the place of what is there.

    Everything is read and compared with its checksums before anything is written. Tables change in one
    transaction; files that would replace others wait beside until it is done, and are put in their places by
    the next try, or by `restride doctor --repair`, if this one is killed between. StoreError for a backup
    that is damaged or of a newer program, and for a store that is not empty unless `replace`.
    """
    with Archive.opened(path) as archive, reported(store.engine):
        manifest = archive.manifest
        with store.engine.connect() as connection:
            if manifest.revision not in revisions():
                raise StoreError(
                    f"{path}: was made by a newer restride ({manifest.made_by}); update restride, "
                    "nothing was changed"
                )
        if archive.name not in finish_interrupted(store):
            _refuse_filled(store, replace=replace)
            archive.verify(lambda share: progress(share / 3))
            _place_files(store, archive, lambda share: progress((1 + share) / 3))
            with exclusive(store.engine) as connection:
                if not replace:
                    _refuse_rows(store, connection)
                _fill(connection, archive, store.now(), lambda share: progress((2 + share) / 3))
            finish_interrupted(store)
        for key in store.blobs.sizes():
            if key not in manifest.blobs:
                store.blobs.remove(key)
    return Restored(
        made_at=manifest.made_at,
        revision=manifest.revision,
        rows=manifest.rows,
        blobs=len(manifest.blobs),
        missing=tuple(manifest.missing),
    )


def finish_interrupted(store: Store) -> frozenset[str]:
    """End restores that were killed: forward if their tables are in place, else back. The former's names."""
    waiting = list(store.blobs.keys(RESTORING))
    done = set()
    for key in waiting:
        name, _, target = key.removeprefix(f"{RESTORING}/").partition("/")
        if name in done or _is_restored(store, name):
            done.add(name)
            store.blobs.move(key, target)
        else:
            store.blobs.remove(key)
    if waiting:
        store.blobs.remove_all(RESTORING)
    return frozenset(done)


def _is_restored(store: Store, name: str) -> bool:
    with store.engine.connect() as connection:
        found = select(AuditRow.entry_id).where(AuditRow.action == _RESTORED, AuditRow.subject == name)
        return connection.scalar(found.limit(1)) is not None


def _refuse_filled(store: Store, *, replace: bool) -> None:
    if not replace:
        with store.engine.connect() as connection:
            _refuse_rows(store, connection)


def _refuse_rows(store: Store, connection: Connection) -> None:
    for name, table in tables_of(connection).items():
        if count_rows(connection, table) > _MADE_BY_ITSELF.get(name, 0):
            where = store.engine.url.render_as_string(hide_password=True)
            raise StoreError(
                f"{where}: is not empty; restore with another RESTRIDE_HOME, or with --replace to lose "
                "what is there now"
            )


def _place_files(store: Store, archive: Archive, progress: Progress) -> None:
    """New files at once, since no row speaks of them yet; those that differ from what is there wait."""
    blobs, wanted = store.blobs, archive.manifest.blobs
    there = blobs.sizes()
    for number, (key, piece) in enumerate(wanted.items(), start=1):
        content = archive.content(piece)
        if key not in there:
            blobs.write(key, content)
        elif blobs.read(key) != content:
            blobs.write(f"{RESTORING}/{archive.name}/{key}", content)
        progress(number / len(wanted))


def _fill(connection: Connection, archive: Archive, now: datetime, progress: Progress) -> None:
    """Tables of the backup's revision, its rows, and then the way to this program's."""
    fill_as_it_was(connection, archive, progress)
    upgrade(connection)
    if connection.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first():
        raise StoreError("the backup's rows point at rows that are not in it; nothing was changed")
    connection.execute(
        insert(AuditRow).values(
            at=now, account_id=_PROGRAM, action=_RESTORED, subject=archive.name, detail={}
        )
    )


def fill_as_it_was(connection: Connection, archive: Archive, progress: Progress) -> None:
    """Put a backup's tables in the place of what is there, at its own revision."""
    manifest = archive.manifest
    drop_all(connection)
    upgrade(connection, to=manifest.revision)
    tables = tables_of(connection)
    if set(tables) != set(manifest.tables):
        differ = ", ".join(sorted(set(tables) ^ set(manifest.tables)))
        raise StoreError(f"the backup has other tables than its revision ({differ}); nothing was changed")
    total, done = sum(manifest.rows.values()) or 1, 0
    for name, table in tables.items():
        for piece in manifest.tables[name]:
            rows = archive.table(piece)
            if rows.schema.names != schema_of(table).names:
                raise StoreError(f"{piece.name}: has other columns than its revision; nothing was changed")
            add_rows(connection, table, rows)
            done += rows.num_rows
            progress(done / total)
        if (found := count_rows(connection, table)) != manifest.rows[name]:
            raise StoreError(f"{name}: {found} of {manifest.rows[name]} rows came out; nothing was changed")
        continue_numbering(connection, table)
