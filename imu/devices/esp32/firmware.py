"""The sensor's side of the protocol: what firmware encodes and reads. For virtual boards and tests."""

from collections.abc import Iterable
from dataclasses import dataclass

from imu.devices.esp32.control import (
    ANSWERS,
    MORE_FOLLOWS,
    REQUEST_BYTES,
    Fields,
    Refusal,
    decode_fields,
    encode_field,
)
from imu.devices.esp32.frames import (
    CRC,
    FRAME_HEAD,
    FRAME_MAGIC,
    FRAME_OVERHEAD_BYTES,
    FRAME_SAMPLES_BYTES,
    SECTOR_HEAD,
    SECTOR_MAGIC,
    Frame,
    SectorHead,
    crc16,
    version_byte,
)
from imu.devices.esp32.setting import Setting
from imu.errors import ProtocolError


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came; what is asked may be unknown here."""

    request_id: int
    command: int
    fields: Fields


def frame_samples(setting: Setting, payload: int) -> int:
    """How many samples a streamed frame holds: what fits one notification, or a split frame of six."""
    whole = (min(payload - FRAME_OVERHEAD_BYTES, FRAME_SAMPLES_BYTES)) // setting.sample_bytes
    return whole if whole >= 1 else 6


def encode_frame(frame: Frame) -> bytes:
    head = FRAME_HEAD.pack(
        FRAME_MAGIC,
        version_byte(frame.flags),
        frame.sequence,
        frame.time_us,
        len(frame.counts),
        frame.setting.code,
    )
    return _with_crc(head + frame.counts.astype("<i2").tobytes())


def encode_sector_head(head: SectorHead) -> bytes:
    return _with_crc(
        SECTOR_HEAD.pack(
            SECTOR_MAGIC,
            version_byte(),
            head.generation,
            head.sector,
            head.boot_id,
            head.time_us,
            head.setting.code,
        )
    )


def decode_request(data: bytes) -> Request:
    """Raises ProtocolError for a request that must be refused as malformed."""
    if not 2 <= len(data) <= REQUEST_BYTES:
        raise ProtocolError(f"ESP32: not a request ({data.hex(' ')})")
    fields, unknown = decode_fields(data[2:])
    if unknown:
        # A wish that is not understood cannot be granted; an answer that is not understood can be ignored.
        raise ProtocolError(f"ESP32: unknown fields in a request ({data.hex(' ')})")
    return Request(data[0], data[1], fields)


def encode_answer(
    request_id: int, command: int, fields: Fields, *, refusal: Refusal = Refusal.NONE, payload: int
) -> list[bytes]:
    """An answer in as many notifications as its fields need."""
    bodies = _packed((encode_field(*item) for item in fields.items()), room=payload - 3)
    last = len(bodies) - 1
    return [
        bytes([request_id, command | ANSWERS | (MORE_FOLLOWS if i < last else 0), refusal]) + body
        for i, body in enumerate(bodies)
    ]


def _packed(pieces: Iterable[bytes], *, room: int) -> list[bytes]:
    bodies = [b""]
    for piece in pieces:
        if len(bodies[-1]) + len(piece) > room:
            bodies.append(b"")
        bodies[-1] += piece
    return bodies


def _with_crc(data: bytes) -> bytes:
    return data + CRC.pack(crc16(data))
