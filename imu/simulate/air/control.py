"""Moving a running world from outside: a line of JSON for each wish, a line for each answer.

    {"do": "away", "sensor": "pelvis"}             -> {"ok": true}
    {"do": "skip", "seconds": 1200}                -> {"ok": true, "world_s": 1215.2}
    {"do": "away", "sensor": "wrist"}              -> {"error": "no virtual sensor 'wrist'; there are pelvis"}

Only programs on this machine can attach; `remote` is the other end.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from imu.errors import SensorError
from imu.simulate.air.world import World

_LONGEST_LINE = 65536


@asynccontextmanager
async def controlled(world: World, *, stop: Callable[[], None]) -> AsyncIterator[int]:
    """Answer wishes until the end of the block; gives the port, which the kernel chose."""
    writers: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        try:
            while line := await reader.readline():
                writer.write(json.dumps(await _answer(world, line, stop)).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):  # a client that went, or a line without an end
            pass
        finally:
            writers.discard(writer)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=_LONGEST_LINE)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in list(writers):
            writer.close()
        await server.wait_closed()


async def _answer(world: World, line: bytes, stop: Callable[[], None]) -> dict[str, Any]:
    try:
        wish = json.loads(line)
        return {"ok": True, **await _WISHES[wish["do"]](world, wish, stop)}
    except SensorError as error:
        return {"error": str(error)}
    except (KeyError, TypeError, ValueError) as error:
        return {"error": f"not understood: {line.decode(errors='replace').strip()} ({error})"}


Wish = Callable[[World, dict[str, Any], Callable[[], None]], Awaitable[dict[str, Any]]]


async def _away(world: World, wish: dict[str, Any], _stop: object) -> dict[str, Any]:
    await world.sensor(wish["sensor"]).move(in_range=False)
    return {}


async def _back(world: World, wish: dict[str, Any], _stop: object) -> dict[str, Any]:
    await world.sensor(wish["sensor"]).move(in_range=True)
    return {}


async def _link(world: World, wish: dict[str, Any], _stop: object) -> dict[str, Any]:
    world.change_link(wish.get("sensor"), **wish["changes"])
    return {}


async def _shake(world: World, wish: dict[str, Any], _stop: object) -> dict[str, Any]:
    world.sensor(wish["sensor"]).shake(seconds=float(wish["seconds"]))
    return {}


async def _lay(world: World, wish: dict[str, Any], _stop: object) -> dict[str, Any]:
    world.sensor(wish["sensor"]).lay(face=wish["face"])
    return {}


async def _turn(world: World, wish: dict[str, Any], _stop: object) -> dict[str, Any]:
    world.sensor(wish["sensor"]).turn(degrees=float(wish["degrees"]), seconds=float(wish["seconds"]))
    return {}


async def _recharge(world: World, wish: dict[str, Any], _stop: object) -> dict[str, Any]:
    world.sensor(wish["sensor"]).recharge()
    return {}


async def _skip(world: World, wish: dict[str, Any], _stop: object) -> dict[str, Any]:
    await world.skip(float(wish["seconds"]))
    return {"world_s": world.now_s()}


async def _time(world: World, _wish: object, _stop: object) -> dict[str, Any]:
    return {"world_s": world.now_s()}


async def _sensors(world: World, _wish: object, _stop: object) -> dict[str, Any]:
    return {
        "sensors": {
            name: {
                "advertised_as": sensor.board.name,
                "address": sensor.address,
                "in_range": sensor.is_in_range,
                "connected": sensor.is_connected,
            }
            for name, sensor in world.sensors.items()
        }
    }


async def _save(world: World, _wish: object, _stop: object) -> dict[str, Any]:
    world.save()
    return {}


async def _stop(_world: World, _wish: object, stop: Callable[[], None]) -> dict[str, Any]:
    asyncio.get_running_loop().call_later(0.05, stop)  # after the answer
    return {}


_WISHES: dict[str, Wish] = {
    "away": _away,
    "back": _back,
    "link": _link,
    "shake": _shake,
    "lay": _lay,
    "turn": _turn,
    "recharge": _recharge,
    "skip": _skip,
    "time": _time,
    "sensors": _sensors,
    "save": _save,
    "stop": _stop,
}
