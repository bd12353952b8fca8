"""Real bleak over virtual air: find, connect, read, write, listen; and what a bad link does to them."""

import asyncio
from collections.abc import Callable
from itertools import pairwise
from time import process_time

import pytest

from imu.devices.link import Link
from imu.errors import LinkLostError, SensorError
from imu.radio.connect import BleLink, Patience, connect
from imu.radio.scan import Found, scan, watch
from imu.simulate.air.model import IDEAL, LinkModel
from imu.simulate.air.world import World
from tests.simulate.air.echo_board import COMMAND, DATA, SERIAL, SERVICE, count_aloud
from tests.simulate.air.worlds import CLOCK, QUICK, Heard, air, board, linked, listening, live, named

pytestmark = pytest.mark.unhurried

OTHER_SERVICE = "0000180d-0000-1000-8000-00805f9b34fb"


def test_sensors_are_found_by_their_service_with_name_and_address() -> None:
    async def story() -> None:
        async with air("left", "right") as (_, radio):
            found = await scan(radio, seconds=0.5, services=[SERVICE])
            assert {each.name: each.address for each in found} == {
                "left": "C4:12:00:00:00:01",
                "right": "C4:12:00:00:00:02",
            }
            assert all(each.services == (SERVICE,) and each.rssi_dbm < 0 for each in found)
            assert await scan(radio, seconds=0.5, services=[OTHER_SERVICE]) == []

    live(story)


def test_a_name_that_a_terminal_would_obey_is_shown_for_what_it_is() -> None:
    async def story() -> None:
        async with air("\x1b[2Jmine") as (_, radio):
            (found,) = await scan(radio, seconds=0.5, services=[SERVICE])
            assert found.name == "\\u001b[2Jmine"

    live(story)


@pytest.mark.parametrize("debug", [False, True], ids=["plain", "asyncio-debug"])
def test_what_is_written_and_read_arrives_whole(debug: bool) -> None:
    async def story() -> None:
        async with air("left", serial="0541A7") as (made, radio), linked(radio, "left") as link:
            checked: Link = link
            assert checked.has("2a25")
            assert checked.has(SERIAL)
            assert not checked.has(OTHER_SERVICE)
            assert checked.payload == 244 == board(made, "left").payload
            assert await checked.read(SERIAL) == b"0541A7"
            heard = await listening(link, COMMAND)
            longest = bytes(range(244))
            await checked.write(COMMAND, b"one", response=True)
            await checked.write(COMMAND, longest, response=False)
            await heard.until(2)
            assert [data for _, data in heard.packets] == [b"one", longest]

    live(story, debug=debug)


def test_notifications_carry_the_clock_of_the_session() -> None:
    async def story() -> None:
        async with air("left") as (_, radio), linked(radio, "left") as link:
            heard = await listening(link, COMMAND)
            before = CLOCK.now_ns()
            await link.write(COMMAND, b"now", response=True)
            await heard.until(1)
            assert before <= heard.packets[0][0] <= CLOCK.now_ns()

    live(story)


def test_a_connection_tells_how_strong_it_is_where_the_system_can() -> None:
    async def story() -> None:
        async with air("left") as (made, radio):
            async with linked(radio, "left") as link:
                assert await link.signal_dbm() == -50
                made.change_link("left", signal_dbm=-81)
                assert await link.signal_dbm() == -81
            with pytest.raises(LinkLostError):
                await link.signal_dbm()

    live(story)


def test_a_smallest_mtu_is_enough_for_short_packets_and_counts_when_it_connects() -> None:
    async def story() -> None:
        async with air("left", "right") as (made, radio):
            made.change_link("left", mtu=23)
            async with linked(radio, "right") as wide:
                assert wide.payload == IDEAL.mtu - 3 == board(made, "right").payload
            async with linked(radio, "left") as link:
                await streams_short_packets(made, link)

    async def streams_short_packets(made: World, link: BleLink) -> None:
        assert link.payload == 20 == board(made, "left").payload
        heard = await listening(link)
        await link.write(COMMAND, count_aloud(rate_hz=200, size=20, total=100), response=True)
        await heard.until(100)
        assert heard.numbers == list(range(100))
        assert {len(data) for _, data in heard.packets} == {20}

    live(story)


@pytest.mark.slow
@pytest.mark.parametrize(("rate_hz", "size"), [(67, 20), (50, 244)])
@pytest.mark.parametrize("link", [IDEAL, LinkModel()], ids=["ideal", "15ms"])
def test_three_sensors_stream_at_once_and_nothing_is_lost(
    link: LinkModel, rate_hz: int, size: int, record_property: Callable[[str, object], None]
) -> None:
    """A MetaMotion sends 67 packets of 18 bytes a second and sensor, an ESP32 board at most 50 of 240.

    The boards hold back all that a busy machine does not fetch in time: what is asked here is the way.
    """
    names = ("left", "right", "pelvis")
    total = rate_hz * 5

    async def story() -> None:
        async with (
            air(*names, link=link, held=total) as (_, radio),
            linked(radio, "left") as left,
            linked(radio, "right") as right,
            linked(radio, "pelvis") as pelvis,
        ):
            heard = [await listening(each) for each in (left, right, pelvis)]
            began = process_time()
            for each in (left, right, pelvis):
                await each.write(COMMAND, count_aloud(rate_hz=rate_hz, size=size, total=total), response=True)
            await asyncio.gather(*(each.until(total, seconds=50.0) for each in heard))
            record_property("processor_s", process_time() - began)
            for stream in heard:
                assert stream.numbers == list(range(total))
                arrivals = [arrival for arrival, _ in stream.packets]
                assert all(a <= b for a, b in pairwise(arrivals))
                record_property("rate_hz", (total - 1) / (arrivals[-1] - arrivals[0]) * 1e9)

    live(story)


@pytest.mark.slow
def test_a_hundred_millisecond_interval_only_makes_it_slower() -> None:
    async def story() -> None:
        slow = LinkModel(interval_s=0.1, packets_per_event=6)
        async with air("left", link=slow) as (_, radio), linked(radio, "left", patience=Patience()) as link:
            heard = await listening(link)
            await link.write(COMMAND, count_aloud(rate_hz=50, size=244, total=150), response=True)
            await heard.until(150, seconds=20.0)
            assert heard.numbers == list(range(150))
            gaps_ms = [(b - a) / 1e6 for (a, _), (b, _) in pairwise(heard.packets)]
            assert max(gaps_ms) > 50.0  # they come in bursts, one for each event

    live(story)


@pytest.mark.slow
def test_a_link_that_is_too_slow_holds_the_board_back() -> None:
    """Back-pressure reaches the board's own buffer, which loses its oldest; nothing comes out of order."""

    async def story() -> None:
        narrow = LinkModel(interval_s=0.03, packets_per_event=1, buffers=4)  # 33 a second
        async with air("left", link=narrow) as (_, radio), linked(radio, "left") as link:
            heard = await listening(link)
            await link.write(COMMAND, count_aloud(rate_hz=200, size=200, total=200), response=True)
            with pytest.raises(TimeoutError):
                await heard.until(200, seconds=4.0)
            assert heard.numbers == sorted(set(heard.numbers))
            assert 40 < len(heard.numbers) < 200
            assert heard.numbers[-1] == 199  # what its buffer held came in the end

    live(story)


def test_a_scan_that_had_to_wait_still_takes_its_time() -> None:
    async def story() -> None:
        async with air("left") as (_, radio):
            first = asyncio.create_task(scan(radio, seconds=0.8, services=[SERVICE]))
            await asyncio.sleep(0.1)
            assert [found.name for found in await scan(radio, seconds=0.4, services=[SERVICE])] == ["left"]
            assert [found.name for found in await first] == ["left"]

    live(story)


def test_two_connects_at_once_wait_for_each_other() -> None:
    async def story() -> None:
        async with air("left", "right") as (_, radio):
            left, right = await named(radio, "left"), await named(radio, "right")

            async def serial(found: Found) -> bytes:
                async with connect(found, radio=radio, clock=CLOCK, patience=QUICK) as link:
                    return await link.read(SERIAL)

            serials = await asyncio.gather(serial(left), serial(right))
            assert list(serials) == [b"E-1", b"E-1"]

    live(story)


def test_a_screen_that_scans_pauses_while_somebody_connects() -> None:
    async def story() -> None:
        async with air("left", "right") as (_, radio):
            heard = watch(radio, services=[SERVICE])
            async for found in heard:
                if found.name == "left":
                    break
            async with connect(found, radio=radio, clock=CLOCK, patience=QUICK) as link:
                assert await link.read(SERIAL) == b"E-1"
                async with asyncio.timeout(3.0):
                    seen = {(await anext(heard)).name for _ in range(3)}
            assert "right" in seen
            await heard.aclose()

    live(story)


def test_a_connected_sensor_does_not_show_itself_and_is_found_again_afterwards() -> None:
    async def story() -> None:
        async with air("left") as (_, radio):
            async with linked(radio, "left"):
                with pytest.raises(SensorError, match=r"left: not found in 0\.4 s; seen: nothing at all"):
                    await named(radio, "left", seconds=0.4)
            await named(radio, "left")

    live(story)


def test_what_was_seen_instead_is_said() -> None:
    async def story() -> None:
        async with air("right") as (_, radio):
            with pytest.raises(
                SensorError, match=r"left: not found in 0\.4 s; seen: right \(C4:12:00:00:00:01\)"
            ):
                await named(radio, "left", seconds=0.4)

    live(story)


def test_a_sensor_that_left_accepts_no_connection_and_the_radio_still_works() -> None:
    async def story() -> None:
        async with air("left", "right") as (made, radio):
            found = await named(radio, "left")
            await made.sensor("left").move(in_range=False)
            impatient = Patience(connect_s=0.5)
            with pytest.raises(SensorError, match=r"seen, but it accepts no connection within 0\.5 s"):
                async with connect(found, radio=radio, clock=CLOCK, patience=impatient):
                    pass
            async with linked(radio, "right") as link:
                assert await link.read(SERIAL) == b"E-1"

    live(story)


def test_a_cancelled_connect_passes_through_and_frees_the_radio() -> None:
    async def story() -> None:
        async with air("left", "right") as (made, radio):
            found = await named(radio, "left")
            await made.sensor("left").move(in_range=False)

            async def connects() -> None:
                async with connect(found, radio=radio, clock=CLOCK, patience=QUICK):
                    raise AssertionError("cannot be connected")

            attempt = asyncio.create_task(connects())
            await asyncio.sleep(0.2)
            attempt.cancel()
            with pytest.raises(asyncio.CancelledError):
                await attempt
            async with linked(radio, "right") as link:
                assert await link.read(SERIAL) == b"E-1"

    live(story)


@pytest.mark.parametrize("after_s", [0.15, 0.2, 0.25, 0.3, 0.4])
def test_a_connect_cancelled_at_any_moment_leaves_radio_and_sensor_free(after_s: float) -> None:
    async def story() -> None:
        async with air("left", link=LinkModel()) as (_, radio):
            found = await named(radio, "left")

            async def connects() -> None:
                async with connect(found, radio=radio, clock=CLOCK, patience=QUICK):
                    await asyncio.sleep(10.0)

            attempt = asyncio.create_task(connects())
            await asyncio.sleep(after_s)
            attempt.cancel()
            with pytest.raises(asyncio.CancelledError):
                await attempt
            async with linked(radio, "left") as link:
                assert await link.read(SERIAL) == b"E-1"

    live(story)


def test_a_request_that_was_given_up_does_not_answer_the_next_one() -> None:
    async def story() -> None:
        slow = LinkModel(interval_s=0.05)
        async with air("left", link=slow, serial="0541A7") as (_, radio), linked(radio, "left") as link:
            read = asyncio.create_task(link.read("2a00"))  # the name, in every sensor
            await asyncio.sleep(0.02)
            read.cancel()
            assert await link.read(SERIAL) == b"0541A7"

    live(story)


def test_a_lost_link_is_told_once_and_ends_every_wait() -> None:
    async def story() -> None:
        short = LinkModel(supervision_s=0.5)
        async with air("left", link=short) as (made, radio), linked(radio, "left") as link:
            told: list[str] = []
            link.when_lost(lambda: told.append("early"))
            await made.sensor("left").move(in_range=False)
            with pytest.raises(LinkLostError, match=r"left .*: the connection was lost"):
                await link.read(SERIAL)
            link.when_lost(lambda: told.append("late"))
            assert told == ["early", "late"]
            with pytest.raises(LinkLostError):
                await link.write(COMMAND, b"x", response=False)
            with pytest.raises(LinkLostError):
                await link.subscribe(DATA, Heard().receive)

    live(story)


def test_an_unknown_characteristic_is_named() -> None:
    async def story() -> None:
        async with air("left") as (_, radio), linked(radio, "left") as link:
            with pytest.raises(SensorError, match=f"left .*: has no characteristic {OTHER_SERVICE}"):
                await link.read(OTHER_SERVICE)

    live(story)


def test_a_refusal_of_the_sensor_is_not_a_lost_link() -> None:
    async def story() -> None:
        async with air("left") as (_, radio), linked(radio, "left") as link:
            with pytest.raises(SensorError, match="the sensor refused"):
                await link.read(COMMAND)
            assert await link.read(SERIAL) == b"E-1"

    live(story)
