"""Readings of the sensor's clock: a token out, the token and two times back."""

import struct
from dataclasses import dataclass

from imu.errors import ProtocolError

_REQUEST = struct.Struct("<I")
_REPLY = struct.Struct("<IIQI")  # token, boot, time of arrival, microseconds until it was answered


@dataclass(frozen=True, slots=True)
class SyncReply:
    """When the sensor's clock saw the token come, and how long it kept it."""

    token: int
    boot_id: int
    received_us: int  # all 64 bits
    held_us: int


def encode_sync_request(token: int) -> bytes:
    return _REQUEST.pack(token)


def decode_sync_request(data: bytes) -> int:
    if len(data) != _REQUEST.size:
        raise ProtocolError(f"ESP32: not a token ({data.hex(' ')})")
    token: int = _REQUEST.unpack(data)[0]
    return token


def encode_sync_reply(reply: SyncReply) -> bytes:
    return _REPLY.pack(reply.token, reply.boot_id, reply.received_us, reply.held_us)


def decode_sync_reply(data: bytes) -> SyncReply:
    if len(data) != _REPLY.size:
        raise ProtocolError(f"ESP32: not a reading of the clock ({data.hex(' ')})")
    return SyncReply(*_REPLY.unpack(data))
