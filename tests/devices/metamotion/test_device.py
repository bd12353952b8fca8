"""The driver against a scripted board: what it writes, waits for, and says when that fails."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict

import numpy as np
import pytest

from imu.devices.decoders import decoder_for
from imu.devices.host_clock import HostClock
from imu.devices.metamotion.device import MetaMotion, opened
from imu.devices.metamotion.parameters import Parameters
from imu.devices.sensor import Coding, LogPart, Packet, Sensor, Settings
from imu.errors import LinkLostError, SensorError
from tests.devices.metamotion.scripted import ScriptedLink

QUICK = Parameters(
    answer_s=0.05, empty_slot_s=0.02, growth_s=0.1, poll_s=0.01, clear_s=0.1, stall_s=0.1, write_s=1
)
FAST_LINK = bytes.fromhex("11 09 06 00 06 00 00 00 58 02")


def run(
    link: ScriptedLink, use: Callable[[MetaMotion], Awaitable[None]], parameters: Parameters = QUICK
) -> None:
    async def session() -> None:
        async with opened(link, clock=HostClock.start(), parameters=parameters) as sensor:
            await use(sensor)

    asyncio.run(session())


def hexed(*commands: str) -> list[bytes]:
    return [bytes.fromhex(command) for command in commands]


def acc_entries(*ticks: int) -> list[bytes]:
    """Two entries for each sample of loggers 0 and 1, whose x is the tick."""
    return [
        bytes([0xA0 | half]) + tick.to_bytes(4, "little") + (tick if half == 0 else 0).to_bytes(4, "little")
        for tick in ticks
        for half in (0, 1)
    ]


@pytest.mark.parametrize(
    ("model", "name"), [("MMR", "MetaMotion R"), ("MMRL", "MetaMotion RL"), ("MMS", "MetaMotion S")]
)
def test_opening_says_who_it_is_after_asking_for_a_fast_link(model: str, name: str) -> None:
    link = ScriptedLink(model)

    async def use(sensor: MetaMotion) -> None:
        as_collected: Sensor = sensor
        assert as_collected.identity.model == name
        assert as_collected.identity.serial == "0541A2"
        assert as_collected.identity.hardware == ""
        assert (await sensor.battery()).percent == 99

    run(link, use)
    assert link.written[0] == FAST_LINK


def test_a_refused_link_speed_and_a_lost_answer_do_not_matter() -> None:
    class Refusing(ScriptedLink):
        async def write(self, characteristic: str, data: bytes, *, response: bool) -> None:
            if data == FAST_LINK:
                raise SensorError("refused")
            await super().write(characteristic, data, response=response)

    async def use(sensor: MetaMotion) -> None:
        assert sensor.identity.model == "MetaMotion R"

    run(Refusing(deaf={b"\x0b\x80": 1}), use)


def test_a_board_that_does_not_answer_is_named_with_what_was_asked() -> None:
    async def use(_: MetaMotion) -> None:
        pytest.fail("it must not open")

    with pytest.raises(
        SensorError, match=r"MetaMotion 0541A2: no answer when asked for its modules \(0d 80\)"
    ):
        run(ScriptedLink(deaf={b"\x0d\x80": 99}), use)


@pytest.mark.parametrize(
    ("model", "configured", "started"),
    [
        ("MMR", ("03 03 29 0c", "13 03 29 00", "03 1c 01", "13 07 01"), ("03 1c", "13 07")),
        ("MMS", ("03 03 a9 03", "13 03 29 00", "03 05 01", "13 05 01"), ("03 05", "13 05")),
    ],
)
def test_a_stream_is_prepared_then_started_in_one_burst(
    model: str, configured: tuple[str, ...], started: tuple[str, ...]
) -> None:
    link = ScriptedLink(model)

    async def use(sensor: MetaMotion) -> None:
        coding = await sensor.configure(Settings())
        assert link.written[-4:] == hexed(*configured)
        before = len(link.written)
        await sensor.start()
        assert link.written[before:] == hexed("03 02 01 00", "13 02 01 00", "03 01 01", "13 01 01")
        packets = sensor.packets()
        decoder = decoder_for(coding)
        for header, signal in zip(hexed(*started), ("acc", "gyr"), strict=True):
            link.notify(header + np.arange(9, dtype="<i2").tobytes())
            (block,) = decoder.receive(await anext(packets))
            assert block.stream == signal
            assert block.counts.tolist() == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
            assert block.ticks is None
            assert block.arrival_ns == link.now_ns

    run(link, use)
    offs = [f"{header} 00" for header in started]
    assert link.written[-6:] == hexed("03 01 00", "13 01 00", "03 02 00 01", "13 02 00 01", *offs)


def test_a_stream_is_stamped_for_a_moment_when_asked() -> None:
    link = ScriptedLink("MMS")

    async def use(sensor: MetaMotion) -> None:
        coding = await sensor.configure(Settings())
        await sensor.start()
        before = len(link.written)
        await sensor.stamp()
        assert link.written[before:] == hexed("09 07 00 01", "09 03 01", "09 07 00 00")
        link.notify(bytes([9, 3, 0]) + (4711).to_bytes(4, "little") + np.arange(3, dtype="<i2").tobytes())
        (block,) = decoder_for(coding).receive(await anext(sensor.packets()))
        assert block.stream == "stamped"
        assert block.counts.tolist() == [[0, 1, 2]]
        assert block.ticks is not None
        assert block.ticks.tolist() == [4711]

    run(link, use, Parameters(stamped_s=0.01))


@pytest.mark.parametrize(
    ("settings", "parameters"),
    [(Settings(rate_hz=400), Parameters(stamped_s=0.01)), (Settings(), Parameters())],
)
def test_a_fast_stream_is_not_stamped(settings: Settings, parameters: Parameters) -> None:
    link = ScriptedLink("MMS")

    async def use(sensor: MetaMotion) -> None:
        assert (await sensor.configure(settings)).stamp_tick_s is None
        await sensor.start()
        before = len(link.written)
        await sensor.stamp()
        assert len(link.written) == before

    run(link, use, parameters)


def test_a_stream_can_carry_the_time_of_the_device() -> None:
    link = ScriptedLink("MMS")

    async def use(sensor: MetaMotion) -> None:
        coding = await sensor.configure(Settings(rate_hz=100))
        assert coding.tick_s == pytest.approx(1.46484375e-3)
        await sensor.start()
        decoder, packets = decoder_for(coding), sensor.packets()
        for processor, tick in ((0, 0xFFFFFFFF), (1, 3)):
            link.notify(bytes([9, 3, processor]) + tick.to_bytes(4, "little") + bytes(6))
        (acc,) = decoder.receive(await anext(packets))
        (gyr,) = decoder.receive(await anext(packets))
        assert (acc.stream, gyr.stream) == ("acc", "gyr")
        assert acc.ticks is not None
        assert gyr.ticks is not None
        assert gyr.ticks[0] - acc.ticks[0] == 4

    run(link, use, Parameters(timed_stream=True))


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        (Settings(rate_hz=190, acc_range_g=10, gyr_range_dps=900), (200, 16, 1000)),
        (Settings(rate_hz=1, acc_range_g=99, gyr_range_dps=9999), (25, 16, 2000)),
        (Settings(rate_hz=1, acc_range_g=3, gyr_range_dps=None), (0.78125, 4, None)),
        (Settings(rate_hz=1600, acc_range_g=16, gyr_range_dps=2000), (400, 16, 2000)),
    ],
)
def test_a_log_takes_the_nearest_settings_and_its_coding_survives_json(
    asked: Settings, got: tuple[float, float, float | None]
) -> None:
    async def use(sensor: MetaMotion) -> None:
        coding = await sensor.start_log(asked)
        assert (coding.rate_hz, coding.acc_range_g, coding.gyr_range_dps) == got
        assert Coding(**json.loads(json.dumps(asdict(coding)))) == coding

    run(ScriptedLink(), use)


def test_losing_the_link_ends_every_wait_at_once() -> None:
    link = ScriptedLink(deaf={b"\x11\x8c": 9})

    async def use(sensor: MetaMotion) -> None:
        await sensor.configure(Settings())
        asking = asyncio.create_task(sensor.battery())
        taking = asyncio.ensure_future(anext(sensor.packets()))
        await asyncio.sleep(0.01)
        link.lose()
        async with asyncio.timeout(1):
            with pytest.raises(LinkLostError):
                await asking
            with pytest.raises(LinkLostError):
                await taking

    run(link, use, Parameters())


def test_arming_writes_what_the_facts_say() -> None:
    link = ScriptedLink("MMS")

    async def use(sensor: MetaMotion) -> None:
        coding = await sensor.start_log(Settings())
        assert coding.facts == {"acc_loggers": "0 1", "gyr_loggers": "2 3"}

    run(link, use)
    assert link.loggers == dict(enumerate(hexed("03 04 ff 60", "03 04 ff 24", "13 04 ff 60", "13 04 ff 24")))
    assert link.written[-6:] == hexed(
        "0b 0b 00", "0b 01 01", "03 02 01 00", "13 02 01 00", "03 01 01", "13 01 01"
    )


def test_a_logger_that_is_not_confirmed_is_created_again_from_nothing() -> None:
    link = ScriptedLink(deaf={bytes.fromhex("0b 02 13 05 ff 60"): 1})

    async def use(sensor: MetaMotion) -> None:
        coding = await sensor.start_log(Settings())
        assert coding.facts == {"acc_loggers": "0 1", "gyr_loggers": "2 3"}

    run(link, use)
    assert len(link.loggers) == 4


def test_a_board_that_takes_no_loggers_is_reset() -> None:
    link = ScriptedLink(deaf={bytes.fromhex("0b 02 13 05 ff 60"): 99})

    async def use(sensor: MetaMotion) -> None:
        with pytest.raises(SensorError, match="it was reset, connect again"):
            await sensor.start_log(Settings())

    run(link, use)
    assert link.written[-2:] == hexed("fe 05", "fe 01")


def test_nothing_is_changed_where_a_log_lies() -> None:
    link = ScriptedLink(entries=acc_entries(1, 2, 3), loggers={0: bytes.fromhex("03 04 ff 60")})
    changing = hexed("0b 0a", "0b 09 ff ff ff ff", "0b 01 00", "09 08", "03 01 00")

    async def use(sensor: MetaMotion) -> None:
        for call in (sensor.start_log, sensor.configure):
            with pytest.raises(SensorError, match="a log of 6 entries lies on it"):
                await call(Settings())

    run(link, use)
    assert not set(link.written) & set(changing)


def test_another_process_finds_a_running_log_and_how_to_read_it() -> None:
    link = ScriptedLink("MMS", growing=8)
    codings: list[Coding] = []

    async def arm(sensor: MetaMotion) -> None:
        link.growing = 0
        codings.append(await sensor.start_log(Settings(rate_hz=100, acc_range_g=8, gyr_range_dps=1000)))
        link.growing = 8

    async def find(sensor: MetaMotion) -> None:
        status = await sensor.log_status()
        assert status.running
        assert status.used > 0
        assert status.coding == codings[0]
        await sensor.stop_log()
        assert link.written[-1:] == hexed("0b 10 01")
        assert not (await sensor.log_status()).running

    run(link, arm)
    run(link, find)
    assert len(link.loggers) == 4


def test_a_sensor_without_a_log_says_so() -> None:
    async def use(sensor: MetaMotion) -> None:
        status = await sensor.log_status()
        assert (status.running, status.used, status.capacity, status.coding) == (False, 0, None, None)

    run(ScriptedLink("MMR"), use)


@asynccontextmanager
async def downloading(sensor: MetaMotion) -> AsyncIterator[AsyncIterator[LogPart]]:
    parts = sensor.download(held=0)
    try:
        yield parts
    finally:
        await parts.aclose()  # type: ignore[attr-defined]


async def collected(sensor: MetaMotion, *, at_most: int = 999) -> list[Packet]:
    """Parts kept and confirmed, and one more kept but not confirmed where there are more than `at_most`."""
    kept: list[Packet] = []
    async with downloading(sensor) as parts:
        number = 0
        async for part in parts:
            kept += part.packets
            number += 1
            if number > at_most:
                return kept
            await sensor.confirm(part)
        assert part.done == part.total
    return kept


@pytest.mark.parametrize("starts_over", [True, False])
def test_a_download_broken_off_and_taken_up_again_gives_every_sample_once(starts_over: bool) -> None:
    ticks = list(range(1000, 1090, 3))
    link = ScriptedLink(entries=acc_entries(*ticks), starts_over=starts_over)
    kept: list[Packet] = []
    coding = Coding("metamotion", "log", 200, 16, None, 2048, None, 48 / 32768, {"acc_loggers": "0 1"})

    async def first(sensor: MetaMotion) -> None:
        kept.extend(await collected(sensor, at_most=3))

    async def second(sensor: MetaMotion) -> None:
        kept.extend(await collected(sensor))

    run(link, first)
    run(link, second)
    decoder = decoder_for(coding)
    blocks = [block for packet in kept for block in decoder.receive(packet)]
    assert [int(block.ticks[0]) for block in blocks if block.ticks is not None] == ticks
    assert [int(block.counts[0, 0]) for block in blocks] == ticks
    assert sum(block.lost for block in blocks) == 0


def test_a_page_is_confirmed_only_when_asked_and_before_the_next_is_taken() -> None:
    link = ScriptedLink(entries=acc_entries(*range(8)))
    confirm = b"\x0b\x0e"

    async def use(sensor: MetaMotion) -> None:
        async with downloading(sensor) as parts:
            part = await anext(parts)
            assert confirm not in link.written
            await sensor.confirm(part)
            assert link.written.count(confirm) == 1
            await anext(parts)
            with pytest.raises(ValueError, match="must be confirmed"):
                await anext(parts)

    run(link, use)


def test_an_empty_log_ends_at_once() -> None:
    async def use(sensor: MetaMotion) -> None:
        assert [part async for part in sensor.download(held=0)] == []

    run(ScriptedLink(), use)


def test_a_download_that_stands_still_says_how_far_it_came() -> None:
    link = ScriptedLink(entries=acc_entries(*range(8)), deaf={b"\x0b\x0e": 1})

    async def use(sensor: MetaMotion) -> None:
        with pytest.raises(SensorError, match=r"stood still for 0\.1 s after 4 of 16 entries"):
            await collected(sensor)

    run(link, use)


def test_a_link_lost_while_downloading_is_told_as_such() -> None:
    link = ScriptedLink(entries=acc_entries(*range(8)), deaf={b"\x0b\x0e": 1})

    async def use(sensor: MetaMotion) -> None:
        asyncio.get_running_loop().call_later(0.05, link.lose)
        with pytest.raises(LinkLostError, match="after 4 of 16 entries"):
            await collected(sensor)

    run(link, use, Parameters())


@pytest.mark.parametrize("model", ["MMR", "MMS"])
def test_erasing_stops_the_log_first_and_leaves_nothing(model: str) -> None:
    link = ScriptedLink(model, entries=acc_entries(1, 2), running=True)

    async def use(sensor: MetaMotion) -> None:
        await sensor.erase_log()
        assert (await sensor.log_status()).used == 0

    run(link, use)
    assert not link.entries
    assert not link.loggers
    assert (b"\x0b\x0d\x01" in link.written) == (model == "MMR")


def test_a_log_that_does_not_clear_is_an_error() -> None:
    async def use(sensor: MetaMotion) -> None:
        with pytest.raises(SensorError, match=r"the log is not cleared after 0\.1 s"):
            await sensor.erase_log()

    run(ScriptedLink(growing=1), use)


def test_an_exchange_is_bracketed_by_host_times() -> None:
    link = ScriptedLink(tick=77, reset_id=13)

    async def use(sensor: MetaMotion) -> None:
        exchange = await sensor.exchange()
        assert (exchange.ticks, exchange.reset_id) == (77, 5)  # as the three bits of an entry
        assert exchange.after_ns == link.now_ns

    run(link, use)


def test_blinking_ends_dark() -> None:
    link = ScriptedLink()

    async def use(sensor: MetaMotion) -> None:
        await sensor.blink(seconds=0.01)

    run(link, use)
    assert link.written[-1] == b"\x02\x02\x01"
