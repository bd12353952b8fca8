"""Giving each sensor its placement: all stream slowly, and the one that is shaken is the one meant.

Nothing on a sensor is changed that matters: one that holds or logs a run is left alone.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Collection, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import constants

from imu.collect.reach import Reach
from imu.collect.shaken import Movement, movement
from imu.devices.decoders import decoder_for
from imu.devices.sensor import Coding, Decoder, Identity, LogStatus, Sensor, Settings
from imu.errors import LinkLostError, ProtocolError, SensorError
from imu.radio.scan import Found


@dataclass(frozen=True, slots=True)
class PairingParameters:
    """How a shake is waited for."""

    settings: Settings = Settings(rate_hz=50.0, acc_range_g=8.0, gyr_range_dps=None)  # light on any adapter
    window_s: float = 1.5  # of movement that is looked at
    look_s: float = 0.1
    sure_looks: int = 5  # in a row: one knock is over before
    patience_s: float = 60.0  # per placement
    blink_s: float = 2.0


@dataclass(frozen=True, slots=True)
class Aside:
    """A sensor in reach that cannot be paired by shaking, and why."""

    found: Found
    why: str


class Guide(Protocol):
    """Whoever leads through pairing: says what to do, shows what moves, keeps what is found."""

    async def ask(self, placement: str) -> None:
        """Ask for the sensor of this placement to be shaken."""
        ...

    async def skip(self) -> None:
        """Return once this placement is to be left out."""
        ...

    def show(self, moving: Movement, *, paired: Collection[str]) -> None:
        """What moves now, by serial; `paired` are those that have their placement already."""
        ...

    def keep(self, placement: str, identity: Identity, address: str) -> None:
        """This sensor is the one; to be remembered at once."""
        ...

    def leave_out(self, placement: str, why: str) -> None: ...


class Listener:
    """One sensor that streams, and its last seconds of force."""

    def __init__(self, found: Found, sensor: Sensor, coding: Coding, window_s: float) -> None:
        self.found = found
        self.sensor = sensor
        self._decoder: Decoder = decoder_for(coding)
        self._lsb_per_mps2 = coding.acc_lsb_per_g / constants.g
        self._recent: deque[NDArray[np.int16]] = deque()
        self._samples = 0
        self._most = round(window_s * coding.rate_hz)

    async def listen(self) -> None:
        """Until the connection is gone."""
        with suppress(LinkLostError):
            async for packet in self.sensor.packets():
                with suppress(ProtocolError):  # a spoiled packet says nothing about movement
                    for block in self._decoder.receive(packet):
                        self._take(block.counts[:, :3])
        self.forget()

    def acc_mps2(self) -> NDArray[np.float64]:
        """(n, 3) the last seconds; nothing until there is enough for a knock not to look like shaking."""
        if self._samples < self._most // 2:
            return np.empty((0, 3))
        return np.concatenate(self._recent)[-self._most :] / self._lsb_per_mps2

    def forget(self) -> None:
        """Begin a new window."""
        self._recent.clear()
        self._samples = 0

    def _take(self, counts: NDArray[np.int16]) -> None:
        self._recent.append(counts)
        self._samples += len(counts)
        while self._samples - len(self._recent[0]) >= self._most:
            self._samples -= len(self._recent.popleft())


class Gathering:
    """The sensors that stream, by serial, and those that were set aside."""

    def __init__(
        self,
        listeners: Mapping[str, Listener],
        aside: Sequence[Aside],
        *,
        parameters: PairingParameters = PairingParameters(),
    ) -> None:
        self.listeners = listeners
        self.aside = aside
        self.parameters = parameters

    async def blink(self, serials: Iterable[str]) -> None:
        """Show these; one that is gone meanwhile stays dark."""
        blinking = [
            self.listeners[serial].sensor.blink(seconds=self.parameters.blink_s) for serial in serials
        ]
        for result in await asyncio.gather(*blinking, return_exceptions=True):
            if isinstance(result, BaseException) and not isinstance(result, SensorError):
                raise result

    async def until_shaken(self, guide: Guide, *, paired: Collection[str]) -> str:
        """The serial of the sensor, none of `paired`, that is clearly shaken for a while."""
        for listener in self.listeners.values():
            listener.forget()  # what was shaken before is over
        looks: list[str | None] = [None] * self.parameters.sure_looks
        while looks[0] is None or len(set(looks)) > 1 or looks[0] in paired:
            await asyncio.sleep(self.parameters.look_s)
            now = movement({serial: each.acc_mps2() for serial, each in self.listeners.items()})
            guide.show(now, paired=paired)
            looks = [*looks[1:], now.shaken]
        return looks[0]


@asynccontextmanager
async def gathered(
    reach: Reach, heard: Iterable[Found], *, parameters: PairingParameters = PairingParameters()
) -> AsyncIterator[Gathering]:
    """Connect to all that were heard and have those stream that hold no run."""
    async with AsyncExitStack() as connections:
        aside: list[Aside] = []
        sensors: list[tuple[Found, Sensor]] = []
        for found in heard:  # one after the other: an adapter can only connect to one at a time
            try:
                sensors.append((found, await connections.enter_async_context(reach.open(found))))
            except SensorError as error:
                aside.append(Aside(found, str(error)))
        prepared = await asyncio.gather(*(_prepared(found, sensor, parameters) for found, sensor in sensors))
        aside += [each for each in prepared if isinstance(each, Aside)]
        listeners = [each for each in prepared if isinstance(each, Listener)]
        tasks = [asyncio.create_task(listener.listen()) for listener in listeners]
        try:
            by_serial = {listener.sensor.identity.serial: listener for listener in listeners}
            yield Gathering(by_serial, aside, parameters=parameters)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for listener in listeners:
                with suppress(SensorError):
                    await listener.sensor.stop()


async def pair_by_shaking(gathering: Gathering, placements: Sequence[str], *, guide: Guide) -> dict[str, str]:
    """Ask for one placement after the other; serials by placement. Each is kept as soon as it is known."""
    paired: dict[str, str] = {}
    for placement in placements:
        if set(paired.values()) >= set(gathering.listeners):
            guide.leave_out(placement, "no sensor is left for it")
            continue
        await guide.ask(placement)
        waiting = gathering.until_shaken(guide, paired=set(paired.values()))
        serial, why = await _first(waiting, guide.skip(), within_s=gathering.parameters.patience_s)
        if serial is None:
            guide.leave_out(placement, why)
            continue
        listener = gathering.listeners[serial]
        guide.keep(placement, listener.sensor.identity, listener.found.address)
        paired[placement] = serial
        await gathering.blink([serial])
    return paired


def run_held(log: LogStatus) -> str | None:
    """Why a sensor with this log must be left alone; None if it may be used."""
    if log.running:
        return "is logging a run"
    return "holds a run that was not saved" if log.used else None


async def _prepared(found: Found, sensor: Sensor, parameters: PairingParameters) -> Listener | Aside:
    try:
        if held := run_held(await sensor.log_status()):
            who = sensor.identity
            return Aside(
                found,
                f"{who.model} {who.serial} {held}; save it first (restride sync), or pair it as it is: "
                f"restride pair --sensor {who.serial} --as PLACEMENT",
            )
        coding = await sensor.configure(parameters.settings)
        await sensor.start()
    except SensorError as error:
        return Aside(found, str(error))
    return Listener(found, sensor, coding, parameters.window_s)


async def _first(
    shaken: Awaitable[str], skipped: Awaitable[None], *, within_s: float
) -> tuple[str | None, str]:
    """The sensor that was shaken; or None, and why none was."""
    shaking, skipping = asyncio.ensure_future(shaken), asyncio.ensure_future(skipped)
    try:
        await asyncio.wait((shaking, skipping), timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        if shaking.done():
            return shaking.result(), ""
        if skipping.done():
            skipping.result()
            return None, "skipped"
        return None, f"none was clearly shaken for {within_s:g} s"
    finally:
        shaking.cancel()
        skipping.cancel()
        await asyncio.gather(shaking, skipping, return_exceptions=True)
