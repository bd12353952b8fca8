"""Everything of a store in one file that any database can be filled from."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic.migration import MigrationContext
from sqlalchemy import Connection, select

from imu.errors import StoreError
from imu.store.archive import ArchiveWriter, Manifest, Progress, new_archive
from imu.store.files import DERIVED_FILES
from imu.store.plain_rows import batches, count_rows, tables_of
from imu.store.rows import RecordingRow, RunRow, WatchRow
from imu.store.store import Store, reported
from imu.store.watches import table_of


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp:
    """What went into a backup. `missing`: files that the tables speak of and that were gone already."""

    rows: dict[str, int]
    blobs: int
    bytes: int
    missing: tuple[str, ...]


def back_up(store: Store, path: Path, *, made_by: str, progress: Progress = lambda _share: None) -> BackedUp:
    """Write a backup of the whole store, of everybody in it, as it is now.

    Runs that are added meanwhile are not in it; one that is derived again meanwhile may have tables of
    strides that are newer than its row. StoreError if the file is there already or cannot be written.
    """
    with reported(store.engine), new_archive(path) as archive, _snapshot(store) as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        assert revision is not None
        manifest = Manifest(revision=revision, made_by=made_by, made_at=store.now().isoformat())
        tables = tables_of(connection)
        manifest.rows = {name: count_rows(connection, table) for name, table in tables.items()}
        sizes = store.blobs.sizes()
        expected = files_of_runs(connection)
        wanted = [key for key in expected if key in sizes]
        total = sum(manifest.rows.values()) * _BYTES_PER_ROW + sum(sizes[key] for key in wanted) or 1
        done = 0
        for name, table in tables.items():
            manifest.tables[name] = []
            for number, rows in enumerate(batches(connection, table)):
                manifest.tables[name].append(archive.add_table(f"tables/{name}/{number:05d}.parquet", rows))
                done += rows.num_rows * _BYTES_PER_ROW
                progress(done / total)
        for key in wanted:
            _add_blob(store, archive, manifest, key)
            done += sizes[key]
            progress(done / total)
        manifest.missing = [key for key in expected if key not in manifest.blobs]
        archive.finish(manifest)
    return BackedUp(
        rows=manifest.rows,
        blobs=len(manifest.blobs),
        bytes=path.stat().st_size,
        missing=tuple(manifest.missing),
    )


def files_of_runs(connection: Connection) -> dict[str, str]:
    """Keys of all files that the tables speak of, in order, and the run of each."""
    found = {}
    recorded = select(RunRow.athlete_id, RunRow.run_id, RecordingRow.files).join(
        RecordingRow, RecordingRow.run_id == RunRow.run_id
    )
    for athlete_id, run_id, names in connection.execute(recorded):
        found.update({f"recordings/{athlete_id}/{run_id}/{name}": run_id for name in names})
        found.update({f"derived/{athlete_id}/{run_id}/{name}": run_id for name in DERIVED_FILES})
    watched = select(RunRow.athlete_id, RunRow.run_id, WatchRow.file, WatchRow.content_hash).join(
        WatchRow, WatchRow.run_id == RunRow.run_id
    )
    for athlete_id, run_id, file, content_hash in connection.execute(watched):
        found[f"derived/{athlete_id}/{run_id}/{table_of(content_hash)}"] = run_id
        if file is not None:
            found[f"recordings/{athlete_id}/{run_id}/{file}"] = run_id
    return dict(sorted(found.items()))


_BYTES_PER_ROW = 2000  # for the bar on the screen


def _add_blob(store: Store, archive: ArchiveWriter, manifest: Manifest, key: str) -> None:
    try:
        content = store.blobs.read(key)
    except StoreError:
        if store.blobs.has(key):
            raise
        return  # its run was removed meanwhile
    manifest.blobs[key] = archive.add(f"blobs/{key}", content)


@contextmanager
def _snapshot(store: Store) -> Iterator[Connection]:
    """All tables as they were at one moment; nobody waits for it."""
    engine = store.engine
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with engine.connect() as connection, connection.begin():
        yield connection
