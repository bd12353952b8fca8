"""What the program writes is about health: others with an account on the computer see none of it."""

import os
from pathlib import Path

import pytest

from tests.conftest import Restride

pytestmark = pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")


def _open_to_others(*folders: Path) -> list[str]:
    found = (path for folder in folders for path in (folder, *folder.rglob("*")))
    return [str(path) for path in found if path.stat().st_mode & 0o077]


@pytest.mark.unhurried
def test_nothing_that_it_writes_is_for_others(
    restride: Restride, restride_home: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    for words in (
        ("simulate", "--out", out / "rec", "--pattern", "stand:6,run:30@3"),
        ("analyze", out / "rec", "--out", out / "analysis"),
        ("import", out / "rec", "--start", "2026-03-01T07:30"),
        ("checkin", "--pain", "2"),
        ("export", "last", "--to", "csv", "--out", out / "strides.csv"),
        ("export-all", out / "all"),
        ("backup", out / "kept.restride"),
    ):
        done = restride(*words)
        assert done.returncode == 0, done.stderr
    assert (restride_home / "store.sqlite").is_file()
    assert _open_to_others(restride_home, *out.iterdir()) == []


def test_a_home_that_others_may_look_into_is_told_with_what_to_do(
    restride: Restride, restride_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imu.cli.doctor._self_test", lambda: iter(()))
    restride_home = restride_home.with_name("a home")
    monkeypatch.setenv("RESTRIDE_HOME", str(restride_home))
    restride_home.mkdir(mode=0o755)
    restride_home.chmod(0o755)
    advice = f"others on this computer may look into it; run: chmod 700 '{restride_home}'"
    assert advice in restride("doctor").stdout
    restride_home.chmod(0o700)
    assert "may look into it" not in restride("doctor").stdout


@pytest.mark.unhurried
def test_a_store_elsewhere_that_others_may_look_into_is_told_too(
    restride: Restride, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imu.cli.doctor._self_test", lambda: iter(()))
    blobs, database = tmp_path / "my files", tmp_path / "data" / "kept.sqlite"
    monkeypatch.setenv("RESTRIDE_BLOBS", str(blobs))
    monkeypatch.setenv("RESTRIDE_DATABASE", f"sqlite:///{database}")
    assert "others on this computer" not in restride("doctor").stdout  # what it makes itself is closed
    blobs.mkdir(exist_ok=True)
    blobs.chmod(0o750)
    database.parent.chmod(0o755)
    database.chmod(0o644)
    told = restride("doctor").stdout
    assert f"note  store: {blobs}; others on this computer may look into it; run: chmod 700 '{blobs}'" in told
    assert f"note  store: {database}; others on this computer may read it; run: chmod 600 {database}" in told
    database.parent.chmod(0o700)  # nobody else gets at the file
    assert "may read it" not in restride("doctor").stdout
    monkeypatch.setenv("RESTRIDE_DATABASE", "postgresql://nobody@localhost:1/none")
    assert "store elsewhere" not in restride("doctor").stdout
