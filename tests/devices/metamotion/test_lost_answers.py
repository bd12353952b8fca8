"""A notification that is lost on the way does not hide how a log is read."""

import asyncio

import pytest

from imu.devices.host_clock import HostClock
from imu.devices.metamotion.device import opened
from imu.devices.metamotion.parameters import Parameters
from imu.devices.sensor import Coding, Settings
from tests.devices.metamotion.scripted import ScriptedLink

QUICK = Parameters(answer_s=0.05, empty_slot_s=0.02, growth_s=0.05, poll_s=0.01)


class Losing(ScriptedLink):
    """Some answers to one question never arrive."""

    def lose_answers(self, question: bytes, which: set[int]) -> None:
        """which: counted from 1, from now on."""
        self.question, self.which, self.asked = question, which, 0

    async def write(self, characteristic: str, data: bytes, *, response: bool) -> None:
        self.asked += data == self.question
        self.deaf = {self.question: int(self.asked in self.which)}
        await super().write(characteristic, data, response=response)


@pytest.mark.parametrize(
    ("question", "which"),
    [
        ("03 83", {1, 2}),  # how acceleration was set, and
        ("13 83", {1, 2}),  # rate
        ("0b 82 00", {1}),  # a logger, when all are asked for at once, and
        ("0b 82 00", {2}),  # by itself
        ("0b 82 02", {2}),
    ],
)
def test_a_lost_answer_does_not_hide_how_a_log_is_read(question: str, which: set[int]) -> None:
    link = Losing("MMS")

    async def armed() -> Coding:
        link.lose_answers(b"", set())
        async with opened(link, clock=HostClock.start(), parameters=QUICK) as sensor:
            return await sensor.start_log(Settings(rate_hz=100, gyr_range_dps=1000))

    async def found() -> Coding | None:
        link.lose_answers(bytes.fromhex(question), which)
        async with opened(link, clock=HostClock.start(), parameters=QUICK) as sensor:
            return (await sensor.log_status()).coding

    assert asyncio.run(armed()) == asyncio.run(found())
