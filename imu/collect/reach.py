"""The sensors in reach: finding those that are worn, and opening them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, suppress
from dataclasses import dataclass

from imu.collect import cable
from imu.collect.cable import Cables, Plugged, Ports
from imu.collect.registry import PairedSensor
from imu.devices.esp32 import device as esp32, gatt as esp32_gatt
from imu.devices.host_clock import HostClock
from imu.devices.link import Link
from imu.devices.metamotion import device as metamotion, gatt as metamotion_gatt
from imu.devices.sensor import Identity, Kind, Sensor
from imu.devices.standard import reference
from imu.devices.standard.reference import ReferenceDevice, ReferenceKind
from imu.errors import SensorError, WrongSensorError
from imu.radio.connect import BleLink, Patience, connect
from imu.radio.radio import Radio
from imu.radio.scan import Found, find, watch

SCAN_S = 5.0
RESCAN_S = 5.0
REFERENCE_S = 4.0  # they advertise several times a second
_SHORT = Patience(connect_s=8.0, answer_s=5.0)  # whoever is no sensor of ours does not hold up those that are
_WAKE = (
    "Wake it, bring it within 2 m, and end its connection to any other phone or computer: "
    "while connected it does not show itself"
)


@dataclass(frozen=True, slots=True)
class Driver:
    """How sensors of one kind are recognised in the air, and opened once connected."""

    kind: Kind
    service: str
    opened: Callable[..., AbstractAsyncContextManager[Sensor]]


DRIVERS = (
    Driver("metamotion", metamotion_gatt.SERVICE, metamotion.opened),
    Driver("esp32", esp32_gatt.SERVICE, esp32.opened),
)
SERVICES = tuple(driver.service for driver in DRIVERS)
ALL_SERVICES = (*SERVICES, *reference.SERVICES)  # with heart-rate straps and foot pods


def driver_of(found: Found) -> Driver:
    """The driver for what was heard."""
    driver = next((d for d in DRIVERS if d.service in found.services), None)
    if driver is None:
        raise SensorError(f"{found}: is no sensor that restride knows")
    return driver


def reference_kind(found: Found) -> ReferenceKind | None:
    """The kind of reference device that was heard; None for a sensor of ours, whatever else it offers."""
    return None if set(SERVICES) & set(found.services) else reference.kind_of(found.services)


Met = Found | Plugged  # over the air, or at the end of a cable


def radio_address(met: Met) -> str | None:
    """Where it is on the air; nothing is known of it at the end of a cable."""
    return met.address if isinstance(met, Found) else None


def where(met: Met) -> str:
    """Its address on the air, or the port of its cable."""
    return met.address if isinstance(met, Found) else met.port


@dataclass(frozen=True, slots=True)
class Missing:
    """Who was looked for and not heard."""

    sensors: tuple[PairedSensor, ...]
    heard: tuple[str, ...]  # who instead, or what became of asking
    seconds: float

    def __bool__(self) -> bool:
        return bool(self.sensors)

    @property
    def sentence(self) -> str:
        """Who, what was heard instead, and what to do."""
        who = " and ".join(f"{sensor.name} ({sensor.model} {sensor.serial})" for sensor in self.sensors)
        return f"{who}: not found in {self.seconds:g} s; heard {_listed(self.heard)}. {_WAKE}"


class Reach:
    """What one radio hears of our sensors, and who is plugged in. Belongs to the event loop of its radio.

    A sensor at the end of a cable is preferred to the same one over the air.
    """

    def __init__(self, radio: Radio, *, clock: HostClock, ports: Ports = cable.ports) -> None:
        self._radio = radio
        self._clock = clock
        self._cables = Cables(clock=clock, ports=ports)
        self._placed: dict[str, Met] = {}
        self._links: dict[str, BleLink | None] = {}  # of those that are open
        self._wanted: dict[str, PairedSensor] = {}  # by placement
        self._stale: set[str] = set()  # placements whose last connection failed: look for them anew

    async def listen(
        self,
        *,
        seconds: float = SCAN_S,
        services: Sequence[str] = SERVICES,
        enough: Callable[[Mapping[str, Found]], bool] = lambda _: False,
        hear: Callable[[Found], None] = lambda _: None,
    ) -> list[Found]:
        """All sensors heard within so many seconds, or until it is `enough`; the nearest first.

        hear: called at once with a sensor that was not heard before.
        """
        heard: dict[str, Found] = {}
        with suppress(TimeoutError):
            async with (
                asyncio.timeout(seconds),
                aclosing(watch(self._radio, services=services)) as sensors,
            ):
                async for found in sensors:
                    if found.address not in heard:
                        hear(found)
                    heard[found.address] = found
                    if enough(heard):
                        break
        return sorted(heard.values(), key=lambda found: -found.rssi_dbm)

    async def plugged(self) -> tuple[list[Plugged], list[str]]:
        """Who is at the end of a cable; and what is wrong with other cables."""
        return await self._cables.plugged()

    @asynccontextmanager
    async def open(self, found: Met) -> AsyncIterator[Sensor]:
        """Connect to a sensor that was met, and greet it."""
        async with self._opened(found) as (sensor, _):
            yield sensor

    @asynccontextmanager
    async def _opened(self, found: Met) -> AsyncIterator[tuple[Sensor, BleLink | None]]:
        """With its link over the air, if that is where it is."""
        if isinstance(found, Plugged):
            async with self._cables.open(found) as sensor:
                yield sensor, None
            return
        driver = driver_of(found)
        async with (
            connect(found, radio=self._radio, clock=self._clock) as link,
            driver.opened(link, clock=self._clock) as sensor,
        ):
            yield sensor, link

    @asynccontextmanager
    async def open_reference(self, found: Found) -> AsyncIterator[ReferenceDevice]:
        """Connect to a heart-rate strap or a foot pod that was heard."""
        kind = reference_kind(found)
        if kind is None:
            raise SensorError(f"{found}: is neither a heart-rate strap nor a foot pod")
        link: Link
        async with (
            connect(found, radio=self._radio, clock=self._clock, patience=_SHORT) as link,
            reference.opened(link, kind, name=found.name, address=found.address) as device,
        ):
            yield device

    @asynccontextmanager
    async def paired_reference(self, sensor: PairedSensor) -> AsyncIterator[ReferenceDevice]:
        """Look for a paired strap or pod, and connect to it."""
        found = await find(
            self._radio,
            lambda other: reference_kind(other) == sensor.kind and sensor.address in (None, other.address),
            what=f"{sensor.name} ({sensor.model})",
            seconds=REFERENCE_S,
            services=reference.SERVICES,
        )
        async with self.open_reference(found) as device:
            yield device

    async def identify(self, found: Met) -> Identity:
        """Ask a sensor who it is."""
        async with self.open(found) as sensor:
            return sensor.identity

    async def meet(
        self, serial: str, *, address: str | None = None, seconds: float = SCAN_S
    ) -> tuple[Met, Identity]:
        """The sensor of this serial number, however it is spelled; `address` is where it was met last.

        Raises SensorError that names the sensors that were met instead.
        """
        for plugged in (await self.plugged())[0]:
            if plugged.serial.casefold() == serial.casefold():
                return plugged, await self.identify(plugged)
        heard = await self.listen(seconds=seconds, enough=lambda all_: address in all_)
        met = []
        for found in sorted(heard, key=lambda found: found.address != address):
            try:
                identity = await self.identify(found)
            except SensorError as error:
                met.append(str(error))
                continue
            if identity.serial.casefold() == serial.casefold():
                return found, identity
            met.append(f"{identity.model} {identity.serial}")
        raise SensorError(f"{serial}: not found in {seconds:g} s; met {_listed(met)}. {_WAKE}")

    async def locate(self, wanted: Iterable[PairedSensor], *, seconds: float = SCAN_S) -> dict[str, Met]:
        """Find paired sensors, by placement; afterwards they can be opened with `placed`.

        Raises SensorError that names who is missing and what was heard instead.
        """
        if missing := await self.look_for(wanted, seconds=seconds):
            raise SensorError(missing.sentence)
        return dict(self._placed)

    async def look_for(self, wanted: Iterable[PairedSensor], *, seconds: float = SCAN_S) -> "Missing":
        """Like `locate`, content with those that are there.

        Addresses are hints: a sensor that is not where it was met last is looked for among the others.
        """
        missing = {sensor.serial: sensor for sensor in wanted}
        self._wanted |= {sensor.placement: sensor for sensor in missing.values()}
        met = await self._place_plugged(missing)
        if not missing:
            return Missing((), tuple(met), 0.0)
        hinted = {sensor.address: sensor for sensor in missing.values() if sensor.address}
        heard = await self.listen(
            seconds=seconds, enough=lambda all_: len(hinted) == len(missing) and hinted.keys() <= all_.keys()
        )
        strangers = []
        for found in heard:
            if (sensor := hinted.get(found.address)) is not None:
                self._placed[sensor.placement] = found
                del missing[sensor.serial]
            else:
                strangers.append(found)
        met += [str(found) for found in heard if found not in strangers]
        for found in strangers if missing else ():
            try:
                serial = (await self.identify(found)).serial
            except SensorError as error:  # somebody else's, busy, or too old: that may be why
                met.append(str(error))
                continue
            met.append(str(found))
            if (sensor := missing.pop(serial, None)) is not None:
                self._placed[sensor.placement] = found
            if not missing:
                break
        return Missing(tuple(missing.values()), tuple(met), seconds)

    def addresses(self) -> dict[str, str]:
        """Where the sensors that were found are on the air, by placement."""
        addresses = {placement: radio_address(met) for placement, met in self._placed.items()}
        return {placement: address for placement, address in addresses.items() if address}

    @asynccontextmanager
    async def placed(self, placement: str) -> AsyncIterator[Sensor]:
        """Connect to the sensor that was located for a placement; heard anew if that failed before."""
        if placement in self._stale:
            await self._place_again(placement)
        self._stale.add(placement)
        async with self._opened(self._placed[placement]) as (sensor, link):
            self._stale.discard(placement)
            self._links[placement] = link
            try:
                self._check_serial(sensor, placement)
                yield sensor
            finally:
                del self._links[placement]

    def _check_serial(self, sensor: Sensor, placement: str) -> None:
        """An address may have come to another sensor since: left and right would change places unseen."""
        found, wanted = sensor.identity.serial, self._wanted[placement].serial
        if found != wanted:
            raise WrongSensorError(
                f"{placement}: this is sensor {found}, not {wanted} that is worn there; run: restride pair"
            )

    async def signal_dbm(self, placement: str) -> int | None:
        """How strongly a sensor that is open at a placement is heard; None where nobody can tell."""
        link = self._links.get(placement)
        return None if link is None else await link.signal_dbm()

    async def _place_again(self, placement: str) -> None:
        """A cable may have been pulled or plugged in since, a sensor carried away."""
        sensor, before = self._wanted[placement], self._placed[placement]
        missing = {sensor.serial: sensor}
        await self._place_plugged(missing)
        if not missing:
            return
        if isinstance(before, Plugged):
            await self.locate([sensor], seconds=RESCAN_S)
            return
        self._placed[placement] = await find(
            self._radio,
            lambda other: other.address == before.address,
            what=str(before),
            seconds=RESCAN_S,
            services=SERVICES,
        )

    async def _place_plugged(self, missing: dict[str, PairedSensor]) -> list[str]:
        """Take who is plugged in off `missing`, which is by serial; tells who is, and what is wrong."""
        plugged, problems = await self.plugged()
        for each in plugged:
            if (sensor := missing.pop(each.serial, None)) is not None:
                self._placed[sensor.placement] = each
        return [*map(str, plugged), *problems]


def _listed(sensors: Iterable[str]) -> str:
    return ", ".join(sensors) or "no sensor at all"
