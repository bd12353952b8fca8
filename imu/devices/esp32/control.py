"""Requests and answers on CONTROL: what may be asked, and the fields that carry it.

A request is `id command field*`, an answer `id command|0x80 refusal field*`, a field `tag length value`.
An answer that is too long for one notification comes in several, each with whole fields; bit 6 of the command
says that more follow.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field as of
from enum import IntEnum

from imu.errors import ProtocolError

PROTOCOL = 1
REQUEST_BYTES = 20  # at most: what fits into the smallest write
ANSWERS = 0x80
MORE_FOLLOWS = 0x40

Value = int | tuple[int, ...]
Fields = Mapping["Field", Value]


class Command(IntEnum):
    """What may be asked of a sensor."""

    HELLO = 0x01
    BATTERY = 0x02
    BLINK = 0x03
    CALIBRATION = 0x04
    CALIBRATE = 0x05
    CONFIGURE = 0x10
    START = 0x11
    STOP = 0x12
    LOG_STATUS = 0x20
    LOG_START = 0x21
    LOG_STOP = 0x22
    LOG_READ = 0x23
    LOG_CRC = 0x24
    LOG_CONFIRM = 0x25
    LOG_ERASE = 0x26


class Field(IntEnum):
    """Names of values. Each has one width, see `_FORMATS`."""

    PROTOCOL = 0x01
    STATE = 0x02
    BOOT_ID = 0x03
    TIME_US = 0x04  # all 64 bits
    PERCENT = 0x05
    MILLIVOLTS = 0x06
    SECONDS = 0x07
    RATE_HZ = 0x10  # wanted
    ACC_RANGE_G = 0x11  # wanted
    GYR_RANGE_DPS = 0x12  # wanted; 0: off
    SETTING = 0x13  # taken
    RATE_MHZ = 0x14  # what the chip calls this rate, in thousandths
    ACC_SCALE = 0x15  # counts per g, in ten-thousandths
    GYR_SCALE = 0x16  # counts per degree per second, in ten-thousandths
    USED = 0x20
    CAPACITY = 0x21
    GENERATION = 0x22
    CONFIRMED = 0x23
    OFFSET = 0x24
    LENGTH = 0x25
    ALLOWED = 0x26  # offset up to which bytes may be sent
    CRC32 = 0x27
    ACC_CALIBRATION = 0x30
    GYR_CALIBRATION = 0x31


class Refusal(IntEnum):
    """Why a request was not done; 0 where it was."""

    NONE = 0
    UNKNOWN_COMMAND = 1
    BAD_FIELD = 2
    WRONG_STATE = 3
    LOG_PRESENT = 4
    NO_LOG = 5
    OUT_OF_RANGE = 6
    CRC_MISMATCH = 7
    NOT_CONFIRMED = 8
    FLASH_FAILED = 9
    CHIP_FAILED = 10
    BATTERY_LOW = 11


class State(IntEnum):
    """What a sensor is doing."""

    IDLE = 0
    STREAMING = 1
    LOGGING = 2


_FORMATS = {
    Field.PROTOCOL: struct.Struct("<B"),
    Field.STATE: struct.Struct("<B"),
    Field.BOOT_ID: struct.Struct("<I"),
    Field.TIME_US: struct.Struct("<Q"),
    Field.PERCENT: struct.Struct("<B"),
    Field.MILLIVOLTS: struct.Struct("<H"),
    Field.SECONDS: struct.Struct("<B"),
    Field.RATE_HZ: struct.Struct("<H"),
    Field.ACC_RANGE_G: struct.Struct("<B"),
    Field.GYR_RANGE_DPS: struct.Struct("<H"),
    Field.SETTING: struct.Struct("<B"),
    Field.RATE_MHZ: struct.Struct("<I"),
    Field.ACC_SCALE: struct.Struct("<I"),
    Field.GYR_SCALE: struct.Struct("<I"),
    Field.USED: struct.Struct("<I"),
    Field.CAPACITY: struct.Struct("<I"),
    Field.GENERATION: struct.Struct("<H"),
    Field.CONFIRMED: struct.Struct("<I"),
    Field.OFFSET: struct.Struct("<I"),
    Field.LENGTH: struct.Struct("<I"),
    Field.ALLOWED: struct.Struct("<I"),
    Field.CRC32: struct.Struct("<I"),
    Field.ACC_CALIBRATION: struct.Struct("<6h"),
    Field.GYR_CALIBRATION: struct.Struct("<6h"),
}
SCALE = 10_000  # a scale of 1 is this many


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """One notification of an answer."""

    request_id: int
    command: int
    refusal: int
    fields: Fields = of(default_factory=dict)
    more: bool = False


def encode_request(request_id: int, command: Command, fields: Fields) -> bytes:
    request = bytes([request_id, command]) + encode_fields(fields)
    if len(request) > REQUEST_BYTES:
        raise ValueError(f"{command.name}: a request has {REQUEST_BYTES} bytes at most, not {len(request)}")
    return request


def decode_answer(data: bytes) -> AnswerPart:
    """Fields that are not known here are left out: firmware may tell more than was asked."""
    if len(data) < 3 or not data[1] & ANSWERS:
        raise ProtocolError(f"ESP32: not an answer ({data.hex(' ')})")
    command = data[1] & ~(ANSWERS | MORE_FOLLOWS)
    known, _ = decode_fields(data[3:])
    return AnswerPart(data[0], command, data[2], known, bool(data[1] & MORE_FOLLOWS))


def encode_field(field: Field, value: Value) -> bytes:
    """Raises struct.error for a value that the field cannot hold."""
    form = _FORMATS[field]
    packed = form.pack(value) if isinstance(value, int) else form.pack(*value)
    return bytes([field, len(packed)]) + packed


def encode_fields(fields: Fields) -> bytes:
    return b"".join(encode_field(field, value) for field, value in fields.items())


def decode_fields(data: bytes) -> tuple[dict[Field, Value], frozenset[int]]:
    """The fields in these bytes, and the tags that are not known here.

    Raises ProtocolError where a field is cut, has another width than its own, or comes twice.
    """
    fields: dict[Field, Value] = {}
    unknown: set[int] = set()
    at = 0
    while at < len(data):
        tag, value = data[at], data[at + 2 : at + 2 + _length(data, at)]
        at += 2 + len(value)
        if tag in _KNOWN:
            field = Field(tag)
            if len(value) != _FORMATS[field].size or field in fields:
                raise ProtocolError(f"ESP32: field {field.name} is wrong ({data.hex(' ')})")
            numbers = _FORMATS[field].unpack(value)
            fields[field] = numbers[0] if len(numbers) == 1 else numbers
        else:
            unknown.add(tag)
    return fields, frozenset(unknown)


_KNOWN = frozenset(Field)


def _length(data: bytes, at: int) -> int:
    if at + 1 >= len(data) or at + 2 + data[at + 1] > len(data):
        raise ProtocolError(f"ESP32: a field is cut short ({data.hex(' ')})")
    return data[at + 1]
