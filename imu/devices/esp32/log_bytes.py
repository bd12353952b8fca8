"""Bytes of the log on their way: where they belong, and how far the host allows more."""

import struct
from dataclasses import dataclass

from imu.errors import ProtocolError

_HEAD = struct.Struct("<BI")  # read, offset
_ALLOWANCE = struct.Struct("<I")
CHUNK_HEAD_BYTES = _HEAD.size


@dataclass(frozen=True, slots=True)
class Chunk:
    """One notification of a download."""

    read_id: int  # of the request that it answers: what an earlier one left on the way is told apart
    offset: int
    data: bytes


def decode_chunk(packet: bytes) -> Chunk:
    if len(packet) <= CHUNK_HEAD_BYTES:
        raise ProtocolError(f"ESP32: no bytes of a log ({packet.hex(' ')})")
    read_id, offset = _HEAD.unpack_from(packet)
    return Chunk(read_id, offset, packet[CHUNK_HEAD_BYTES:])


def encode_chunk(chunk: Chunk) -> bytes:
    return _HEAD.pack(chunk.read_id, chunk.offset) + chunk.data


def encode_allowance(offset: int) -> bytes:
    """The sensor may send what lies before this offset."""
    return _ALLOWANCE.pack(offset)


def decode_allowance(data: bytes) -> int:
    if len(data) != _ALLOWANCE.size:
        raise ProtocolError(f"ESP32: not an allowance ({data.hex(' ')})")
    offset: int = _ALLOWANCE.unpack(data)[0]
    return offset
