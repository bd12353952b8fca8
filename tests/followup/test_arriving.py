"""What arrives is a run afterwards, or set aside with a reason; a hostile file harms nobody."""

import io
import json
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from imu.errors import RecordingError
from imu.followup.arriving import arrive, complete, opened
from imu.followup.parcels import pack
from imu.recording import Recording, save
from imu.simulate import SimulationConfig, simulate
from imu.store import Account, Job, Store, Upload
from imu.store.raw_files import content_hash, packed_files
from tests.store.fresh import fresh_store

START = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
NOW = START + timedelta(hours=4)
GOOD = json.dumps({"format": "restride-recording/1", "sensors": {"pelvis": {}}}).encode()


@pytest.fixture(scope="module")
def recording() -> Recording:
    run = simulate(SimulationConfig(pattern="stand:5,run:40@3,stand:5", seed=3)).recording
    return replace(run, start=START)


@pytest.fixture(scope="module")
def parcel(recording: Recording, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """As `restride push` sends it."""
    folder = tmp_path_factory.mktemp("parcel")
    files = dict(packed_files(recording, folder))
    pack(files, files.__getitem__, folder / "run.zip")
    return (folder / "run.zip").read_bytes()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return fresh_store(tmp_path / "home", clock=lambda: NOW)


@pytest.fixture
def anna(store: Store) -> Account:
    return store.only_account()


def sent(store: Store, anna: Account, file: bytes) -> Job:
    """Upload a file whole."""
    with store.changed_by(anna) as repository:
        found = repository.uploads.begin(
            repository.sharing.athlete().athlete_id,
            content_hash=sha256(file).hexdigest(),
            size=len(file),
            facts={"surface": "track", "shoe": "blue", "effort_cr10": 3.0},
        )
        if isinstance(found, Job):
            return found
        for offset in range(0, len(file), 300_000):
            repository.uploads.add(found.upload_id, offset, file[offset : offset + 300_000])
    job = complete(store, anna, found.upload_id, analysis_version="1")
    assert job is not None
    return job


def done(store: Store, anna: Account, job: Job) -> Job:
    """Have a worker do all there is."""
    while (held := store.jobs.take()) is not None:
        arrive(store, held, analysis_version="1")
    with store.seen_by(anna) as repository:
        return repository.jobs.one(job.job_id)


def zipped(files: dict[str, bytes], *, compression: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.unhurried
def test_what_was_pushed_is_the_same_run(
    store: Store, anna: Account, recording: Recording, parcel: bytes
) -> None:
    job = done(store, anna, sent(store, anna, parcel))
    assert (job.state, job.message) == ("done", None)
    with store.seen_by(anna) as repository:
        (listed,) = repository.runs.listed(job.athlete_id)
        raw = repository.runs.raw(listed.run.run_id)
    assert job.detail["run_id"] == listed.run.run_id
    assert raw is not None
    assert raw.content_hash == content_hash(recording)
    assert (listed.run.surface, listed.run.shoe, listed.run.effort_cr10) == ("track", "blue", 3.0)
    assert list(store.blobs.keys("uploads")) == []


@pytest.mark.unhurried
def test_sent_again_it_is_known_and_nothing_is_doubled(store: Store, anna: Account, parcel: bytes) -> None:
    first = done(store, anna, sent(store, anna, parcel))
    assert sent(store, anna, parcel).job_id == first.job_id
    with zipfile.ZipFile(io.BytesIO(parcel)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    other_bytes = done(store, anna, sent(store, anna, zipped(files, compression=zipfile.ZIP_DEFLATED)))
    assert other_bytes.detail["run_id"] == first.detail["run_id"]
    with store.seen_by(anna) as repository:
        assert len(repository.runs.listed(first.athlete_id)) == 1


@pytest.mark.unhurried
def test_a_run_that_was_removed_may_come_again(store: Store, anna: Account, parcel: bytes) -> None:
    first = done(store, anna, sent(store, anna, parcel))
    with store.changed_by(anna) as repository:
        repository.runs.remove(first.detail["run_id"])
    again = done(store, anna, sent(store, anna, parcel))
    assert (again.state, again.job_id != first.job_id) == ("done", True)


@pytest.mark.unhurried
@pytest.mark.parametrize("file_format", ["parquet", "csv"])
def test_a_folder_zipped_by_hand_is_taken(
    store: Store, anna: Account, recording: Recording, tmp_path: Path, file_format: str
) -> None:
    save(recording, tmp_path / "run", file_format=file_format)
    files = {f"run/{file.name}": file.read_bytes() for file in (tmp_path / "run").iterdir()}
    job = done(store, anna, sent(store, anna, zipped(files, compression=zipfile.ZIP_DEFLATED)))
    assert (job.state, job.message) == ("done", None)


def test_a_broken_recording_is_kept_aside_with_its_reason(
    store: Store, anna: Account, parcel: bytes, tmp_path: Path
) -> None:
    with zipfile.ZipFile(io.BytesIO(parcel)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    del files["pelvis.parquet"]
    file = zipped(files)  # once: a ZIP holds the time of its making, so a second one is another file
    job = done(store, anna, sent(store, anna, file))
    assert job.state == "failed"
    assert job.message is not None
    assert "names pelvis" in job.message
    assert str(tmp_path) not in job.message
    assert "/tmp" not in job.message
    assert list(store.blobs.keys("uploads"))
    assert store.jobs.take() is None
    assert sent(store, anna, file).state == "failed"  # told, not taken again
    with store.changed_by(anna) as repository:
        repository.jobs.again(job.job_id)
    assert done(store, anna, job).state == "failed"


def test_of_a_file_whose_pieces_are_gone_that_is_said(store: Store, anna: Account, parcel: bytes) -> None:
    job = sent(store, anna, parcel)
    store.blobs.remove_all("uploads")
    found = done(store, anna, job)
    assert found.state == "failed"
    assert "send it again" in (found.message or "")


def parquet(rows: int, *, group: int = 1 << 20) -> bytes:
    """Many equal rows: little on the wire and much in memory."""
    out = io.BytesIO()
    table = pa.table({name: np.zeros(rows, np.float32) for name in ("time_s", "acc_x", "acc_y", "acc_z")})
    pq.write_table(table, out, row_group_size=group, compression="zstd")
    return out.getvalue()


def lying(files: dict[str, bytes]) -> bytes:
    """A ZIP whose directory says that its first file has four bytes."""
    whole = bytearray(zipped(files, compression=zipfile.ZIP_DEFLATED))
    at = whole.index(b"PK\x01\x02")
    whole[at + 24 : at + 28] = struct.pack("<I", 4)
    return bytes(whole)


def overlapping(files: dict[str, bytes]) -> bytes:
    """A ZIP whose directory finds its second file where the first one lies."""
    whole = bytearray(zipped(files))
    second = whole.index(b"PK\x01\x02", whole.index(b"PK\x01\x02") + 4)
    whole[second + 42 : second + 46] = struct.pack("<I", 0)
    return bytes(whole)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "no ZIP": lambda: b"PK or not",
    "nothing": lambda: zipped({}),
    "out of its folder": lambda: zipped({"recording.json": GOOD, "../pelvis.parquet": b"x"}),
    "deep out of it": lambda: zipped({"a/../../../etc/recording.json": GOOD}),
    "from the root": lambda: zipped({"/recording.json": GOOD}),
    "Windows' way out": lambda: zipped({"..\\..\\recording.json": GOOD}),
    "a drive": lambda: zipped({"C:\\x\\recording.json": GOOD}),
    "two of a name": lambda: zipped({"recording.json": GOOD, "a/recording.json": GOOD}),
    "another file": lambda: zipped({"recording.json": GOOD, "run.sh": b"rm"}),
    "a thousand files": lambda: zipped({f"{number}.csv": b"" for number in range(1000)}),
    "a bomb": lambda: zipped(
        {"recording.json": GOOD, "pelvis.csv": bytes(200_000_000)}, compression=zipfile.ZIP_DEFLATED
    ),
    "more than it says": lambda: lying({"recording.json": GOOD}),
    "two files in the same bytes": lambda: overlapping({"recording.json": GOOD, "pelvis.csv": GOOD}),
    "packed as it likes": lambda: zipped({"recording.json": GOOD}, compression=zipfile.ZIP_LZMA),
    "a ZIP in it": lambda: zipped({"recording.zip": zipped({"recording.json": GOOD})}),
    "deep JSON": lambda: zipped({"recording.json": b"[" * 100_000}),
    "a Parquet bomb": lambda: zipped({"recording.json": GOOD, "pelvis.parquet": parquet(3_000_000)}),
    "a huge group": lambda: zipped(
        {"recording.json": GOOD, "pelvis.parquet": parquet(4_100_000, group=5_000_000)}
    ),
    "no Parquet": lambda: zipped({"recording.json": GOOD, "pelvis.parquet": b"PAR1 and then PAR1"}),
    "nothing in it": lambda: zipped({"recording.json": GOOD, "pelvis.parquet": b""}),
}


WORDS = {
    "a bomb": "out of proportion",
    "two of a name": "twice",
    "two files in the same bytes": "overlap",
    "packed as it likes": "pack it again",
    "no ZIP": "incomplete zip",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    archive = tmp_path / "in" / "archive.zip"
    archive.parent.mkdir()
    archive.write_bytes(HOSTILE[name]())
    with pytest.raises(RecordingError) as refused:
        opened(archive, tmp_path / "in" / "out")
    assert "\n" not in str(refused.value)
    assert WORDS.get(name, "") in str(refused.value)
    assert {path.name for path in tmp_path.iterdir()} <= {"in", "restride-home"}
    assert sum(file.stat().st_size for file in (tmp_path / "in" / "out").iterdir()) < 20_000_000


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.data())
def test_a_damaged_file_is_read_or_refused(parcel: bytes, tmp_path: Path, data: st.DataObject) -> None:
    damaged = bytearray(parcel)
    for at in data.draw(st.lists(st.integers(0, len(parcel) - 1), min_size=1, max_size=8)):
        damaged[at] = data.draw(st.integers(0, 255))
    end = data.draw(st.one_of(st.just(len(parcel)), st.integers(0, len(parcel))))
    folder = tmp_path / sha256(damaged[:end]).hexdigest()
    folder.mkdir(exist_ok=True)
    (folder / "archive.zip").write_bytes(damaged[:end])
    out = folder / "out"
    if out.exists():
        return
    with suppress(RecordingError):
        opened(folder / "archive.zip", out)


def test_an_upload_is_not_a_run_before_it_was_analysed(store: Store, anna: Account, parcel: bytes) -> None:
    job = sent(store, anna, parcel)
    assert job.state == "waiting"
    with store.seen_by(anna) as repository:
        assert repository.runs.listed(job.athlete_id) == ()
        assert isinstance(repository.uploads.one(job.detail["upload_id"]), Upload)
