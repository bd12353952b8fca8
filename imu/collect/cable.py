"""Sensors on a USB cable: who is plugged in, and a connection that is faster than any over the air."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from imu.devices.host_clock import HostClock
from imu.devices.metamotion import device as metamotion, gatt, usb
from imu.devices.sensor import Sensor
from imu.errors import SensorError

HAS_CABLE = "MetaMotion S"  # the only model that is read over its cable
Ports = Callable[[], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Plugged:
    """A sensor at the end of a cable."""

    port: str
    serial: str

    def __str__(self) -> str:
        return f"{self.serial} on {self.port}"


def ports() -> Sequence[str]:
    """Where a sensor that has a cable is plugged in; none where the package for it is missing."""
    return usb.ports() if usb.is_available() else ()


class Cables:
    """The cables of this computer. A port that is open here is not asked again who is there."""

    def __init__(self, *, clock: HostClock, ports: Ports = ports) -> None:
        self._clock = clock
        self._ports = ports
        self._known: dict[str, Plugged] = {}  # those that are open

    async def plugged(self) -> tuple[list[Plugged], list[str]]:
        """All that say who they are; and why others did not."""
        found, problems = [], []
        for port in self._ports():
            if port in self._known:
                found.append(self._known[port])
                continue
            try:
                async with usb.opened_link(port, clock=self._clock) as link:
                    found.append(Plugged(port, (await link.read(gatt.SERIAL_NUMBER)).decode()))
            except SensorError as error:
                problems.append(str(error))
        return found, problems

    @asynccontextmanager
    async def open(self, plugged: Plugged) -> AsyncIterator[Sensor]:
        """The sensor at the end of this cable. Raises SensorError where another is there by now."""
        async with AsyncExitStack() as stack:
            link = await stack.enter_async_context(usb.opened_link(plugged.port, clock=self._clock))
            sensor = await stack.enter_async_context(metamotion.opened(link, clock=self._clock))
            if sensor.identity.serial != plugged.serial:
                raise SensorError(f"{plugged}: {sensor.identity.serial} is plugged in there by now")
            self._known[plugged.port] = plugged
            stack.callback(self._known.pop, plugged.port)
            yield sensor
