"""What writes the store, as one process that may be killed at any point of it."""

import os
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from imu.analysis import analyze
from imu.followup.importing import derived_of, import_recording, packed_tables, write_tables
from imu.followup.run_facts import RunFacts
from imu.recording import load
from imu.store import Store
from imu.store.raw_files import restore_folder
from imu.store.restore import restore

BEGIN = datetime(2026, 3, 2, 6, tzinfo=UTC)
_POINTS = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree", "sqlite3.connect")

Work = Callable[[Path, int], None]


def at_work(work: Work, home: Path, number: int, dies_at: int, told: Connection) -> None:
    """Do it, or be killed before the file, statement or commit of this number; tells how many there were."""
    seen = 0

    def count(*_what: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    sys.addaudithook(lambda name, _arguments: count() if name in _POINTS else None)
    work(home, number)
    told.send(seen)


def import_one(home: Path, number: int) -> None:
    """The recording beside the home, as the run of another day."""
    recording = load(home.parent / "recording")
    recording = replace(recording, start=BEGIN + timedelta(days=number))
    store = Store.at(home)
    account = store.only_account()
    with store.seen_by(account) as repository:
        athlete = repository.sharing.athlete()
    import_recording(store, account, athlete.athlete_id, recording, facts=RunFacts(), analysis_version="0")
    store.close()


def derive_again(home: Path, number: int) -> None:
    """All that is derived, anew from what was recorded, under the version of this number."""
    store = Store.at(home)
    account = store.only_account()
    with store.seen_by(account) as repository:
        athlete_id = repository.sharing.athlete().athlete_id
        waiting = repository.runs.derived_otherwise(athlete_id, than=str(number))
    for run_id in waiting:
        with tempfile.TemporaryDirectory() as scratch:
            recording = load(_restored(store, run_id, Path(scratch, "recording")))
            analysis = analyze(recording)
        derived = derived_of(analysis, recording, run_id, facts=RunFacts(), analysis_version=str(number))
        with store.changed_by(account) as repository:
            write_tables(repository, athlete_id, run_id, packed_tables(analysis))
            repository.runs.derive_again(derived)
    store.close()


def _restored(store: Store, run_id: str, folder: Path) -> Path:
    with store.seen_by(store.only_account()) as repository:
        raw = repository.runs.raw(run_id)
        assert raw is not None
        restore_folder(list(raw.files), lambda name: repository.files.raw(run_id, name), folder)
    return folder


def migrate(home: Path, _number: int) -> None:
    """Opening brings the tables up to date, from whichever revision they have."""
    Store.at(home).close()


def restore_over(home: Path, number: int) -> None:
    """One of two backups in the place of what is there."""
    store = Store.at(home)
    restore(store, home.parent / f"backup{number % 2}", replace=True)
    store.close()
