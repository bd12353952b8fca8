"""Shaking tells sensors apart; what must not be touched is left alone, and said so."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from imu.collect.pairing import PairingParameters, gathered, pair_by_shaking
from imu.collect.reach import Reach, where
from imu.collect.roll_call import Present, roll_call
from imu.collect.shaken import Movement
from imu.devices.sensor import Identity, Settings
from imu.errors import SensorError
from imu.simulate.air.world import World
from tests.collect.virtual import SERIALS, in_reach
from tests.simulate.air.worlds import live

pytestmark = pytest.mark.unhurried

QUICK = PairingParameters(blink_s=1.0)
HASTY = PairingParameters(patience_s=2.0, blink_s=1.0)


@dataclass(slots=True)
class Hands:
    """A guide whose hands shake what `shakes` says of each placement that is asked for."""

    world: World
    shakes: Mapping[str, Sequence[str]]
    skips: Collection[str] = ()
    dawdles_s: float = 0.2  # before skipping
    kept: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    moved: set[tuple[str, ...]] = field(default_factory=set)
    asked: str = ""

    async def ask(self, placement: str) -> None:
        self.asked = placement
        for name in self.shakes.get(placement, ()):
            self.world.sensor(name).shake(seconds=4.0)

    async def skip(self) -> None:
        await asyncio.sleep(self.dawdles_s if self.asked in self.skips else 60.0)

    def show(self, moving: Movement, *, paired: Collection[str]) -> None:
        del paired
        self.moved.add(moving.moving)

    def keep(self, placement: str, identity: Identity, address: str) -> None:
        assert address
        self.kept[placement] = identity.serial

    def leave_out(self, placement: str, why: str) -> None:
        self.left_out[placement] = why


async def pair(
    hands: Hands, reach: Reach, *placements: str, parameters: PairingParameters = QUICK
) -> dict[str, str]:
    heard = await reach.listen(seconds=0.5)
    async with gathered(reach, heard, parameters=parameters) as gathering:
        assert gathering.aside == []
        return await pair_by_shaking(gathering, placements, guide=hands)


@pytest.mark.slow
def test_each_placement_gets_the_sensor_that_is_shaken_for_it() -> None:
    async def story() -> None:
        async with in_reach("shank_left", "shank_right") as (world, reach):
            swapped = {"shank_left": ["shank_right"], "shank_right": ["shank_left"]}
            hands = Hands(world, swapped)
            paired = await pair(hands, reach, "shank_left", "shank_right", "pelvis")
            assert paired == hands.kept == {"shank_left": "E2", "shank_right": "E1"}
            assert hands.left_out == {"pelvis": "no sensor is left for it"}

    live(story)


def test_two_that_are_shaken_at_once_are_not_told_apart() -> None:
    async def story() -> None:
        async with in_reach("shank_left", "shank_right") as (world, reach):
            hands = Hands(world, {"shank_left": ["shank_left", "shank_right"]})
            assert await pair(hands, reach, "shank_left", parameters=HASTY) == {}
            assert hands.left_out == {"shank_left": "none was clearly shaken for 2 s"}
            assert {"E1", "E2"} in [set(moving) for moving in hands.moved]

    live(story)


def test_a_placement_is_left_out_at_wish_and_the_next_one_goes_on() -> None:
    async def story() -> None:
        async with in_reach("shank_left") as (world, reach):
            hands = Hands(world, {"pelvis": ["shank_left"]}, skips={"shank_right"})
            assert await pair(hands, reach, "shank_right", "pelvis") == {"pelvis": "E1"}
            assert hands.left_out == {"shank_right": "skipped"}

    live(story)


@pytest.mark.slow
def test_a_sensor_has_one_placement_however_long_it_is_shaken() -> None:
    async def story() -> None:
        async with in_reach("shank_left", "shank_right") as (world, reach):
            stubborn = {placement: ["shank_left"] for placement in ("shank_left", "pelvis")}
            hands = Hands(world, stubborn, skips={"pelvis"}, dawdles_s=2.5)
            assert await pair(hands, reach, "shank_left", "pelvis") == {"shank_left": "E1"}
            assert hands.left_out == {"pelvis": "skipped"}

    live(story)


def test_a_sensor_that_holds_a_run_is_left_alone_with_the_way_out() -> None:
    async def story() -> None:
        async with in_reach("shank_left", "pelvis") as (_, reach):
            heard = {found.address: found for found in await reach.listen(seconds=0.5)}
            holder = next(iter(heard.values()))
            async with reach.open(holder) as sensor:
                serial = sensor.identity.serial
                await sensor.start_log(Settings())
                await asyncio.sleep(0.5)
                await sensor.stop_log()
                used = (await sensor.log_status()).used
            async with gathered(reach, heard.values(), parameters=QUICK) as gathering:
                assert set(gathering.listeners) == set(SERIALS.values()) & {"E1", "E3"} - {serial}
                (aside,) = gathering.aside
                assert f"{serial} holds a run" in aside.why
                assert f"restride pair --sensor {serial} --as PLACEMENT" in aside.why
            async with reach.open(holder) as sensor:
                assert (await sensor.log_status()).used == used > 0

    live(story)


def test_a_sensor_is_met_by_any_spelling_of_its_serial_number() -> None:
    async def story() -> None:
        async with in_reach("shank_left", "shank_right") as (_, reach):
            found, identity = await reach.meet("e2", seconds=0.5)
            assert identity.serial == "E2"
            again, _ = await reach.meet("E2", address=where(found), seconds=30.0)
            assert where(again) == where(found)
            with pytest.raises(SensorError, match=r"E9: not found in 0\.5 s; met .*E1.*E2|E2.*E1"):
                await reach.meet("E9", seconds=0.5)

    live(story)


def test_every_sensor_is_asked_while_others_are_still_listened_for() -> None:
    async def story() -> None:
        async with in_reach("shank_left", "shank_right", "pelvis") as (_, reach):
            shown: list[list[Present]] = []
            present = await roll_call(reach, seconds=2.0, show=shown.append)
            assert {one.identity.serial for one in present if one.identity} == set(SERIALS.values())
            assert all(one.battery and one.log and not one.problem for one in present)
            assert len(shown[0]) == 1
            assert shown[0][0].identity is None

    live(story)


def test_a_quick_call_connects_to_nobody() -> None:
    async def story() -> None:
        async with in_reach("pelvis") as (_, reach):
            (one,) = await roll_call(reach, seconds=0.5, quick=True, show=lambda _: None)
            assert (one.identity, one.problem) == (None, None)

    live(story)
