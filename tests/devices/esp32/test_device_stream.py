"""Streaming through driver and virtual board: what the chip measured is what arrives, sample by sample."""

import asyncio

import numpy as np
import pytest

from imu.devices.decoders import decoder_for
from imu.devices.esp32.setting import Setting
from imu.devices.sensor import Block, Coding, Sensor, Settings
from imu.errors import LinkLostError, ProtocolError, SensorError
from imu.simulate.boards.esp32_memory import Esp32Faults
from tests.devices.esp32.virtual_time import run
from tests.devices.esp32.wire import (
    BEGAN_NS,
    SERIAL,
    CountingChip,
    connected,
    counting,
    counts_of,
    decoded,
    index_of,
    make_board,
    streamed,
    ticks_of,
)


def chip_of(coding: Coding) -> CountingChip:
    gyr = None if coding.gyr_range_dps is None else int(coding.gyr_range_dps)
    return counting(Setting(int(coding.rate_hz), int(coding.acc_range_g), gyr))


def stream(
    settings: Settings = Settings(),
    *,
    payload: int = 244,
    room: int = 4,
    seconds: float = 3.0,
    faults: Esp32Faults = Esp32Faults(),
    after_s: float = 0.0,
) -> tuple[Coding, list[Block]]:
    async def main() -> tuple[Coding, list[Block]]:
        await asyncio.sleep(after_s)
        async with connected(make_board(faults=faults), payload=payload, room=room) as (sensor, _):
            coding = await sensor.configure(settings)
            return coding, decoded(coding, await streamed(sensor, seconds=seconds))

    return run(main())


@pytest.mark.parametrize("payload", [20, 24, 100, 182, 244, 509])
@pytest.mark.parametrize("rate_hz", [200.0, 800.0])
def test_every_sample_arrives_once_and_in_order(payload: int, rate_hz: float) -> None:
    room = 4 if payload > 50 else 16
    coding, blocks = stream(Settings(rate_hz=rate_hz), payload=payload, room=room)
    counts, chip = counts_of(blocks), chip_of(coding)
    first = index_of(counts, chip, near_s=0.1)
    assert len(counts) == pytest.approx(3 * rate_hz * 1.007, abs=rate_hz * 0.05)
    np.testing.assert_array_equal(counts, chip.counts(first, first + len(counts)))
    assert sum(block.lost for block in blocks) == 0


def test_ticks_are_the_times_of_the_samples_on_the_sensors_own_clock() -> None:
    coding, blocks = stream()
    counts, chip = counts_of(blocks), chip_of(coding)
    first = index_of(counts, chip, near_s=0.1)
    true_us = chip.time_s(np.arange(first, first + len(counts))) * 1e6 * (1 + 35e-6)
    late_us = np.abs(ticks_of(blocks) - true_us)
    assert late_us.max() < 1000  # within the first frame, read at the nominal rate
    assert late_us[len(blocks[0].counts) :].max() < 3


def test_the_accelerometer_alone_sends_three_numbers() -> None:
    coding, blocks = stream(Settings(gyr_range_dps=None))
    assert coding.gyr_range_dps is None
    assert coding.gyr_lsb_per_dps is None
    assert {block.stream for block in blocks} == {"acc"}
    assert counts_of(blocks).shape[1] == 3


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        (Settings(200, 16, 2000), (200, 16, 2000, 2048.0, 16.4)),
        (Settings(333, 17, 1500), (400, 32, 2000, 1024.0, 16.4)),
        (Settings(150, 5, 100), (200, 8, 250, 4096.0, 131.2)),
        (Settings(1e6, 1e6, 1e6), (800, 32, 4000, 1024.0, 8.2)),
    ],
)
def test_the_nearest_setting_is_taken_and_told(
    wanted: Settings, taken: tuple[float, float, float, float, float]
) -> None:
    async def main() -> Coding:
        async with connected(make_board()) as (sensor, _):
            return await sensor.configure(wanted)

    coding = run(main())
    told = (
        coding.rate_hz,
        coding.acc_range_g,
        coding.gyr_range_dps,
        coding.acc_lsb_per_g,
        coding.gyr_lsb_per_dps,
    )
    assert told == pytest.approx(taken)


def test_a_damaged_frame_is_refused_and_its_samples_are_counted() -> None:
    async def main() -> None:
        async with connected(make_board(faults=Esp32Faults(spoilt_frame=5))) as (sensor, _):
            coding = await sensor.configure(Settings())
            packets = await streamed(sensor, seconds=3)
        with pytest.raises(ProtocolError, match="damaged frame"):
            decoded(coding, packets)
        good = decoded(coding, packets[:5]) + decoded(coding, packets[6:])
        assert len(counts_of(good)) + 19 == 19 * (len(packets) - 1) + len(good[-1].counts)
        decoder = decoder_for(coding)
        lost = []
        for packet in packets:
            try:
                lost += [block.lost for block in decoder.receive(packet)]
            except ProtocolError:
                lost.append(-1)
        assert lost[4:8] == [0, -1, 19, 0]

    run(main())


def test_samples_that_found_no_room_are_counted_to_the_last_one() -> None:
    # Room for one notification of 18 bytes per interval is a tenth of what 800 Hz need.
    coding, blocks = stream(Settings(rate_hz=800), payload=24, room=1, seconds=2)
    counts, chip = counts_of(blocks), chip_of(coding)
    lost = sum(block.lost for block in blocks)
    assert lost > 500
    first = index_of(blocks[0].counts, chip, near_s=0.1)
    expected = first
    for block in blocks:
        expected += block.lost
        np.testing.assert_array_equal(block.counts, chip.counts(expected, expected + len(block.counts)))
        expected += len(block.counts)
    assert expected == first + len(counts) + lost


def test_the_clock_wraps_and_time_goes_on() -> None:
    faults = Esp32Faults(clock_from_us=2**32 - 1_500_000)
    _, blocks = stream(faults=faults, seconds=5)
    ticks = ticks_of(blocks)
    assert ticks[0] < 2**32 < ticks[-1]
    assert (np.diff(ticks) > 4000).all()
    assert (np.diff(ticks) < 6000).all()


def test_a_stream_begun_hours_after_the_sensor_has_the_ticks_of_its_exchanges() -> None:
    async def main() -> None:
        board = make_board()
        await asyncio.sleep(3 * 3600)
        async with connected(board) as (sensor, _):
            coding = await sensor.configure(Settings())
            exchange = await sensor.exchange()
            blocks = decoded(coding, await streamed(sensor, seconds=1))
        assert abs(ticks_of(blocks)[0] - exchange.ticks) < 1_000_000
        assert blocks[0].reset_id == exchange.reset_id == 1

    run(main())


def test_an_exchange_holds_the_true_time_of_the_tick() -> None:
    async def main() -> None:
        async with connected(make_board(skew_ppm=40)) as (sensor, _):
            for _ in range(20):
                exchange = await sensor.exchange()
                true_ns = BEGAN_NS + exchange.ticks * 1000 / (1 + 40e-6)
                assert exchange.before_ns - 2000 <= true_ns <= exchange.after_ns + 2000
                assert exchange.after_ns - exchange.before_ns < 20_000_000

    run(main())


def test_who_it_is_and_how_full() -> None:
    async def main() -> None:
        board = make_board()
        async with connected(board) as (sensor, _):
            conforms: Sensor = sensor
            assert conforms.identity.kind == "esp32"
            assert conforms.identity.serial == SERIAL
            battery = await sensor.battery()
            assert battery.percent == 100
            assert battery.voltage_v == pytest.approx(4.2)
            await sensor.blink(seconds=2.5)
            assert board.blinking_until_s == pytest.approx(3.0, abs=0.5)

    run(main())


def test_a_lost_connection_ends_whatever_waits() -> None:
    async def main() -> None:
        async with connected(make_board()) as (sensor, link):
            await sensor.configure(Settings())
            await sensor.start()
            asyncio.get_running_loop().call_later(1.0, link.lose)
            with pytest.raises(LinkLostError):
                async for _ in sensor.packets():
                    pass
            with pytest.raises(LinkLostError):
                await sensor.battery()
            with pytest.raises(LinkLostError):
                await sensor.exchange()

    run(main())


def test_a_sensor_that_restarts_is_gone_and_comes_back_with_another_clock() -> None:
    async def main() -> None:
        board = make_board(faults=Esp32Faults(resets_at_s=2.0))
        async with connected(board) as (sensor, _):
            before = (await sensor.exchange()).reset_id
            await sensor.configure(Settings())
            await sensor.start()
            with pytest.raises(LinkLostError):
                async for _ in sensor.packets():
                    pass
        await asyncio.sleep(1)
        async with connected(board) as (sensor, _):
            exchange = await sensor.exchange()
        assert exchange.reset_id == before + 1
        assert exchange.ticks < 2_000_000

    run(main())


def test_a_sensor_that_says_nothing_is_given_up_in_time() -> None:
    async def main() -> None:
        async with connected(make_board(), room=4) as (sensor, link):
            link.room = 0
            begun_s = asyncio.get_running_loop().time()
            with pytest.raises(SensorError, match="did not answer BATTERY within 5 s"):
                await sensor.battery()
            with pytest.raises(SensorError, match="clock did not answer"):
                await sensor.exchange()
            assert asyncio.get_running_loop().time() - begun_s < 8

    run(main())


def test_a_sensor_that_never_speaks_is_not_waited_for_for_ever() -> None:
    async def main() -> None:
        with pytest.raises(SensorError, match="HELLO within 5 s"):
            async with connected(make_board(), room=0):
                pass

    run(main())


def test_what_cannot_be_done_now_is_refused_in_words() -> None:
    async def main() -> None:
        async with connected(make_board()) as (sensor, _):
            with pytest.raises(SensorError, match="refused to start: it is doing something else"):
                await sensor.start()
            await sensor.configure(Settings())
            await sensor.start()
            with pytest.raises(SensorError, match="refused to log start: it is doing something else"):
                await sensor.start_log(Settings())

    run(main())
