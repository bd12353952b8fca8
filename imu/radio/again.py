"""Reconnecting: when to try, and trying."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import TYPE_CHECKING

from imu.errors import SensorError
from imu.radio.connect import BleLink, Patience, connect
from imu.radio.radio import Radio
from imu.radio.scan import Found, find

if TYPE_CHECKING:
    from imu.devices.host_clock import HostClock


@dataclass(frozen=True, slots=True)
class BackOff:
    """Waits between tries, doubling. Jitter keeps three sensors lost at once from trying in step."""

    first_s: float = 0.5
    longest_s: float = 8.0
    jitter: float = 0.25  # share of a wait, either way
    rescan_after: int = 2  # failures: the operating system may have forgotten the sensor meanwhile
    rescan_s: float = 5.0

    def delays_s(self, random: Random) -> Iterator[float]:
        """One wait per failed try, for ever."""
        for tries in count():
            plain_s = min(self.first_s * 2.0 ** min(tries, 32), self.longest_s)
            yield plain_s * random.uniform(1.0 - self.jitter, 1.0 + self.jitter)


@asynccontextmanager
async def connect_again(
    found: Found,
    *,
    radio: Radio,
    clock: "HostClock",
    seconds: float,
    services: Sequence[str] = (),
    back_off: BackOff = BackOff(),
    patience: Patience = Patience(),
) -> AsyncIterator[BleLink]:
    """Like `connect`, tried until it works; after `seconds` the last failure is raised."""
    ends = asyncio.get_running_loop().time() + seconds
    address = found.address
    async with AsyncExitStack() as stack:
        for failures, delay_s in enumerate(back_off.delays_s(Random()), start=1):
            try:
                connection = connect(found, radio=radio, clock=clock, patience=patience)
                link = await stack.enter_async_context(connection)
                break
            except SensorError:
                if asyncio.get_running_loop().time() + delay_s > ends:
                    raise
            await asyncio.sleep(delay_s)
            if failures >= back_off.rescan_after:
                with suppress(SensorError):  # not seen: the next try says so, or finds it after all
                    found = await find(
                        radio,
                        lambda other: other.address == address,
                        what=str(found),
                        seconds=back_off.rescan_s,
                        services=services,
                    )
        yield link
