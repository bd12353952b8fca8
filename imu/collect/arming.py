"""Before a run without phone or laptop: sensors log on board, and when they began is kept."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from imu.collect.enough import battery_fault, memory_fault
from imu.collect.keeper import BURST
from imu.collect.records import Coded, Event
from imu.collect.session import Session, Worn, create_session, journal_path
from imu.collect.writer import JournalWriter
from imu.devices.host_clock import HostClock
from imu.devices.sensor import Battery, Coding, Sensor, Settings
from imu.errors import SensorError

SensorOpener = Callable[[str], AbstractAsyncContextManager[Sensor]]  # of the sensor worn at a placement


@dataclass(frozen=True, slots=True)
class Armed:
    """One sensor that logs now."""

    placement: str
    sensor: Worn
    battery: Battery
    coding: Coding


async def arm(
    placements: Mapping[str, float | None],
    folder: Path,
    *,
    opener: SensorOpener,
    settings: Settings,
    minutes: float,
    clock: HostClock,
    session: Callable[[Mapping[str, Worn]], Session],
    tell: Callable[[str], None] = lambda _line: None,
) -> list[Armed]:
    """Start logging on all of them, or on none.

    placements: mount height of each sensor to arm. Everything is checked on every sensor before the first one
    starts; if one fails to start, those before it are stopped and freed again: nothing was run with them yet.
    """
    async with AsyncExitStack() as connections:
        sensors = {p: await connections.enter_async_context(opener(p)) for p in placements}
        for placement, sensor in sensors.items():
            tell(f"{placement}: checking {sensor.identity.model}")
            await _check(placement, sensor, settings, minutes)
        worn = {p: Worn(sensor.identity, placements[p]) for p, sensor in sensors.items()}
        create_session(folder, session(worn))
        armed: list[Armed] = []
        try:
            for placement, sensor in sensors.items():
                armed.append(await _start(placement, sensor, worn[placement], folder, settings, clock))
                tell(f"{placement}: logging")
        except BaseException:
            for placement in placements:
                with suppress(SensorError):
                    await sensors[placement].stop_log()
                    await sensors[placement].erase_log()
            raise
        return armed


async def _check(placement: str, sensor: Sensor, settings: Settings, minutes: float) -> None:
    status = await sensor.log_status()
    if status.running or status.used:
        state = "is logging a run" if status.running else "holds a run that was not synced"
        raise SensorError(f"{placement}: {sensor.identity.serial} {state}; save it first: restride sync")
    kind = sensor.identity.kind
    if fault := memory_fault(kind, settings, minutes, status):
        raise SensorError(f"{placement}: {fault}")
    if fault := battery_fault(kind, await sensor.battery(), minutes, logging=True):
        raise SensorError(f"{placement}: {fault}")


async def _start(
    placement: str, sensor: Sensor, worn: Worn, folder: Path, settings: Settings, clock: HostClock
) -> Armed:
    battery = await sensor.battery()
    with JournalWriter(journal_path(folder, placement)) as journal:
        coding = await sensor.start_log(settings)
        journal.append(Coded(clock.now_ns(), coding))
        journal.append(Event(clock.now_ns(), "battery", {"percent": battery.percent}))
        for _ in range(BURST):
            journal.append(await sensor.exchange())
    return Armed(placement, worn, battery, coding)
