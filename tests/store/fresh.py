"""A store that nobody has written to, without the migrations that take ten times as long as a copy."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from imu.store import Store
from imu.store.store import FILE_NAME


def fresh_store(home: Path, **options: Any) -> Store:
    """`Store.at` a folder without one: on a copy of what the migrations make, as a PostgreSQL of tests is."""
    lay_tables(home / FILE_NAME)
    return Store.at(home, **options)


def lay_tables(file: Path) -> None:
    """An empty store's file of SQLite, where there is none: another process may have one open."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("xb") as empty:
        empty.write(_migrated())


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        Store.at(Path(folder)).close()  # which writes its log of changes into the file
        return (Path(folder) / FILE_NAME).read_bytes()
