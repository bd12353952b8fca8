"""Files of runs: whose they are, who may read them, and what is left when they are removed."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from imu.store import Account, Athlete, Derived, Forbidden, Store, StoreError
from imu.training.history import Run
from tests.store.conftest import NOON

RUN = Run(run_id="f00d", start=NOON - timedelta(hours=2), duration_s=1800.0, bouts=())


@pytest.fixture
def run_id(store: Store, anna: Account, athlete: Athlete) -> str:
    with store.changed_by(anna) as repository:
        for name in ("pelvis.parquet", "recording.json"):
            repository.files.write_raw(athlete.athlete_id, RUN.run_id, name, b"samples")
        kept = Derived(run=RUN, headline={}, summary={}, analysis_version="test")
        repository.runs.add(athlete.athlete_id, kept, None)
    return RUN.run_id


def test_a_stranger_does_not_learn_that_a_run_has_files(store: Store, run_id: str) -> None:
    stranger = store.add_account("stranger", "clinician")
    lines = []
    for wanted in (run_id, "0" * 32):
        with store.seen_by(stranger) as repository, pytest.raises(Forbidden) as refused:
            repository.files.raw(wanted, "pelvis.parquet")
        lines.append(str(refused.value).replace(wanted, "RUN"))
    assert lines[0] == lines[1]


def test_who_reads_samples_is_noted(store: Store, anna: Account, athlete: Athlete, run_id: str) -> None:
    store.add_account("coach", "coach")
    with store.changed_by(anna) as repository:
        repository.sharing.grant(athlete.athlete_id, "coach", "training")
    with store.seen_by("coach") as repository:
        assert repository.files.raw(run_id, "pelvis.parquet") == b"samples"
    with store.seen_by(anna) as repository:
        entries = repository.sharing.audit(athlete.athlete_id)
    assert [(entry.by, entry.subject) for entry in entries if entry.action == "read"] == [
        ("coach", f"run {run_id}")
    ]


@pytest.mark.parametrize("name", ["../../../../store.sqlite", "..\\x", "", "./pelvis.parquet", "a//b"])
def test_no_name_leads_out_of_a_run(store: Store, anna: Account, run_id: str, name: str) -> None:
    with store.seen_by(anna) as repository, pytest.raises(StoreError, match="not the name of a stored file"):
        repository.files.raw(run_id, name)


@pytest.mark.parametrize("elsewhere", ["", ".."])
def test_removing_a_run_removes_no_other(
    store: Store, anna: Account, athlete: Athlete, run_id: str, elsewhere: str
) -> None:
    with pytest.raises(StoreError), store.changed_by(anna) as repository:
        repository.files.remove(athlete.athlete_id, elsewhere)
    with store.seen_by(anna) as repository:
        assert repository.files.raw(run_id, "pelvis.parquet") == b"samples"


def test_removing_leaves_nothing_not_even_what_a_kill_left_half_written(
    store: Store, anna: Account, athlete: Athlete, run_id: str, tmp_path: Path
) -> None:
    folder = tmp_path / "blobs" / "recordings" / athlete.athlete_id
    (folder / run_id / ".pelvis.parquet.4711").write_bytes(b"half")
    with store.changed_by(anna) as repository:
        assert repository.files.remove(athlete.athlete_id) == 2
        assert repository.files.remove(athlete.athlete_id) == 0
    assert not folder.exists()


def test_an_interrupted_write_leaves_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_descriptor: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            store.blobs.write("recordings/a/b/pelvis.parquet", b"samples")
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []
