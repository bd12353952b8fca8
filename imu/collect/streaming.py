"""A live recording: several sensors into their journals, from the first connection to the last packet."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence

import numpy as np
from scipy import constants

from imu.collect.keeper import Keeper, Status
from imu.collect.standing import StandingParameters, Stillness, stillness
from imu.collect.writer import JournalWriter
from imu.devices.sensor import Coding, Identity

LEAST_ARRIVED = 0.97  # of the samples that a second should bring; an oscillator may be 1 % slow


Journals = Mapping[str, JournalWriter]  # by placement


async def stream(
    keepers: Sequence[Keeper],
    *,
    stop: asyncio.Event,
    begin: Callable[[Mapping[str, Identity]], Journals],
    started: Callable[[], Coroutine[None, None, None]],
    tell: Callable[[str], None] = lambda _line: None,
) -> None:
    """Stream until `stop`.

    1. Connect one after the other: an adapter can only do one at a time. 2. `begin` makes the session and its
    journals. 3. Start all together. 4. Once they stream, run `started` beside them (standing, screen, time
    limit). Raises the first error that ends the session; what was received until then is in the journals.
    """
    try:
        identities = {}
        for keeper in keepers:
            placement = keeper.status.placement
            identities[placement] = await keeper.connect()
            tell(f"{placement}: connected to {identities[placement].model} {identities[placement].serial}")
        journals = begin(identities)
        for keeper in keepers:
            keeper.begin(journals[keeper.status.placement])
        await asyncio.gather(*(keeper.start() for keeper in keepers))
        async with asyncio.TaskGroup() as tasks:
            for keeper in keepers:
                tasks.create_task(keeper.keep(stop))
            tasks.create_task(started())
    except BaseExceptionGroup as group:
        raise _first(group) from None
    finally:
        for keeper in keepers:
            await keeper.disconnect()


def standing_of(
    status: Status, coding: Coding, *, parameters: StandingParameters = StandingParameters()
) -> Stillness:
    """How quietly the wearer of one sensor has stood for the last seconds."""
    acc = [b.counts[:, :3] for b in status.recent if b.stream != "gyr"]
    gyr = [b.counts[:, -3:] for b in status.recent if b.stream != "acc"]
    newest = round(parameters.longest_s * coding.rate_hz)
    acc_mps2 = np.concatenate(acc)[-newest:] / coding.acc_lsb_per_g * constants.g if acc else np.empty((0, 3))
    if not gyr or coding.gyr_lsb_per_dps is None:
        return stillness(acc_mps2, None, parameters=parameters)
    gyr_radps = np.radians(np.concatenate(gyr)[-newest:] / coding.gyr_lsb_per_dps)
    return stillness(acc_mps2, gyr_radps, parameters=parameters)


def bandwidth_fault(status: Status, coding: Coding) -> str | None:
    """Why this link is too slow for this rate, with what would fit; None if all arrives in time."""
    rate_hz = status.rate_hz()
    if rate_hz is None:
        return "nothing arrives; see whether it is still streaming to another phone or computer"
    if rate_hz >= LEAST_ARRIVED * coding.rate_hz and not status.lost:
        return None
    return (
        f"only {rate_hz:.0f} of {coding.rate_hz:g} samples a second arrive: this connection is too slow for "
        "the rate; take a lower --rate, fewer sensors on this adapter, or log on board (restride arm)"
    )


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
