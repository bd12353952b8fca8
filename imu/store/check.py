"""Is what is remembered whole: the database's file, its rows, and the files beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, or_, select, text

from imu.store.backup import files_of_runs
from imu.store.erase import compact
from imu.store.restore import RESTORING, finish_interrupted
from imu.store.rows import RecordingRow, RunRow, SegmentsRow, SummaryRow, UploadRow
from imu.store.store import Store, reported
from imu.store.uploads import folder_of

# Files are written before their rows: a younger one may belong to a run that is being imported.
IN_WORK = timedelta(hours=1)
_UPLOAD = (UploadRow.athlete_id, UploadRow.upload_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreCheck:
    """What was found. Damage and missing recordings are losses; the rest can be made again or swept."""

    runs: int
    damage: tuple[str, ...]  # of the database, in its own words
    incomplete: tuple[str, ...]  # runs without segments or summary
    missing_raw: tuple[str, ...]  # keys of recordings' files that are gone, or not as long as they were
    missing_derived: tuple[str, ...]  # keys of tables that an analysis can make again
    orphans: tuple[str, ...]  # keys of files that no row speaks of
    interrupted: bool  # a restore waits to be ended

    @property
    def is_whole(self) -> bool:
        return not (self.damage or self.incomplete or self.missing_raw or self.missing_derived)


def check(store: Store, *, repair: bool = False, in_work: timedelta = IN_WORK) -> StoreCheck:
    """Look at everything once.

    repair: end interrupted restores, remove orphans that are older than `in_work`, which the answer still
    names, and write the database's file anew.
    """
    interrupted = any(store.blobs.keys(RESTORING))
    if repair and interrupted:
        finish_interrupted(store)
    # Rows first: a run that is added between both looks has files that are too young to be swept.
    with reported(store.engine), store.engine.connect() as connection, connection.begin():
        runs = connection.scalar(select(func.count()).select_from(RunRow)) or 0
        damage = _damage(connection)
        incomplete = _incomplete(connection)
        expected = files_of_runs(connection)
        recordings = tuple(_recordings(connection))
        uploads = {folder_of(*ids) for ids in connection.execute(select(*_UPLOAD))}
    sizes = store.blobs.sizes()
    gone = [key for key in expected if key not in sizes]
    short = [key for keys, bytes_ in recordings if _differs(sizes, keys, bytes_) for key in keys]
    unknown = [
        key
        for key in sizes
        if key not in expected
        and not key.startswith(f"{RESTORING}/")
        and key.rpartition("/")[0] not in uploads
    ]
    orphans = [key for key in (*unknown, *store.blobs.half_written()) if _is_old(store, key, in_work)]
    if repair:
        for key in orphans:
            store.blobs.remove(key)
        compact(store)
    return StoreCheck(
        runs=runs,
        damage=damage,
        incomplete=incomplete,
        missing_raw=(*(key for key in gone if key.startswith("recordings/")), *short),
        missing_derived=tuple(key for key in gone if key.startswith("derived/")),
        orphans=tuple(orphans),
        interrupted=interrupted,
    )


def _damage(connection: Connection) -> tuple[str, ...]:
    """PostgreSQL looks after its own pages, and holds its keys; SQLite is asked."""
    if connection.dialect.name != "sqlite":
        return ()
    found = [row[0] for row in connection.execute(text("PRAGMA integrity_check")) if row[0] != "ok"]
    loose = connection.execute(text("PRAGMA foreign_key_check"))
    return (*found, *(f"{row[0]}: a row points at a {row[2]} that is not there" for row in loose))


def _incomplete(connection: Connection) -> tuple[str, ...]:
    """Runs without what every run has."""
    found = (
        select(RunRow.run_id)
        .outerjoin(SegmentsRow, SegmentsRow.run_id == RunRow.run_id)
        .outerjoin(SummaryRow, SummaryRow.run_id == RunRow.run_id)
        .where(or_(SegmentsRow.run_id.is_(None), SummaryRow.run_id.is_(None)))
    )
    return tuple(connection.scalars(found.order_by(RunRow.run_id)))


def _recordings(connection: Connection) -> Iterator[tuple[list[str], int]]:
    """Keys of the files of every recording, and how many bytes they have together."""
    found = select(RunRow.athlete_id, RunRow.run_id, RecordingRow.files, RecordingRow.bytes).join(
        RecordingRow, RecordingRow.run_id == RunRow.run_id
    )
    for athlete_id, run_id, names, size in connection.execute(found):
        yield [f"recordings/{athlete_id}/{run_id}/{name}" for name in names], size


def _differs(sizes: dict[str, int], keys: list[str], size: int) -> bool:
    return all(key in sizes for key in keys) and sum(sizes[key] for key in keys) != size


def _is_old(store: Store, key: str, in_work: timedelta) -> bool:
    try:
        written = store.blobs.modified(key)
    except FileNotFoundError:  # another process was quicker
        return False
    aware = written if written.tzinfo else written.replace(tzinfo=UTC)
    return datetime.now(UTC) - aware >= in_work
