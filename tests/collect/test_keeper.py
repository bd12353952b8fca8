"""A keeper goes on through what sensors and links do, and ends when it is told to."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from imu.collect import keeper as keepers
from imu.collect.keeper import Keeper
from imu.collect.records import Coded, Event, Record
from imu.devices.calibration import ChipCalibration
from imu.devices.host_clock import HostClock
from imu.devices.metamotion.coding import nearest, stream_coding
from imu.devices.sensor import Battery, Coding, Exchange, Identity, Packet, Sensor, Settings
from imu.errors import LinkLostError, RecordingError, SensorError

pytestmark = pytest.mark.unhurried

CODING = stream_coding(nearest(Settings(), logged=False), {"acc": b"\x03\x1c", "gyr": b"\x13\x07"})
CALIBRATION = ChipCalibration(acc_bias_g=(0.01, 0.0, 0.0), date="2026-11-26")
SAMPLES = b"\x03\x1c" + np.arange(9, dtype="<i2").tobytes()


class Toy:
    """A sensor that streams as a test wants."""

    dropped = 0
    identity = Identity("metamotion", "toy", "1", "1.0")

    def __init__(self, *, packets: int = 10_000, every_s: float = 0.01, silent: bool = False) -> None:
        self._left, self._every_s, self._silent = packets, every_s, silent
        self.clock_answers = True
        self.stopped = False

    async def battery(self) -> Battery:
        return Battery(80.0)

    async def configure(self, _settings: Settings) -> Coding:
        return CODING

    async def calibration(self, remembered: ChipCalibration | None) -> ChipCalibration | None:
        return remembered

    async def start(self) -> None: ...

    async def stamp(self) -> None:
        """Its samples carry time."""

    async def stop(self) -> None:
        self.stopped = True

    async def exchange(self) -> Exchange:
        if not self.clock_answers:
            raise SensorError("no answer when asked for its clock")
        return Exchange(0, 1, 2_000_000)

    async def packets(self) -> AsyncIterator[Packet]:
        while self._left:
            self._left -= 1
            await asyncio.sleep(3600.0 if self._silent else self._every_s)
            yield Packet(HostClock.start().now_ns(), SAMPLES)
        raise LinkLostError("the connection was lost")


class Desk:
    """A keeper, the sensors that it gets one after the other, and what it kept."""

    def __init__(
        self,
        *sensors: Toy | SensorError,
        signal_dbm: int | None = None,
        remembered: ChipCalibration | None = None,
    ) -> None:
        self._sensors = iter(sensors)
        self._signal_dbm = signal_dbm
        self.kept: list[Record] = []
        self.opened = 0
        self.stop = asyncio.Event()
        self.keeper = Keeper(
            "pelvis",
            opener=self._open,
            settings=Settings(),
            clock=HostClock.start(),
            pauses_s=self._pauses,
            signal=self._signal,
            remembered=remembered,
        )

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[Sensor]:
        self.opened += 1
        sensor = next(self._sensors, None)
        if sensor is None:
            await asyncio.sleep(3600.0)  # out of reach: looked for, and looked for
        if isinstance(sensor, SensorError):
            raise sensor
        yield cast(Sensor, sensor)

    async def _signal(self) -> int | None:
        return self._signal_dbm

    def _pauses(self) -> Iterator[float]:
        while True:
            yield 0.01

    async def run(self, seconds: float) -> None:
        await self.keeper.connect()
        self.keeper.begin(self.kept.append)
        await self.keeper.start()
        keeping = asyncio.create_task(self.keeper.keep(self.stop))
        await asyncio.wait([keeping], timeout=seconds)
        self.stop.set()
        async with asyncio.timeout(2.0):
            await keeping

    def events(self) -> list[str]:
        return [record.name for record in self.kept if isinstance(record, Event)]


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


def test_what_is_streamed_is_kept_as_it_came() -> None:
    async def story() -> None:
        toy = Toy()
        desk = Desk(toy)
        await desk.run(0.3)
        assert isinstance(desk.kept[0], Coded)
        packets = [record for record in desk.kept if isinstance(record, Packet)]
        assert len(packets) > 5
        assert {packet.data for packet in packets} == {SAMPLES}
        assert desk.keeper.status.samples == 3 * len(packets)
        assert toy.stopped

    run(story())


def test_what_comes_is_coded_with_the_calibration_in_force() -> None:
    async def story() -> None:
        desk = Desk(Toy(), remembered=CALIBRATION)
        await desk.run(0.1)
        (coded,) = (record for record in desk.kept if isinstance(record, Coded))
        assert coded.coding == replace(CODING, calibration=CALIBRATION)

    run(story())


def test_a_lost_link_is_noted_and_made_up_for() -> None:
    async def story() -> None:
        desk = Desk(Toy(packets=5), SensorError("busy"), Toy())
        await desk.run(1.0)
        assert [name for name in desk.events() if name != "battery"] == ["connected", "lost", "connected"]
        assert sum(isinstance(record, Coded) for record in desk.kept) == 2
        assert desk.keeper.status.reconnections == 1

    run(story())


def test_whoever_ends_does_not_wait_for_a_sensor_that_is_away() -> None:
    async def story() -> None:
        desk = Desk(Toy(packets=5))
        await desk.run(0.5)  # which insists on an end within two seconds
        assert desk.opened == 2
        assert desk.keeper.status.problem == "the connection was lost"

    run(story())


def test_a_connection_that_carries_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keepers, "SILENT_S", 0.2)

    async def story() -> None:
        desk = Desk(Toy(silent=True), Toy())
        await desk.run(1.0)
        assert "lost" in desk.events()
        assert desk.keeper.status.samples > 0

    run(story())


def test_a_clock_that_does_not_answer_is_no_reason_to_lose_samples() -> None:
    async def story() -> None:
        toy = Toy()
        toy.clock_answers = False
        desk = Desk(toy)
        await desk.run(0.5)
        assert "lost" not in desk.events()
        assert desk.keeper.status.samples > 0

    run(story())


def test_the_signal_is_told_where_the_link_tells_it() -> None:
    async def story() -> None:
        telling = Desk(Toy(), signal_dbm=-63)
        running = asyncio.create_task(telling.run(0.3))
        await asyncio.sleep(0.2)
        during = telling.keeper.status.signal_dbm
        await running
        assert during == -63
        assert telling.keeper.status.signal_dbm is None  # of a connection that has ended

    run(story())


def test_a_disk_that_fails_ends_it() -> None:
    async def story() -> None:
        desk = Desk(Toy())

        def keep(record: Record) -> None:
            if isinstance(record, Packet):
                raise RecordingError("pelvis.journal", "cannot be written (No space left on device)")

        await desk.keeper.connect()
        desk.keeper.begin(keep)
        with pytest.raises(ExceptionGroup) as ended:
            await desk.keeper.keep(desk.stop)
        assert ended.group_contains(RecordingError)
        await desk.keeper.disconnect()

    run(story())
