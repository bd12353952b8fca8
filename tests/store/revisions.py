"""A small store of every revision of the tables, as the program of its time made it.

`python -m tests.store.revisions` writes the one of today; do so before the next revision is added.
"""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import imu
from imu.store import Store
from imu.store.archive import Archive
from imu.store.backup import back_up
from tests.store.filled import fill

FOLDER = Path(__file__).parent / "old_stores"
MADE_AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def kept() -> dict[str, Path]:
    """Backups by the revision of their tables."""
    found = {}
    for path in sorted(FOLDER.glob("*.restride")):
        with Archive.opened(path) as archive:
            found[archive.manifest.revision] = path
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.at(Path(folder), clock=lambda: MADE_AT)
        anna = store.add_account("anna", "runner")
        with store.changed_by(anna) as repository:
            athlete = repository.sharing.add_athlete("Anna", own=True)
        fill(store, anna, athlete.athlete_id, Path(folder))
        beside = Path(folder, "made")
        back_up(store, beside, made_by=f"restride {imu.__version__}")
        with Archive.opened(beside) as archive:
            path = FOLDER / f"{archive.manifest.revision}.restride"
        path.write_bytes(beside.read_bytes())
        store.close()
    print(path)


if __name__ == "__main__":
    main()
