"""`restride arm`: sensors log the coming run on board, without phone or laptop."""

import json
import platform
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

import imu
from imu.cli.bluetooth import Air, RadioOption, VirtualOption, VirtualWorld, air
from imu.cli.run_options import (
    AthleteOption,
    LoggedMinutesOption,
    LoggedRateOption,
    NotesOption,
    OnlyOption,
    SpeedOption,
)
from imu.cli.told import echo
from imu.cli.wearing import places, remember, remember_batteries, worn_sensors

if TYPE_CHECKING:
    from pathlib import Path

    from imu.collect.arming import Armed
    from imu.collect.reach import Reach
    from imu.collect.registry import PairedSensor
    from imu.collect.session import Session, Worn
    from imu.devices.sensor import Settings
    from imu.recording import Body

# A MetaMotion sends an hour at 200 Hz for an hour and a half afterwards: half the rate is the better bargain.
_USUAL_RATE_HZ = {"metamotion": 100.0, "esp32": 200.0}

_STANDS_S = 30.0  # a virtual runner waits until all are armed


def arm(
    minutes: LoggedMinutesOption = 90.0,
    rate: LoggedRateOption = None,
    only: OnlyOption = None,
    speed: SpeedOption = None,
    athlete: AthleteOption = None,
    notes: NotesOption = None,
    radio: RadioOption = "system",
    virtual: VirtualOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was armed as JSON.")] = False,
) -> None:
    """Have sensors log the coming run.

    They log without phone or laptop until `restride sync` fetches the run. Stand still for five seconds
    before you start: all angles are measured from it.

    Example:  restride arm --minutes 60
    """
    from imu.collect.cable import HAS_CABLE
    from imu.collect.enough import sync_minutes
    from imu.devices.sensor import Settings
    from imu.signal.quality import CONTACT_RATE_HZ, PEAK_RATE_HZ

    def run_now(world: VirtualWorld) -> None:
        world.will_run(f"stand:12,run:{60 * minutes:g}@3,stand:10", stands_s=_STANDS_S)

    with air(radio=radio, virtual=virtual, prepare=run_now) as here:
        worn = worn_sensors(here, only or ())
        kinds = {sensor.kind for sensor in worn.values()}
        settings = Settings(rate_hz=float(rate or min(_USUAL_RATE_HZ[kind] for kind in kinds)))
        session = partial(
            log_session, here, settings=settings, athlete=athlete, notes=notes, reference_speed_mps=speed
        )
        folder = places(here, datetime.now().astimezone(), None).session
        armed = arm_sensors(here, worn, folder, settings=settings, minutes=minutes, session=session)
    longest = max(sync_minutes(one.sensor.identity.kind, settings, minutes) for one in armed)
    if as_json:
        told = [
            {
                "placement": a.placement,
                "serial": a.sensor.identity.serial,
                "battery_percent": a.battery.percent,
            }
            for a in armed
        ]
        echo(json.dumps({"session": folder.name, "rate_hz": settings.rate_hz, "armed": told}, indent=2))
        return
    for one in armed:
        echo(f"{one.placement}: logging at {one.coding.rate_hz:g} Hz, battery {one.battery.percent:.0f} %")
    if CONTACT_RATE_HZ <= settings.rate_hz < PEAK_RATE_HZ and not worn.keys() <= {"pelvis"}:
        echo("Impact is not measured at this rate. With --rate 200 it is; fetching takes longer then.")
    echo("Stand still for five seconds, then run. Afterwards: restride sync")
    by_cable = any(one.sensor.identity.model == HAS_CABLE for one in armed)
    echo(
        f"Fetching {minutes:g} min will take about {longest:.0f} min per sensor"
        f"{', a few on the USB cable of a MetaMotion S' if by_cable else ''}.",
        err=True,
    )


def arm_sensors(
    here: Air,
    worn: Mapping[str, "PairedSensor"],
    folder: "Path",
    *,
    settings: "Settings",
    minutes: float,
    session: "Callable[[Mapping[str, Worn]], Session]",
) -> "list[Armed]":
    """Find these sensors and have them log, as a session in `folder`."""
    return here.run(
        partial(
            _arm, here=here, worn=worn, folder=folder, settings=settings, minutes=minutes, session=session
        )
    )


async def _arm(
    reach: "Reach",
    *,
    here: Air,
    worn: Mapping[str, "PairedSensor"],
    folder: "Path",
    settings: "Settings",
    minutes: float,
    session: "Callable[[Mapping[str, Worn]], Session]",
) -> "list[Armed]":
    from imu.collect.arming import arm as start_together

    await reach.locate(worn.values())
    armed = await start_together(
        {placement: sensor.mount_height_m for placement, sensor in worn.items()},
        folder,
        opener=reach.placed,
        settings=settings,
        minutes=minutes,
        clock=here.clock,
        session=session,
        remembered={placement: sensor.calibration for placement, sensor in worn.items()},
        tell=lambda line: echo(line, err=True),
    )
    remember(here, {one.placement: one.sensor for one in armed}, reach.addresses())
    remember_batteries(here.home, {one.placement: one.battery.percent for one in armed})
    return armed


def log_session(
    here: Air,
    worn: "Mapping[str, Worn]",
    *,
    settings: "Settings",
    athlete: str | None = None,
    notes: str | None = None,
    reference_speed_mps: float | None = None,
    body: "Body | None" = None,
) -> "Session":
    """What is known before sensors log, from now on."""
    from imu.collect.session import Session
    from imu.recording import Body

    return Session(
        start=datetime.fromtimestamp(here.clock.now_ns() * 1e-9).astimezone(),
        start_ns=here.clock.now_ns(),
        mode="log",
        worn=worn,
        settings=settings,
        host=f"{platform.system()} {platform.release()}",
        version=imu.__version__,
        athlete=athlete,
        notes=notes,
        reference_speed_mps=reference_speed_mps,
        body=body or Body(),
    )
