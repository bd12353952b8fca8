"""Which sensors are in the air."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imu.errors import SensorError
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
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds), aclosing(watch(radio, services=services)) as heard:
            async for found in heard:
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
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds), aclosing(watch(radio, services=services)) as heard:
            async for found in heard:
                if wanted(found):
                    return found
                seen[found.address] = found
    others = ", ".join(sorted(map(str, seen.values()))) or "nothing at all"
    raise SensorError(
        f"{what}: not found in {seconds:g} s; seen: {others}. Wake it, bring it within 2 m,"
        " and end its connection to any other phone or computer: while connected it does not show itself"
    )


async def watch(radio: Radio, *, services: Sequence[str] = ()) -> AsyncGenerator[Found]:
    """Each sensor whenever it is heard anew, until the iterator is closed.

    A slow reader sees the newest state of each sensor, not every advertisement. Pauses while this radio
    connects; a second watch on the same radio waits for the end of the first.
    """
    from bleak import BleakScanner

    news: dict[str, Found] = {}  # by address, so it cannot outgrow the number of sensors
    arrived = asyncio.Event()

    def heard(device: "BLEDevice", advertised: "AdvertisementData") -> None:
        news[device.address] = _found(device, advertised)
        arrived.set()

    scanner = BleakScanner(heard, list(services) or None, **radio.scanner_options())
    async with radio.scanning(scanner):
        while True:
            await arrived.wait()
            arrived.clear()
            while news:
                yield news.pop(next(iter(news)))


def _found(device: "BLEDevice", advertised: "AdvertisementData") -> Found:
    return Found(
        address=device.address,
        # The name may come only with the scan response; the system remembers it.
        name=advertised.local_name or device.name or "",
        rssi_dbm=advertised.rssi,
        services=tuple(advertised.service_uuids),
        manufacturer_data=dict(advertised.manufacturer_data),
        device=device,
    )
