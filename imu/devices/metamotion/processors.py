"""Processors on the board that stamp, count or join samples before they are sent (09)."""

import struct
from dataclasses import dataclass
from typing import Literal

from imu.devices.metamotion.frame import malformed, payload
from imu.devices.metamotion.modules import Module

REMOVE_ALL = bytes([Module.PROCESSOR, 0x08])
_ALL_CHANNELS = 0xFF
_ACCOUNTER = 0x11
_PACKER = 0x10
_COUNTER_BYTES = 4
_PRESCALE = 3
_MODES = {"count": 0, "time": 1}


@dataclass(frozen=True, slots=True)
class ProcessorCreated:
    processor: int


@dataclass(frozen=True, slots=True)
class Processed:
    """What a processor sent: read it by what the processor was made to do."""

    processor: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Accounted:
    """One sample behind the tick (time mode) or the running number (count mode) it was given."""

    counter: int
    data: bytes


def accounter(source: bytes, *, mode: Literal["time", "count"], size: int = 6) -> bytes:
    """Put four bytes of device time or of a running count before each sample of the register `source`."""
    config = (_COUNTER_BYTES - 1) << 4 | _MODES[mode]
    return _create(source, size) + bytes([_ACCOUNTER, config, _PRESCALE])


def packer(source: bytes, *, count: int, size: int = 6) -> bytes:
    """Send `count` samples of the register `source` as one."""
    return _create(source, size) + bytes([_PACKER, size - 1, count - 1])


def notify(processor: int, *, on: bool = True) -> tuple[bytes, bytes]:
    """Let a processor's results out; the second switches all of them."""
    return bytes([Module.PROCESSOR, 0x07, processor, on]), bytes([Module.PROCESSOR, 0x03, on])


def mute(processor: int) -> bytes:
    """Keep one processor's results on the board."""
    return bytes([Module.PROCESSOR, 0x07, processor, 0])


def decode_created(packet: bytes) -> ProcessorCreated:
    return ProcessorCreated(payload(packet, 1)[0])


def decode_processed(packet: bytes) -> Processed:
    if len(packet) < 4:
        raise malformed(packet, "a processor and its data")
    return Processed(packet[2], packet[3:])


def accounted(processed: Processed, *, size: int = 6) -> Accounted:
    """What an accounter sent."""
    if len(processed.data) != _COUNTER_BYTES + size:
        raise _unexpected(processed, f"{_COUNTER_BYTES + size} bytes of an accounter")
    return Accounted(*struct.unpack(f"<I{size}s", processed.data))


def unpacked(processed: Processed, *, size: int = 6) -> tuple[bytes, ...]:
    """What a packer sent, sample by sample, oldest first."""
    data = processed.data
    if len(data) % size:
        raise _unexpected(processed, f"a multiple of {size} bytes of a packer")
    return tuple(data[at : at + size] for at in range(0, len(data), size))


def _create(source: bytes, size: int) -> bytes:
    return bytes([Module.PROCESSOR, 0x02, *source, _ALL_CHANNELS, (size - 1) << 5])


def _unexpected(processed: Processed, expected: str) -> Exception:
    return malformed(bytes([Module.PROCESSOR, 0x03, processed.processor]) + processed.data, expected)
