"""A live session: several sensors into their journals, from the first connection to the last packet."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence

from imu.collect.keeper import Keep, Keeper
from imu.devices.sensor import Identity
from imu.errors import SensorError

CONNECT_TRIES = 3  # the first one often fails, whatever the radio
CONNECT_AGAIN_S = 1.0


async def stream(
    keepers: Sequence[Keeper],
    *,
    stop: asyncio.Event,
    begin: Callable[[Mapping[str, Identity]], Mapping[str, Keep]],
    started: Callable[[], Coroutine[None, None, None]],
    tell: Callable[[str], None] = lambda _line: None,
) -> None:
    """Stream until `stop`.

    1. Connect one after the other: an adapter can only do one at a time. 2. `begin` says where what comes of
    each is kept. 3. Start all together. 4. Once they stream, run `started` beside them (standing, screen,
    time limit). Raises the first error that ends the session; what was received until then was kept.
    """
    try:
        identities = {}
        for keeper in keepers:
            found = identities[keeper.placement] = await _connected(keeper, tell)
            tell(f"{keeper.placement}: connected to {found.model} {found.serial}")
        keeps = begin(identities)
        for keeper in keepers:
            keeper.begin(keeps[keeper.placement])
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


async def _connected(keeper: Keeper, tell: Callable[[str], None]) -> Identity:
    for left in reversed(range(CONNECT_TRIES)):
        try:
            return await keeper.connect()
        except SensorError as error:
            if not left:
                raise SensorError(f"{keeper.placement}: {error}") from error
            tell(f"{keeper.placement}: {error}; trying again")
            await asyncio.sleep(CONNECT_AGAIN_S)
    raise AssertionError("unreachable")


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
