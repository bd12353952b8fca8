"""Keeps one sensor's stream flowing into its journal, through losses of the link."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager, suppress
from dataclasses import replace

from imu.collect import bursts
from imu.collect.records import Coded, Event, EventName, Record
from imu.collect.status import Status
from imu.devices.calibration import ChipCalibration
from imu.devices.decoders import decoder_for
from imu.devices.host_clock import HostClock
from imu.devices.sensor import Block, Coding, Decoder, Identity, Packet, Sensor, Settings
from imu.errors import LinkLostError, ProtocolError, SensorError

Opener = Callable[[], AbstractAsyncContextManager[Sensor]]
Keep = Callable[[Record], None]  # what a journal does with one record
Hear = Callable[[str, Coding, Block], None]

Signal = Callable[[], Awaitable[int | None]]

BATTERY_EVERY_S = 60.0
SIGNAL_EVERY_S = 3.0
LAST_PACKETS_S = 0.3  # what was under way when the sensor was told to stop
_STAMPED_WITHIN_MS = 20.0  # half a round trip; a slower link may have no room for so many more packets
SILENT_S = 6.0  # longer than any radio needs to repeat itself, or to call a connection lost


async def _untold() -> None:
    """Of a link that does not say how strong it is."""


class Keeper:
    """One worn sensor of a session. Call `connect`, `begin`, `start`, then `keep` until it returns."""

    def __init__(
        self,
        placement: str,
        *,
        opener: Opener,
        settings: Settings,
        clock: HostClock,
        pauses_s: Callable[[], Iterable[float]],
        hear: Hear = lambda _placement, _coding, _block: None,
        signal: Signal = _untold,
        remembered: ChipCalibration | None = None,
    ) -> None:
        """pauses_s: the waits before each try to reconnect, without end.

        remembered: its calibration, as far as it is known here.
        """
        self.status = Status(placement)
        self._opener = opener
        self._settings = settings
        self._clock = clock
        self._pauses_s = pauses_s
        self._hear = hear
        self._signal = signal
        self._remembered = remembered
        self._open = AsyncExitStack()
        self._sensor: Sensor | None = None
        self._coding: Coding | None = None
        self._decoder: Decoder | None = None
        self._keep: Keep = lambda _record: None
        self._packets = 0

    @property
    def placement(self) -> str:
        return self.status.placement

    @property
    def coding(self) -> Coding:
        """How what it streams is read; known once connected."""
        assert self._coding is not None
        return self._coding

    async def connect(self) -> Identity:
        """Connect and set the sensor up; nothing is streamed yet."""
        self._open = AsyncExitStack()
        try:
            self._sensor = await self._open.enter_async_context(self._opener())
            self.status.battery = await self._sensor.battery()
            coding = await self._sensor.configure(self._settings)
            self._coding = replace(coding, calibration=await self._sensor.calibration(self._remembered))
            self._decoder = decoder_for(self._coding)
            self.status.set_hz = self._coding.rate_hz
        except BaseException:
            await self.disconnect()
            raise
        self.status.connected, self.status.problem = True, None
        return self._sensor.identity

    def begin(self, keep: Keep) -> None:
        """From here on hand all that comes to `keep`."""
        self._keep = keep
        self._note_connected()

    async def start(self) -> None:
        """Have it stream; its clock is read before, so that what comes is known to be of that clock."""
        await self._read_clock(count=1)
        await self._connected.start()

    async def disconnect(self) -> None:
        """Let go of the connection."""
        self.status.connected = False
        self.status.signal_dbm = None
        self.status.recent.clear()
        self._sensor = None
        with suppress(SensorError):
            await self._open.aclose()

    async def keep(self, stop: asyncio.Event) -> None:
        """Take what is streamed until `stop`, reconnecting as often as it needs.

        Raises RecordingError where the disk fails.
        """
        while not stop.is_set():
            try:
                await self._take(stop)
            except* SensorError as problems:  # a link that stalls is of no more use than one that is gone
                self.status.problem = str(problems.exceptions[0])
                self._note("lost")
                await self.disconnect()
                await self._reconnect(stop)
        await self.disconnect()

    @property
    def _connected(self) -> Sensor:
        if self._sensor is None:
            raise LinkLostError(f"{self.placement}: not connected")
        return self._sensor

    async def _take(self, stop: asyncio.Event) -> None:
        sensor = self._connected
        async with asyncio.TaskGroup() as tasks:
            packets = tasks.create_task(self._receive(sensor))
            asking = (self._ask_clock(sensor), self._ask_battery(sensor), self._ask_signal(), self._watch())
            others = [tasks.create_task(each) for each in asking]
            await stop.wait()
            for other in others:
                other.cancel()
            await asyncio.wait(others)
            await self._stamp(sensor)
            await sensor.stop()
            await asyncio.sleep(LAST_PACKETS_S)
            # Without a tick nothing hangs on it, and the runner waits.
            if self.coding.tick_s or self.coding.stamp_tick_s:
                await self._read_clock(count=bursts.COUNT)
            packets.cancel()

    async def _receive(self, sensor: Sensor) -> None:
        dropped = 0
        async for packet in sensor.packets():
            self._keep(packet)  # before anything else can fail
            self._packets += 1
            if sensor.dropped > dropped:
                self._note("dropped", packets=sensor.dropped - dropped)
                self.status.dropped += sensor.dropped - dropped
                dropped = sensor.dropped
            self._decode(packet)

    def _decode(self, packet: Packet) -> None:
        assert self._decoder is not None
        try:
            blocks = self._decoder.receive(packet)
        except ProtocolError:
            self.status.spoiled += 1
            return
        for block in blocks:
            if block.stream != "stamped":  # of samples that come without a stamp as well
                self.status.heard(block)
                self._hear(self.placement, self.coding, block)

    async def _watch(self) -> None:
        """A sensor may stop streaming and stay connected, a radio may not notice that it is alone."""
        while True:
            before = self._packets
            await asyncio.sleep(SILENT_S)
            if self._packets == before:
                raise LinkLostError(f"{self.placement}: nothing arrived for {SILENT_S:g} s")

    async def _ask_clock(self, sensor: Sensor) -> None:
        while True:
            await self._read_clock(count=bursts.COUNT)
            await self._stamp(sensor)
            await asyncio.sleep(bursts.EVERY_S)

    async def _read_clock(self, *, count: int) -> None:
        with _no_answer_is_fine():
            burst = await bursts.exchange_burst(self._connected, count=count)
            for exchange in burst:
                self._keep(exchange)
            if count > 1:  # alone, a reading may have waited for the radio
                self.status.clock.hear(burst, tick_s=self.coding.tick_s)

    async def _stamp(self, sensor: Sensor) -> None:
        within_ms = self.status.clock.within_ms
        if within_ms is not None and within_ms <= _STAMPED_WITHIN_MS:
            with _no_answer_is_fine():
                await sensor.stamp()

    async def _ask_battery(self, sensor: Sensor) -> None:
        while True:
            await asyncio.sleep(BATTERY_EVERY_S)
            with _no_answer_is_fine():
                self.status.battery = await sensor.battery()
                self._note_battery()

    async def _ask_signal(self) -> None:
        while True:
            with _no_answer_is_fine():
                self.status.signal_dbm = await self._signal()
            await asyncio.sleep(SIGNAL_EVERY_S)

    async def _reconnect(self, stop: asyncio.Event) -> None:
        """Try until it works, or until `stop`: nobody who ends a run waits for a sensor that is away."""
        trying, stopping = asyncio.create_task(self._try_again()), asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((trying, stopping), return_when=asyncio.FIRST_COMPLETED)
            if trying.done():
                trying.result()
        finally:
            trying.cancel()
            stopping.cancel()
            await asyncio.gather(trying, stopping, return_exceptions=True)

    async def _try_again(self) -> None:
        for pause_s in self._pauses_s():
            await asyncio.sleep(pause_s)
            try:
                await self.connect()
                self._note_connected()
                await self.start()
            except SensorError as problem:  # still out of reach, or gone again while being set up
                self.status.problem = str(problem)
                await self.disconnect()
            else:
                self.status.reconnections += 1
                return

    def _note(self, name: EventName, **detail: str | int | float | bool) -> None:
        self._keep(Event(self._clock.now_ns(), name, detail))

    def _note_connected(self) -> None:
        self._keep(Coded(self._clock.now_ns(), self.coding))
        self._note("connected", firmware=self._connected.identity.firmware)
        self._note_battery()

    def _note_battery(self) -> None:
        if self.status.battery is not None:
            self._note("battery", percent=self.status.battery.percent)


@contextmanager
def _no_answer_is_fine() -> Iterator[None]:
    """A question that a busy link left unanswered is no reason to break off a stream that flows."""
    try:
        yield
    except LinkLostError:
        raise
    except SensorError:
        pass
