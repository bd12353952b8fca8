"""What any earlier program kept is still there after the way to today's tables."""

from pathlib import Path

import pytest

from imu.store import Store
from imu.store.archive import Archive
from imu.store.check import check
from imu.store.database import exclusive, open_engine, revisions
from imu.store.restore import fill_as_it_was, restore
from tests.store import revisions as of_old
from tests.store.conftest import Clock
from tests.store.filled import SECRET

KEPT = of_old.kept()


def test_there_is_a_store_of_every_revision() -> None:
    assert set(revisions()) == set(KEPT)


@pytest.mark.parametrize("revision", KEPT)
def test_a_database_of_this_revision_is_opened(
    revision: str, database: str, tmp_path: Path, clock: Clock
) -> None:
    engine = open_engine(database)
    with Archive.opened(KEPT[revision]) as archive, exclusive(engine) as connection:
        fill_as_it_was(connection, archive, lambda _share: None)
    engine.dispose()
    opened = Store.at(tmp_path, database=database, clock=clock)
    all_is_there(opened)
    opened.close()


@pytest.mark.unhurried
@pytest.mark.parametrize("revision", KEPT)
def test_a_backup_of_this_revision_is_restored(revision: str, store: Store) -> None:
    restore(store, KEPT[revision])
    all_is_there(store)
    assert check(store).is_whole


def all_is_there(store: Store) -> None:
    with store.seen_by("anna") as repository:
        athlete = repository.sharing.athlete()
        record = repository.record(athlete.athlete_id)
        (note,) = repository.sharing.notes(athlete.athlete_id)
    assert [len(run.segments) for run in record.history.runs] == [6, 6]
    assert record.history.runs[0].bouts[0].speed_mps == 2.7
    assert record.history.check_ins[0].note == SECRET
    assert [injury.grade for injury in record.history.injuries] == ["2b"]
    assert list(record.in_force) == ["overstride_left"]
    assert record.plans[0].version == 1
    assert len(record.acts) == len(record.history.decisions) == len(record.history.exercises) == 1
    assert SECRET in note.text
