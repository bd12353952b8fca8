"""Heart rate straps: every combination of what they may say."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from imu.devices.sensor import Packet
from imu.devices.standard.heart_rate import decode_heart_rate
from imu.errors import ProtocolError


@given(
    rate=st.integers(0, 255) | st.integers(256, 0xFFFF),
    contact=st.integers(0, 3),
    energy=st.none() | st.integers(0, 0xFFFF),
    rr=st.lists(st.integers(0, 0xFFFF), max_size=9),
)
def test_every_combination_of_flags(rate: int, contact: int, energy: int | None, rr: list[int]) -> None:
    wide = rate > 255
    flags = wide | contact << 1 | (energy is not None) << 3 | bool(rr) << 4
    data = bytes([flags]) + struct.pack("<H" if wide else "<B", rate)
    data += b"" if energy is None else struct.pack("<H", energy)
    data += struct.pack(f"<{len(rr)}H", *rr)
    reading = decode_heart_rate(Packet(7, data))
    assert reading.arrival_ns == 7
    assert reading.heart_rate_bpm == (None if contact == 2 or not rate else rate)
    assert reading.rr_s == tuple(value / 1024 for value in rr)
    assert reading.speed_mps is None


def test_a_measurement_by_hand() -> None:
    reading = decode_heart_rate(Packet(0, bytes.fromhex("16 48 00 04 00 02")))
    assert reading.heart_rate_bpm == 72
    assert reading.rr_s == (1.0, 0.5)


@pytest.mark.parametrize("data", ["", "00", "01 48", "00 48 00 04", "10 48 00", "08 48 01"])
def test_flags_that_the_length_contradicts_are_refused(data: str) -> None:
    words = "an empty measurement" if not data else f"flags and length disagree ({data})"
    with pytest.raises(ProtocolError) as refused:
        decode_heart_rate(Packet(0, bytes.fromhex(data)))
    assert str(refused.value) == f"heart rate: {words}"


@given(st.binary(max_size=40))
def test_any_bytes_are_a_reading_or_a_protocol_error(data: bytes) -> None:
    with suppress(ProtocolError):
        decode_heart_rate(Packet(0, data))
