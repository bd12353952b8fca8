"""Frames and sector heads: whatever is measured comes back, and damage costs what it damaged."""

import struct

import numpy as np
import pytest
from hypothesis import given, strategies as st

from imu.devices.esp32.firmware import encode_frame, encode_sector_head, frame_samples
from imu.devices.esp32.frames import Frame, FrameFlag, Record, RecordReader, SectorHead
from imu.devices.esp32.setting import Setting
from imu.errors import ProtocolError
from tests.devices.esp32.strategies import SECTOR_HEADS, frames

RECORDS: st.SearchStrategy[Record] = st.one_of(frames(), SECTOR_HEADS)
SIX_AXES = Setting(200, 16, 2000)


def encoded(record: Record) -> bytes:
    return encode_frame(record) if isinstance(record, Frame) else encode_sector_head(record)


def same(one: Record, other: Record) -> bool:
    if isinstance(one, Frame) and isinstance(other, Frame):
        return encode_frame(one) == encode_frame(other) and np.array_equal(one.counts, other.counts)
    return one == other


def read_in_pieces(data: bytes, size: int) -> list[Record]:
    reader = RecordReader()
    return [r for at in range(0, len(data), size) for r in reader.receive(data[at : at + size])]


@given(st.lists(RECORDS, max_size=4), st.integers(1, 600))
def test_records_come_back_however_they_are_cut(records: list[Record], size: int) -> None:
    came = read_in_pieces(b"".join(map(encoded, records)), size)
    assert len(came) == len(records)
    assert all(map(same, came, records))


@pytest.mark.unhurried
@given(frames(), st.binary(max_size=64), frames())
def test_bytes_between_records_cost_no_record(before: Frame, between: bytes, after: Frame) -> None:
    # A head that seems to begin in the rubbish is waited for: enough erased flash ends the wait.
    data = encode_frame(before) + between + encode_frame(after) + b"\xff" * 600
    came = RecordReader().receive(data)
    assert any(same(record, before) for record in came)
    assert any(same(record, after) for record in came)


@given(frames(), st.data())
def test_a_flipped_bit_is_never_read(frame: Frame, data: st.DataObject) -> None:
    whole = bytearray(encode_frame(frame))
    bit = data.draw(st.integers(0, 8 * len(whole) - 1))
    whole[bit // 8] ^= 1 << bit % 8
    assert RecordReader().receive(bytes(whole) + b"\xff" * 600) == []


@given(st.lists(st.binary(max_size=300), max_size=5), frames())
def test_whatever_came_a_frame_is_read_after_the_longest_wait(pieces: list[bytes], frame: Frame) -> None:
    reader = RecordReader()
    for piece in pieces:
        reader.receive(piece)
    longest = 504
    came = reader.receive(b"\xff" * longest + encode_frame(frame))
    assert any(same(record, frame) for record in came)


def test_a_frame_is_laid_out_as_documented() -> None:
    counts = np.array([[1, -2, 2048, 16, -16, 0], [2, -3, 2049, 17, -17, 1]], np.int16)
    frame = encode_frame(Frame(FrameFlag.GAP, 0x0201, 0x04030201, SIX_AXES, counts))
    assert frame[:10].hex(" ") == "a5 28 01 02 01 02 03 04 02 8d"
    assert struct.unpack("<12h", frame[10:-2]) == (1, -2, 2048, 16, -16, 0, 2, -3, 2049, 17, -17, 1)
    assert struct.unpack("<H", frame[-2:])[0] == crc_bit_by_bit(frame[:-2])


def test_a_sector_head_is_laid_out_as_documented() -> None:
    head = encode_sector_head(SectorHead(0x0102, 0x0304, 0x05060708, 0x1112131415161718, SIX_AXES))
    assert head[:-2].hex(" ") == "5a 20 02 01 04 03 08 07 06 05 18 17 16 15 14 13 12 11 8d 00 00 00"
    assert struct.unpack("<H", head[-2:])[0] == crc_bit_by_bit(head[:-2])


def crc_bit_by_bit(data: bytes) -> int:
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021) & 0xFFFF if crc & 0x8000 else crc << 1
    return crc


def test_the_crc_is_the_one_of_the_textbook() -> None:
    assert crc_bit_by_bit(b"123456789") == 0x29B1


def test_a_setting_is_its_code() -> None:
    for code in range(256):
        if code >> 2 & 7 > 4 or code >> 5 > 5:
            with pytest.raises(ProtocolError):
                Setting.of_code(code)
        else:
            assert Setting.of_code(code).code == code


@pytest.mark.parametrize(
    ("payload", "samples"), [(20, 6), (23, 6), (24, 1), (36, 2), (182, 14), (244, 19), (509, 41), (9999, 41)]
)
def test_a_streamed_frame_holds_what_a_notification_carries(payload: int, samples: int) -> None:
    assert frame_samples(SIX_AXES, payload) == samples
