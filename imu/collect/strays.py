"""Sensors that hold a run which this computer knows nothing of: armed elsewhere, or its folder was lost."""

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from imu.collect.reach import Met, Reach
from imu.collect.session import Session, Worn
from imu.devices.host_clock import HostClock
from imu.devices.sensor import Coding, Identity, LogStatus, Settings
from imu.errors import SensorError
from imu.radio.scan import Found


@dataclass(frozen=True, slots=True)
class Stray:
    """A sensor with a log, and how that is read, where the sensor still knows."""

    identity: Identity
    log: LogStatus

    def __str__(self) -> str:
        return f"{self.identity.model} {self.identity.serial}"


async def strays(reach: Reach) -> tuple[list[Stray], list[str]]:
    """All in reach, and what kept others from being asked."""
    holding: list[Stray] = []
    plugged, problems = await reach.plugged()
    in_reach: list[Met] = [*plugged, *await _heard(reach, problems, is_needed=not plugged)]
    for found in in_reach:
        try:
            async with reach.open(found) as sensor:
                if sensor.identity.serial in {stray.identity.serial for stray in holding}:
                    continue  # over the air, and on a cable already
                log = await sensor.log_status()
                if log.running or log.used:
                    holding.append(Stray(sensor.identity, log))
        except SensorError as error:
            problems.append(str(error))
    return holding, problems


async def _heard(reach: Reach, problems: list[str], *, is_needed: bool) -> list[Found]:
    """Over the air; a computer without Bluetooth still has its cables."""
    try:
        return await reach.listen()
    except SensorError as error:
        if is_needed:
            raise
        problems.append(str(error))
        return []


def session_of(
    worn: Mapping[str, Stray], *, skews_ppm: Mapping[str, float | None], clock: HostClock, version: str
) -> Session:
    """A session for what they hold, by placement. It is dated now: when they were armed, nobody knows.

    skews_ppm: of their clocks, by serial number, where another day measured them.
    """
    now_ns = clock.now_ns()
    codings = [coding for stray in worn.values() if (coding := stray.log.coding) is not None]
    return Session(
        start=datetime.fromtimestamp(now_ns * 1e-9).astimezone(),
        start_ns=now_ns,
        mode="log",
        worn={
            placement: Worn(stray.identity, skew_ppm=skews_ppm.get(stray.identity.serial))
            for placement, stray in worn.items()
        },
        settings=_settings(codings[0]),
        host=f"{platform.system()} {platform.release()}",
        version=version,
    )


def _settings(coding: Coding) -> Settings:
    return Settings(coding.rate_hz, coding.acc_range_g, coding.gyr_range_dps)
