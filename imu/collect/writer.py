"""Appending to a journal without waiting for the disk, and knowing when it is durable."""

import asyncio
import os
import threading
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from imu.collect.journal import MAX_FRAME_BYTES, extent, frame, header_crc, new_header
from imu.collect.locked import release, try_lock
from imu.collect.records import Record, packed
from imu.errors import RecordingError

SYNC_EVERY_S = 0.5  # and as long again for a slow card to do it: a second of samples at most is lost
_CAPACITY_BYTES = 8 << 20  # half an hour of a sensor; a disk that hangs longer will not come back


class JournalWriter:
    """One sensor's journal, open for appending. A thread writes and syncs twice a second.

    A journal that was cut short goes on after its whole part; `torn_bytes` says how much was cut off, and the
    torn bytes are kept beside it. The first failure of the disk ends the journal: every later call raises it,
    and what was durable before stays readable. One that does not keep up ends it, too, once it has written
    what it was given.
    """

    def __init__(self, path: Path, *, sync_every_s: float = SYNC_EVERY_S) -> None:
        self._path = path
        self._sync_every_s = sync_every_s
        self._pending: deque[bytes] = deque()
        self._appended_bytes = 0  # of one thread, and
        self._drained_bytes = 0  # of the other: neither counter is written by both
        self._failure: RecordingError | None = None
        self._is_behind = False  # for good: a journal has no hole that nobody knows of
        self._appended = threading.Event()
        self._closing = threading.Event()
        self._disk = (
            threading.Lock()
        )  # held while a drain runs, so that frames follow in the order of records
        self.slowest_sync_s = 0.0
        try:
            self._file = _locked(path)
            try:
                self.torn_bytes, self._end, self._crc = _begin(path, self._file)
            except BaseException:
                release(self._file)
                raise
        except OSError as error:
            raise RecordingError(path, f"cannot be written ({error.strerror or error})") from error
        self._thread = threading.Thread(target=self._run, name=f"journal {path.stem}", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def append(self, record: Record) -> None:
        """Keep one record; returns at once. For the thread of the event loop."""
        if self._closing.is_set():
            raise ValueError("the journal is closed")
        if self._failure is not None:
            raise self._failure
        self._is_behind |= self._appended_bytes - self._drained_bytes > _CAPACITY_BYTES
        if self._is_behind:
            raise RecordingError(self._path, "the disk does not keep up; use another one")
        content = packed(record)
        self._pending.append(content)
        self._appended_bytes += len(content)
        self._appended.set()

    def sync(self) -> None:
        """Wait until all that was appended is durable. Blocks: from an event loop, call it in a thread."""
        with self._disk:
            self._drain()
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        """Make all durable and let go of the file; closing twice is fine."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._appended.set()
        self._thread.join()
        try:
            self.sync()
        finally:
            release(self._file)

    def _run(self) -> None:
        while not self._closing.is_set() and self._failure is None:
            self._appended.wait()
            self._closing.wait(self._sync_every_s)
            self._appended.clear()
            with self._disk:
                self._drain()

    def _drain(self) -> None:
        if self._failure is not None or not self._pending:
            return
        begin_s = time.monotonic()
        try:
            while self._pending:
                self._write(self._next_body())
            os.fsync(self._file)
        except OSError as error:
            reason = f"cannot be written ({error.strerror or error}); what was recorded before is kept"
            self._failure = RecordingError(self._path, reason)
        self.slowest_sync_s = max(self.slowest_sync_s, time.monotonic() - begin_s)

    def _next_body(self) -> bytes:
        records, size = [], 0
        while self._pending and size + len(self._pending[0]) <= MAX_FRAME_BYTES:
            records.append(self._pending.popleft())
            size += len(records[-1])
        self._drained_bytes += size
        return b"".join(records)

    def _write(self, body: bytes) -> None:
        content, crc = frame(body, crc=self._crc)
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(self._file, rest) :]
        self._end += len(content)
        self._crc = crc


@asynccontextmanager
async def opened_journal(path: Path) -> AsyncIterator[JournalWriter]:
    """A journal for an event loop: opening reads all of it, closing waits for the disk, both in a thread."""
    opening = asyncio.create_task(asyncio.to_thread(JournalWriter, path))
    try:
        journal = await asyncio.shield(opening)
    except asyncio.CancelledError:
        await asyncio.to_thread((await opening).close)  # nothing is left locked
        raise
    try:
        yield journal
    finally:
        await asyncio.to_thread(journal.close)


def _locked(path: Path) -> int:
    file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
    if not try_lock(file):
        os.close(file)
        raise RecordingError(path, "is being written by another restride")
    return file


def _begin(path: Path, file: int) -> tuple[int, int, int]:
    """Put the file's position after its whole part: bytes that were torn off, where it is, the CRC there."""
    found = extent(path)
    if found.torn_bytes:
        _keep_torn(path, found.whole_bytes)
        os.ftruncate(file, found.whole_bytes)
    end, crc = found.whole_bytes, found.crc
    os.lseek(file, end, os.SEEK_SET)
    if not end:
        header = new_header()
        os.write(file, header)
        end, crc = len(header), header_crc(header) or 0
    os.fsync(file)
    sync_folder(path.parent)
    return found.torn_bytes, end, crc


def _keep_torn(path: Path, whole_bytes: int) -> None:
    # A torn write is worth nothing, but damage in the middle has hours behind it.
    copy_durably(path, path.with_suffix(f".torn-{whole_bytes}"), begin=whole_bytes)


def copy_durably(path: Path, copy: Path, *, begin: int = 0) -> None:
    """A copy of a file from this byte on, on the disk when the call returns."""
    with path.open("rb") as source, copy.open("wb") as target:
        source.seek(begin)
        while piece := source.read(MAX_FRAME_BYTES):
            target.write(piece)
        target.flush()
        os.fsync(target.fileno())
    sync_folder(copy.parent)


def sync_folder(folder: Path) -> None:
    """Make a new name in `folder` durable, where the system can."""
    if os.name != "posix":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
