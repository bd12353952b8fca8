"""What a sensor measured, as bytes: frames on the air and in its flash, and the heads of flash sectors.

Both are records in a stream of bytes, each with a magic byte, a length that follows from its head and a
CRC of its own, so reading finds its way again after anything that was damaged.
"""

import re
import struct
from binascii import crc_hqx
from dataclasses import dataclass
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

from imu.devices.esp32.setting import Setting
from imu.errors import ProtocolError

VERSION = 1
FRAME_MAGIC = 0xA5
SECTOR_MAGIC = 0x5A
FRAME_HEAD = struct.Struct("<BBHIBB")  # magic, version and flags, sequence, time, samples, setting
SECTOR_HEAD = struct.Struct("<BBHHIQB3x")  # magic, version, generation, sector, boot, time, setting, zeros
CRC = struct.Struct("<H")
FRAME_OVERHEAD_BYTES = FRAME_HEAD.size + CRC.size
SECTOR_HEAD_BYTES = SECTOR_HEAD.size + CRC.size
SECTOR_BYTES = 4096
FRAME_SAMPLES_BYTES = 492  # at most: 41 samples of six axes, so that a frame fits the largest notification

_VERSION_SHIFT = 5
_FLAGS = 0x1F
_MAGICS = re.compile(b"[\xa5\x5a]")


class FrameFlag(IntFlag):
    """What a frame says of its samples."""

    OVERFLOW = 1  # samples were lost just before it: nobody took them in time
    CLIPPED = 2  # a sample stands at the end of its range
    BUS_ERROR = 4  # the chip could not be read just before it
    GAP = 8  # does not follow the frame before it: first after a start, or after a pause


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Some samples in a row. Time is the sensor's, of the first sample, its low 32 bits."""

    flags: FrameFlag
    sequence: int
    time_us: int
    setting: Setting
    counts: NDArray[np.int16]  # (n, 6) or (n, 3)


@dataclass(frozen=True, slots=True)
class SectorHead:
    """Begins every sector of a log: all that is needed to read what follows without the sectors before."""

    generation: int  # of the log; another after each erasure
    sector: int  # of this log, from 0
    boot_id: int
    time_us: int  # of the sector's first sample, all 64 bits
    setting: Setting


Record = Frame | SectorHead


def crc16(data: bytes) -> int:
    """CRC-16-CCITT: polynomial 0x1021, from 0xffff, bits not mirrored."""
    return crc_hqx(data, 0xFFFF)


def version_byte(flags: FrameFlag = FrameFlag(0)) -> int:
    return VERSION << _VERSION_SHIFT | flags


class RecordReader:
    """Bytes in, whole records out. What belongs to none is skipped and counted."""

    def __init__(self) -> None:
        self._held = b""
        self.skipped = 0

    def receive(self, data: bytes) -> list[Record]:
        held, at = self._held + data, 0
        records: list[Record] = []
        while (begin := _MAGICS.search(held, at)) is not None:
            self.skipped += begin.start() - at
            at = begin.start()
            size = _size(held, at)
            if at + size > len(held):
                break  # the rest is on its way
            record = _record(held[at : at + size])
            if record is None:
                size = 1
                self.skipped += size
            else:
                records.append(record)
            at += size
        else:
            self.skipped += len(held) - at
            at = len(held)
        self._held = held[at:]
        return records


def _size(data: bytes, at: int) -> int:
    """Of the record that begins here, as far as its head has come; 1 where none begins."""
    if data[at] == SECTOR_MAGIC:
        return SECTOR_HEAD_BYTES
    if len(data) < at + FRAME_HEAD.size:
        return FRAME_HEAD.size
    samples, code = data[at + FRAME_HEAD.size - 2], data[at + FRAME_HEAD.size - 1]
    try:
        body = samples * Setting.of_code(code).sample_bytes
    except ProtocolError:
        return 1
    return FRAME_OVERHEAD_BYTES + body if 0 < body <= FRAME_SAMPLES_BYTES else 1


def _record(data: bytes) -> Record | None:
    """The record that these bytes are, from magic to CRC; None where they are none."""
    if len(data) == 1 or data[1] >> _VERSION_SHIFT != VERSION:
        return None
    if crc16(data[: -CRC.size]) != CRC.unpack(data[-CRC.size :])[0]:
        return None
    if data[0] == SECTOR_MAGIC:
        _, _, generation, sector, boot_id, time_us, code = SECTOR_HEAD.unpack_from(data)
        try:
            return SectorHead(generation, sector, boot_id, time_us, Setting.of_code(code))
        except ProtocolError:
            return None
    _, flags, sequence, time_us, samples, code = FRAME_HEAD.unpack_from(data)
    setting = Setting.of_code(code)
    counts = np.frombuffer(data, "<i2", samples * setting.axes, FRAME_HEAD.size)
    return Frame(
        FrameFlag(flags & _FLAGS),
        sequence,
        time_us,
        setting,
        counts.astype(np.int16).reshape(samples, setting.axes),
    )
