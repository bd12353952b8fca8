"""A heart-rate strap or a foot pod beside the sensors: recorded while it is there, missed by nobody else."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from imu.collect.journal import read
from imu.collect.keeper import Keep
from imu.collect.records import Event, Reading, Record
from imu.devices.host_clock import HostClock
from imu.devices.standard.reference import ReferenceDevice, ReferenceKind, Said, reader_for
from imu.errors import LinkLostError, ProtocolError, SensorError
from imu.recording import Channel

SILENT_S = 15.0  # they speak every second; a strap that was taken off may say nothing for a while
FRESH_S = 5.0  # what is shown is no older
_LOOK_AGAIN_S = 1.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 10.0, 60.0  # looking takes air time from the sensors

Opener = Callable[[], AbstractAsyncContextManager[ReferenceDevice]]


def pauses_s() -> Iterator[float]:
    """Before each try to find one again: never so often that the sensors notice."""
    pause_s = _FIRST_PAUSE_S
    while True:
        yield pause_s
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)


@dataclass(frozen=True, slots=True)
class ReferenceNow:
    """What there is to show of one device."""

    kind: ReferenceKind
    connected: bool
    values: Mapping[str, float]  # by channel, of the last seconds


@dataclass(slots=True)
class _Heard:
    """The newest value of each channel, and when it came, in the loop's time."""

    values: dict[str, tuple[float, float]] = field(default_factory=dict)

    def hear(self, said: Said, now_s: float) -> None:
        self.values |= {channel: (value, now_s) for channel, value in said.values.items()}

    def fresh(self, now_s: float) -> dict[str, float]:
        return {name: value for name, (value, at_s) in self.values.items() if now_s - at_s <= FRESH_S}


class ReferenceKeeper:
    """One reference device of a session. Call `connect` once, `begin`, then `keep` until it returns.

    Nothing that the device does ends the session; only a disk that fails does.
    """

    def __init__(
        self,
        kind: ReferenceKind,
        *,
        opener: Opener,
        clock: HostClock,
        may_look: Callable[[], bool] = lambda: True,
        pauses_s: Callable[[], Iterable[float]] = pauses_s,
    ) -> None:
        """may_look: whether the radio can be spared; pauses_s: the waits before each try, without end."""
        self.kind: ReferenceKind = kind
        self.problem: str | None = None  # why it is not connected
        self._opener = opener
        self._clock = clock
        self._may_look = may_look
        self._pauses_s = pauses_s
        self._open = AsyncExitStack()
        self._device: ReferenceDevice | None = None
        self._reader = reader_for(kind)
        self._heard = _Heard()
        self._keep: Keep = lambda _record: None

    def now(self) -> ReferenceNow:
        """As it is at this moment."""
        fresh = self._heard.fresh(asyncio.get_running_loop().time())
        return ReferenceNow(self.kind, self._device is not None, fresh)

    @property
    def model(self) -> str | None:
        """Of the device that is connected."""
        return self._device.identity.model if self._device else None

    async def connect(self) -> bool:
        """Try once; where it is not there, `problem` says why."""
        self._open = AsyncExitStack()
        try:
            device = await self._open.enter_async_context(self._opener())
            await device.start()
        except SensorError as error:
            self.problem = str(error)
            await self.disconnect()
            return False
        except BaseException:
            await self.disconnect()
            raise
        self._device, self.problem = device, None
        return True

    def begin(self, keep: Keep) -> None:
        """From here on hand all that comes to `keep`."""
        self._keep = keep
        if self._device is not None:
            self._note_connected(self._device)

    async def keep(self, stop: asyncio.Event) -> None:
        """Take what it says until `stop`, looking for it again whenever it is gone.

        Raises RecordingError where the disk fails.
        """
        working, stopping = asyncio.create_task(self._work()), asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                working.result()
        finally:
            working.cancel()
            stopping.cancel()
            await asyncio.gather(working, stopping, return_exceptions=True)
            await self.disconnect()

    async def disconnect(self) -> None:
        """Let go of it, if it is there."""
        self._device = None
        with suppress(SensorError):
            await self._open.aclose()

    async def _work(self) -> None:
        while True:
            if self._device is not None:
                try:
                    await self._take(self._device)
                except SensorError as error:
                    self.problem = str(error)
                    self._note("lost")
                    await self.disconnect()
            await self._found_again()

    async def _found_again(self) -> None:
        for pause_s in self._pauses_s():
            await asyncio.sleep(pause_s)
            while not self._may_look():
                await asyncio.sleep(_LOOK_AGAIN_S)
            if await self.connect():
                assert self._device is not None
                self._note_connected(self._device)
                return

    async def _take(self, device: ReferenceDevice) -> None:
        packets, loop = device.packets(), asyncio.get_running_loop()
        while True:
            try:
                async with asyncio.timeout(SILENT_S):
                    packet = await anext(packets)
            except TimeoutError:
                raise LinkLostError(f"nothing arrived for {SILENT_S:g} s") from None
            try:
                said = self._reader.read(packet)
            except ProtocolError:  # one strange packet is no reason to let go of the device
                continue
            for each in said:
                self._keep(Reading(each.time_ns, each.values))
                self._heard.hear(each, loop.time())

    def _note_connected(self, device: ReferenceDevice) -> None:
        self._note("connected", model=device.identity.model, serial=device.identity.serial)

    def _note(self, name: Any, **detail: str) -> None:
        self._keep(Event(self._clock.now_ns(), name, {"kind": self.kind, **detail}))


def channels(path: Path, *, start_ns: int) -> dict[str, Channel]:
    """What a reference journal holds, by channel, in seconds since `start_ns`; nothing from before it."""
    values: dict[str, list[tuple[float, float]]] = {}
    for record in _records(path):
        if isinstance(record, Reading) and record.time_ns >= start_ns:
            for channel, value in record.values.items():
                values.setdefault(channel, []).append(((record.time_ns - start_ns) * 1e-9, value))
    columns = {channel: np.array(sorted(pairs)) for channel, pairs in values.items()}
    return {channel: Channel(pairs[:, 0], pairs[:, 1]) for channel, pairs in columns.items()}


def told(path: Path) -> dict[str, dict[str, Any]]:
    """Who said it, by kind, for recording.json."""
    devices: dict[str, dict[str, Any]] = {}
    for record in _records(path):
        match record:
            case Event(_, "connected", {"kind": str(kind), **who}):
                devices.setdefault(kind, {"reconnects": -1}).update(who)
                devices[kind]["reconnects"] += 1
    return devices


def _records(path: Path) -> Iterator[Record]:
    if path.is_file():
        yield from read(path)
