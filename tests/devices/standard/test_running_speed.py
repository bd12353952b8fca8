"""Foot pods and treadmills: every combination of what they may say, and what their cadence counts."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from imu.devices.sensor import Packet
from imu.devices.standard.running_speed import (
    Counted,
    RunningFeature,
    decode_running,
    decode_running_feature,
)
from imu.errors import ProtocolError


@given(
    speed=st.integers(0, 0xFFFF),
    cadence=st.integers(0, 255),
    stride=st.none() | st.integers(0, 0xFFFF),
    distance=st.none() | st.integers(0, 2**32 - 1),
    running=st.booleans(),
)
def test_every_combination_of_flags(
    speed: int, cadence: int, stride: int | None, distance: int | None, running: bool
) -> None:
    flags = (stride is not None) | (distance is not None) << 1 | running << 2
    data = struct.pack("<BHB", flags, speed, cadence)
    data += b"" if stride is None else struct.pack("<H", stride)
    data += b"" if distance is None else struct.pack("<I", distance)
    said = decode_running(Packet(7, data))
    assert said.arrival_ns == 7
    assert said.speed_mps == speed / 256
    assert said.cadence_per_min == cadence
    assert said.running == running
    assert said.stride_length_m == (None if stride is None else stride / 100)
    assert said.distance_m == (None if distance is None else distance / 10)


def test_a_measurement_by_hand() -> None:
    said = decode_running(Packet(0, bytes.fromhex("07 00 03 aa fa 00 10 27 00 00")))
    assert (said.speed_mps, said.cadence_per_min, said.running) == (3.0, 170, True)
    assert (said.stride_length_m, said.distance_m) == (2.5, 1000.0)


@pytest.mark.parametrize(
    ("cadence", "speed_mps", "counted"),
    [(170, 3.0, "steps"), (85, 3.0, "strides"), (110, 6.0, "strides"), (140, 2.3, "steps")],
)
def test_while_running_the_number_itself_says_what_it_counts(
    cadence: int, speed_mps: float, counted: Counted
) -> None:
    said = decode_running(Packet(0, struct.pack("<BHB", 4, round(speed_mps * 256), cadence)))
    assert said.counted == counted
    assert said.reading(counted=counted).cadence_spm == (cadence if counted == "steps" else 2 * cadence)


@pytest.mark.parametrize(("cadence", "speed_mps"), [(0, 3.0), (110, 1.5), (55, 1.2)])
def test_walking_or_standing_settles_nothing(cadence: int, speed_mps: float) -> None:
    assert decode_running(Packet(0, struct.pack("<BHB", 0, round(speed_mps * 256), cadence))).counted is None


def test_features() -> None:
    assert decode_running_feature(bytes.fromhex("05 00")) == RunningFeature(True, False, True)
    with pytest.raises(ProtocolError):
        decode_running_feature(b"\x05")


@given(st.binary(max_size=20))
def test_any_bytes_are_a_measurement_or_a_protocol_error(data: bytes) -> None:
    with suppress(ProtocolError):
        decode_running(Packet(0, data))
