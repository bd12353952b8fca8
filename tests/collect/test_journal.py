"""What was appended is read back: all of it, or after an accident a prefix, and never anything else."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from imu.collect.journal import extent, read
from imu.collect.records import Closed, Coded, Event, Progress, Reading, Record, packed, unpacked
from imu.collect.writer import JournalWriter
from imu.devices.calibration import ChipCalibration
from imu.devices.sensor import Coding, Exchange, Packet
from imu.errors import RecordingError

CODING = Coding("metamotion", "stream", 200.0, 16.0, 2000.0, 2048.0, 16.4, None, {"model": "S", "bits": 16})
EVERY_KIND: list[Record] = [
    Coded(1, CODING),
    Event(2, "connected", {"rssi": -60, "name": "Schienbein"}),
    Packet(3, bytes(range(20))),
    Exchange(4, 1 << 31, 5, 2),
    Packet(6, b""),
    Progress(7, 10, 20),
    Reading(8, {"heart_rate_bpm": 143.0}),
    Closed(9),
]

times = st.integers(-(2**63), 2**63 - 1)
names = st.sampled_from(["connected", "lost", "dropped", "battery", "standing", "mark"])
finite = st.floats(allow_nan=False, allow_infinity=False)
threes = st.tuples(finite, finite, finite)
calibrations = st.builds(
    ChipCalibration, acc_bias_g=threes, acc_scale=threes, gyr_bias_dps=threes, gyr_scale=threes,
    date=st.none() | st.dates().map(str),
)  # fmt: skip
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
facts = st.dictionaries(words, words | st.integers() | finite, max_size=4)
records = st.one_of(
    st.builds(Packet, times, st.binary(max_size=244)),
    st.builds(Exchange, times, times, times, times),
    st.builds(Closed, times),
    st.builds(Progress, times, st.integers(0), st.integers(0)),
    st.builds(Reading, times, st.dictionaries(words, finite, max_size=3)),
    st.builds(Event, times, names, facts.map(lambda d: {k: v for k, v in d.items() if k != "event"})),
    st.builds(Coded, times, st.builds(Coding, st.just("esp32"), st.just("log"), finite, finite, st.none(),
              finite, st.none(), finite, facts, st.none(), st.none() | calibrations)),
)  # fmt: skip


def written(path: Path, batches: list[list[Record]]) -> None:
    """One frame per batch."""
    with JournalWriter(path) as writer:
        for batch in batches:
            for record in batch:
                writer.append(record)
            writer.sync()


@pytest.mark.unhurried
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches=st.lists(st.lists(records, max_size=8), max_size=4))
def test_records_come_back_as_they_were(
    batches: list[list[Record]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("journal") / "pelvis.journal"
    written(path, batches)
    assert list(read(path)) == [record for batch in batches for record in batch]
    assert extent(path).torn_bytes == 0


def test_a_coding_without_calibration_is_written_and_read_as_before_there_was_any() -> None:
    as_before = (
        b'{"kind":"metamotion","mode":"stream","rate_hz":200.0,"acc_range_g":16.0,"gyr_range_dps":2000.0,'
        b'"acc_lsb_per_g":2048.0,"gyr_lsb_per_dps":16.4,"tick_s":null,"facts":{"model":"S","bits":16},'
        b'"stamp_tick_s":null}'
    )
    record = packed(Coded(1, CODING))
    assert record.endswith(as_before)
    assert unpacked(record) == [Coded(1, CODING)]


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=300))
def test_any_bytes_at_all_read_as_nothing_or_as_one_clear_error(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("journal") / "pelvis.journal"
    path.write_bytes(content)
    assert list(read(path)) == []
    assert extent(path).torn_bytes == len(content)


@pytest.fixture
def whole(tmp_path: Path) -> bytes:
    path = tmp_path / "whole.journal"
    written(path, [[record] for record in EVERY_KIND])
    return path.read_bytes()


def test_cut_off_anywhere_it_reads_as_a_prefix_and_goes_on(whole: bytes, tmp_path: Path) -> None:
    lengths = []
    for size in range(len(whole) + 1):
        path = tmp_path / "cut.journal"
        path.write_bytes(whole[:size])
        found = list(read(path))
        assert found == EVERY_KIND[: len(found)]
        lengths.append(len(found))
    assert lengths == sorted(lengths)
    assert lengths[-1] == len(EVERY_KIND)
    assert lengths[-2] == len(EVERY_KIND) - 1


@pytest.mark.parametrize("share", [0.0, 0.03, 0.3, 0.5, 0.97, 1.0])
def test_appending_goes_on_after_a_torn_tail(whole: bytes, tmp_path: Path, share: float) -> None:
    path = tmp_path / "pelvis.journal"
    path.write_bytes(whole[: int(share * len(whole))])
    before, torn_bytes = list(read(path)), extent(path).torn_bytes
    with JournalWriter(path) as writer:
        assert writer.torn_bytes == torn_bytes
        writer.append(Packet(99, b"later"))
    assert list(read(path)) == [*before, Packet(99, b"later")]
    kept = [file.read_bytes() for file in tmp_path.glob("pelvis.torn-*")]
    assert sum(map(len, kept)) == torn_bytes


def test_with_any_byte_damaged_it_reads_as_a_prefix(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "damaged.journal"
    for position in range(len(whole)):
        for flip in (0x01, 0xFF):
            damaged = bytearray(whole)
            damaged[position] ^= flip
            path.write_bytes(damaged)
            found = list(read(path))
            assert found == EVERY_KIND[: len(found)]
            assert len(found) < len(EVERY_KIND)


def test_zeros_after_the_end_are_no_records(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "zeros.journal"
    path.write_bytes(whole + bytes(4096))
    assert list(read(path)) == EVERY_KIND
    assert extent(path).torn_bytes == 4096


def test_frames_count_only_where_they_were_written(whole: bytes, tmp_path: Path) -> None:
    other = tmp_path / "other.journal"
    written(other, [[Packet(1, b"x")]])
    header_bytes = 28
    path = tmp_path / "mixed.journal"
    path.write_bytes(whole[:header_bytes] + other.read_bytes()[header_bytes:])
    assert list(read(path)) == []


def test_records_are_durable_within_the_promised_time_without_being_asked(tmp_path: Path) -> None:
    path = tmp_path / "pelvis.journal"
    with JournalWriter(path, sync_every_s=0.05) as writer:
        writer.append(Packet(1, b"first"))
        until = time.monotonic() + 5
        while not list(read(path)) and time.monotonic() < until:
            time.sleep(0.01)
        assert list(read(path)) == [Packet(1, b"first")]


def test_a_journal_has_one_writer(tmp_path: Path) -> None:
    path = tmp_path / "pelvis.journal"
    with JournalWriter(path), pytest.raises(RecordingError, match=r"is being written by another restride"):
        JournalWriter(path)
    with JournalWriter(path) as writer:
        writer.append(Closed(1))


def test_a_full_disk_is_one_clear_error_and_keeps_what_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pelvis.journal"
    writer = JournalWriter(path)
    writer.append(Packet(1, b"kept"))
    writer.sync()
    real_write = os.write

    def write_to_full_disk(file: int, content: bytes) -> int:
        if len(content) > 7:
            return real_write(file, content[:7])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr("imu.collect.writer.os.write", write_to_full_disk)
        writer.append(Packet(2, b"does not fit any more"))
        with pytest.raises(RecordingError, match=r"pelvis.journal: cannot be written \(No space left"):
            writer.sync()
    with pytest.raises(RecordingError, match="No space left"):
        writer.append(Packet(3, b"refused"))
    with pytest.raises(RecordingError, match="No space left"):
        writer.close()
    assert list(read(path)) == [Packet(1, b"kept")]
    assert extent(path).torn_bytes > 0
    assert not [thread for thread in threading.enumerate() if thread.name == "journal pelvis"]


def test_a_disk_that_hangs_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = threading.Event()
    writer = JournalWriter(tmp_path / "pelvis.journal", sync_every_s=0.0)
    monkeypatch.setattr("imu.collect.writer.os.fsync", lambda _: disk.wait())
    big = Packet(1, bytes(60_000))
    taken = 0
    with pytest.raises(RecordingError, match="the disk does not keep up"):  # noqa: PT012
        for _ in range(1000):
            writer.append(big)
            taken += 1
            time.sleep(0)
    disk.set()
    with pytest.raises(RecordingError, match="the disk does not keep up"):
        writer.append(big)
    writer.close()
    assert len(list(read(tmp_path / "pelvis.journal"))) == taken, (
        "what was taken is written once the disk is back"
    )


WRITE_UNTIL_KILLED = """
import sys, time
from pathlib import Path
from imu.collect.writer import JournalWriter
from imu.devices.sensor import Packet
writer = JournalWriter(Path(sys.argv[1]), sync_every_s=0.002)
number = int(sys.argv[2])
print("ready", flush=True)
while True:
    writer.append(Packet(number, number.to_bytes(4, "little") * 5))
    number += 1
    if number % 50 == 0:
        writer.sync()
        print(number, flush=True)
        time.sleep(0.0005)
"""


def killed_writer(path: Path, first: int, after_s: float) -> int:
    """Append from `first` on until the writer is killed; the number up to which it saw all durable."""
    command = [sys.executable, "-c", WRITE_UNTIL_KILLED, str(path), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)
        said = [line for line in process.stdout.read().split("\n")[:-1] if line]
    return int(said[-1]) if said else first


@pytest.mark.unhurried
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=pytest.mark.long)])
def test_a_writer_killed_at_any_moment_loses_nothing_that_was_durable(tmp_path: Path, kills: int) -> None:
    random = np.random.default_rng(kills)
    path = tmp_path / "pelvis.journal"
    held = 0
    for _ in range(kills):
        durable = killed_writer(path, held, float(random.uniform(0, 0.08)))
        found = [record.data for record in read(path) if isinstance(record, Packet)]
        assert found == [number.to_bytes(4, "little") * 5 for number in range(len(found))]
        assert len(found) >= durable
        held = len(found)
    assert held > 100


def test_a_closed_journal_takes_no_more(tmp_path: Path) -> None:
    with JournalWriter(tmp_path / "pelvis.journal") as writer:
        writer.append(Closed(1))
    with pytest.raises(ValueError, match="closed"):
        writer.append(Packet(2, b"late"))
