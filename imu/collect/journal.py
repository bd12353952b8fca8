"""A sensor's journal on disk: frames that are whole or torn, read up to the first that is not whole.

    header   magic 8, random id 16, CRC-32 of both 4
    frame    length u32, CRC-32 u32, records (see `records`)

All little endian. The CRC of a frame begins with that of the frame before it, the first with that of the
header: a frame counts only where it was written, after all that was written before it.
"""

import os
import struct
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from imu.collect.records import Record, unpacked
from imu.errors import RecordingError

SUFFIX = ".journal"
MAX_FRAME_BYTES = 1 << 20  # what a reader holds at a time; half a second of a sensor takes 2 kB

_MAGIC = b"RSTRJNL1"
_HEADER_CRC = struct.Struct("<I")
_HEADER_BYTES = len(_MAGIC) + 16 + _HEADER_CRC.size
_FRAME = struct.Struct("<II")


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a journal is whole."""

    whole_bytes: int
    torn_bytes: int  # after them, of a write that was cut short or of damage
    crc: int  # that the next frame begins with


def new_header() -> bytes:
    """The first bytes of a new journal."""
    start = _MAGIC + uuid.uuid4().bytes
    return start + _HEADER_CRC.pack(zlib.crc32(start))


def frame(body: bytes, *, crc: int) -> tuple[bytes, int]:
    """Packed records as a frame after one with this CRC, and its own."""
    crc = _chained(body, crc)
    return _FRAME.pack(len(body), crc) + body, crc


def header_crc(header: bytes) -> int | None:
    """What the first frame's CRC begins with; None where this is not the whole header of a journal."""
    start = header[: -_HEADER_CRC.size]
    crc = zlib.crc32(start)
    whole = len(header) == _HEADER_BYTES and start.startswith(_MAGIC)
    return crc if whole and header[-_HEADER_CRC.size :] == _HEADER_CRC.pack(crc) else None


def read(path: Path) -> Iterator[Record]:
    """Every whole record in order, with the memory of one frame; the rest is left out (see `extent`)."""
    for body, _, _ in _frames(path):
        try:
            yield from unpacked(body)
        except ValueError as error:
            raise RecordingError(path, f"holds {error}") from error


def extent(path: Path) -> Extent:
    """Where the whole part of a journal ends."""
    whole_bytes, crc = 0, 0
    for _, end, frame_crc in _frames(path):
        whole_bytes, crc = end, frame_crc
    if not whole_bytes:
        with _opened(path) as file:
            header = file.read(_HEADER_BYTES)
        if (found := header_crc(header)) is not None:
            whole_bytes, crc = _HEADER_BYTES, found
    return Extent(whole_bytes, path.stat().st_size - whole_bytes, crc)


def _frames(path: Path) -> Iterator[tuple[bytes, int, int]]:
    """Bodies of whole frames, each with where it ends in the file and its CRC."""
    with _opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        header = file.read(_HEADER_BYTES)
        crc = header_crc(header)
        if crc is None:
            return
        position = _HEADER_BYTES
        while len(head := file.read(_FRAME.size)) == _FRAME.size:
            length, expected = _FRAME.unpack(head)
            position += _FRAME.size + length
            if not 0 < length <= MAX_FRAME_BYTES or position > size:
                return
            body = file.read(length)
            crc = _chained(body, crc)
            if crc != expected or len(body) < length:
                return
            yield body, position, crc


def _chained(body: bytes, crc: int) -> int:
    return zlib.crc32(body, zlib.crc32(len(body).to_bytes(4, "little"), crc))


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise RecordingError(path, f"cannot be read ({error.strerror or error})") from error
