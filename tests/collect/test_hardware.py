"""A check tries everything, goes on after a failure, and never loses a run or leaves a log behind."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import pytest

from imu.collect.hardware.bench import Bench, CheckParameters
from imu.collect.hardware.onboard import download, log
from imu.collect.hardware.report import report
from imu.collect.hardware.step import Step
from imu.collect.hardware.streaming import Streamed, arrival_figures, stream
from imu.collect.hardware.walk import walk
from imu.collect.reach import Reach
from imu.devices.sensor import Block, Coding, Identity, Packet, Sensor, Settings
from imu.errors import RestrideError
from imu.simulate.air.world import World
from tests.collect.virtual import in_reach
from tests.simulate.air.worlds import live

SHORT = CheckParameters(stream_s=2.0, log_s=2.0, exchanges=20, blink_s=1.0)
WHO = Identity("esp32", "Board", "E1A2B3", "1.0.0")


@dataclass(slots=True)
class Nobody:
    """An attendant who is not there, or only carries the sensor of a virtual world."""

    world: World | None = None
    tried: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    async def saw_blinking(self) -> bool | None:
        return None

    async def carry_away(self) -> bool | None:
        return await self._move(in_range=False)

    async def carry_back(self) -> bool | None:
        return await self._move(in_range=True)

    async def _move(self, *, in_range: bool) -> bool | None:
        if self.world is None:
            return None
        await self.world.sensor("pelvis").move(in_range=in_range)
        return True

    @property
    def outcomes(self) -> dict[str, str]:
        return {step.name: step.outcome for step in self.steps}


async def check(reach: Reach, attendant: Nobody, parameters: CheckParameters = SHORT) -> None:
    (found,) = await reach.listen(seconds=0.5)
    bench = Bench(reach, found, attendant=attendant, parameters=parameters)
    await walk(bench, begin=attendant.tried.append, tell=attendant.steps.append)


async def used(reach: Reach) -> int:
    (found,) = await reach.listen(seconds=0.5)
    async with reach.open(found) as sensor:
        return (await sensor.log_status()).used


@pytest.mark.slow
def test_a_sound_sensor_passes_everything_and_is_left_empty() -> None:
    async def story() -> None:
        async with in_reach("pelvis") as (world, reach):
            attendant = Nobody(world)
            await check(reach, attendant)
            assert [step for step in attendant.steps if step.outcome == "fail"] == []
            assert attendant.tried == [step.name for step in attendant.steps]
            noted = [name for name, outcome in attendant.outcomes.items() if outcome == "noted"]
            assert noted == ["light", "stream 400 Hz", "stream 800 Hz"]
            assert await used(reach) == 0

    live(story)


@dataclass
class HeardLate:
    """A sensor of which nothing is heard for a while once it streams, as by a computer that stands still."""

    sensor: Sensor
    world: World
    seconds: float

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sensor, name)

    async def start(self) -> None:
        await self.sensor.start()
        await self.world.sensor("pelvis").move(in_range=False)
        asyncio.get_running_loop().call_later(self.seconds, self._listens)

    def _listens(self) -> None:
        self._moving = asyncio.ensure_future(self.world.sensor("pelvis").move(in_range=True))


@pytest.mark.unhurried
def test_samples_that_come_late_are_no_silence() -> None:
    async def story() -> None:
        async with in_reach("pelvis") as (made, reach):
            (found,) = await reach.listen(seconds=0.5)
            async with reach.open(found) as sensor:
                late = HeardLate(sensor, made, seconds=1.2)
                came = await stream(cast("Sensor", late), Settings(100.0, 8.0, None), seconds=0.6)
            assert sum(len(block.counts) for block in came.blocks) > 50

    live(story)


@pytest.mark.unhurried
def test_a_computer_that_stops_a_log_late_gets_a_longer_log_and_no_fault() -> None:
    parameters = CheckParameters(log_s=1.0)

    async def story() -> None:
        async with in_reach("pelvis") as (_, reach):
            (found,) = await reach.listen(seconds=0.5)
            bench = Bench(reach, found, attendant=Nobody(), parameters=parameters)
            await bench.connect()
            asyncio.get_running_loop().call_later(0.6, time.sleep, 1.5)
            came = [await log(bench), await download(bench)]
            await bench.tidy()
        assert [one.outcome for one in came] == ["pass", "pass"], came
        samples = came[1].figures["samples"]
        assert isinstance(samples, int)
        assert samples > 1.4 * 200

    live(story)


@pytest.mark.slow
def test_a_stream_that_is_not_whole_fails_and_the_check_goes_on() -> None:
    async def story() -> None:
        async with in_reach("pelvis", faults={"spoilt_frame": 3}) as (_, reach):
            attendant = Nobody()
            await check(reach, attendant)
            assert attendant.outcomes["stream 200 Hz"] == "fail"
            assert attendant.outcomes["download"] == "pass"
            assert attendant.outcomes["out of reach"] == "skipped"

    live(story)


@pytest.mark.unhurried
def test_a_run_on_the_sensor_is_refused_with_the_way_out_before_anything_is_changed() -> None:
    async def story() -> None:
        async with in_reach("pelvis") as (_, reach):
            (found,) = await reach.listen(seconds=0.5)
            async with reach.open(found) as sensor:
                await sensor.start_log(Settings())
            attendant = Nobody()
            with pytest.raises(
                RestrideError, match=r"E3 is logging a run; nothing was changed.*restride sync"
            ):
                await check(reach, attendant)
            assert attendant.tried == ["connect", "identity"]
            async with reach.open(found) as sensor:
                assert (await sensor.log_status()).running

    live(story)


@pytest.mark.slow
def test_a_check_that_is_broken_off_while_it_logs_leaves_no_log() -> None:
    async def story() -> None:
        async with in_reach("pelvis") as (_, reach):
            attendant = Nobody()
            checking = asyncio.create_task(
                check(reach, attendant, CheckParameters(stream_s=1.0, log_s=600.0))
            )
            while "log" not in attendant.tried:
                await asyncio.sleep(0.1)
            await asyncio.sleep(1.0)
            checking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await checking
            assert await used(reach) == 0

    live(story)


def streamed(
    arrival_s: np.ndarray, *, per_packet: int = 3, rate_hz: float = 200.0, lost: int = 0
) -> Streamed:
    coding = Coding("metamotion", "stream", rate_hz, 16.0, None, 2048.0, None, None, {})
    blocks = [
        Block("acc", np.zeros((per_packet, 3), np.int16), None, lost if i == 5 else 0, round(1e9 * at))
        for i, at in enumerate(arrival_s)
    ]
    return Streamed(coding, [Packet(block.arrival_ns, b"") for block in blocks], blocks, 0)


def test_rate_is_that_of_the_arrivals_whatever_their_jitter() -> None:
    random = np.random.default_rng(1)
    taken_s = np.arange(667) * 3 / 198.0
    figures = arrival_figures(streamed(np.ceil((taken_s + random.exponential(0.002, 667)) / 0.015) * 0.015))
    assert figures["rate_hz"] == pytest.approx(198.0, rel=0.001)
    assert figures["arrived_share"] == pytest.approx(0.99, abs=0.002)
    assert 10.0 < figures["late_p95_ms"] < 40.0


def test_lost_samples_lower_the_share_and_not_the_rate() -> None:
    taken_s = np.arange(100) * 3 / 200.0
    taken_s[5:] += 30 / 200.0
    figures = arrival_figures(streamed(taken_s, lost=30))
    assert figures["rate_hz"] == pytest.approx(200.0, rel=0.001)
    assert figures["arrived_share"] == pytest.approx(1.0 - 30 / 330, abs=0.001)
    assert figures["pause_ms"] == pytest.approx(165.0)


def test_nothing_that_came_is_no_rate() -> None:
    assert arrival_figures(streamed(np.empty(0)))["arrived_share"] == 0.0


def test_a_report_keeps_no_serial_number_and_no_address_unless_asked() -> None:
    steps = [Step("x", "a | b", "c", "E1A2B3 at C4:12 is busy", "fail", 1.0, {"took_s": 1.5})]
    for full in (False, True):
        made = report(steps, identity=WHO, address="C4:12", radio="usb:0", full=full, complete=True)
        for text in (made.as_markdown(), str(made.as_dict())):
            assert ("E1A2B3" in text) is ("C4:12" in text) is full
        assert made.failed == ["x"]
        assert "| fail | x | a \\| b | c |" in made.as_markdown()


def test_a_report_of_a_sensor_that_never_answered_says_what_was_tried() -> None:
    steps = [Step("connect", "connect", "a connection", "no answer", "fail", 20.0, {})]
    made = report(steps, identity=None, address="C4:12", radio="system", full=False, complete=False)
    assert made.as_dict()["outcomes"] == {"fail": 1}
    assert "1 fail; interrupted." in made.as_markdown()
