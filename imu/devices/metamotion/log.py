"""The log on the board (0b): loggers, start and stop, download, clearing, and the device clock.

A logger keeps up to four bytes of one register; a sample of six is kept by two loggers. An entry is
id | reset id << 5, the tick and four bytes.
"""

import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from imu.devices.metamotion.frame import READ, malformed, payload
from imu.devices.metamotion.modules import Board, Module
from imu.devices.metamotion.stream import output

TICK_S = 48 / 32768  # one device tick
CHUNK_BYTES = 4
_ALL_CHANNELS = 0xFF
_ENTRY = struct.Struct("<BI4s")
_PAGED_REVISION = 2  # wants its page notifications switched on before it forgets entries
_FLUSHED_REVISION = 3  # keeps its newest page in memory until told

START = bytes([Module.LOG, 0x01, 1])
STOP = bytes([Module.LOG, 0x01, 0])
FLUSH_PAGE = bytes([Module.LOG, 0x10, 1])
REMOVE_LOGGERS = bytes([Module.LOG, 0x0A])
NOTIFY_ENTRIES = bytes([Module.LOG, 0x07, 1])
NOTIFY_PROGRESS = bytes([Module.LOG, 0x08, 1])
NOTIFY_PAGES = bytes([Module.LOG, 0x0D, 1])
CONFIRM_PAGE = bytes([Module.LOG, 0x0E])
READ_TIME = bytes([Module.LOG, READ | 0x04])
READ_LENGTH = bytes([Module.LOG, READ | 0x05])
_DROP_ENTRIES = bytes([Module.LOG, 0x09]) + b"\xff\xff\xff\xff"


class Source(StrEnum):
    """What is logged, in the vendor's words."""

    ACCELERATION = "acceleration"
    ANGULAR_VELOCITY = "angular-velocity"
    QUATERNION = "quaternion"


@dataclass(frozen=True, slots=True)
class Trigger:
    """What one logger keeps: `size` bytes from `offset` of the register `header`."""

    header: bytes
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class LoggerCreated:
    logger: int


@dataclass(frozen=True, slots=True)
class LoggerFound:
    """The answer to `read_logger`, which does not repeat the id; no trigger where the slot is empty."""

    trigger: Trigger | None


@dataclass(frozen=True, slots=True)
class LogTime:
    """The device clock. The reset id changes, as far as is known, where it started anew."""

    tick: int
    reset_id: int

    @property
    def since_boot_ms(self) -> int:
        return ms_of(self.tick)


@dataclass(frozen=True, slots=True)
class LogLength:
    entries: int


class Entry(NamedTuple):  # not a dataclass: an hour of running makes three million
    logger: int
    reset_id: int  # the lowest three bits of it
    tick: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Entries:
    """One notification of a download."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class PageDone:
    """The board waits for `CONFIRM_PAGE`, after which it may forget the page."""


@dataclass(frozen=True, slots=True)
class Progress:
    entries_left: int


def ms_of(tick: int) -> int:
    """Milliseconds of a tick, the half rounded up."""
    return (tick * 375 * 2 + 256) // 512  # a tick is 375/256 ms; integers, for a tick may need 32 bits


def header_of(source: Source, board: Board) -> bytes:
    """The register whose samples are logged: always the one of single samples."""
    match source:
        case Source.ACCELERATION:
            return output(board, "acc", packed=False).header
        case Source.ANGULAR_VELOCITY:
            return output(board, "gyr", packed=False).header
        case Source.QUATERNION:
            return bytes([Module.FUSION, 0x07])


def source_of(trigger: Trigger, board: Board) -> Source | None:
    """Which source a logger belongs to; None for one that nothing here creates."""
    return next((source for source in Source if header_of(source, board) == trigger.header), None)


def triggers(source: Source, board: Board) -> tuple[Trigger, ...]:
    """The loggers that one source needs, in the order of their bytes."""
    size = 16 if source is Source.QUATERNION else 6
    header = header_of(source, board)
    return tuple(Trigger(header, at, min(CHUNK_BYTES, size - at)) for at in range(0, size, CHUNK_BYTES))


def create_logger(trigger: Trigger) -> bytes:
    """Send one, wait for its id, then the next: the answer does not say what it belongs to."""
    packed = (trigger.size - 1) << 5 | trigger.offset
    return bytes([Module.LOG, 0x02, *trigger.header, _ALL_CHANNELS, packed])


def read_logger(logger: int) -> bytes:
    return bytes([Module.LOG, READ | 0x02, logger])


def remove_logger(logger: int) -> bytes:
    return bytes([Module.LOG, 0x03, logger])


def overwrite_when_full(overwrite: bool) -> bytes:
    return bytes([Module.LOG, 0x0B, overwrite])


def needs_flush(board: Board) -> bool:
    """Without a flush after stopping, such a board tells a short log as empty."""
    return board.revision(Module.LOG) >= _FLUSHED_REVISION


def clear_entries(board: Board) -> tuple[bytes, ...]:
    """Forget all entries. Silently ignored while logging is on: send `STOP` first."""
    paged = board.revision(Module.LOG) == _PAGED_REVISION
    return (NOTIFY_PAGES, _DROP_ENTRIES) if paged else (_DROP_ENTRIES,)


def read_entries(entries: int, *, notifications: int) -> bytes:
    """Send that many entries, and `notifications` times how many are left; 0 for only the end."""
    every = entries // notifications if notifications else 0
    return bytes([Module.LOG, 0x06]) + struct.pack("<II", entries, every)


def decode_created(packet: bytes) -> LoggerCreated:
    return LoggerCreated(payload(packet, 1)[0])


def decode_found(packet: bytes) -> LoggerFound:
    body = packet[2:]
    if not body or body[0] == 0xFF:
        return LoggerFound(None)
    module, register, _channel, packed = payload(packet, 4)
    return LoggerFound(Trigger(bytes([module, register]), packed & 0x1F, (packed >> 5) + 1))


def decode_time(packet: bytes) -> LogTime:
    return LogTime(*struct.unpack("<IB", payload(packet, 5)))


def decode_length(packet: bytes) -> LogLength:
    return LogLength(*struct.unpack("<I", payload(packet, 4)))


def decode_entries(packet: bytes) -> Entries:
    body = payload(packet, _ENTRY.size, 2 * _ENTRY.size)
    entries = [Entry(first & 0x1F, first >> 5, tick, data) for first, tick, data in _ENTRY.iter_unpack(body)]
    return Entries(tuple(entries))


def decode_page(packet: bytes) -> PageDone:
    if len(packet) != 2:
        raise malformed(packet, "nothing after it")
    return PageDone()


def decode_progress(packet: bytes) -> Progress:
    return Progress(*struct.unpack("<I", payload(packet, 4)))
