"""Erased means gone: from the tables, from the files, and from the pages of the database."""

from pathlib import Path

import pytest
from sqlalchemy import text

from imu.store import Account, Athlete, Forbidden, Store, StoreError
from imu.store.check import check
from imu.store.erase import compact_after_erasing, erase
from tests.store.filled import SECRET, everything, fill


def left_in_files(folder: Path, *words: str) -> list[tuple[str, str]]:
    """Where on the disk any of these words can still be read."""
    return [
        (path.name, word)
        for path in folder.rglob("*")
        if path.is_file()
        for word in words
        if word.encode() in path.read_bytes()
    ]


def test_nothing_of_an_athlete_is_left(store: Store, anna: Account, tmp_path: Path) -> None:
    with store.changed_by(anna) as repository:
        athlete = repository.sharing.add_athlete("Anna Unverwechselbar", own=True)
    ids = fill(store, anna, athlete.athlete_id, tmp_path)
    with store.seen_by(anna) as repository:
        raw = repository.runs.raw(ids[0])
    assert raw is not None
    beside = tmp_path / "blobs" / "derived" / athlete.athlete_id / ids[0] / ".strides.parquet.123"
    beside.write_bytes(SECRET.encode())
    words = (SECRET, raw.content_hash, *ids, "Unverwechselbar", "wait for the scan")
    if store.engine.dialect.name == "sqlite":
        assert {word for _, word in left_in_files(tmp_path, *words)} == set(words)
    receipt = erase(store, anna, athlete.athlete_id)
    assert receipt.compacted
    assert receipt.account_removed
    assert receipt.rows["run"] == 2
    assert receipt.files > 3
    assert "backups" in receipt.not_erased[0]
    assert left_in_files(tmp_path, *words) == []
    if store.engine.dialect.name == "postgresql":
        assert left_in_tables(store, *words) == []
    after = everything(store)
    assert [entry["action"] for entry in after.pop("audit")] == ["account added", "athlete erased"]
    assert [account["name"] for account in after.pop("account")] == [f"clinician of {athlete.athlete_id[:4]}"]
    assert not any(after.values())
    assert check(store).is_whole


def left_in_tables(store: Store, *words: str) -> list[str]:
    """Words in the files of the tables themselves, as the server that owns them reads them."""
    with store.engine.connect() as connection:
        names = connection.scalars(
            text("SELECT pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r', 't', 'i')")
        )
        contents = [
            bytes(connection.scalar(text("SELECT pg_read_binary_file(:name)"), {"name": name}) or b"")
            for name in names
            if name is not None
        ]
    return [word for word in words for content in contents if word.encode() in content]


@pytest.mark.unhurried
def test_others_are_left_as_they_were(store: Store, anna: Account, athlete: Athlete, tmp_path: Path) -> None:
    berta = store.add_account("berta", "runner")
    with store.changed_by(berta) as repository:
        other = repository.sharing.add_athlete("Berta", own=True)
    fill(store, berta, other.athlete_id, tmp_path)
    before = everything(store)
    fill(store, anna, athlete.athlete_id, tmp_path)
    erase(store, anna, athlete.athlete_id)
    after = everything(store)
    for kept in (before, after):  # accounts that were added, and the log of it
        kept["audit"] = [entry for entry in kept["audit"] if entry["athlete_id"] == other.athlete_id]
        kept["account"] = [one for one in kept["account"] if one["account_id"] == berta.account_id]
    before["athlete"] = [one for one in before["athlete"] if one["athlete_id"] == other.athlete_id]
    assert after == before


def test_an_account_that_others_depend_on_stays(store: Store, anna: Account, athlete: Athlete) -> None:
    berta = store.add_account("berta", "runner")
    with store.changed_by(berta) as repository:
        other = repository.sharing.add_athlete("Berta", own=True)
        repository.sharing.grant(other.athlete_id, "anna", "training")
    receipt = erase(store, anna, athlete.athlete_id)
    assert not receipt.account_removed
    with store.seen_by(anna) as repository:
        assert [one.name for one in repository.sharing.athletes()] == ["Berta"]


def test_only_who_may_share_may_erase(store: Store, anna: Account, athlete: Athlete, tmp_path: Path) -> None:
    fill(store, anna, athlete.athlete_id, tmp_path)
    clinician = f"clinician of {athlete.athlete_id[:4]}"
    stranger = store.add_account("stranger", "admin")
    before = everything(store)
    for viewer in (clinician, stranger):
        with pytest.raises(Forbidden):
            erase(store, viewer, athlete.athlete_id)
    assert everything(store) == before


def test_a_reader_beside_delays_the_last_step_only(
    store: Store, anna: Account, athlete: Athlete, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if store.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL waits for its readers")
    fill(store, anna, athlete.athlete_id, tmp_path)
    monkeypatch.setattr("imu.store.database.BUSY_MS", 50)
    other = Store.at(tmp_path)
    with other.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM run")) == 2
        receipt = erase(Store.at(tmp_path), anna, athlete.athlete_id)
    assert not receipt.compacted
    assert receipt.rows["run"] == 2


def test_a_worker_writes_the_files_anew_once_after_somebody_was_erased(
    store: Store, anna: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.changed_by(anna) as repository:
        athlete = repository.sharing.add_athlete("Anna Unverwechselbar", own=True)
    fill(store, anna, athlete.athlete_id, tmp_path)
    receipt = erase(store, anna, athlete.athlete_id, compacts=False)
    assert not receipt.compacted
    assert "free pages" in receipt.not_erased[0]
    compact_after_erasing(store)
    if store.engine.dialect.name == "sqlite":
        assert left_in_files(tmp_path, SECRET, "Unverwechselbar") == []
    else:
        assert left_in_tables(store, SECRET, "Unverwechselbar") == []
    monkeypatch.setattr("imu.store.erase.compact", lambda _store: pytest.fail("nobody was erased since"))
    compact_after_erasing(store)


def test_the_receipt_is_given_although_the_database_cannot_be_compacted(
    store: Store, anna: Account, athlete: Athlete, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_store: Store) -> bool:
        raise StoreError("no room left on the disk")

    fill(store, anna, athlete.athlete_id, tmp_path)
    monkeypatch.setattr("imu.store.erase.compact", full)
    receipt = erase(store, anna, athlete.athlete_id)
    assert (receipt.compacted, receipt.rows["run"]) == (False, 2)
