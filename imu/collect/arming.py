"""Before a run without phone or laptop: sensors log on board, and when they began is kept."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from imu.collect.bursts import LOG_COUNT, exchange_burst
from imu.collect.enough import battery_fault, memory_fault
from imu.collect.logged import give_up_older
from imu.collect.records import Coded, Event
from imu.collect.session import Session, Worn, create_session, journal_path, remove_session
from imu.collect.together import together
from imu.collect.writer import JournalWriter, opened_journal
from imu.devices.calibration import ChipCalibration
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
    remembered: Mapping[str, ChipCalibration | None] = MappingProxyType({}),
    tell: Callable[[str], None] = lambda _line: None,
) -> list[Armed]:
    """Start logging on all of them, or on none.

    placements: mount height of each sensor to arm; remembered: their calibrations, as far as they are known
    here. Everything is checked on every sensor before the first one starts; if one fails to start, or
    somebody interrupts it, those that had begun are stopped and freed again: nothing was run with them yet.
    Which of them could not be is in the error, or told.
    """
    logging: list[str] = []
    with _naming(logging, tell):
        async with AsyncExitStack() as connections:
            sensors = {p: await connections.enter_async_context(opener(p)) for p in placements}
            tell(f"Checking {', '.join(sensors)} ...")
            batteries = await together(_checked(p, s, settings, minutes) for p, s in sensors.items())
            known = await together(sensor.calibration(remembered.get(p)) for p, sensor in sensors.items())
            in_force = dict(zip(sensors, known, strict=True))
            worn = {p: Worn(sensor.identity, placements[p]) for p, sensor in sensors.items()}
            # They are empty: what an armed run of before still waits for will never come.
            serials = {one.identity.serial for one in worn.values()}
            await asyncio.to_thread(give_up_older, folder.parent, serials, now_ns=clock.now_ns())
            create_session(folder, session(worn))
            try:
                codings = await _started(
                    sensors, folder, in_force, settings=settings, clock=clock, logging=logging, tell=tell
                )
            except BaseException as error:
                if logging:
                    tell("Stopping and freeing what had begun ...")
                await _free_again(sensors, logging)
                if not logging:
                    remove_session(folder)
                elif isinstance(error, SensorError):
                    raise SensorError(f"{error}; {_left_logging(logging)}") from error
                raise
    return [
        Armed(p, worn[p], battery, coding)
        for p, battery, coding in zip(worn, batteries, codings, strict=True)
    ]


@contextmanager
def _naming(logging: Sequence[str], tell: Callable[[str], None]) -> Iterator[None]:
    """Whatever ends it, above all Ctrl-C: say what is left behind."""
    try:
        yield
    except SensorError:  # says so itself
        raise
    except BaseException:
        if logging:
            tell(_left_logging(logging))
        raise


def _left_logging(placements: Sequence[str]) -> str:
    return f"{' and '.join(placements)} may be logging: restride sync stops and frees what does"


async def _checked(placement: str, sensor: Sensor, settings: Settings, minutes: float) -> Battery:
    status = await sensor.log_status()
    if status.running or status.used:
        state = "is logging a run" if status.running else "holds a run that was not synced"
        raise SensorError(f"{placement}: {sensor.identity.serial} {state}; save it first: restride sync")
    kind, battery = sensor.identity.kind, await sensor.battery()
    fault = memory_fault(kind, settings, minutes, status)
    if fault := fault or battery_fault(kind, battery, minutes, logging=True):
        raise SensorError(f"{placement}: {fault}")
    return battery


async def _started(
    sensors: Mapping[str, Sensor],
    folder: Path,
    in_force: Mapping[str, ChipCalibration | None],
    *,
    settings: Settings,
    clock: HostClock,
    logging: list[str],
    tell: Callable[[str], None],
) -> list[Coding]:
    """First all of them, one right after the other; then their clocks are read. Who is asked is `logging`."""
    async with AsyncExitStack() as open_files:
        journals = {
            p: await open_files.enter_async_context(opened_journal(journal_path(folder, p))) for p in sensors
        }  # a full disk shows before anything logs
        codings = []
        for placement, sensor in sensors.items():
            logging.append(placement)
            coding = replace(await sensor.start_log(settings), calibration=in_force[placement])
            journals[placement].append(Coded(clock.now_ns(), coding))
            await asyncio.to_thread(journals[placement].sync)
            codings.append(coding)
        tell("Reading their clocks ...")
        await together(_clock_read(sensor, journals[p], clock=clock) for p, sensor in sensors.items())
        return codings


async def _clock_read(sensor: Sensor, journal: JournalWriter, *, clock: HostClock) -> None:
    journal.append(Event(clock.now_ns(), "battery", {"percent": (await sensor.battery()).percent}))
    for exchange in await exchange_burst(sensor, count=LOG_COUNT):
        journal.append(exchange)


async def _free_again(sensors: Mapping[str, Sensor], logging: list[str]) -> None:
    """Stop and erase what has just begun; those that could not be reached for it stay `logging`."""
    for placement in tuple(logging):
        sensor = sensors[placement]
        with suppress(SensorError):
            await sensor.stop_log()
            async for part in sensor.download(held=0):  # seconds: some sensors erase only what was copied
                await sensor.confirm(part)
            await sensor.erase_log()
            logging.remove(placement)
