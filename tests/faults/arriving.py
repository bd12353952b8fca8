"""What a server and a laptop do with an upload, as processes that may be killed at any point."""

from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from imu.followup.arriving import arrive, complete
from imu.store import Job, Store
from imu.store.rows import JobRow
from tests.faults.store_work import at_work

PIECE_BYTES = 20_000


def upload(home: Path, _number: int) -> None:
    """Send the parcel beside the home, from where it stopped."""
    parcel = (home.parent / "parcel.zip").read_bytes()
    digest = (home.parent / "parcel.sha256").read_text("ascii")
    store = Store.at(home)
    account = store.only_account()
    with store.changed_by(account) as repository:
        athlete_id = repository.sharing.athlete().athlete_id
        found = repository.uploads.begin(athlete_id, content_hash=digest, size=len(parcel), facts={})
    if not isinstance(found, Job):
        received = found.received
        while received < len(parcel):
            with store.changed_by(account) as repository:
                piece = parcel[received : received + PIECE_BYTES]
                received = repository.uploads.add(found.upload_id, received, piece).received
        assert complete(store, account, found.upload_id, analysis_version="1") is not None
    store.close()


def analyse(home: Path, _number: int) -> None:
    """Do the jobs that wait, those of a killed worker too."""
    store = Store.at(home)
    with Session(store.engine) as session, session.begin():  # a minute passes
        late = store.now() - timedelta(seconds=1)
        session.execute(update(JobRow).where(JobRow.state == "running").values(held_until=late, tries=1))
    while (held := store.jobs.take()) is not None:
        arrive(store, held, analysis_version="1")
    store.close()


WORK: dict[str, Any] = {"upload": upload, "analyse": analyse}


def at_work_named(name: str, home: Path, dies_at: int, told: Connection) -> None:
    """`at_work` of one of these, in a process of its own."""
    at_work(WORK[name], home, 0, dies_at, told)
