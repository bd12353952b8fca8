"""Who is on a cable is preferred, and one whose cable was pulled is looked for over the air."""

import asyncio
import sys
from typing import Any, cast

import pytest

from imu.collect.reach import Reach
from imu.collect.registry import PairedSensor
from imu.devices.host_clock import HostClock
from imu.errors import SensorError

if sys.platform == "win32":
    pytest.skip("needs pseudo terminals", allow_module_level=True)

from tests.collect.cables import Bench, cabled

pytestmark = pytest.mark.unhurried

WORN = PairedSensor(
    serial="0541A2",
    kind="metamotion",
    model="MetaMotion S",
    placement="pelvis",
    name="pelvis",
    since="2026-11-22",
)
NO_RADIO = cast(Any, None)  # whoever uses it fails


def reach_of(bench: Bench) -> Reach:
    return Reach(NO_RADIO, clock=HostClock.start(), ports=bench.cable.ports)


def test_a_sensor_on_its_cable_is_found_without_any_radio() -> None:
    async def story(bench: Bench) -> None:
        reach = reach_of(bench)
        assert not await reach.look_for([WORN])
        assert reach.addresses() == {}  # a port is nowhere to look for it over the air
        async with reach.placed("pelvis") as sensor:
            assert sensor.identity.serial == "0541A2"
            again, problems = await reach.plugged()  # not asked again: its port is in use
            assert ([each.serial for each in again], problems) == (["0541A2"], [])
        found, identity = await reach.meet("0541a2")
        assert (str(found), identity.model) == (f"0541A2 on {bench.cable.port}", "MetaMotion S")

    with cabled() as bench:
        asyncio.run(story(bench))


async def asked_while_pulled(reach: Reach, bench: Bench) -> None:
    async with reach.placed("pelvis") as sensor:
        await asyncio.to_thread(bench.cable.unplug)
        for _ in range(10):
            await sensor.battery()


def test_a_pulled_cable_is_a_lost_link_and_the_air_is_listened_to(monkeypatch: pytest.MonkeyPatch) -> None:
    listened = 0

    async def nobody(_reach: Reach, **_options: object) -> list[object]:
        nonlocal listened
        listened += 1
        return []

    async def story(bench: Bench) -> None:
        reach = reach_of(bench)
        await reach.locate([WORN])
        with pytest.raises(SensorError, match=r"unplugged|lost"):
            await asked_while_pulled(reach, bench)
        with pytest.raises(SensorError, match=r"cannot be opened|not found in 5 s"):
            async with reach.placed("pelvis"):
                pytest.fail("nobody is there")
        with pytest.raises(SensorError, match=r"pelvis \(MetaMotion S 0541A2\): not found in 5 s"):
            async with reach.placed("pelvis"):
                pytest.fail("nobody is there")

    monkeypatch.setattr(Reach, "listen", nobody)
    with cabled() as bench:
        asyncio.run(story(bench))
    assert listened >= 1
