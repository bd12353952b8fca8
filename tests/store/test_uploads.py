"""A recording arrives piece by piece: nothing lost, nothing doubled, nothing of anybody else's."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from imu.store import Account, Athlete, Forbidden, Job, Store, StoreError, Upload
from imu.store.check import check
from imu.store.erase import erase
from imu.store.uploads import KEPT, LARGEST, LARGEST_PIECE, MOST_OPEN, OutOfStepError
from tests.store.conftest import Clock

FILE = bytes(range(256)) * 4
HASH = sha256(FILE).hexdigest()


def begun(store: Store, anna: Account, athlete: Athlete, file: bytes = FILE) -> Upload:
    with store.changed_by(anna) as repository:
        upload = repository.uploads.begin(
            athlete.athlete_id, content_hash=sha256(file).hexdigest(), size=len(file), facts={"shoe": "blue"}
        )
    assert isinstance(upload, Upload)
    return upload


def sent(store: Store, anna: Account, upload: Upload, offset: int, piece: bytes) -> int:
    with store.changed_by(anna) as repository:
        return repository.uploads.add(upload.upload_id, offset, piece).received


def completed(store: Store, anna: Account, upload: Upload) -> Job | None:
    with store.changed_by(anna) as repository:
        digest = repository.uploads.digest(upload.upload_id)
        return repository.uploads.complete(upload.upload_id, digest=digest, analysis_version="1")


def content(store: Store, anna: Account, upload: Upload) -> bytes:
    with store.seen_by(anna) as repository:
        return b"".join(repository.uploads.pieces(upload.upload_id))


def test_pieces_become_the_file(store: Store, anna: Account, athlete: Athlete) -> None:
    upload = begun(store, anna, athlete)
    assert sent(store, anna, upload, 0, FILE[:1000]) == 1000
    assert begun(store, anna, athlete).received == 1000
    assert sent(store, anna, upload, 1000, FILE[1000:]) == len(FILE)
    assert content(store, anna, upload) == FILE
    job = completed(store, anna, upload)
    assert job is not None
    assert (job.kind, job.state, job.subject) == ("arrival", "waiting", HASH)
    assert completed(store, anna, upload) == job


@pytest.mark.unhurried
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(st.lists(st.tuples(st.integers(0, 1100), st.integers(1, 700)), max_size=12))
def test_pieces_in_any_order_and_twice_are_the_same_file(
    store: Store, anna: Account, athlete: Athlete, tries: list[tuple[int, int]]
) -> None:
    file = FILE + repr(tries).encode()
    upload = begun(store, anna, athlete, file)
    for offset, size in [*tries, (0, 500), (400, 2000)]:
        piece = file[offset : offset + size]
        if not piece:
            continue
        try:
            received = sent(store, anna, upload, offset, piece)
        except OutOfStepError as error:
            received = error.received
            assert offset > received
        assert content(store, anna, upload) == file[:received]
    assert content(store, anna, upload) == file
    with store.changed_by(anna) as repository:
        repository.uploads.discard(upload.upload_id)


def test_a_piece_that_a_kill_left_uncounted_is_overwritten(
    store: Store, anna: Account, athlete: Athlete
) -> None:
    upload = begun(store, anna, athlete)
    sent(store, anna, upload, 0, FILE[:100])
    store.blobs.write(f"uploads/{athlete.athlete_id}/{upload.upload_id}/{100:012d}", b"half of something")
    sent(store, anna, upload, 100, FILE[100:])
    assert content(store, anna, upload) == FILE


def test_what_cannot_be_is_refused(store: Store, anna: Account, athlete: Athlete) -> None:
    upload = begun(store, anna, athlete)
    with pytest.raises(OutOfStepError, match="0 bytes are here"):
        sent(store, anna, upload, 1, b"behind a gap")
    with pytest.raises(OutOfStepError):
        sent(store, anna, upload, -1, b"before the beginning")
    with pytest.raises(OutOfStepError):
        completed(store, anna, upload)
    for piece in (b"", bytes(LARGEST_PIECE + 1), bytes(len(FILE) + 1)):
        with pytest.raises(StoreError):
            sent(store, anna, upload, 0, piece)
    with store.changed_by(anna) as repository:
        for digest, size in (("../" + HASH[3:], 9), (HASH.upper(), 9), (HASH, 9), ("0" * 64, 0)):
            with pytest.raises(StoreError):
                repository.uploads.begin(athlete.athlete_id, content_hash=digest, size=size, facts={})
        with pytest.raises(StoreError):
            repository.uploads.begin(athlete.athlete_id, content_hash="0" * 64, size=LARGEST + 1, facts={})


def test_another_file_than_announced_is_thrown_away(store: Store, anna: Account, athlete: Athlete) -> None:
    upload = begun(store, anna, athlete)
    sent(store, anna, upload, 0, FILE[::-1])
    assert completed(store, anna, upload) is None
    assert list(store.blobs.keys("uploads")) == []
    assert begun(store, anna, athlete).received == 0


def test_nobody_else_learns_of_it(store: Store, anna: Account, athlete: Athlete) -> None:
    upload = begun(store, anna, athlete)
    kim = store.add_account("kim", "coach")
    with store.changed_by(anna) as repository:
        repository.sharing.grant(athlete.athlete_id, "kim", "training")
    store.add_account("ben", "runner")
    for name in (kim.name, "ben"):
        with store.changed_by(name) as repository, pytest.raises(Forbidden, match="there is none"):
            repository.uploads.one(upload.upload_id)
        with store.changed_by(name) as repository, pytest.raises(Forbidden):
            repository.uploads.add(upload.upload_id, 0, b"x")
    with store.changed_by("ben") as repository, pytest.raises(Forbidden):
        repository.uploads.begin(athlete.athlete_id, content_hash=HASH, size=9, facts={})


def test_beginnings_are_limited_and_swept(
    store: Store, anna: Account, athlete: Athlete, clock: Clock
) -> None:
    for number in range(MOST_OPEN):
        upload = begun(store, anna, athlete, b"%d" % number * 9)
        sent(store, anna, upload, 0, b"%d" % number)
    with pytest.raises(StoreError, match="unfinished"):
        begun(store, anna, athlete)
    assert store.jobs.sweep() == 0
    clock.now += KEPT + timedelta(seconds=1)
    assert store.jobs.sweep() == MOST_OPEN
    assert list(store.blobs.keys("uploads")) == []
    begun(store, anna, athlete)


def test_what_waits_is_not_swept(store: Store, anna: Account, athlete: Athlete, clock: Clock) -> None:
    upload = begun(store, anna, athlete)
    sent(store, anna, upload, 0, FILE)
    completed(store, anna, upload)
    clock.now += 2 * KEPT
    assert store.jobs.sweep() == 0
    assert content(store, anna, upload) == FILE


def test_a_check_of_the_store_knows_pieces(
    store: Store, anna: Account, athlete: Athlete, tmp_path: Path
) -> None:
    upload = begun(store, anna, athlete)
    sent(store, anna, upload, 0, FILE[:9])
    found = check(store, repair=True, in_work=timedelta(0))
    assert found.orphans == ()
    assert content(store, anna, upload) == FILE[:9]
    assert erase(store, anna, athlete.athlete_id).files == 1
    assert not [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
