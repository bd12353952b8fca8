"""The virtual world itself: a clock, the air, sensors, and computers that come and go."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from bumble import hci

from imu.errors import SensorError
from imu.simulate.air.clock import WorldClock
from imu.simulate.air.computers import computers
from imu.simulate.air.config import AirConfig
from imu.simulate.air.kinds import MakeBoard, maker
from imu.simulate.air.link import AirLink
from imu.simulate.air.peripheral import Peripheral

_STATE_FORMAT = "restride-air/1"
_SETTLE_S = 0.25  # how late an empty battery is noticed


class World:
    """What can be done to a running world. Sensors go by their name in the config."""

    def __init__(
        self, config: AirConfig, clock: WorldClock, sensors: dict[str, Peripheral], port: int
    ) -> None:
        self.transport = f"tcp-client:127.0.0.1:{port}"  # for a Radio
        self.sensors = sensors
        self._config = config
        self._clock = clock

    def now_s(self) -> float:
        return self._clock.now_s()

    def sensor(self, name: str) -> Peripheral:
        if name not in self.sensors:
            raise SensorError(f"no virtual sensor {name!r}; there are {', '.join(self.sensors) or 'none'}")
        return self.sensors[name]

    def change_link(self, name: str | None = None, **changes: Any) -> None:
        """Other numbers for one sensor's link, or for all."""
        for sensor in self.sensors.values() if name is None else [self.sensor(name)]:
            sensor.model = sensor.model.changed(**changes)

    async def skip(self, seconds: float) -> None:
        """Let `seconds` pass at once, for every sensor."""
        self._clock.skip(seconds)
        await self.settle()

    async def settle(self) -> None:
        for sensor in self.sensors.values():
            await sensor.settle()

    def save(self) -> None:
        """Keep what the sensors remember, in the config's state file; nothing where it names none."""
        if self._config.state is not None:
            saved = {
                "format": _STATE_FORMAT,
                "saved_unix_s": time.time(),
                "world_s": self.now_s(),
                "boards": {name: sensor.board.state() for name, sensor in self.sensors.items()},
            }
            self._config.state.parent.mkdir(parents=True, exist_ok=True)
            beside = self._config.state.with_name(self._config.state.name + ".new")
            beside.write_text(json.dumps(saved), encoding="utf-8")
            beside.replace(self._config.state)


@asynccontextmanager
async def world(config: AirConfig, *, makers: Callable[[str], MakeBoard] = maker) -> AsyncIterator[World]:
    """The world, with the memories of its last life; saved on exit."""
    memory = _remembered(config.state)
    clock = WorldClock(memory["world_s"] + max(0.0, time.time() - memory["saved_unix_s"]) if memory else 0.0)
    link = AirLink()
    sensors: dict[str, Peripheral] = {}
    async with AsyncExitStack() as stack:
        for place, (name, wanted) in enumerate(config.sensors.items(), start=1):
            board = makers(wanted.kind)(name, wanted.options, config.runner)
            if memory and name in memory["boards"]:
                board.restore(memory["boards"][name])
            address = hci.Address(f"C4:12:00:00:00:{place:02X}")  # static random, the same in every life
            sensors[name] = Peripheral(board, address=address, link=link, model=config.link, clock=clock)
            stack.push_async_callback(sensors[name].stop)
            await sensors[name].start()
        made = World(config, clock, sensors, await stack.enter_async_context(computers(link)))
        ended = asyncio.Event()
        living = asyncio.create_task(_live(made, ended))
        try:
            yield made
        finally:
            ended.set()
            try:
                await living
                await stack.aclose()
            finally:
                made.save()


async def _live(made: World, ended: asyncio.Event) -> None:
    while not ended.is_set():
        await made.settle()
        with suppress(TimeoutError):
            async with asyncio.timeout(_SETTLE_S):
                await ended.wait()


def _remembered(state: Path | None) -> dict[str, Any] | None:
    if state is None or not state.exists():
        return None
    try:
        memory = json.loads(state.read_text(encoding="utf-8"))
        known = memory["format"] == _STATE_FORMAT
        kept: dict[str, Any] = {
            "world_s": float(memory["world_s"]),
            "saved_unix_s": float(memory["saved_unix_s"]),
        }
        kept["boards"] = dict(memory["boards"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SensorError(f"{state}: cannot be read; delete it to begin a new world ({error})") from error
    if not known:
        raise SensorError(f"{state}: written by another version; delete it to begin a new world")
    return kept
