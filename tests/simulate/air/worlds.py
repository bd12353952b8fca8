"""Virtual worlds for tests, and a loop that leaves nothing behind."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from imu.devices.host_clock import HostClock
from imu.radio.connect import BleLink, Patience, connect
from imu.radio.radio import Radio
from imu.radio.scan import Found, find
from imu.simulate.air.config import AirConfig, SensorConfig
from imu.simulate.air.model import IDEAL, LinkModel
from imu.simulate.air.world import World, world
from tests.simulate.air.echo_board import DATA, SERVICE, EchoBoard, echo_maker

QUICK = Patience(connect_s=3.0, answer_s=3.0, leave_s=3.0)
CLOCK = HostClock.start()


def live(
    story: Callable[[], Coroutine[Any, Any, None]], *, debug: bool = False, within_s: float = 60.0
) -> None:
    """Run a story to its end, in time, and insist that no task outlives it."""

    async def watched() -> None:
        async with asyncio.timeout(within_s):
            await story()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        if left:  # what was cancelled takes a few turns of the loop to end
            _, left = await asyncio.wait(left, timeout=1.0)
        assert not left, f"tasks left behind: {left}"

    # To look through what all earlier tests left would make a world stand still, again and again.
    gc.collect(1)
    gc.freeze()
    asyncio.run(watched(), debug=debug)
    gc.collect()  # an unclosed socket or transport warns now, and a warning is an error


def config(*names: str, link: LinkModel = IDEAL, state: Path | None = None, **options: Any) -> AirConfig:
    """Echo boards of these names."""
    sensors = {name: SensorConfig(kind="echo", options=options) for name in names}
    return AirConfig(sensors=sensors, link=link, state=state)


def echo_world(wanted: AirConfig) -> Any:
    return world(wanted, makers=echo_maker)


@asynccontextmanager
async def air(*names: str, link: LinkModel = IDEAL, **options: Any) -> AsyncIterator[tuple[World, Radio]]:
    """A world and one computer in it."""
    async with echo_world(config(*names, link=link, **options)) as made, Radio(made.transport) as radio:
        yield made, radio


def board(made: World, name: str) -> EchoBoard:
    found = made.sensor(name).board
    assert isinstance(found, EchoBoard)
    return found


async def named(radio: Radio, name: str, *, seconds: float = 20.0) -> Found:  # found as soon as it is heard
    return await find(radio, lambda found: found.name == name, what=name, seconds=seconds, services=[SERVICE])


@asynccontextmanager
async def linked(radio: Radio, name: str, *, patience: Patience = QUICK) -> AsyncIterator[BleLink]:
    """Found and connected."""
    found = await named(radio, name)
    async with connect(found, radio=radio, clock=CLOCK, patience=patience) as link:
        yield link


class Heard:
    """What came from one characteristic, in order."""

    def __init__(self) -> None:
        self.packets: list[tuple[int, bytes]] = []
        self._more = asyncio.Event()

    def receive(self, arrival_ns: int, data: bytes) -> None:
        self.packets.append((arrival_ns, data))
        self._more.set()

    @property
    def numbers(self) -> list[int]:
        return [int.from_bytes(data[:4], "little") for _, data in self.packets]

    async def until(self, count: int, *, seconds: float = 10.0) -> None:
        """Wait for so many, or for the end of patience."""
        async with asyncio.timeout(seconds):
            while len(self.packets) < count:
                self._more.clear()
                await self._more.wait()


async def listening(link: BleLink, characteristic: str = DATA) -> Heard:
    heard = Heard()
    await link.subscribe(characteristic, heard.receive)
    return heard
