"""A sensor's journal as columns: samples in the order they were taken, still in the sensor's own units.

Long journals stay on disk: what is decoded goes to a spool beside the session, and memory holds 24 bytes per
packet at most.
"""

import tempfile
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imu.collect.journal import extent, read
from imu.collect.records import Closed, Coded, Event, Reading
from imu.devices.sensor import Block, Coding, Decoder, Exchange, Packet
from imu.errors import ProtocolError

DecoderFor = Callable[[Coding], Decoder]
_SPOOLED_BLOCKS = 256  # at a time: single ones would cost more calls than bytes


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Samples of one stream between two losses of its clock."""

    counts: NDArray[np.int16]  # (n, 3) or (n, 6)
    ticks: NDArray[np.int64] | None  # (n,) ascending
    reset_id: int  # of the clock that these are of, where samples say; else 0
    # Of each packet that held samples:
    end_row: NDArray[np.int64]  # after its last
    arrival_ns: NDArray[np.int64]
    lost: NDArray[np.int64]  # samples that the sensor said are missing before it


@dataclass(slots=True, eq=False)
class Segment:
    """What came under one coding without interruption; a stream has a part per reset of the clock."""

    coding: Coding
    coded_ns: int
    reset_id: int | None  # of the device's clock; None where it was never read
    parts: dict[str, list[Part]] = field(default_factory=dict)
    stamped: list[Part] = field(default_factory=list)  # samples of "acc" once more, with ticks


@dataclass(slots=True, eq=False)
class Decoded:
    """All of one journal, and what went wrong on the way."""

    segments: list[Segment] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    packets: int = 0
    unreadable: int = 0  # packets that the decoder refused
    repeated: int = 0  # samples that had come before
    lost: int = 0  # samples that the sensor said it lost
    dropped: int = 0  # packets that the host could not keep
    reconnects: int = 0
    torn_bytes: int = 0
    closed: bool = False


def decode(path: Path, *, decoder_for: DecoderFor) -> Decoded:
    """Read a journal to its end. A coding, and a lost connection while streaming, begin a new segment."""
    found = Decoded(torn_bytes=extent(path).torn_bytes)
    spools = {stream: _Spools(path.parent) for stream in ("acc", "gyr", "both", "stamped")}
    open_segment: _OpenSegment | None = None
    coded: Coded | None = None
    coded_reset_id: int | None = None
    for record in read(path):
        match record:
            case Packet() if coded is not None:
                if open_segment is None:
                    # A log is of the clock that ran when it began, a stream of the one that runs now.
                    reset_id = coded_reset_id if coded.coding.mode == "log" else _last_reset_id(found)
                    open_segment = _OpenSegment(found, coded, reset_id, decoder_for(coded.coding), spools)
                open_segment.take(record)
            case Packet():
                found.unreadable += 1
            case Exchange():
                found.exchanges.append(record)
            case Reading():
                found.readings.append(record)
            case Coded():
                goes_on = coded is not None and coded.coding == record.coding and record.coding.mode == "log"
                if not goes_on:
                    coded, coded_reset_id, open_segment = record, _last_reset_id(found), None
            case Event(_, "lost"):
                found.reconnects += 1
                if coded is not None and coded.coding.mode == "stream":
                    open_segment = None
            case Event(_, "dropped", detail):
                found.dropped += int(detail.get("packets", 0))
            case Closed():
                found.closed = True
    for stream, spool in spools.items():
        for segment, part in spool.parts():
            found_in = segment.stamped if stream == "stamped" else segment.parts.setdefault(stream, [])
            found_in.append(part)
        found.repeated += spool.repeated
        found.lost += spool.lost
    for segment in found.segments:
        if segment.reset_id is None and found.exchanges:  # begun before the clock was first read
            segment.reset_id = found.exchanges[0].reset_id
    return found


class _OpenSegment:
    """A segment while its packets come."""

    def __init__(
        self,
        found: Decoded,
        coded: Coded,
        reset_id: int | None,
        decoder: Decoder,
        spools: dict[str, "_Spools"],
    ) -> None:
        self._found, self._decoder, self._spools = found, decoder, spools
        self._segment = Segment(coded.coding, coded.time_ns, reset_id)
        found.segments.append(self._segment)
        for spool in spools.values():
            spool.begin(self._segment)

    def take(self, packet: Packet) -> None:
        self._found.packets += 1
        try:
            blocks = self._decoder.receive(packet)
        except ProtocolError:
            self._found.unreadable += 1
            return
        for block in blocks:
            self._spools[block.stream].append(block)


def _last_reset_id(found: Decoded) -> int | None:
    return found.exchanges[-1].reset_id if found.exchanges else None


class _Spool:
    """A growing column on disk."""

    def __init__(self, folder: Path, kind: type[np.generic]) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - lives as long as its column
        self._kind = kind

    def append(self, rows: NDArray[Any]) -> None:
        self._file.write(np.ascontiguousarray(rows, self._kind).data)

    def column(self, width: int) -> NDArray[Any]:
        """All rows, (n, width) or (n,); pages are read when they are looked at. Ends the growing."""
        with self._file as file:
            n_bytes = file.tell()
            file.flush()
            if not n_bytes:
                return np.empty((0, width), self._kind)
            flat: NDArray[Any] = np.memmap(file, self._kind, mode="r")
        return flat.reshape(-1, width)


@dataclass(slots=True)
class _Begun:
    """Where a part begins: its segment, row and block."""

    segment: Segment
    row: int
    block: int
    reset_id: int = 0
    first_tick: int | None = None
    last_tick: int = 0


class _Spools:
    """One stream of one sensor: samples to disk, packets' ends and arrivals in memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._counts: _Spool | None = None
        self._ticks: _Spool | None = None
        self._width = 3
        self._rows = 0
        self._end_row, self._arrival_ns, self._lost = array("q"), array("q"), array("q")
        self._waiting: list[Block] = []
        self._begun: list[_Begun] = []
        self.repeated = 0
        self.lost = 0

    def begin(self, segment: Segment) -> None:
        self._settle()
        self._begun.append(_Begun(segment, self._rows, len(self._end_row)))

    def append(self, block: Block) -> None:
        if not len(block.counts):
            return
        self._waiting.append(block)
        if len(self._waiting) >= _SPOOLED_BLOCKS:
            self._settle()

    def parts(self) -> Iterator[tuple[Segment, Part]]:
        self._settle()
        if self._counts is None:
            return
        counts = self._counts.column(self._width)
        ticks = None if self._ticks is None else self._ticks.column(1)[:, 0]
        packets = [
            np.frombuffer(column, np.int64) for column in (self._end_row, self._arrival_ns, self._lost)
        ]
        ends = [*self._begun[1:], _Begun(self._begun[-1].segment, self._rows, len(self._end_row))]
        for begun, end in zip(self._begun, ends, strict=True):
            if begun.row == end.row:
                continue
            rows, blocks = slice(begun.row, end.row), slice(begun.block, end.block)
            end_row, arrival_ns, lost = (column[blocks] for column in packets)
            part_ticks = None if begun.first_tick is None or ticks is None else ticks[rows]
            ends_at = end_row - begun.row
            yield begun.segment, Part(counts[rows], part_ticks, begun.reset_id, ends_at, arrival_ns, lost)

    def _settle(self) -> None:
        """Put what waits to disk, without what had come before."""
        blocks, self._waiting = self._waiting, []
        if not blocks:
            return
        if self._counts is None:
            self._width = blocks[0].counts.shape[1]
            self._counts = _Spool(self._folder, np.int16)
        for block in self._fresh(blocks):
            self._rows += len(block.counts)
            self._end_row.append(self._rows)
            self._arrival_ns.append(block.arrival_ns)
            self._lost.append(block.lost)
            self.lost += block.lost
            self._counts.append(block.counts)
            self._keep_ticks(block)

    def _keep_ticks(self, block: Block) -> None:
        if block.ticks is None:
            if self._ticks is not None:  # rows of both columns stay beside each other
                self._ticks.append(np.zeros(len(block.counts), np.int64))
            return
        if self._ticks is None:
            self._ticks = _Spool(self._folder, np.int64)
            self._ticks.append(np.zeros(self._rows - len(block.counts), np.int64))
        self._ticks.append(block.ticks)

    def _fresh(self, blocks: list[Block]) -> Iterator[Block]:
        for block in blocks:
            if block.ticks is None:
                yield block
                continue
            part = self._begun[-1]
            coding = part.segment.coding
            # A clock that is coarser than the sampling says the same twice: only going back is a repeat.
            again = 0 if coding.tick_s is not None and coding.rate_hz * coding.tick_s > 0.4 else 1
            if part.first_tick is not None and (
                block.reset_id != part.reset_id or block.ticks[0] < part.first_tick
            ):
                # Before all of this part: no repeat, the device lost its clock on the way.
                part = _Begun(part.segment, self._rows, len(self._end_row))
                self._begun.append(part)
            new = slice(0, None)
            if part.first_tick is None:
                part.first_tick, part.reset_id = int(block.ticks[0]), block.reset_id
            elif block.ticks[0] < part.last_tick + again:
                new = slice(int(np.searchsorted(block.ticks, part.last_tick + again)), None)
                self.repeated += len(block.ticks[: new.start])
            ticks = block.ticks[new]
            if len(ticks):
                part.last_tick = int(ticks[-1])
                yield Block(block.stream, block.counts[new], ticks, block.lost, block.arrival_ns)
