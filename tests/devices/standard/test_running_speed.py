"""Foot pods and treadmills: every combination of what they may say, and what their cadence counts."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from imu.devices.sensor import Packet
from imu.devices.standard.running_speed import (
    Counted,
    decode_running,
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
    [
        (170, 3.0, "steps"),
        (85, 3.0, "strides"),
        (110, 6.0, "strides"),
        (140, 2.3, "steps"),
        (125, 3.0, "steps"),
        (124, 3.0, "strides"),
        (1, 564 / 256, "strides"),  # just above 2.2 m/s
    ],
)
def test_while_running_the_number_itself_says_what_it_counts(
    cadence: int, speed_mps: float, counted: Counted
) -> None:
    said = decode_running(Packet(0, struct.pack("<BHB", 4, round(speed_mps * 256), cadence)))
    assert said.counted == counted
    assert said.reading(counted=counted).cadence_spm == (cadence if counted == "steps" else 2 * cadence)


@pytest.mark.parametrize(("cadence", "speed_mps"), [(0, 3.0), (110, 1.5), (55, 1.2), (170, 563 / 256)])
def test_walking_or_standing_settles_nothing(cadence: int, speed_mps: float) -> None:
    assert decode_running(Packet(0, struct.pack("<BHB", 0, round(speed_mps * 256), cadence))).counted is None


@pytest.mark.parametrize("data", ["", "00 00 03", "01 00 03 aa", "00 00 03 aa 00", "02 00 03 aa fa 00"])
def test_flags_that_the_length_contradicts_are_refused(data: str) -> None:
    words = "an empty measurement" if not data else f"flags and length disagree ({data})"
    with pytest.raises(ProtocolError) as refused:
        decode_running(Packet(0, bytes.fromhex(data)))
    assert str(refused.value) == f"running speed: {words}"


@given(st.binary(max_size=20))
def test_any_bytes_are_a_measurement_or_a_protocol_error(data: bytes) -> None:
    with suppress(ProtocolError):
        decode_running(Packet(0, data))
