"""A disk that takes its time holds up nothing but what needs it."""

import asyncio
import os
import threading
from pathlib import Path

import pytest

from imu.collect import writer
from imu.collect.journal import Extent, extent, read
from imu.collect.records import Closed
from imu.collect.writer import JournalWriter, opened_journal

PATIENCE_S = 20.0


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Reads and syncs nothing before it is set."""
    answers = threading.Event()
    fsync = os.fsync

    def slow_extent(path: Path) -> Extent:
        assert answers.wait(PATIENCE_S)
        return extent(path)

    def slow_fsync(file: int) -> None:
        assert answers.wait(PATIENCE_S)
        fsync(file)

    monkeypatch.setattr(writer, "extent", slow_extent)
    monkeypatch.setattr(os, "fsync", slow_fsync)
    return answers


def test_others_go_on_while_a_journal_is_opened_and_closed(tmp_path: Path, disk: threading.Event) -> None:
    path = tmp_path / "pelvis.journal"

    async def answer() -> None:
        disk.set()

    async def story() -> None:
        answering = asyncio.create_task(answer())  # has its turn once this one waits
        async with opened_journal(path) as journal:
            await answering
            disk.clear()
            journal.append(Closed(1))
            answering = asyncio.create_task(answer())
        await answering

    asyncio.run(story())
    assert list(read(path)) == [Closed(1)]


def test_an_opening_that_is_interrupted_leaves_nothing_locked(tmp_path: Path, disk: threading.Event) -> None:
    path = tmp_path / "pelvis.journal"

    async def hold() -> None:
        async with opened_journal(path):
            pytest.fail("it was interrupted before")

    async def story() -> None:
        holding = asyncio.create_task(hold())
        await asyncio.sleep(0)
        holding.cancel()
        await asyncio.sleep(0)
        disk.set()
        with pytest.raises(asyncio.CancelledError):
            await holding
        JournalWriter(path).close()

    asyncio.run(story())
