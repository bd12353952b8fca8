"""The virtual world: its clock, its power, its memory, its control channel, and several computers in it."""

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from imu.errors import LinkLostError, SensorError
from imu.radio.connect import connect
from imu.radio.radio import Radio
from imu.radio.scan import scan
from imu.simulate.air.config import AirConfig, SensorConfig
from imu.simulate.air.control import controlled
from imu.simulate.air.model import IDEAL, LinkModel
from imu.simulate.air.remote import AirControl
from tests.simulate.air.echo_board import COMMAND, SERIAL, SERVICE, count_aloud
from tests.simulate.air.worlds import (
    CLOCK,
    QUICK,
    air,
    board,
    config,
    echo_world,
    linked,
    listening,
    live,
    named,
)


@pytest.mark.unhurried
def test_out_of_range_ends_the_connection_at_both_ends_after_the_supervision_time() -> None:
    async def story() -> None:
        async with air("left", link=LinkModel(supervision_s=1.0)) as (made, radio):
            async with linked(radio, "left") as link:
                gone = asyncio.Event()
                link.when_lost(gone.set)
                loop = asyncio.get_running_loop()
                began = loop.time()
                await made.sensor("left").move(in_range=False)
                async with asyncio.timeout(5.0):
                    await gone.wait()
                assert loop.time() - began >= 0.99
            assert not made.sensor("left").is_connected
            assert await scan(radio, seconds=0.4, services=[SERVICE]) == []
            await made.sensor("left").move(in_range=True)
            async with linked(radio, "left") as link:
                assert await link.read(SERIAL) == b"E-1"
            assert board(made, "left").visits == 2

    live(story)


@pytest.mark.unhurried
def test_a_moment_out_of_range_only_delays() -> None:
    async def story() -> None:
        async with (
            air("left", link=LinkModel(supervision_s=1.5)) as (made, radio),
            linked(radio, "left") as link,
        ):
            heard = await listening(link)
            await link.write(COMMAND, count_aloud(rate_hz=50, size=20, total=100), response=True)
            await heard.until(10)
            await made.sensor("left").move(in_range=False)
            await asyncio.sleep(0.8)
            await made.sensor("left").move(in_range=True)
            await heard.until(100)
            assert heard.numbers == list(range(100))

    live(story)


@pytest.mark.unhurried
def test_one_sensor_away_leaves_the_others_alone() -> None:
    async def story() -> None:
        short = LinkModel(supervision_s=0.5)
        async with (
            air("left", "right", link=short) as (made, radio),
            linked(radio, "left") as left,
            linked(radio, "right") as right,
        ):
            heard = await listening(right)
            await right.write(COMMAND, count_aloud(rate_hz=50, size=20, total=75), response=True)
            await made.sensor("left").move(in_range=False)
            with pytest.raises(LinkLostError):
                await left.read(SERIAL)
            await heard.until(75)
            assert heard.numbers == list(range(75))

    live(story)


@pytest.mark.unhurried
def test_an_empty_battery_takes_a_sensor_from_the_air() -> None:
    async def story() -> None:
        wanted = config("left", link=LinkModel(supervision_s=0.5), charged_until_s=1000.0)
        async with echo_world(wanted) as made, Radio(made.transport) as radio:
            async with linked(radio, "left") as link:
                gone = asyncio.Event()
                link.when_lost(gone.set)
                await made.skip(1000.0)
                async with asyncio.timeout(5.0):
                    await gone.wait()
            assert await scan(radio, seconds=0.5, services=[SERVICE]) == []

    live(story)


def test_time_is_real_except_where_it_is_skipped() -> None:
    async def story() -> None:
        async with air("left") as (made, _):
            before = made.now_s()
            await made.skip(1200.0)
            assert 1200.0 <= made.now_s() - before < 1210.0
            with pytest.raises(ValueError, match="time cannot go back by 5 s"):
                await made.skip(-5.0)

    live(story)


def test_the_next_life_of_a_world_remembers_and_has_grown_older(tmp_path: Path) -> None:
    async def story() -> None:
        wanted = config("left", state=tmp_path / "state.json")
        async with echo_world(wanted) as made, Radio(made.transport) as radio:
            async with linked(radio, "left") as link:
                await link.write(COMMAND, b"a", response=True)
            await made.skip(600.0)
            ended_s = made.now_s()
        saved = json.loads((tmp_path / "state.json").read_text())
        saved["saved_unix_s"] -= 3600.0  # an hour ago
        (tmp_path / "state.json").write_text(json.dumps(saved))
        async with echo_world(wanted) as made:
            assert board(made, "left").written == 1
            assert ended_s + 3600.0 <= made.now_s() < ended_s + 3700.0

    live(story)


def test_a_damaged_state_is_named(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{")

    async def story() -> None:
        async with echo_world(config("left", state=tmp_path / "state.json")):
            raise AssertionError("there is no such world")

    with pytest.raises(SensorError, match=r"state\.json: cannot be read; delete it"):
        live(story)


@pytest.mark.unhurried
def test_two_computers_see_all_sensors_but_share_none() -> None:
    async def story() -> None:
        async with air("left", "right") as (made, here), Radio(made.transport) as there:
            seen = await asyncio.gather(*(scan(r, seconds=0.5, services=[SERVICE]) for r in (here, there)))
            assert [{found.name for found in each} for each in seen] == [{"left", "right"}] * 2
            async with linked(here, "left") as left, linked(there, "right") as right:
                with pytest.raises(SensorError, match="left: not found"):
                    await named(there, "left", seconds=0.4)
                heard = [await listening(link) for link in (left, right)]
                for link in (left, right):
                    await link.write(COMMAND, count_aloud(rate_hz=100, size=20, total=50), response=True)
                await asyncio.gather(*(each.until(50) for each in heard))
                assert [each.numbers for each in heard] == [list(range(50))] * 2

    live(story)


@pytest.mark.unhurried
def test_of_two_computers_that_want_the_same_sensor_one_gets_it() -> None:
    async def story() -> None:
        async with air("left") as (made, here), Radio(made.transport) as there, AsyncExitStack() as stack:
            wanted = [(radio, await named(radio, "left")) for radio in (here, there)]
            tries = [
                stack.enter_async_context(connect(found, radio=radio, clock=CLOCK, patience=QUICK))
                for radio, found in wanted
            ]
            ends = await asyncio.gather(*tries, return_exceptions=True)
            failures = [end for end in ends if isinstance(end, BaseException)]
            assert len(failures) == 1
            assert isinstance(failures[0], SensorError)
            assert made.sensor("left").is_connected

    live(story)


@pytest.mark.unhurried
def test_a_computer_that_dies_frees_its_sensors_after_the_supervision_time() -> None:
    async def story() -> None:
        async with air("left", link=LinkModel(supervision_s=0.5)) as (made, here):
            there = Radio(made.transport)
            await there.__aenter__()
            found = await named(there, "left")
            connection = connect(found, radio=there, clock=CLOCK, patience=QUICK)
            link = await connection.__aenter__()
            gone = asyncio.Event()
            link.when_lost(gone.set)
            await there.__aexit__(None, None, None)  # without a word to the sensor
            async with asyncio.timeout(3.0):
                await gone.wait()
            async with linked(here, "left") as again:
                assert await again.read(SERIAL) == b"E-1"
            await connection.__aexit__(None, None, None)

    live(story)


def test_a_running_world_is_moved_through_its_control_channel(tmp_path: Path) -> None:
    async def story() -> None:
        stopped = asyncio.Event()
        async with (
            echo_world(config("left", "right", link=IDEAL, state=tmp_path / "state.json")) as made,
            controlled(made, stop=stopped.set) as port,
        ):
            await asyncio.to_thread(moves, f"127.0.0.1:{port}")
            assert made.sensor("right").model == IDEAL.changed(interval_s=0.1)
            assert made.sensor("left").model == IDEAL.changed(interval_s=0.1, packets_per_event=1)
            assert not made.sensor("left").is_in_range
            assert (tmp_path / "state.json").exists()
            async with asyncio.timeout(3.0):
                await stopped.wait()

    def moves(address: str) -> None:
        with AirControl.at(address) as control:
            assert 0.0 <= control.time_s() < 60.0
            assert 1200.0 <= control.skip(1200.0) < 1260.0
            control.link(interval_s=0.1)
            control.link("left", packets_per_event=1)
            control.away("right")
            control.back("right")
            control.away("left")
            control.shake("left", seconds=2.0)
            control.lay("left", face="-z")
            control.turn("left", degrees=-360.0, seconds=4.0)
            assert control.sensors() == {
                "left": {
                    "advertised_as": "left",
                    "address": "C4:12:00:00:00:01",
                    "in_range": False,
                    "connected": False,
                },
                "right": {
                    "advertised_as": "right",
                    "address": "C4:12:00:00:00:02",
                    "in_range": True,
                    "connected": False,
                },
            }
            with pytest.raises(SensorError, match="no virtual sensor 'wrist'; there are left, right"):
                control.away("wrist")
            with pytest.raises(SensorError, match="link: mtu is 7; use 23 to 517"):
                control.link(mtu=7)
            with pytest.raises(SensorError, match="not understood"):
                control.skip(-1.0)
            control.save()
            control.stop()

    live(story)


@pytest.mark.parametrize(
    "line", [b"\n", b"{}\n", b"[1]\n", b"\xff\xfe\n", b'{"do": "fly"}\n', b'{"do": "away"}\n']
)
def test_a_wish_that_cannot_be_understood_is_answered_and_harms_nothing(line: bytes) -> None:
    async def story() -> None:
        async with echo_world(config("left")) as made, controlled(made, stop=lambda: None) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(line + b'{"do": "time"}\n')
            answers = [json.loads(await reader.readline()) for _ in range(2)]
            assert "not understood" in answers[0]["error"]
            assert answers[1]["ok"]
            writer.close()
            await writer.wait_closed()

    live(story)


def test_a_config_survives_its_way_through_json(tmp_path: Path) -> None:
    wanted = AirConfig(
        sensors={"left": SensorConfig(kind="esp32", options={"serial": "7", "ppm": 12.5})},
        runner={"speed_mps": 3.0},
        link=IDEAL,
        state=tmp_path / "state.json",
    )
    (tmp_path / "world.json").write_text(json.dumps(wanted.to_json()))
    assert AirConfig.load(tmp_path / "world.json") == wanted


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ([], "not a virtual world"),
        ({}, "not a virtual world"),
        ({"sensors": {"left": {}}}, "not a virtual world"),
        ({"sensors": {}, "wind": 3}, "not a virtual world"),
        ({"sensors": {}, "link": {"colour": "red"}}, "link: .*colour"),
        ({"sensors": {}, "link": {"mtu": 1000}}, "link: mtu is 1000"),
        ({"sensors": {}, "link": {"interval_s": -1}}, "link: interval_s is -1"),
    ],
)
def test_a_wrong_config_is_refused_with_its_reason(document: object, reason: str) -> None:
    with pytest.raises(SensorError, match=reason):
        AirConfig.from_json(document, where="world.json")
