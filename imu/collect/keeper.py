"""Keeps one sensor's stream flowing into its journal, through losses of the link."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from dataclasses import dataclass, field

from imu.collect.records import Coded, Event, EventName, Record
from imu.collect.writer import JournalWriter
from imu.devices.decoders import decoder_for
from imu.devices.host_clock import HostClock
from imu.devices.sensor import Battery, Block, Coding, Decoder, Identity, Packet, Sensor, Settings
from imu.errors import LinkLostError, ProtocolError, SensorError

Opener = Callable[[], AbstractAsyncContextManager[Sensor]]
Hear = Callable[[str, Coding, Block], None]

BURST = 30  # readings of the device clock at a time: the fastest few of them are the good ones
BURST_EVERY_S = 30.0
BATTERY_EVERY_S = 60.0
LAST_PACKETS_S = 0.3  # what was under way when the sensor was told to stop
RECENT_S = 6.0


@dataclass(slots=True)
class Status:
    """How one sensor is doing, for whoever shows it; written by its keeper alone."""

    placement: str
    connected: bool = False
    battery: Battery | None = None
    samples: int = 0
    lost: int = 0  # samples known to be missing
    dropped: int = 0  # packets this computer was too slow for
    spoiled: int = 0  # packets that could not be read
    reconnections: int = 0
    fastest_exchange_ms: float | None = None
    recent: deque[Block] = field(default_factory=deque)  # the last seconds

    def rate_hz(self) -> float | None:
        """Samples per second over the last seconds, of the stream that has most."""
        blocks = [b for b in self.recent if b.stream != "gyr"]
        if len(blocks) < 2 or blocks[-1].arrival_ns <= blocks[0].arrival_ns:
            return None
        span_s = (blocks[-1].arrival_ns - blocks[0].arrival_ns) * 1e-9
        return sum(len(b.counts) for b in blocks[1:]) / span_s


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
    ) -> None:
        self.status = Status(placement)
        self._opener = opener
        self._settings = settings
        self._clock = clock
        self._pauses_s = pauses_s
        self._hear = hear
        self._open = AsyncExitStack()
        self._sensor: Sensor | None = None
        self._coding: Coding | None = None
        self._decoder: Decoder | None = None
        self._journal: JournalWriter | None = None

    @property
    def coding(self) -> Coding:
        """How what it streams is read; known once connected."""
        assert self._coding is not None
        return self._coding

    async def connect(self) -> Identity:
        """Connect and set the sensor up; nothing is streamed yet."""
        self._open = AsyncExitStack()
        self._sensor = await self._open.enter_async_context(self._opener())
        try:
            self.status.battery = await self._sensor.battery()
            self._coding = await self._sensor.configure(self._settings)
        except BaseException:
            await self.disconnect()
            raise
        self._decoder = decoder_for(self._coding)
        self.status.connected = True
        return self._sensor.identity

    def begin(self, journal: JournalWriter) -> None:
        """From here on all is kept in this journal."""
        self._journal = journal
        self._note_connected()

    async def start(self) -> None:
        """Have it stream."""
        await self._connected.start()

    async def disconnect(self) -> None:
        """Let go of the connection."""
        self.status.connected = False
        self._sensor = None
        with suppress(SensorError):
            await self._open.aclose()

    async def keep(self, stop: asyncio.Event) -> None:
        """Take what is streamed until `stop`, reconnecting as often as it needs.

        Raises RecordingError where the disk fails, SensorError where the sensor cannot be used any more.
        """
        while not stop.is_set():
            try:
                await self._take(stop)
            except* SensorError:  # a link that stalls is of no more use than one that is gone
                self._note("lost")
                await self.disconnect()
                await self._reconnect(stop)
        await self.disconnect()

    @property
    def _connected(self) -> Sensor:
        if self._sensor is None:
            raise LinkLostError(f"{self.status.placement}: not connected")
        return self._sensor

    async def _take(self, stop: asyncio.Event) -> None:
        sensor = self._connected
        async with asyncio.TaskGroup() as tasks:
            packets = tasks.create_task(self._packets(sensor))
            others = [tasks.create_task(self._exchanges(sensor)), tasks.create_task(self._battery(sensor))]
            await stop.wait()
            for other in others:
                other.cancel()
            await asyncio.wait(others)
            await sensor.stop()
            await asyncio.sleep(LAST_PACKETS_S)
            await self._burst(sensor)
            packets.cancel()

    async def _packets(self, sensor: Sensor) -> None:
        dropped = 0
        async for packet in sensor.packets():
            self._keep(packet)  # before anything else can fail
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
        recent = self.status.recent
        for block in blocks:
            recent.append(block)
            self.status.lost += block.lost
            if block.stream != "gyr":
                self.status.samples += len(block.counts)
            self._hear(self.status.placement, self.coding, block)
        while recent and recent[0].arrival_ns < packet.arrival_ns - RECENT_S * 1e9:
            recent.popleft()

    async def _exchanges(self, sensor: Sensor) -> None:
        while True:
            await self._burst(sensor)
            await asyncio.sleep(BURST_EVERY_S)

    async def _burst(self, sensor: Sensor) -> None:
        for _ in range(BURST):
            exchange = await sensor.exchange()
            self._keep(exchange)
            took_ms = (exchange.after_ns - exchange.before_ns) * 1e-6
            fastest = self.status.fastest_exchange_ms
            self.status.fastest_exchange_ms = took_ms if fastest is None else min(fastest, took_ms)

    async def _battery(self, sensor: Sensor) -> None:
        while True:
            await asyncio.sleep(BATTERY_EVERY_S)
            self.status.battery = await sensor.battery()
            self._note_battery()

    async def _reconnect(self, stop: asyncio.Event) -> None:
        for pause_s in self._pauses_s():
            if await _sooner(stop.wait(), within_s=pause_s):
                return
            try:
                await self.connect()
                self._note_connected()
                await self.start()
            except SensorError:  # still out of reach, or gone again while being set up
                await self.disconnect()
            else:
                self.status.reconnections += 1
                return

    def _keep(self, record: Record) -> None:
        assert self._journal is not None
        self._journal.append(record)

    def _note(self, name: EventName, **detail: str | int | float | bool) -> None:
        self._keep(Event(self._clock.now_ns(), name, detail))

    def _note_connected(self) -> None:
        self._keep(Coded(self._clock.now_ns(), self.coding))
        self._note("connected", firmware=self._connected.identity.firmware)
        self._note_battery()

    def _note_battery(self) -> None:
        if self.status.battery is not None:
            self._note("battery", percent=self.status.battery.percent)


async def _sooner(event: Awaitable[object], *, within_s: float) -> bool:
    try:
        async with asyncio.timeout(within_s):
            await event
    except TimeoutError:
        return False
    return True
