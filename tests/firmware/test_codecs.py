"""Core and Python say the same in bytes: each reads what the other writes, and refuses what it refuses."""

import zlib
from typing import Any

import numpy as np
from hypothesis import given, strategies as st

from imu.devices.esp32.control import (
    Command,
    Field,
    Refusal,
    decode_answer,
    encode_fields,
)
from imu.devices.esp32.firmware import (
    decode_request,
    encode_answer,
    encode_frame,
    encode_sector_head,
)
from imu.devices.esp32.frames import Frame, FrameFlag, RecordReader, SectorHead, crc16
from imu.devices.esp32.setting import Setting
from imu.devices.esp32.sync import decode_sync_reply, encode_sync_request
from imu.errors import ProtocolError
from tests.devices.esp32.strategies import (
    FIELDS,
    SECTOR_HEADS,
    U32,
    U64,
    WIDTHS,
    frames,
)
from tests.firmware.built import ffi

_FRAME_BYTES = 504
_HEAD_BYTES = 24
_NUMBERS = [f for f in Field if f not in (Field.ACC_CALIBRATION, Field.GYR_CALIBRATION)]
_ANY_FIELDS_BYTES = st.binary(max_size=18) | FIELDS.map(encode_fields).filter(lambda data: len(data) <= 18)


def _decoded(core: Any, data: bytes) -> tuple[int, Frame | None, int]:
    flags, code, samples = (ffi.new("uint8_t *") for _ in range(3))
    sequence, time_us, size = ffi.new("uint16_t *"), ffi.new("uint32_t *"), ffi.new("size_t *")
    read = core.core_frame_decode(data, len(data), flags, sequence, time_us, code, samples, size)
    if read:
        return read, None, 0
    setting = Setting.of_code(code[0])
    counts = np.frombuffer(data, "<i2", samples[0] * setting.axes, 10).reshape(samples[0], setting.axes)
    frame = Frame(FrameFlag(flags[0]), sequence[0], time_us[0], setting, counts.astype(np.int16))
    return read, frame, size[0]


def _same(one: object, other: Frame) -> bool:
    assert isinstance(one, Frame)
    names = ("flags", "sequence", "time_us", "setting")
    alike = all(getattr(one, name) == getattr(other, name) for name in names)
    return alike and np.array_equal(one.counts, other.counts)


@given(frame=frames())
def test_a_frame_is_the_same_bytes_from_both_and_each_reads_the_other(core: Any, frame: Frame) -> None:
    out, counts = ffi.new("uint8_t[]", _FRAME_BYTES), frame.counts.astype("<i2").tobytes()
    size = core.core_frame_encode(
        out,
        _FRAME_BYTES,
        int(frame.flags),
        frame.sequence,
        frame.time_us,
        frame.setting.code,
        len(frame.counts),
        counts,
    )
    encoded = bytes(ffi.buffer(out, size))
    assert encoded == encode_frame(frame)
    (record,) = RecordReader().receive(encoded)
    assert _same(record, frame)
    read, decoded, length = _decoded(core, encoded)
    assert (read, length) == (0, len(encoded))
    assert _same(decoded, frame)


@given(frame=frames(), data=st.data())
def test_a_damaged_or_cut_frame_is_none_to_either(core: Any, frame: Frame, data: st.DataObject) -> None:
    encoded = bytearray(encode_frame(frame))
    bit = data.draw(st.integers(0, 8 * len(encoded) - 1))
    encoded[bit // 8] ^= 1 << bit % 8
    found = [r for r in RecordReader().receive(bytes(encoded)) if _same_place(bytes(encoded), r)]
    assert _decoded(core, bytes(encoded))[1] is None
    assert not found
    end = data.draw(st.integers(0, len(encoded) - 1))
    assert _decoded(core, encode_frame(frame)[:end])[0] == 1


def _same_place(data: bytes, record: object) -> bool:
    return isinstance(record, Frame) and encode_frame(record) == data


@given(data=st.binary(max_size=600) | st.binary(max_size=600).map(lambda tail: b"\xa5\x20" + tail))
def test_any_bytes_are_a_frame_to_both_or_to_none(core: Any, data: bytes) -> None:
    read, frame, size = _decoded(core, data)
    ours = RecordReader().receive(data[: size or len(data)])
    first = next((record for record in ours if isinstance(record, Frame)), None)
    starts = first is not None and data.startswith(encode_frame(first))
    assert (read == 0) == starts
    if frame is not None:
        assert _same(first, frame)


@given(head=SECTOR_HEADS)
def test_a_sector_head_is_the_same_bytes_from_both(core: Any, head: SectorHead) -> None:
    out = ffi.new("uint8_t[]", _HEAD_BYTES)
    core.core_head_encode(out, head.generation, head.sector, head.boot_id, head.time_us, head.setting.code)
    encoded = bytes(ffi.buffer(out))
    assert encoded == encode_sector_head(head)
    assert RecordReader().receive(encoded) == [head]
    assert _head(core, encoded) == head


@given(head=SECTOR_HEADS, bit=st.integers(0, 8 * _HEAD_BYTES - 1))
def test_a_damaged_sector_head_is_none_to_either(core: Any, head: SectorHead, bit: int) -> None:
    encoded = bytearray(encode_sector_head(head))
    encoded[bit // 8] ^= 1 << bit % 8
    assert _head(core, bytes(encoded)) is None
    assert head not in RecordReader().receive(bytes(encoded))


def _head(core: Any, data: bytes) -> SectorHead | None:
    generation, sector = ffi.new("uint16_t *"), ffi.new("uint16_t *")
    boot, time_us, code = ffi.new("uint32_t *"), ffi.new("uint64_t *"), ffi.new("uint8_t *")
    if not core.core_head_decode(data, generation, sector, boot, time_us, code):
        return None
    return SectorHead(generation[0], sector[0], boot[0], time_us[0], Setting.of_code(code[0]))


def test_both_know_the_same_settings(core: Any) -> None:
    for code in range(256):
        try:
            ours = Setting.of_code(code).code == code
        except ProtocolError:
            ours = False
        assert core.core_setting_whole(code) == ours, code


@given(data=st.binary(max_size=600))
def test_both_sum_bytes_alike(core: Any, data: bytes) -> None:
    assert core.core_crc16(data, len(data)) == crc16(data)
    assert core.core_crc32(data, len(data)) == zlib.crc32(data)


@given(request_id=st.integers(0, 255), command=st.integers(0, 255), body=_ANY_FIELDS_BYTES)
def test_a_request_means_the_same_to_both(core: Any, request_id: int, command: int, body: bytes) -> None:
    data = bytes([request_id, command]) + body
    try:
        ours = decode_request(data)
    except ProtocolError:
        ours = None
    for field in Field:
        whole, has, number = ffi.new("bool *"), ffi.new("bool *"), ffi.new("uint32_t *")
        who, asked, six = ffi.new("uint8_t *"), ffi.new("uint8_t *"), ffi.new("uint8_t[12]")
        assert core.core_request(data, len(data), int(field), whole, who, asked, number, six, has)
        assert (who[0], asked[0]) == (request_id, command)
        assert whole[0] == (ours is not None)
        if ours is None:
            continue
        assert has[0] == (field in ours.fields)
        if has[0] and field in (Field.ACC_CALIBRATION, Field.GYR_CALIBRATION):
            assert tuple(np.frombuffer(bytes(ffi.buffer(six)), "<i2")) == ours.fields[field]
        elif has[0] and field != Field.TIME_US:
            assert number[0] == ours.fields[field]


@given(data=st.binary(max_size=1))
def test_less_than_an_id_and_a_command_is_answered_by_nobody(core: Any, data: bytes) -> None:
    nothing = [ffi.new(f"{kind} *") for kind in ("bool", "uint8_t", "uint8_t", "uint32_t")]
    assert not core.core_request(data, len(data), 1, *nothing, ffi.new("uint8_t[12]"), ffi.new("bool *"))


@given(
    request_id=st.integers(0, 255),
    command=st.sampled_from(Command),
    refusal=st.sampled_from(Refusal),
    tags=st.lists(st.sampled_from(_NUMBERS), unique=True, max_size=10),
    payload=st.integers(20, 244),
    data=st.data(),
)
def test_an_answer_is_the_same_notifications_from_both(
    core: Any,
    request_id: int,
    command: Command,
    refusal: Refusal,
    tags: list[Field],
    payload: int,
    data: st.DataObject,
) -> None:
    values = [data.draw(st.integers(0, 256 ** WIDTHS.get(tag, 4) - 1)) for tag in tags]
    out, sizes = ffi.new("uint8_t[]", 512), ffi.new("uint8_t[16]")
    numbers = [int(tag) for tag in tags]
    pieces = core.core_answer(
        request_id, int(command), int(refusal), numbers, values, len(tags), payload, out, sizes
    )
    ends = np.cumsum([sizes[i] for i in range(pieces)])
    sent = [bytes(ffi.buffer(out))[end - sizes[i] : end] for i, end in enumerate(ends)]
    fields = {} if refusal else dict(zip(tags, values, strict=True))
    assert sent == encode_answer(request_id, command, fields, refusal=refusal, payload=payload)
    parts = [decode_answer(piece) for piece in sent]
    assert {k: v for part in parts for k, v in part.fields.items()} == fields


@given(token=U32, boot=U32, came_us=st.integers(0, 2**63), held_us=U32)
def test_a_reading_of_the_clock_comes_through(
    core: Any, token: int, boot: int, came_us: int, held_us: int
) -> None:
    out, asked = ffi.new("uint8_t[20]"), encode_sync_request(token)
    assert core.core_sync_reply(asked, len(asked), came_us, boot, came_us + held_us, out) == 20
    reply = decode_sync_reply(bytes(ffi.buffer(out)))
    assert (reply.token, reply.boot_id, reply.received_us, reply.held_us) == (token, boot, came_us, held_us)


@given(data=st.binary(max_size=12).filter(lambda data: len(data) != 4), now_us=U64)
def test_what_is_no_token_has_no_reply(core: Any, data: bytes, now_us: int) -> None:
    assert core.core_sync_reply(data, len(data), 0, 1, now_us, ffi.new("uint8_t[20]")) == 0
