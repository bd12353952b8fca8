"""A store that lost something says what, and what lies around for nobody is swept."""

from datetime import timedelta
from pathlib import Path

import pytest

from imu.store import Account, Athlete, Store
from imu.store.check import check
from tests.store.filled import everything, fill

AT_ONCE = timedelta(0)


@pytest.fixture
def ids(store: Store, anna: Account, athlete: Athlete, tmp_path: Path) -> tuple[str, ...]:
    return fill(store, anna, athlete.athlete_id, tmp_path)


def test_a_whole_store_is_whole(store: Store, ids: tuple[str, ...]) -> None:
    found = check(store, in_work=AT_ONCE)
    assert found.is_whole
    assert found.runs == len(ids)
    assert found.orphans == ()


def test_missing_and_cut_files_are_named(store: Store, athlete: Athlete, ids: tuple[str, ...]) -> None:
    raw = f"recordings/{athlete.athlete_id}/{ids[0]}/pelvis.parquet"
    derived = f"derived/{athlete.athlete_id}/{ids[0]}/curves.parquet"
    store.blobs.write(raw, store.blobs.read(raw)[:-1])
    assert raw in check(store).missing_raw
    store.blobs.remove(raw)
    store.blobs.remove(derived)
    found = check(store, repair=True)
    assert (found.missing_raw, found.missing_derived) == ((raw,), (derived,))
    assert not found.is_whole


def test_what_belongs_to_nobody_is_swept_once_it_is_old(
    store: Store, athlete: Athlete, ids: tuple[str, ...], tmp_path: Path
) -> None:
    before = everything(store)
    assert len(before["run"]) == len(ids)
    orphan = f"derived/{athlete.athlete_id}/{'0' * 32}/strides.parquet"
    store.blobs.write(orphan, b"of an import that was killed")
    half = tmp_path / "blobs" / "recordings" / ".pelvis.parquet.123"
    half.write_bytes(b"half a file")
    assert check(store, repair=True).orphans == ()
    assert half.exists()
    assert check(store, in_work=AT_ONCE).orphans == (orphan, "recordings/.pelvis.parquet.123")
    assert half.exists()
    assert check(store, repair=True, in_work=AT_ONCE).is_whole
    assert not half.exists()
    assert everything(store) == before


def test_a_damaged_database_is_noticed(store: Store, ids: tuple[str, ...], tmp_path: Path) -> None:
    if store.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL looks after its own pages")
    assert ids
    with store.engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA writable_schema=ON")
        connection.exec_driver_sql(
            "UPDATE sqlite_schema SET sql = replace(sql, 'name VARCHAR(80) NOT NULL', "
            "'name VARCHAR(80) NOT NULL CHECK (name <> ''Anna'')') WHERE name = 'athlete'"
        )
    store.close()
    again = Store.at(tmp_path)
    assert check(again).damage
    again.close()
