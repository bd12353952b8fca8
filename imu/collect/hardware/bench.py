"""The sensor under test: connected, lost and found again."""

import asyncio
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Protocol

from imu.collect.cable import Plugged
from imu.collect.reach import Met, Reach
from imu.devices.sensor import Sensor
from imu.errors import LinkLostError, SensorError

_LISTEN_S = 5.0
_PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class CheckParameters:
    """How long each part is tried."""

    listen_s: float = 5.0
    stream_s: float = 10.0  # per rate
    log_s: float = 20.0
    exchanges: int = 100
    blink_s: float = 3.0
    away_s: float = 90.0  # for a person to walk out of reach
    back_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Logged:
    """How long a sensor has logged, as far as the computer knows that asked it to begin and to end."""

    least_s: float
    most_s: float


class Attendant(Protocol):
    """Whoever stands beside the sensor. Each answers None where nobody is there."""

    async def saw_blinking(self) -> bool | None: ...

    async def carry_away(self) -> bool | None:
        """Ask for the sensor to be out of reach; returns at once."""
        ...

    async def carry_back(self) -> bool | None: ...


class Bench:
    """Holds the connection between trials. Call `tidy` at the end, whatever happened."""

    def __init__(
        self, reach: Reach, found: Met, *, attendant: Attendant, parameters: CheckParameters
    ) -> None:
        self.reach = reach
        self.found = found
        self.attendant = attendant
        self.parameters = parameters
        self.logged = Logged(0.0, 0.0)  # the last log of this check
        self.own_log = False  # a log of this check lies on the sensor
        self._open = AsyncExitStack()
        self._sensor: Sensor | None = None

    @property
    def connected(self) -> bool:
        return self._sensor is not None

    @property
    def sensor(self) -> Sensor:
        if self._sensor is None:
            raise LinkLostError("not connected")
        return self._sensor

    async def connect(self) -> None:
        self._sensor = await self._open.enter_async_context(self.reach.open(self.found))

    async def disconnect(self) -> None:
        self._sensor = None
        closing, self._open = self._open, AsyncExitStack()
        with suppress(SensorError):
            await closing.aclose()

    async def connect_again(self, *, within_s: float) -> None:
        """Look for it and connect, until that works. Raises the last SensorError after `within_s`."""
        await self.disconnect()
        loop = asyncio.get_running_loop()
        ends = loop.time() + within_s
        while True:
            try:
                self.found = await self._heard()
                await self.connect()
            except SensorError:
                if loop.time() > ends:
                    raise
                await asyncio.sleep(_PAUSE_S)
            else:
                return

    async def tidy(self) -> None:
        """Leave nothing of this check on the sensor. Raises SensorError where that is not possible."""
        try:
            if self.own_log:
                if not self.connected:
                    await self.connect_again(within_s=self.parameters.back_s)
                await self._remove_own_log()
        except SensorError as error:
            raise SensorError(
                f"the log of this check could not be removed from the sensor ({error}); restride sync does it"
            ) from error
        finally:
            await self.disconnect()

    async def _remove_own_log(self) -> None:
        """Erase the log that this check made; a sensor may want every byte of it confirmed first."""
        await self.sensor.stop_log()
        try:
            await self.sensor.erase_log()
        except LinkLostError:
            raise
        except SensorError:
            async for part in self.sensor.download(held=0):
                await self.sensor.confirm(part)
            await self.sensor.erase_log()
        self.own_log = False

    async def _heard(self) -> Met:
        if isinstance(self.found, Plugged):
            return await self._plugged_again(self.found)
        address = self.found.address
        heard = await self.reach.listen(seconds=_LISTEN_S, enough=lambda all_: address in all_)
        found = next((each for each in heard if each.address == address), None)
        if found is None:
            raise SensorError(f"not heard again within {_LISTEN_S:g} s")
        return found

    async def _plugged_again(self, before: Plugged) -> Plugged:
        """The port may have another name by now."""
        plugged, problems = await self.reach.plugged()
        again = next((each for each in plugged if each.serial == before.serial), None)
        if again is None:
            raise SensorError(f"{before}: no longer plugged in {'; '.join(problems)}".rstrip())
        return again
