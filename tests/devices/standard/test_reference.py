"""What a strap and a pod say becomes channels with units, and their oddities stay theirs."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from imu.devices.sensor import Packet
from imu.devices.standard.reference import REFERENCES, SERVICES, ReferenceKind, kind_of, reader_for
from imu.errors import ProtocolError

NOW_NS = 1_700_000_000_000_000_000


def running(cadence: int, speed_mps: float) -> Packet:
    return Packet(NOW_NS, struct.pack("<BHB", 4, round(speed_mps * 256), cadence))


def test_each_is_known_by_the_service_it_advertises() -> None:
    assert [kind_of([service]) for service in SERVICES] == list(REFERENCES)
    assert kind_of(["0000180f-0000-1000-8000-00805f9b34fb"]) is None


def test_beats_are_dated_back_from_the_last_one() -> None:
    packet = Packet(NOW_NS, struct.pack("<BBHH", 0x16, 120, 512, 1024))  # half a second, then a whole one
    pulse, earlier, last = reader_for("heart_rate").read(packet)
    assert (pulse.time_ns, pulse.values) == (NOW_NS, {"heart_rate_bpm": 120.0})
    assert (earlier.time_ns, earlier.values) == (NOW_NS - 1_000_000_000, {"rr_s": 0.5})
    assert (last.time_ns, last.values) == (NOW_NS, {"rr_s": 1.0})


def test_a_strap_without_contact_says_no_pulse() -> None:
    assert reader_for("heart_rate").read(Packet(NOW_NS, b"\x04\x00")) == []


@pytest.mark.parametrize("counted", [88, 176])
def test_steps_and_strides_come_out_as_steps(counted: int) -> None:
    (said,) = reader_for("foot_pod").read(running(counted, 3.0))
    assert said.values == {"speed_mps": pytest.approx(3.0, abs=0.01), "cadence_spm": 176.0}


def test_what_a_walking_cadence_counts_is_told_by_an_earlier_run() -> None:
    reader = reader_for("foot_pod")
    (unsettled,) = reader.read(running(110, 1.4))
    assert "cadence_spm" not in unsettled.values  # steps of a walk, or strides of a sprint?
    reader.read(running(176, 3.0))
    (settled,) = reader.read(running(110, 1.4))
    assert settled.values["cadence_spm"] == 110.0


@given(kind=st.sampled_from(REFERENCES), packets=st.lists(st.binary(max_size=24), max_size=4))
def test_hostile_bytes_end_in_numbers_or_a_protocol_error(kind: ReferenceKind, packets: list[bytes]) -> None:
    reader = reader_for(kind)
    for data in packets:
        with suppress(ProtocolError):
            for said in reader.read(Packet(NOW_NS, data)):
                assert said.time_ns <= NOW_NS
                assert all(value >= 0 for value in said.values.values())
