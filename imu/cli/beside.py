"""The heart-rate strap and the foot pod of a session, told about in its own calm words."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial

from imu.collect.keeper import Keep
from imu.collect.reach import Reach
from imu.collect.reference import ReferenceKeeper, ReferenceNow
from imu.collect.registry import PairedSensor
from imu.devices.host_clock import HostClock
from imu.devices.standard.reference import REFERENCES


class Beside:
    """Those that are paired. Inside `connected`: `begin` where anything is kept, `keep` until it returns."""

    def __init__(
        self,
        paired: Mapping[str, PairedSensor],
        *,
        clock: HostClock,
        may_look: Callable[[], bool],
        tell: Callable[[str], None],
    ) -> None:
        self._paired = paired
        self._clock = clock
        self._may_look = may_look
        self._tell = tell
        self._keepers: list[ReferenceKeeper] = []

    def __bool__(self) -> bool:
        return bool(self._paired)

    @asynccontextmanager
    async def connected(self, reach: Reach) -> AsyncIterator[None]:
        """Those that are there now, until the end of the block; who is not there may come while `keep` runs.

        Enter it before the sensors stream, when looking costs nobody anything.
        """
        try:
            await self._connect(reach)
            yield
        finally:
            for keeper in self._keepers:
                await keeper.disconnect()

    async def _connect(self, reach: Reach) -> None:
        self._keepers = [
            ReferenceKeeper(
                kind,
                opener=partial(reach.paired_reference, self._paired[kind]),
                clock=self._clock,
                may_look=self._may_look,
            )
            for kind in REFERENCES
            if kind in self._paired
        ]
        for keeper in self._keepers:
            name = keeper.kind.replace("_", " ")
            if await keeper.connect():
                self._tell(f"{name}: connected to {keeper.model}")
            else:
                self._tell(f"{name}: not there yet, taken up once it is ({keeper.problem})")

    def begin(self, keep: Keep) -> None:
        for keeper in self._keepers:
            keeper.begin(keep)

    async def keep(self, stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as tasks:
            for keeper in self._keepers:
                tasks.create_task(keeper.keep(stop))

    def now(self) -> list[ReferenceNow]:
        return [keeper.now() for keeper in self._keepers]
