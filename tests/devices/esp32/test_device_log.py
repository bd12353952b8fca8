"""Logging on board and copying it: what was measured is on disk before it may be erased, whatever happens."""

import asyncio
import json
from dataclasses import replace

import numpy as np
import pytest

from imu.devices.calibration import ChipCalibration
from imu.devices.esp32 import gatt
from imu.devices.esp32.control import Command, Field, encode_request
from imu.devices.esp32.log_bytes import encode_allowance
from imu.devices.sensor import Coding, LogPart, Packet, Settings
from imu.errors import LinkLostError, SensorError
from imu.simulate.boards.esp32 import Esp32Board
from imu.simulate.boards.esp32_memory import Esp32Faults
from tests.devices.esp32.test_device_stream import chip_of
from tests.devices.esp32.virtual_time import run
from tests.devices.esp32.wire import (
    connected,
    counts_of,
    decoded,
    downloaded,
    index_of,
    make_board,
    ticks_of,
)

AT_800_HZ = Settings(rate_hz=800)


async def logged(board: Esp32Board, *, seconds: float, settings: Settings = Settings()) -> Coding:
    """A log of so many seconds, made without a connection."""
    async with connected(board) as (sensor, _):
        coding = await sensor.start_log(settings)
    await asyncio.sleep(seconds)
    async with connected(board) as (sensor, _):
        await sensor.stop_log()
    return coding


def check_against_chip(coding: Coding, packets: list[Packet], *, seconds: float) -> None:
    blocks = decoded(coding, packets)
    counts, chip = counts_of(blocks), chip_of(coding)
    first = index_of(counts, chip, near_s=0.1)
    assert len(counts) == pytest.approx(seconds * chip.rate_hz, abs=chip.rate_hz * 0.3)
    np.testing.assert_array_equal(counts, chip.counts(first, first + len(counts))[:, : counts.shape[1]])
    assert sum(block.lost for block in blocks) == 0
    true_us = chip.time_s(np.arange(first, first + len(counts))) * 1e6 * (1 + 35e-6)
    assert np.abs(ticks_of(blocks) - true_us)[len(blocks[0].counts) :].max() < 3


@pytest.mark.parametrize("payload", [20, 24, 244])
def test_a_log_is_every_sample_of_its_time(payload: int) -> None:
    async def main() -> None:
        board = make_board()
        coding = await logged(board, seconds=30)
        async with connected(board, payload=payload, room=16) as (sensor, _):
            packets = await downloaded(sensor)
        check_against_chip(coding, packets, seconds=30)

    run(main())


def test_the_accelerometer_alone_can_be_logged() -> None:
    async def main() -> None:
        board = make_board()
        coding = await logged(board, seconds=30, settings=Settings(gyr_range_dps=None))
        async with connected(board) as (sensor, _):
            check_against_chip(coding, await downloaded(sensor), seconds=30)

    run(main())


def test_the_sensor_still_knows_how_its_log_is_read_and_which_log_it_is() -> None:
    async def main() -> None:
        board = make_board()
        coding = await logged(board, seconds=5)
        async with connected(board) as (sensor, _):
            status = await sensor.log_status()
            assert status.coding == coding
            assert not status.running
            assert 0 < status.used < (status.capacity or 0)
            assert status.unit == "bytes"
            await downloaded(sensor)
            await sensor.erase_log()
            empty = await sensor.log_status()
            assert empty.used == 0
            assert empty.coding is None
            again = await sensor.start_log(Settings())
            assert again != coding
            assert (await sensor.log_status()).running

    run(main())


def test_a_download_goes_on_where_it_was_cut() -> None:
    async def main() -> None:
        board = make_board()
        coding = await logged(board, seconds=60)
        kept: list[Packet] = []
        held = 0
        async with connected(board) as (sensor, link):
            async for part in sensor.download(held=0):
                kept += part.packets
                held = part.done
                await sensor.confirm(part)
                if held > 60_000:
                    link.lose()
                    break
        async with connected(board) as (sensor, _):
            more = await downloaded(sensor, held=held)
            assert len(more) * 239 == pytest.approx((await sensor.log_status()).used - held, rel=0.05)
            await sensor.erase_log()
        check_against_chip(coding, kept + more, seconds=60)

    run(main())


def test_a_part_that_was_kept_but_not_confirmed_comes_again_and_is_read_once() -> None:
    async def main() -> None:
        board = make_board()
        coding = await logged(board, seconds=60)
        kept: list[Packet] = []
        held = 0
        async with connected(board) as (sensor, link):
            async for part in sensor.download(held=0):
                kept += part.packets
                held = part.done
                link.lose()
                break
        async with connected(board) as (sensor, _):
            kept += await downloaded(sensor, held=held)
            await sensor.erase_log()
        check_against_chip(coding, kept, seconds=60)

    run(main())


@pytest.mark.parametrize(
    "faults", [Esp32Faults(lost_at=50_000), Esp32Faults(damaged_at=50_000), Esp32Faults(stalls_at=50_000)]
)
@pytest.mark.parametrize("payload", [20, 244])
def test_what_went_wrong_on_the_way_is_read_again(faults: Esp32Faults, payload: int) -> None:
    async def main() -> None:
        board = make_board(faults=faults)
        coding = await logged(board, seconds=60)
        async with connected(board, payload=payload, room=16) as (sensor, _):
            packets = await downloaded(sensor)
            await sensor.erase_log()
        check_against_chip(coding, packets, seconds=60)

    run(main())


def test_a_stream_ends_the_reading_of_the_log() -> None:
    board = make_board()
    board.connected(0.0, payload=244)
    wanted = {Field.RATE_HZ: 200, Field.ACC_RANGE_G: 16, Field.GYR_RANGE_DPS: 2000}
    range_ = {Field.OFFSET: 0, Field.LENGTH: 4096, Field.ALLOWED: 100}
    for at_s, command, fields in (
        (0.0, Command.LOG_START, wanted),
        (30.0, Command.LOG_STOP, {}),
        (30.0, Command.CONFIGURE, wanted),
        (30.0, Command.LOG_READ, range_),
        (30.0, Command.START, {}),
    ):
        board.write(gatt.CONTROL, encode_request(1, command, fields), at_s)
    board.write(gatt.LOG, encode_allowance(4096), 30.0)
    assert {channel for channel, _ in board.notifications(31.0, room=99)} == {gatt.CONTROL, gatt.DATA}


def test_an_unknown_command_is_answered_in_one_piece() -> None:
    board = make_board()
    board.connected(0.0, payload=244)
    board.write(gatt.CONTROL, b"\x01\xff", 0.0)
    assert list(board.notifications(0.0, room=9)) == [(gatt.CONTROL, b"\x01\xbf\x01")]


def test_nothing_is_erased_that_was_not_confirmed() -> None:
    async def main() -> None:
        board = make_board()
        await logged(board, seconds=60)
        async with connected(board) as (sensor, _):
            async for _ in sensor.download(held=0):
                with pytest.raises(SensorError, match="its log was not copied whole"):
                    await sensor.erase_log()
                break
            assert (await sensor.log_status()).used > 0
            with pytest.raises(SensorError, match="a log lies on it already"):
                await sensor.start_log(Settings())

    run(main())


def test_a_copy_that_differs_from_the_log_is_not_confirmed() -> None:
    async def main() -> None:
        board = make_board()
        await logged(board, seconds=10)
        async with connected(board) as (sensor, _):
            async for part in sensor.download(held=0):
                last = part.packets[-1]
                spoilt = Packet(last.arrival_ns, last.data[:-1] + bytes([last.data[-1] ^ 1]))
                copy = LogPart([*part.packets[:-1], spoilt], done=part.done, total=part.total)
                with pytest.raises(SensorError, match="the copy of its log differs"):
                    await sensor.confirm(copy)

    run(main())


def test_a_bit_that_fell_in_flash_costs_one_frame_and_no_more() -> None:
    async def main() -> None:
        board = make_board(faults=Esp32Faults(spoilt_sector=3))
        coding = await logged(board, seconds=30)
        async with connected(board) as (sensor, _):
            blocks = decoded(coding, await downloaded(sensor))
        assert [block.lost for block in blocks if block.lost] == [41]
        chip = chip_of(coding)
        expected = index_of(blocks[0].counts, chip, near_s=0.1)
        for block in blocks:
            expected += block.lost
            np.testing.assert_array_equal(block.counts, chip.counts(expected, expected + len(block.counts)))
            expected += len(block.counts)

    run(main())


def test_a_brown_out_costs_the_frame_being_written_and_the_log_goes_on_by_another_clock() -> None:
    async def main() -> None:
        board = make_board(faults=Esp32Faults(resets_at_s=20.0))
        coding = await logged(board, seconds=40)
        async with connected(board) as (sensor, _):
            assert (await sensor.log_status()).coding == coding
            reset_id = (await sensor.exchange()).reset_id
            blocks = decoded(coding, await downloaded(sensor))
            await sensor.erase_log()
        assert {block.reset_id for block in blocks} == {1, 2}
        assert reset_id == 2
        chip = chip_of(coding)
        for boot, begins_s, ends_s in ((1, 0.1, 20.0), (2, 20.5, 40.1)):
            part = [block for block in blocks if block.reset_id == boot]
            counts = counts_of(part)
            first = index_of(counts, chip, near_s=begins_s)
            np.testing.assert_array_equal(counts, chip.counts(first, first + len(counts)))
            assert chip.time_s(np.array([first + len(counts)]))[0] == pytest.approx(ends_s, abs=0.3)
            assert ticks_of(part)[0] == pytest.approx(1e6 * (begins_s if boot == 1 else 0.0), abs=1e5)

    run(main())


def test_an_empty_battery_leaves_the_log_to_be_read_when_it_is_charged() -> None:
    async def main() -> None:
        dying = make_board(faults=Esp32Faults(dies_at_s=30.0))
        async with connected(dying) as (sensor, _):
            coding = await sensor.start_log(Settings())
            with pytest.raises(LinkLostError):
                async for _ in sensor.packets():
                    pass
        assert not dying.alive
        state = json.loads(json.dumps(dying.state()))
        charged = make_board()
        charged.restore(state | {"happened": []})
        async with connected(charged) as (sensor, _):
            check_against_chip(coding, await downloaded(sensor), seconds=30)

    run(main())


def test_a_full_flash_keeps_what_it_has() -> None:
    async def main() -> None:
        board = make_board(capacity=16 * 4096)
        coding = await logged(board, seconds=60)
        async with connected(board) as (sensor, _):
            status = await sensor.log_status()
            assert not status.running
            check_against_chip(coding, await downloaded(sensor), seconds=16 * 328 / (200 * 1.007))

    run(main())


def test_a_log_across_the_wrap_of_the_clock_is_in_one_piece() -> None:
    async def main() -> None:
        board = make_board(faults=Esp32Faults(clock_from_us=2**32 - 20_000_000))
        coding = await logged(board, seconds=60)
        async with connected(board) as (sensor, _):
            blocks = decoded(coding, await downloaded(sensor))
            exchange = await sensor.exchange()
        ticks = ticks_of(blocks)
        assert ticks[0] < 2**32 < ticks[-1] < exchange.ticks
        assert (np.diff(ticks) > 3000).all()  # after the first frame, which was read at the nominal rate
        assert (np.diff(ticks) < 6000).all()

    run(main())


def test_a_board_is_the_same_after_its_world_was_stored_and_loaded() -> None:
    async def main() -> None:
        board = make_board()
        async with connected(board) as (sensor, _):
            coding = await sensor.start_log(AT_800_HZ)
        await asyncio.sleep(20)
        stored = json.dumps(board.state())
        assert len(stored) < 2000
        again = make_board()
        again.restore(json.loads(stored))
        await asyncio.sleep(10)
        async with connected(again) as (sensor, _):
            assert (await sensor.log_status()).running
            await sensor.stop_log()
            check_against_chip(coding, await downloaded(sensor), seconds=30)

    run(main())


def test_calibration_is_kept_on_the_sensor_and_changes_no_sample() -> None:
    async def main() -> None:
        board = make_board()
        given = ChipCalibration(
            acc_bias_g=(0.01, -0.02, 0.0),
            acc_scale=(1.001, 0.999, 1.0),
            gyr_bias_dps=(0.5, -1.5, 2.0),
            gyr_scale=(1.0, 1.02, 0.98),
        )
        of_day = replace(given, date="2026-11-26")
        async with connected(board, payload=20) as (sensor, _):
            assert await sensor.calibration(None) is None
            assert await sensor.calibration(of_day) is None  # nothing is on it, whatever is remembered
            assert await sensor.calibrate(given)
        async with connected(board, payload=20) as (sensor, _):
            kept = await sensor.calibration(None)
            assert await sensor.calibration(of_day) == of_day
            assert await sensor.calibration(replace(of_day, acc_scale=(1.0, 1.0, 1.0))) == kept
        for name in ("acc_bias_g", "acc_scale", "gyr_bias_dps", "gyr_scale"):
            assert getattr(kept, name) == pytest.approx(getattr(given, name))
        coding = await logged(board, seconds=5)
        async with connected(board) as (sensor, _):
            check_against_chip(coding, await downloaded(sensor), seconds=5)

    run(main())
