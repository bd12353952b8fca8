"""Backup, restore, export, erasure and check, as typed by a user."""

import json
from pathlib import Path

import pytest

from imu.store import Store
from tests.conftest import Restride
from tests.store.filled import SECRET, fill
from tests.store.fresh import fresh_store

pytestmark = pytest.mark.unhurried


@pytest.fixture
def home(restride_home: Path, tmp_path: Path) -> Path:
    """A store of one runner with two runs."""
    store = fresh_store(restride_home)
    anna = store.add_account("anna", "runner")
    with store.changed_by(anna) as repository:
        athlete = repository.sharing.add_athlete("Anna", own=True)
    fill(store, anna, athlete.athlete_id, tmp_path)
    store.close()
    return restride_home


def test_a_backup_is_restored_elsewhere(home: Path, restride: Restride, tmp_path: Path) -> None:
    file = tmp_path / "all.restride"
    done = restride("backup", file)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("2 runs of 1 athlete")
    again = restride("backup", file)
    assert again.returncode == 2
    assert "is there already" in again.stderr
    refused = restride("restore", file)
    assert refused.returncode == 2
    assert "--replace" in refused.stderr
    elsewhere = str(tmp_path / "elsewhere")
    restored = restride("restore", file, RESTRIDE_HOME=elsewhere)
    assert restored.returncode == 0, restored.stderr
    assert restored.stdout.startswith("2 runs of 1 athlete")
    assert restride("restore", file, "--replace", RESTRIDE_HOME=elsewhere).returncode == 0
    assert restride("restore", home / "store.sqlite", "--replace").returncode == 2


@pytest.mark.usefixtures("home")
def test_everything_of_one_athlete_is_exported(restride: Restride, tmp_path: Path) -> None:
    done = restride("export-all", tmp_path / "out", "--as", "anna")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "out" / "README.md").exists()
    stranger = restride("export-all", tmp_path / "other", "--as", "anna", "--athlete", "Berta")
    assert stranger.returncode == 2
    assert not (tmp_path / "other").exists()


def test_an_athlete_is_erased_and_a_receipt_printed(home: Path, restride: Restride) -> None:
    asked = restride("erase", "Anna", "--as", "anna")
    assert asked.returncode == 2
    assert "--yes" in asked.stderr
    (home / "due.json").write_text('{"anna": [["2026-03-02T06:00:00+00:00", "2026-03-03T06:00:00+00:00"]]}')
    done = restride("erase", "Anna", "--as", "anna", "--yes")
    assert done.returncode == 0, done.stderr
    receipt = json.loads(done.stdout)
    assert receipt["rows"]["run"] == 2
    assert any("backups" in one for one in receipt["not_erased"])
    held = [path for path in home.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert held == []
    assert not (home / "due.json").exists()


def test_the_name_has_to_be_typed(home: Path, restride: Restride, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.prompt", lambda *_words, **_options: "Ana")
    refused = restride("erase", "Anna", "--as", "anna")
    assert refused.returncode == 2
    assert "nothing was erased" in refused.stderr
    monkeypatch.setattr("typer.prompt", lambda *_words, **_options: "Anna ")
    assert restride("erase", "Anna", "--as", "anna").returncode == 0
    with Store.at(home).engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM athlete").scalar() == 0


def test_doctor_looks_at_the_store_and_makes_none(home: Path, restride: Restride, tmp_path: Path) -> None:
    def of_store(*words: str, **environment: str) -> list[dict[str, object]]:
        checks = json.loads(restride("doctor", "--json", *words, **environment).stdout)
        return [check for check in checks if check["name"] == "store"]

    (whole,) = of_store()
    assert (whole["ok"], whole["detail"]) == (True, "2 runs, all whole")
    empty = tmp_path / "empty"
    (nothing,) = of_store(RESTRIDE_HOME=str(empty))
    assert nothing["ok"]
    assert not empty.exists()
    next((home / "blobs" / "recordings").rglob("pelvis.parquet")).unlink()
    next((home / "blobs" / "derived").rglob("curves.parquet")).unlink()
    raw, derived = of_store("--repair")
    assert not raw["ok"]
    assert "restore a backup" in str(raw["advice"])
    assert "restride reprocess" in str(derived["advice"])
