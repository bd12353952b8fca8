"""A sensor on the air is led through faces and turns by what it feels, and nothing on it is changed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest

from imu.collect.calibrating.fit import fit
from imu.collect.calibrating.guide import GuideParameters, Progress, Seen, led
from imu.collect.calibrating.watch import FACES, RestParameters
from imu.collect.reach import Reach
from imu.devices.sensor import Sensor, Settings
from imu.errors import LinkLostError, RestrideError, SensorError
from imu.radio.radio import Radio
from imu.simulate import SimulationConfig
from imu.simulate.air.config import AirConfig, SensorConfig
from imu.simulate.air.model import IDEAL
from imu.simulate.air.world import World, world
from imu.simulate.boards.worn import Wearer
from tests.collect.virtual import STANDS
from tests.simulate.air.worlds import CLOCK, live

QUICK = GuideParameters(rest=RestParameters(rest_s=0.6, knows_rate_s=5.0), patience_s=100.0)


class VirtualHand:
    """Does what it is asked for, as far as it wants."""

    def __init__(self, made: World, *, turns: bool = True, lays: int = 6, ends: bool = False) -> None:
        self._sensor = made.sensor("pelvis")
        self._turns, self._lays, self._ends = turns, lays, ends
        self.told: list[Seen] = []

    async def tell(self, seen: Seen, progress: Progress) -> None:
        self.told.append(seen)
        if seen.what in ("begun", "face") and progress.open_faces:
            if len(progress.faces) < self._lays:
                self._sensor.lay(face=progress.open_faces[0])
            elif self._ends:
                await self._sensor.move(in_range=False)
        elif seen.what == "turn" and progress.open_axes:
            self._sensor.lay(face=progress.open_axes[0])
        elif seen.what == "ready":
            self._sensor.turn(degrees=-360.0, seconds=2.0)

    async def skip(self) -> None:
        await asyncio.sleep(3600.0 if self._turns else 0.0)


@asynccontextmanager
async def on_the_air(kind: str) -> AsyncIterator[tuple[World, Sensor]]:
    sensors = {"pelvis": SensorConfig(kind=kind, options={"serial": "E1"})}
    config = AirConfig(sensors=sensors, runner=STANDS, link=IDEAL)
    async with world(config) as made, Radio(made.transport) as radio:
        reach = Reach(radio, clock=CLOCK)
        (found,) = await reach.listen(enough=bool)
        async with reach.open(found) as sensor:
            yield made, sensor


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["esp32", "metamotion"])
def test_what_is_found_over_the_air_is_what_the_chip_gets_wrong(kind: str) -> None:
    async def story() -> None:
        async with on_the_air(kind) as (made, sensor):
            before = await sensor.calibration(None)
            hand = VirtualHand(made)
            progress = await led(sensor, hand, turns=True, parameters=QUICK)
            assert await sensor.calibration(None) == before
        assert progress.open_axes == [], hand.told
        known = fit(progress.faces, progress.settled_turns()).calibration
        draw = Wearer(SimulationConfig(), begins_s=STANDS["begins_s"]).draw("pelvis")
        np.testing.assert_allclose(known.acc_bias_g, draw.acc_bias_mps2 / 9.80665, atol=0.0015)
        np.testing.assert_allclose(np.array(known.acc_scale) * np.diag(draw.acc_gain), 1.0, atol=0.0015)
        np.testing.assert_allclose(known.gyr_bias_dps, np.degrees(draw.gyr_bias_radps), atol=0.05)
        np.testing.assert_allclose(np.array(known.gyr_scale) * np.diag(draw.gyr_gain), 1.0, atol=0.004)
        assert [seen.face for seen in hand.told if seen.what == "face"] == list(FACES)

    live(story, within_s=240.0)  # where packets come late, a turn is asked for again


@pytest.mark.slow
def test_turns_are_left_out_where_nobody_wants_them() -> None:
    async def story() -> None:
        async with on_the_air("esp32") as (made, sensor):
            progress = await led(sensor, VirtualHand(made, turns=False), turns=True, parameters=QUICK)
            assert (progress.open_faces, progress.turns) == ([], [])

    live(story)


@pytest.mark.slow
def test_a_sensor_that_is_lost_on_the_way_ends_it() -> None:
    async def story() -> None:
        async with on_the_air("esp32") as (made, sensor):
            with pytest.raises(LinkLostError):
                await led(sensor, VirtualHand(made, lays=1, ends=True), turns=False, parameters=QUICK)

    live(story)


@pytest.mark.unhurried
def test_a_hand_that_does_nothing_more_is_not_waited_for_for_ever() -> None:
    """It may stand so still before that it passes for a face."""

    async def story() -> None:
        async with on_the_air("esp32") as (made, sensor):
            impatient = GuideParameters(rest=RestParameters(rest_s=0.3), patience_s=1.0)
            with pytest.raises(
                RestrideError, match=r"no new face for 1 s, [01] of 6 were taken; nothing was"
            ):
                await led(sensor, VirtualHand(made, lays=0), turns=False, parameters=impatient)

    live(story)


@pytest.mark.unhurried
def test_a_sensor_that_holds_a_run_is_left_alone() -> None:
    async def story() -> None:
        async with on_the_air("esp32") as (made, sensor):
            await sensor.start_log(Settings())
            with pytest.raises(SensorError, match="E1 is logging a run; save it first: restride sync"):
                await led(sensor, VirtualHand(made), turns=True)
            assert (await sensor.log_status()).running

    live(story)
