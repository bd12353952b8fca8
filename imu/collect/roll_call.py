"""Who is in reach, and how are they? Every sensor is asked as soon as it is heard."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from imu.collect.reach import ALL_SERVICES, Met, Reach, reference_kind, where
from imu.devices.sensor import Battery, Identity, LogStatus
from imu.devices.standard.reference import ReferenceIdentity
from imu.errors import SensorError
from imu.radio.scan import Found

_AT_ONCE = 3  # connections that a cheap adapter still holds; a MetaMotion takes seconds to tell of its log


@dataclass(frozen=True, slots=True)
class Present:
    """One sensor in reach, as far as it has answered."""

    found: Met
    identity: Identity | None = None
    battery: Battery | None = None
    log: LogStatus | None = None
    reference: ReferenceIdentity | None = None  # of a heart-rate strap or a foot pod
    problem: str | None = None  # why it did not answer


async def roll_call(
    reach: Reach,
    *,
    seconds: float,
    quick: bool = False,
    show: Callable[[list[Present]], None],
    tell: Callable[[str], None] = lambda _line: None,
) -> list[Present]:
    """Listen for so many seconds, and ask every sensor meanwhile: those on a cable, then the nearest first.

    quick: only listen. show: called with all that is known whenever more is. tell: what is wrong with a
    cable; or with Bluetooth, where somebody answered over a cable (else it is raised).
    """
    known: dict[str, Present] = {}
    asking: list[asyncio.Task[None]] = []
    turns = asyncio.Semaphore(_AT_ONCE)

    def learn(present: Present) -> None:
        known[where(present.found)] = present
        show(list(known.values()))

    def hear(found: Met) -> None:
        learn(Present(found))
        if not quick:
            asking.append(asyncio.create_task(_ask(reach, found, turns, learn)))

    plugged, problems = await reach.plugged()
    for problem in problems:
        tell(problem)
    try:
        for each in plugged:
            hear(each)
        await asyncio.gather(*asking)  # before the same sensor may be asked over the air
        try:
            heard = await reach.listen(seconds=seconds, services=ALL_SERVICES, hear=hear)
        except SensorError as error:
            if not plugged:
                raise
            heard = []
            tell(str(error))
        await asyncio.gather(*asking)
    finally:
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
    serials = {each.serial for each in plugged}
    by_radio = [replace(known[where(found)], found=found) for found in heard]
    return [
        *(known[where(each)] for each in plugged),
        *(one for one in by_radio if one.identity is None or one.identity.serial not in serials),
    ]


async def _ask(reach: Reach, found: Met, turns: asyncio.Semaphore, learn: Callable[[Present], None]) -> None:
    present = Present(found)
    try:
        if isinstance(found, Found) and reference_kind(found) is not None:
            async with turns, reach.open_reference(found) as device:
                percent = await device.battery_percent()
                battery = None if percent is None else Battery(percent)
                learn(replace(present, reference=device.identity, battery=battery))
            return
        async with turns, reach.open(found) as sensor:
            present = replace(present, identity=sensor.identity, battery=await sensor.battery())
            learn(present)  # the log is asked for last: it can take seconds
            present = replace(present, log=await sensor.log_status())
    except SensorError as error:
        present = replace(present, problem=str(error))
    learn(present)
