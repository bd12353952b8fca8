"""Before the run begins: will the batteries last, does the wearer stand, do the links carry the rate?"""

import asyncio
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from scipy import constants

from imu.collect.enough import battery_fault
from imu.collect.keeper import Keeper
from imu.collect.standing import StandingParameters, Stillness, stillness
from imu.collect.status import MEASURED_S, Status
from imu.devices.sensor import Coding
from imu.errors import SensorError

_PATIENCE_S = 10.0  # for so many seconds of a stream, with a reconnection between
_LOOK_S = 0.5
_SAID_S = 6.0  # between two sentences about who is not quiet yet
_LEAST_QUIET = 0.8  # of the samples of the standing time


def battery_faults(keepers: Iterable[Keeper], minutes: float) -> list[str]:
    """A sentence for each sensor whose battery will not last for so long."""
    told = ((k.placement, k.coding.kind, k.status.battery) for k in keepers)
    faults = (
        (placement, battery_fault(kind, battery, minutes, logging=False))
        for placement, kind, battery in told
        if battery is not None
    )
    return [f"{placement}: {fault}" for placement, fault in faults if fault]


async def stood_still(
    keepers: Sequence[Keeper],
    *,
    seconds: float,
    tell: Callable[[str], None],
    parameters: StandingParameters = StandingParameters(),
) -> bool:
    """Wait until all sensors were quiet together for the time that is asked for, for `seconds` at most."""
    loop = asyncio.get_running_loop()
    began_s = said_s = loop.time()
    tell(f"Stand still for {parameters.longest_s:g} s: all angles are measured from it ...")
    while loop.time() - began_s < seconds:
        await asyncio.sleep(_LOOK_S)
        found = {k.placement: standing_of(k.status, k.coding, parameters=parameters) for k in keepers}
        if all(still.quiet for still in found.values()):
            return True
        if loop.time() - said_s >= _SAID_S:
            said_s = loop.time()
            moved = "; ".join(f"{name} {still.sentence}" for name, still in found.items() if not still.quiet)
            tell(f"Not quiet yet: {moved}. Stand still ...")
    return False


async def check_links(keepers: Sequence[Keeper]) -> None:
    """Measure every connection; raises SensorError for one that is too slow for the rate."""
    loop = asyncio.get_running_loop()
    ends_s = loop.time() + _PATIENCE_S
    while loop.time() < ends_s and any(k.status.recent_s() < MEASURED_S for k in keepers):
        await asyncio.sleep(_LOOK_S / 2)
    for keeper in keepers:
        if fault := link_fault(keeper.status):
            raise SensorError(f"{keeper.placement}: {fault}")


def standing_of(
    status: Status, coding: Coding, *, parameters: StandingParameters = StandingParameters()
) -> Stillness:
    """How quietly the wearer of one sensor has stood for the last seconds."""
    wanted = round(parameters.longest_s * coding.rate_hz)
    acc = [b.counts[:, :3] for b in status.recent if b.stream != "gyr"]
    gyr = [b.counts[:, -3:] for b in status.recent if b.stream != "acc"]
    if sum(map(len, acc)) < _LEAST_QUIET * wanted:
        return stillness(np.empty((0, 3)), None, parameters=parameters)
    acc_mps2 = np.concatenate(acc)[-wanted:] / coding.acc_lsb_per_g * constants.g
    if not gyr or coding.gyr_lsb_per_dps is None:
        return stillness(acc_mps2, None, parameters=parameters)
    gyr_radps = np.radians(np.concatenate(gyr)[-wanted:] / coding.gyr_lsb_per_dps)
    return stillness(acc_mps2, gyr_radps, parameters=parameters)


def link_fault(status: Status) -> str | None:
    """Why this connection is too slow for this rate, with what would fit; None if all arrives in time."""
    rate_hz = status.rate_hz()
    if not status.connected or rate_hz is None:
        why = status.problem or "is it streaming to another phone or computer?"
        return f"nothing arrives ({why}); bring it within 2 m"
    if not status.is_slow:
        return None
    return (
        f"only {rate_hz:.0f} of {status.set_hz:g} samples a second arrive: this connection is too slow for "
        "the rate; take a lower --rate, fewer sensors on this adapter, or log on board (restride arm)"
    )
