"""The log on a board, packet by packet: how it is asked for, in what parts it comes, what is not believed."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from imu.devices.metamotion import log
from imu.devices.metamotion.device import MetaMotion
from imu.devices.metamotion.parameters import Parameters
from imu.devices.sensor import LogPart, Settings
from imu.errors import ProtocolError, SensorError
from tests.devices.metamotion.scripted import ScriptedLink
from tests.devices.metamotion.test_device import QUICK, acc_entries, downloading, hexed, run


class Unpaged(ScriptedLink):
    """A board without pages, which says on the way how much is left."""

    def _download(self) -> Iterator[bytes]:
        for first in range(0, len(self.entries), 2):
            yield b"\x0b\x07" + b"".join(self.entries[first : first + 2])
            yield b"\x0b\x08" + (len(self.entries) - first - 2).to_bytes(4, "little")


async def parts_of(sensor: MetaMotion) -> list[LogPart]:
    async with downloading(sensor) as parts:
        return [part async for part in parts]


@pytest.mark.parametrize(("at_once", "sizes"), [(1, [2, 2, 2, 2, 2]), (2, [4, 4, 2]), (9, [10])])
def test_a_log_without_pages_comes_in_parts_of_so_many_packets(at_once: int, sizes: list[int]) -> None:
    link = Unpaged("MMS", entries=acc_entries(*range(5)))

    async def use(sensor: MetaMotion) -> None:
        parts = await parts_of(sensor)
        assert [sum((len(one.data) - 2) // 9 for one in part.packets) for part in parts] == sizes
        assert [part.total for part in parts] == [10] * len(sizes)
        assert [part.done for part in parts] == [sum(sizes[: k + 1]) for k in range(len(sizes))]
        assert b"".join(one.data[2:] for part in parts for one in part.packets) == b"".join(link.entries)
        before = len(link.written)
        for part in parts:
            await sensor.confirm(part)
        assert len(link.written) == before  # there is no page to be confirmed

    run(link, use, replace(QUICK, part_packets=at_once, progress_notifications=5))
    assert hexed("0b 06 0a 00 00 00 02 00 00 00")[0] in link.written


def test_a_download_is_begun_with_everything_that_tells_how_it_goes() -> None:
    link = ScriptedLink("MMS", entries=acc_entries(1))

    async def use(sensor: MetaMotion) -> None:
        before = len(link.written)
        await parts_of(sensor)
        assert link.written[before:] == [
            log.NOTIFY_PROGRESS,
            log.NOTIFY_PAGES,
            log.NOTIFY_ENTRIES,
            log.READ_LENGTH,
            *hexed("0b 06 02 00 00 00 00 00 00 00"),
        ]

    run(link, use)


def test_a_board_that_sent_less_than_it_told_is_not_blamed() -> None:
    class Short(ScriptedLink):
        def _download(self) -> Iterator[bytes]:
            yield b"\x0b\x07" + self.entries[0]
            yield b"\x0b\x08" + bytes(4)

    async def use(sensor: MetaMotion) -> None:
        assert [(part.done, part.total) for part in await parts_of(sensor)] == [(1, 4)]

    run(Short(entries=acc_entries(1, 2)), use)


def test_a_notification_that_was_cut_ends_the_download() -> None:
    class Cut(ScriptedLink):
        def _download(self) -> Iterator[bytes]:
            yield b"\x0b\x07" + b"".join(self.entries[:2])
            yield b"\x0b\x07" + b"".join(self.entries[2:4])[:-1]

    async def use(sensor: MetaMotion) -> None:
        with pytest.raises(
            ProtocolError, match=r"^MetaMotion R 0541A2: a notification was cut after 2 entries$"
        ):
            await parts_of(sensor)

    run(Cut(entries=acc_entries(1, 2)), use)


def test_what_came_faster_than_it_was_kept_is_not_taken_for_whole() -> None:
    async def use(sensor: MetaMotion) -> None:
        with pytest.raises(
            SensorError, match=r"0541A2: the log came faster than it could be kept; sync again$"
        ):
            await parts_of(sensor)

    run(ScriptedLink(entries=acc_entries(1, 2, 3)), use, replace(QUICK, download_packets=2))


def test_a_length_that_is_not_told_is_named() -> None:
    async def use(sensor: MetaMotion) -> None:
        with pytest.raises(SensorError, match=r"no answer when asked for the length of its log \(0b 85\)"):
            await parts_of(sensor)

    run(ScriptedLink(deaf={log.READ_LENGTH: 99}), use)


LOGGERS = dict(enumerate(hexed("03 04 ff 60", "03 04 ff 24", "13 05 ff 60", "13 05 ff 24")))


@pytest.mark.parametrize(
    ("loggers", "facts"),
    [
        (LOGGERS, {"acc_loggers": "0 1", "gyr_loggers": "2 3"}),
        ({0: LOGGERS[0], 1: LOGGERS[1]}, {"acc_loggers": "0 1"}),
        ({0: LOGGERS[1], 1: LOGGERS[0], 5: LOGGERS[2]}, {"acc_loggers": "1 0"}),  # in the order of the bytes
        ({0: LOGGERS[0]}, None),
        ({2: LOGGERS[2], 3: LOGGERS[3]}, None),
    ],
)
def test_a_log_is_read_by_the_loggers_that_lie_there(
    loggers: dict[int, bytes], facts: dict[str, str] | None
) -> None:
    link = ScriptedLink("MMR", loggers=dict(loggers), entries=acc_entries(1, 2, 3))

    async def use(sensor: MetaMotion) -> None:
        status = await sensor.log_status()
        assert (status.running, status.used, status.unit) == (False, 6, "entries")
        assert (None if status.coding is None else dict(status.coding.facts)) == facts
        if status.coding is not None:
            assert status.coding.rate_hz == 100.0
            assert status.coding.gyr_range_dps == (2000.0 if "gyr_loggers" in status.coding.facts else None)

    run(link, use)


@pytest.mark.parametrize("silent", ["03 83", "13 83"])
def test_a_board_that_does_not_tell_its_settings_leaves_how_to_read_it_open(silent: str) -> None:
    link = ScriptedLink("MMR", loggers=dict(LOGGERS), deaf={bytes.fromhex(silent): 99})

    async def use(sensor: MetaMotion) -> None:
        assert (await sensor.log_status()).coding is None

    run(link, use)
    assert link.written.count(bytes.fromhex(silent)) == QUICK.attempts


def test_what_is_armed_runs_until_it_is_stopped_and_nothing_is_waited_for() -> None:
    link = ScriptedLink("MMS")

    async def use(sensor: MetaMotion) -> None:
        await sensor.start_log(Settings())
        began = asyncio.get_running_loop().time()
        assert (await sensor.log_status()).running
        await sensor.stop_log()
        assert not (await sensor.log_status()).running
        assert asyncio.get_running_loop().time() - began < 60  # not a growth, of which none would come

    run(link, use, Parameters(answer_s=0.05, empty_slot_s=0.02, growth_s=60, poll_s=0.01))
