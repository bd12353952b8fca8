"""Everything of one athlete leaves in files that any program reads, each column explained."""

import csv
import errno
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import imu
from imu.errors import RecordingError
from imu.followup.dictionary import TABLES, meaning
from imu.followup.export import export_all
from imu.followup.watch_fit import PLACES
from imu.formats import Activity, Answers, Source
from imu.formats.reading import read_source
from imu.formats.stride_table import csv_bytes
from imu.store import Account, Forbidden, Store
from imu.store.rows import Row
from tests.formats.watches import an_hour, fit_bytes
from tests.store.filled import SECRET, fill
from tests.store.fresh import fresh_store

NOT_TOLD = {
    "account": {"password_hash", "totp_secret", "outside_id", "settings", "created_at", "disabled_at"}
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return fresh_store(tmp_path / "home")


@pytest.fixture
def anna(store: Store) -> Account:
    return store.only_account()


@pytest.fixture
def athlete_id(store: Store, anna: Account, tmp_path: Path) -> str:
    with store.seen_by(anna) as repository:
        athlete = repository.sharing.athlete()
    fill(store, anna, athlete.athlete_id, tmp_path)
    return athlete.athlete_id


def test_everything_is_there(store: Store, anna: Account, athlete_id: str, tmp_path: Path) -> None:
    exported = export_all(store, anna, athlete_id, tmp_path / "out", made_by="restride 1.2")
    assert exported.missing == ()
    counts = exported.rows
    assert all(counts.values()), counts
    assert counts["run"] == 2
    tables = tmp_path / "out" / "tables"
    assert {path.stem for path in tables.iterdir()} == set(TABLES)
    for name in TABLES:
        rows = json.loads((tables / f"{name}.json").read_text("utf-8"))
        with (tables / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            cells = list(csv.DictReader(file))
        assert len(rows) == len(cells) == counts[name]
        assert [list(row) for row in rows] == [list(row) for row in cells]
    (told,) = json.loads((tables / "check_in.json").read_text("utf-8"))
    assert told["note"] == SECRET
    assert told["at"].endswith("+00:00") or told["at"][-6] in "+-"
    assert "exported" in (tables / "audit.csv").read_text("utf-8")
    assert "password" not in (tables / "account.csv").read_text("utf-8")


def test_a_recording_comes_out_as_it_was_and_can_be_analysed_again(
    store: Store, anna: Account, athlete_id: str, tmp_path: Path
) -> None:
    export_all(store, anna, athlete_id, tmp_path / "out", made_by="restride 1.2")
    with_recording, without = sorted((tmp_path / "out" / "runs").iterdir())
    recording = imu.load(with_recording / "recording")
    assert set(recording.tracks) == {"pelvis", "shank_left", "shank_right"}
    strides = pd.read_parquet(with_recording / "strides.parquet")
    assert (with_recording / "strides.csv").read_bytes() == csv_bytes(strides)
    segments = pd.read_csv(with_recording / "segments.csv")
    with store.seen_by(anna) as repository:
        (run, _) = repository.record(athlete_id).history.runs
    np.testing.assert_allclose(segments["speed_mps"], run.segments.column("speed_mps"))
    of_watch = {"watch-c0.gpx", "watch-c0c0c0c0c0c0c0c0.csv"}
    assert {path.name for path in without.iterdir()} == {"segments.csv", "summary.json", *of_watch}
    assert (without / "watch-c0.gpx").read_bytes() == b"<gpx/>"


def test_every_column_is_explained(store: Store, anna: Account, athlete_id: str, tmp_path: Path) -> None:
    for table in Row.metadata.sorted_tables:
        for column in table.columns:
            if table.name in TABLES and column.name not in NOT_TOLD.get(table.name, ()):
                assert meaning(table.name, column.name)
    of_accounts = {"sign_in", "failed_sign_in", "device_token"}
    assert set(Row.metadata.tables) == {*TABLES, *of_accounts, "run_segments", "run_summary"}
    export_all(store, anna, athlete_id, tmp_path / "out", made_by="restride 1.2")
    readme = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert "| effort_cr10 | perceived effort" in readme
    assert "| shank_angle_ic_deg | deg |" in readme
    (told,) = read_source(Source.of_bytes("run", fit_bytes(an_hour(seconds=20), positions=True)), Answers())
    assert isinstance(told, Activity)
    channels = {name for name in told.channels if not name.startswith("developer:")}
    explained = set(
        re.findall(r"^\| (\w+) \|", readme[readme.index("## runs/DATE_ID/watch") :], re.MULTILINE)
    )
    assert channels - explained == set(PLACES)


def test_what_the_store_lost_is_named_and_the_rest_is_there(
    store: Store, anna: Account, athlete_id: str, tmp_path: Path
) -> None:
    with store.seen_by(anna) as repository:
        (run, _) = repository.record(athlete_id).history.runs
    for key in ("derived/{}/{}/curves.parquet", "recordings/{}/{}/shank_left.parquet"):
        store.blobs.remove(key.format(athlete_id, run.run_id))
    exported = export_all(store, anna, athlete_id, tmp_path / "out", made_by="restride 1.2")
    assert len(exported.missing) == 2
    readme = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert all(one in readme for one in exported.missing)
    first = min((tmp_path / "out" / "runs").iterdir())
    assert (first / "strides.csv").exists()
    assert not (first / "recording").exists()


def test_it_appears_whole_and_replaces_nothing(
    store: Store, anna: Account, athlete_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    with monkeypatch.context() as patched:
        patched.setattr("imu.followup.export._write_segments", full)
        with pytest.raises(RecordingError, match="No space left"):
            export_all(store, anna, athlete_id, out, made_by="restride 1.2")
    assert not out.exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    export_all(store, anna, athlete_id, out, made_by="restride 1.2")
    with pytest.raises(RecordingError, match="is there already"):
        export_all(store, anna, athlete_id, out, made_by="restride 1.2")


def full(_path: Path, _segments: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_only_who_may_share_may_export(store: Store, athlete_id: str, tmp_path: Path) -> None:
    for viewer in (f"clinician of {athlete_id[:4]}", store.add_account("admin", "admin")):
        with pytest.raises(Forbidden):
            export_all(store, viewer, athlete_id, tmp_path / "out", made_by="restride 1.2")
    assert not (tmp_path / "out").exists()
