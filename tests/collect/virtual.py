"""Virtual sensors in reach, in this very process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from imu.collect.reach import Reach
from imu.radio.radio import Radio
from imu.simulate.air.config import AirConfig, SensorConfig
from imu.simulate.air.model import IDEAL
from imu.simulate.air.world import World, world
from tests.simulate.air.worlds import CLOCK

STANDS = {"begins_s": 1e8}  # a runner who does not run yet
SERIALS = {"shank_left": "E1", "shank_right": "E2", "pelvis": "E3"}


@asynccontextmanager
async def in_reach(*placements: str, **options: Any) -> AsyncIterator[tuple[World, Reach]]:
    """ESP32 sensors worn there, and one computer."""
    sensors = {
        placement: SensorConfig(kind="esp32", options={"serial": SERIALS[placement], **options})
        for placement in placements
    }
    config = AirConfig(sensors=sensors, runner=STANDS, link=IDEAL)
    async with world(config) as made, Radio(made.transport) as radio:
        yield made, Reach(radio, clock=CLOCK)
