"""Which sensors are in the air."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imu.errors import SensorError, printable
from imu.radio.radio import Radio

if TYPE_CHECKING:
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData


@dataclass(frozen=True, slots=True)
class Found:
    """One sensor as it was last heard."""

    address: str  # macOS gives every computer another one
    name: str  # "" where none was told
    rssi_dbm: int
    services: tuple[str, ...]  # advertised, 128 bits, lower case
    manufacturer_data: Mapping[int, bytes]
    device: "BLEDevice" = field(repr=False, compare=False)  # what connecting needs

    def __str__(self) -> str:
        return f"{self.name or 'unnamed'} ({self.address})"


async def scan(radio: Radio, *, seconds: float, services: Sequence[str] = ()) -> list[Found]:
    """Everything that advertises one of `services` (any, where none are given), the nearest first."""
    seen: dict[str, Found] = {}
    async with _listening(radio, services) as next_heard:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    found = await next_heard()
                    seen[found.address] = found
    return sorted(seen.values(), key=lambda found: -found.rssi_dbm)


async def find(
    radio: Radio,
    wanted: Callable[[Found], bool],
    *,
    what: str,
    seconds: float,
    services: Sequence[str] = (),
) -> Found:
    """The first that is `wanted`, as soon as it is heard. `what` it is goes into the error's text."""
    seen: dict[str, Found] = {}
    async with _listening(radio, services) as next_heard:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not wanted(found := await next_heard()):
                    seen[found.address] = found
                return found
    others = ", ".join(sorted(map(str, seen.values()))) or "nothing at all"
    raise SensorError(
        f"{what}: not found in {seconds:g} s; seen: {others}. Wake it, bring it within 2 m,"
        " and end its connection to any other phone or computer: while connected it does not show itself"
    )


async def watch(radio: Radio, *, services: Sequence[str] = ()) -> AsyncGenerator[Found]:
    """Each sensor whenever it is heard anew, until the iterator is closed.

    A slow reader sees the newest state of each sensor, not every advertisement. Pauses while this radio
    connects; whoever else scans with the same radio waits for the end of this.
    """
    async with _listening(radio, services) as next_heard:
        while True:
            yield await next_heard()


@asynccontextmanager
async def _listening(radio: Radio, services: Sequence[str]) -> AsyncIterator[Callable[[], Awaitable[Found]]]:
    from bleak import BleakScanner

    news: dict[str, Found] = {}  # by address, so it cannot outgrow the number of sensors
    arrived = asyncio.Event()

    def heard(device: "BLEDevice", advertised: "AdvertisementData") -> None:
        news[device.address] = _found(device, advertised)
        arrived.set()

    async def next_heard() -> Found:
        while not news:
            arrived.clear()
            await arrived.wait()
        return news.pop(next(iter(news)))

    scanner = BleakScanner(heard, list(services) or None, **radio.scanner_options())
    async with radio.scanning(scanner):
        yield next_heard


def _found(device: "BLEDevice", advertised: "AdvertisementData") -> Found:
    return Found(
        address=device.address,
        # The name may come only with the scan response; the system remembers it.
        name=printable((advertised.local_name or device.name or "").strip("\0 ")),
        rssi_dbm=advertised.rssi,
        services=tuple(advertised.service_uuids),
        manufacturer_data=dict(advertised.manufacturer_data),
        device=device,
    )
