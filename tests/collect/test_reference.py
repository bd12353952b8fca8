"""A strap that comes and goes is recorded while it is there, and disturbs nobody."""

import asyncio
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from imu.collect import reference
from imu.collect.records import Event, Reading, Record
from imu.collect.recover import finish
from imu.collect.reference import ReferenceKeeper, ReferenceNow
from imu.devices.host_clock import HostClock
from imu.devices.sensor import Packet
from imu.devices.standard.reference import ReferenceDevice, ReferenceIdentity
from imu.errors import LinkLostError, RecordingError, SensorError
from imu.recording import load
from tests.collect.links import START_NS
from tests.collect.toys import coded, coding, moving, packet, session_folder, toy_decoder_for


class Strap:
    """Says a pulse so many times, then is gone; for ever silent if it says `None`."""

    identity = ReferenceIdentity("heart_rate", "toy strap", "1")

    def __init__(self, *pulses: int | None) -> None:
        self._pulses = pulses

    async def start(self) -> None: ...

    async def packets(self) -> AsyncIterator[Packet]:
        for pulse in self._pulses:
            await asyncio.sleep(3600.0 if pulse is None else 0.005)
            yield Packet(HostClock.start().now_ns(), struct.pack("<BB", 0, pulse or 0))
        raise LinkLostError("the connection was lost")


class Desk:
    """A keeper, the straps it gets one after the other, and what it kept."""

    def __init__(self, *straps: Strap | SensorError) -> None:
        self._straps = iter(straps)
        self.kept: list[Record] = []
        self.may_look = True
        self.opened = 0
        self.keeper = ReferenceKeeper(
            "heart_rate",
            opener=self._open,
            clock=HostClock.start(),
            may_look=lambda: self.may_look,
            pauses_s=self._pauses,
        )

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[ReferenceDevice]:
        self.opened += 1
        strap = next(self._straps, None) or SensorError("not found")
        if isinstance(strap, SensorError):
            raise strap
        yield cast(ReferenceDevice, strap)

    def _pauses(self) -> Iterator[float]:
        while True:
            yield 0.01

    async def run(self, seconds: float) -> ReferenceNow:
        stop = asyncio.Event()
        await self.keeper.connect()
        self.keeper.begin(self.kept.append)
        keeping = asyncio.create_task(self.keeper.keep(stop))
        await asyncio.wait([keeping], timeout=seconds)
        now = self.keeper.now()
        stop.set()
        async with asyncio.timeout(2.0):
            await keeping
        return now

    def said(self) -> list[float | str]:
        return [
            record.name if isinstance(record, Event) else record.values["heart_rate_bpm"]
            for record in self.kept
            if isinstance(record, Event | Reading)
        ]


@pytest.mark.unhurried
def test_a_strap_that_is_lost_is_taken_up_again() -> None:
    desk = Desk(Strap(140, 141), SensorError("busy"), Strap(150, None))
    now = asyncio.run(desk.run(1.0))
    assert desk.said() == ["connected", 140.0, 141.0, "lost", "connected", 150.0]
    assert now == ReferenceNow("heart_rate", True, {"heart_rate_bpm": 150.0})


def test_a_strap_that_never_comes_is_no_error() -> None:
    desk = Desk()
    now = asyncio.run(desk.run(0.2))
    assert (desk.said(), now.connected, now.values) == ([], False, {})
    assert desk.keeper.problem == "not found"


@pytest.mark.unhurried
def test_nobody_looks_for_it_while_the_radio_is_needed() -> None:
    desk = Desk(Strap(140))
    desk.may_look = False
    asyncio.run(desk.run(0.3))
    assert desk.opened == 1
    assert desk.said() == ["connected", 140.0, "lost"]


@pytest.mark.unhurried
def test_a_strap_that_says_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "SILENT_S", 0.1)
    desk = Desk(Strap(140, None), Strap(141, None))
    asyncio.run(desk.run(0.6))
    assert desk.said()[:5] == ["connected", 140.0, "lost", "connected", 141.0]


@pytest.mark.unhurried
def test_an_old_pulse_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "FRESH_S", 0.05)
    assert asyncio.run(Desk(Strap(140, None)).run(0.4)).values == {}


def test_a_disk_that_fails_is_told() -> None:
    async def story() -> None:
        desk = Desk(Strap(140))

        def full(record: Record) -> None:
            if isinstance(record, Reading):
                raise RecordingError("reference.journal", "cannot be written (No space left on device)")

        await desk.keeper.connect()
        desk.keeper.begin(full)
        async with asyncio.timeout(2.0):
            with pytest.raises(RecordingError, match="No space left"):
                await desk.keeper.keep(asyncio.Event())

    asyncio.run(story())


def test_readings_come_back_on_the_clock_of_the_recording(tmp_path: Path) -> None:
    counts = moving(600)
    imu: list[Record] = [
        coded(coding()),
        *(packet(0.05 * i, "both", counts[10 * i : 10 * i + 10]) for i in range(60)),
    ]
    strap: list[Record] = [
        Event(START_NS, "connected", {"kind": "heart_rate", "model": "a strap", "serial": "7"}),
        Reading(START_NS - 1, {"heart_rate_bpm": 99.0}),  # nothing is from before the recording
        Reading(START_NS + 1_500_000_000, {"heart_rate_bpm": 121.0}),
        Reading(START_NS + 500_000_000, {"heart_rate_bpm": 120.0}),
        Event(START_NS + 1_600_000_000, "lost", {"kind": "heart_rate"}),
        Event(
            START_NS + 1_900_000_000, "connected", {"kind": "heart_rate", "model": "a strap", "serial": "7"}
        ),
    ]
    session_folder(tmp_path / "session", {"pelvis": imu, "reference": strap})
    finish(tmp_path / "session", tmp_path / "run", decoder_for=toy_decoder_for)
    recording = load(tmp_path / "run")
    pulse = recording.reference["heart_rate_bpm"]
    np.testing.assert_allclose(pulse.time_s, [0.5, 1.5])
    np.testing.assert_array_equal(pulse.values, [120.0, 121.0])
    assert recording.collection is not None
    assert recording.collection["reference"] == {
        "heart_rate": {"model": "a strap", "serial": "7", "reconnects": 1}
    }
