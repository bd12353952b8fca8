"""What a journal keeps, one record after another, and how each becomes bytes and comes back."""

import json
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any, Literal

from imu.devices.calibration import ChipCalibration
from imu.devices.sensor import Coding, Exchange, Packet

EventName = Literal["connected", "lost", "dropped", "battery", "standing", "mark", "freed"]
Detail = Mapping[str, str | int | float | bool]


@dataclass(frozen=True, slots=True)
class Coded:
    """From here on packets are read with this coding."""

    time_ns: int
    coding: Coding


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; `detail` says more, as plain JSON ({"packets": 12} of dropped ones)."""

    time_ns: int
    name: EventName
    detail: Detail


@dataclass(frozen=True, slots=True)
class Progress:
    """All packets of a download up to `done` stand before this record: a resumed one may begin there."""

    time_ns: int
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What a device that is no IMU says, by channel: {"heart_rate_bpm": 143.0}."""

    time_ns: int
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Closed:
    """The session ended on purpose; a journal without this one was interrupted."""

    time_ns: int


Record = Packet | Exchange | Coded | Event | Progress | Reading | Closed

MAX_BODY_BYTES = 0xFFFF
_HEAD = struct.Struct("<BHq")  # kind, bytes of the body, host time in ns
_EXCHANGE = struct.Struct("<qqqq")  # before, ticks, after, reset; the host time of its head is `after` again


class _Kind(IntEnum):
    # Zero is no kind: a file system may leave zeros where a write was cut short.
    CODED = 1
    PACKET = 2
    EXCHANGE = 3
    EVENT = 4
    PROGRESS = 5
    READING = 6
    CLOSED = 7


_PACKET = int(_Kind.PACKET)  # a thousand come per record of any other kind: no look into the enum for each


def packed(record: Record) -> bytes:
    """One record as bytes. Raises ValueError for one that is larger than any sensor makes."""
    if isinstance(record, Packet):
        kind, time_ns, body = _PACKET, record.arrival_ns, record.data
    else:
        kind, time_ns, body = _described(record)
    if len(body) > MAX_BODY_BYTES:
        raise ValueError(f"a record of {len(body)} bytes is larger than {MAX_BODY_BYTES}")
    return _HEAD.pack(kind, len(body), time_ns) + body


def unpacked(frame: bytes) -> list[Record]:
    """The records of one whole frame. Raises ValueError where it holds what `packed` never made."""
    records: list[Record] = []
    position = 0
    while position < len(frame):
        if position + _HEAD.size > len(frame):
            raise ValueError("a record ends within its head")
        kind, size, time_ns = _HEAD.unpack_from(frame, position)
        start = position + _HEAD.size
        position = start + size
        if position > len(frame):
            raise ValueError("a record is longer than its frame")
        body = frame[start:position]
        records.append(Packet(time_ns, body) if kind == _PACKET else _restored(kind, time_ns, body))
    return records


def _described(record: Exchange | Coded | Event | Progress | Reading | Closed) -> tuple[int, int, bytes]:
    match record:
        case Exchange(before_ns, ticks, after_ns, reset_id):
            return _Kind.EXCHANGE, after_ns, _EXCHANGE.pack(before_ns, ticks, after_ns, reset_id)
        case Coded(time_ns, coding):
            return _Kind.CODED, time_ns, _json(_coding_told(coding))
        case Event(time_ns, name, detail):
            return _Kind.EVENT, time_ns, _json({"event": name, **detail})
        case Progress(time_ns, done, total):
            return _Kind.PROGRESS, time_ns, _json({"done": done, "total": total})
        case Reading(time_ns, values):
            return _Kind.READING, time_ns, _json(dict(values))
        case Closed(time_ns):
            return _Kind.CLOSED, time_ns, b""


def _restored(kind: int, time_ns: int, body: bytes) -> Record:
    if kind == _Kind.EXCHANGE:
        if len(body) != _EXCHANGE.size:
            raise ValueError(f"an exchange of {len(body)} bytes")
        return Exchange(*_EXCHANGE.unpack(body))
    if kind == _Kind.CLOSED:
        return Closed(time_ns)
    try:
        values = json.loads(body)
        match kind:
            case _Kind.CODED:
                return Coded(time_ns, _coding(values))
            case _Kind.EVENT:
                return Event(time_ns, values.pop("event"), values)
            case _Kind.PROGRESS:
                return Progress(time_ns, values["done"], values["total"])
            case _Kind.READING:
                return Reading(time_ns, values)
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise ValueError(f"a record of kind {kind} that cannot be read ({error})") from error
    raise ValueError(f"a record of the unknown kind {kind}; update restride")


def _coding_told(coding: Coding) -> dict[str, Any]:
    told = {**asdict(coding), "facts": dict(coding.facts)}
    if coding.calibration is None:
        del told["calibration"]  # as journals were before there was any
    return told


def _coding(told: dict[str, Any]) -> Coding:
    if (calibration := told.pop("calibration", None)) is not None:
        told["calibration"] = ChipCalibration.of(calibration)
    return Coding(**told)


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
