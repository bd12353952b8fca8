"""A backup holds everything, comes out of and goes into any database, and goes in whole or not at all."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from imu.store import Account, Athlete, Store, StoreError
from imu.store.backup import back_up
from imu.store.restore import RESTORING, restore
from tests.store import postgres
from tests.store.conftest import Clock
from tests.store.filled import everything, fill

pytestmark = pytest.mark.unhurried


@pytest.fixture
def filled(store: Store, anna: Account, athlete: Athlete, tmp_path: Path) -> Store:
    fill(store, anna, athlete.athlete_id, tmp_path)
    return store


@pytest.fixture
def backup(filled: Store, tmp_path: Path) -> Path:
    path = tmp_path / "all.restride"
    back_up(filled, path, made_by="restride 1.2")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """An empty store elsewhere, of each kind."""
    home = tmp_path / "elsewhere"
    if request.param == "sqlite":
        opened = Store.at(home, clock=clock)
        yield opened
        opened.close()
        return
    cluster: postgres.Cluster = request.getfixturevalue("cluster")
    with cluster.database() as url:
        opened = Store.at(home, database=url, clock=clock)
        yield opened
        opened.close()


def test_everything_comes_out_as_it_went_in_on_any_database(
    filled: Store, backup: Path, other: Store, anna: Account
) -> None:
    before = everything(filled)
    assert all(before.values()), [name for name, found in before.items() if not found]
    restored = restore(other, backup)
    after = everything(other)
    assert after["audit"].pop()["action"] == "store restored"
    assert after == before
    assert restored.rows == {name: len(found) for name, found in before.items() if name != "files"}
    assert restored.missing == ()
    with filled.seen_by(anna) as there, other.seen_by(anna) as here:
        (athlete,) = here.sharing.athletes()
        assert here.record(athlete.athlete_id) == there.record(athlete.athlete_id)
    other.add_account("the next one", "coach")  # numbers of the log go on


def test_a_backup_is_readable_for_its_owner_only_and_replaces_no_file(filled: Store, backup: Path) -> None:
    assert backup.stat().st_mode & 0o077 == 0
    before = backup.read_bytes()
    with pytest.raises(StoreError, match="is there already"):
        back_up(filled, backup, made_by="restride 1.2")
    assert backup.read_bytes() == before
    assert [path for path in backup.parent.iterdir() if path.name.startswith(".")] == []


def test_a_store_that_is_not_empty_is_kept_unless_it_shall_be_replaced(
    filled: Store, backup: Path, tmp_path: Path
) -> None:
    before = everything(filled)
    berta = filled.add_account("berta", "runner")
    with filled.changed_by(berta) as repository:
        other = repository.sharing.add_athlete("Berta", own=True)
    fill(filled, berta, other.athlete_id, tmp_path)
    (key,) = [one for one in before["files"] if one.endswith("strides.parquet")]
    filled.blobs.write(key, b"of a newer analysis")
    changed = everything(filled)
    with pytest.raises(StoreError, match="is not empty"):
        restore(filled, backup)
    assert everything(filled) == changed
    restore(filled, backup, replace=True)
    after = everything(filled)
    after["audit"].pop()
    assert after == before


def test_a_damaged_backup_changes_nothing(filled: Store, backup: Path, tmp_path: Path) -> None:
    before = everything(filled)
    content = bytearray(backup.read_bytes())
    with zipfile.ZipFile(backup) as archive:
        places = {one.filename: one.header_offset for one in archive.infolist()}
    for name, offset in places.items():
        damaged = tmp_path / "damaged"
        content[offset + 30 + len(name) + 3] ^= 1
        damaged.write_bytes(content)
        content[offset + 30 + len(name) + 3] ^= 1
        with pytest.raises(StoreError, match="damaged"):
            restore(filled, damaged, replace=True)
    for length in (0, 10, len(content) // 2, len(content) - 10):
        damaged.write_bytes(content[:length])
        with pytest.raises(StoreError, match=r"not a backup|damaged"):
            restore(filled, damaged, replace=True)
    assert everything(filled) == before


def altered(backup: Path, **changes: object) -> Path:
    """The same backup with other words in its manifest."""
    path = backup.with_name("altered")
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                content = json.dumps({**json.loads(content), **changes}).encode()
            new.writestr(name, content)
    return path


def test_a_backup_of_another_program_is_refused(filled: Store, backup: Path) -> None:
    before = everything(filled)
    outside = {"../../etc/passwd": {"name": "manifest.json", "bytes": 1, "sha256": ""}}
    refused: list[tuple[dict[str, object], str]] = [
        ({"revision": "9999"}, "newer restride"),
        ({"format": "restride-backup/2"}, "update it"),
        ({"rows": {}}, "cannot be read"),
        ({"rows": {}, "tables": {}}, "other tables"),
        ({"surprise": 1}, "cannot be read"),
        ({"blobs": outside}, "no place for a file"),
    ]
    for changes, words in refused:
        with pytest.raises(StoreError, match=words):
            restore(filled, altered(backup, **changes), replace=True)
    assert everything(filled) == before


def test_what_was_gone_already_is_named(filled: Store, other: Store, tmp_path: Path) -> None:
    gone = next(key for key in filled.blobs.keys("recordings") if key.endswith("pelvis.parquet"))
    filled.blobs.remove(gone)
    assert back_up(filled, tmp_path / "one", made_by="restride 1.2").missing == (gone,)
    assert restore(other, tmp_path / "one").missing == (gone,)


def test_a_restore_that_was_killed_is_ended_by_the_next_try(
    filled: Store, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(filled)
    (key,) = [one for one in before["files"] if one.endswith("strides.parquet")]
    filled.blobs.write(key, b"of a newer analysis")

    def killed(_self: object, _key: str, _target: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("imu.store.blobs.Blobs.move", killed)
        with pytest.raises(KeyboardInterrupt):
            restore(filled, backup, replace=True)
    assert list(filled.blobs.keys(RESTORING))
    restore(filled, backup)
    after = everything(filled)
    after["audit"].pop()
    assert after == before
