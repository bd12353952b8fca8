"""Reconnecting: a schedule that can be looked at, and a sensor that comes back."""

import asyncio
from itertools import islice
from random import Random

import pytest

from imu.errors import SensorError
from imu.radio.again import BackOff, connect_again
from imu.radio.connect import Patience, connect
from imu.simulate.air.model import LinkModel
from imu.simulate.air.world import World
from tests.simulate.air.echo_board import SERIAL, SERVICE
from tests.simulate.air.worlds import CLOCK, air, live, named

IMPATIENT = Patience(connect_s=1.5, answer_s=1.0, leave_s=1.0)


def test_waits_double_to_a_limit() -> None:
    assert list(islice(BackOff(jitter=0.0).delays_s(Random(1)), 7)) == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


def test_jitter_stays_within_its_share_and_keeps_sensors_apart() -> None:
    back_off = BackOff(first_s=1.0, longest_s=1.0, jitter=0.25)
    one = list(islice(back_off.delays_s(Random(1)), 200))
    other = list(islice(back_off.delays_s(Random(2)), 200))
    assert all(0.75 <= delay <= 1.25 for delay in one + other)
    assert len(set(one) & set(other)) == 0


@pytest.mark.slow
def test_a_sensor_that_was_away_is_connected_again() -> None:
    async def story() -> None:
        quick = BackOff(first_s=0.1, longest_s=0.2, rescan_s=0.5)
        async with air("left", link=LinkModel(supervision_s=0.3)) as (made, radio):
            found = await named(radio, "left")
            async with connect(found, radio=radio, clock=CLOCK) as link:
                gone = asyncio.Event()
                link.when_lost(gone.set)
                await made.sensor("left").move(in_range=False)
                await gone.wait()
            back = asyncio.create_task(_return_later(made))
            async with connect_again(
                found,
                radio=radio,
                clock=CLOCK,
                seconds=10.0,
                services=[SERVICE],
                back_off=quick,
                patience=IMPATIENT,
            ) as link:
                assert await link.read(SERIAL) == b"E-1"
            await back

    live(story)


async def _return_later(made: World) -> None:
    await asyncio.sleep(4.0)  # long enough for failures and a scan that finds nothing
    await made.sensor("left").move(in_range=True)


def test_after_its_time_the_last_failure_is_told() -> None:
    async def story() -> None:
        quick = BackOff(first_s=0.1, longest_s=0.1, rescan_s=0.2)
        async with air("left") as (made, radio):
            found = await named(radio, "left")
            await made.sensor("left").move(in_range=False)
            with pytest.raises(SensorError, match=r"left .*: seen, but it accepts no connection"):
                async with connect_again(
                    found, radio=radio, clock=CLOCK, seconds=2.0, back_off=quick, patience=IMPATIENT
                ):
                    raise AssertionError("it is away")

    live(story)
