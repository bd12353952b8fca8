"""A driver and a virtual board at the two ends of a wire, in one process and in virtual time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imu.devices.decoders import decoder_for
from imu.devices.esp32.device import Esp32Sensor, opened
from imu.devices.esp32.setting import Setting
from imu.devices.host_clock import HostClock
from imu.devices.link import Receive
from imu.devices.sensor import Block, Coding, Packet
from imu.errors import LinkLostError
from imu.simulate.boards.esp32 import Esp32Board
from imu.simulate.boards.esp32_memory import Esp32Faults

INTERVAL_S = 0.015
BEGAN_NS = 1_800_000_000_000_000_000
SERIAL = "0123456789AB"


class LoopClock(HostClock):
    """The host's clock where the loop's time is virtual."""

    def now_ns(self) -> int:
        return self.began_ns + round(asyncio.get_running_loop().time() * 1e9)


@dataclass(frozen=True, slots=True)
class CountingChip:
    """Samples that tell their own index; taken a little off the nominal rate."""

    rate_hz: float
    first_s: float = 0.001

    def taken(self, now_s: float) -> int:
        return max(int(np.floor((now_s - self.first_s) * self.rate_hz)) + 1, 0)

    def time_s(self, index: NDArray[np.int64]) -> NDArray[np.float64]:
        time_s: NDArray[np.float64] = self.first_s + index / self.rate_hz
        return time_s

    def counts(self, first: int, last: int) -> NDArray[np.int16]:
        index = np.arange(first, last)[:, None]
        return ((index * 7 + np.arange(6) * 1000) % 60000 - 30000).astype(np.int16)


def counting(setting: Setting) -> CountingChip:
    return CountingChip(setting.rate_hz * 1.007)


def make_board(
    *, faults: Esp32Faults = Esp32Faults(), skew_ppm: float = 35.0, capacity: int = 1 << 20
) -> Esp32Board:
    return Esp32Board(counting, serial=SERIAL, skew_ppm=skew_ppm, capacity=capacity, faults=faults)


class BoardLink:
    """Satisfies `Link`. Notifications leave the board once per connection interval, `room` of them."""

    def __init__(self, board: Esp32Board, clock: HostClock, *, payload: int, room: int) -> None:
        self._board = board
        self._clock = clock
        self._payload = payload
        self.room = room
        self._receivers: dict[str, Receive] = {}
        self._tell: list[Callable[[], None]] = []
        self._lost = False
        board.connected(self._now_s(), payload=payload)

    @property
    def payload(self) -> int:
        return self._payload

    def has(self, characteristic: str) -> bool:
        return any(c.uuid == characteristic for s in self._board.services for c in s.characteristics)

    async def read(self, characteristic: str) -> bytes:
        await self._on_air()
        return self._board.read(characteristic, self._now_s())

    async def write(self, characteristic: str, data: bytes, *, response: bool) -> None:
        assert len(data) <= self._payload
        assert response == (characteristic[4:8] == "0001")
        await self._on_air()
        self._board.write(characteristic, data, self._now_s())

    async def subscribe(self, characteristic: str, receive: Receive) -> None:
        await self._on_air()
        self._receivers[characteristic] = receive

    def when_lost(self, tell: Callable[[], None]) -> None:
        self._tell.append(tell)

    def lose(self) -> None:
        if not self._lost:
            self._lost = True
            self._board.disconnected(self._now_s())
            for tell in self._tell:
                tell()

    async def carry(self) -> None:
        while not self._lost:
            await asyncio.sleep(INTERVAL_S)
            for characteristic, data in self._board.notifications(self._now_s(), room=self.room):
                assert len(data) <= self._payload
                self._receivers[characteristic](self._clock.now_ns(), data)
            if self._board.hung_up:
                self.lose()

    async def _on_air(self) -> None:
        await asyncio.sleep(INTERVAL_S / 3)
        if self._lost:
            raise LinkLostError("the connection was lost")

    def _now_s(self) -> float:
        return asyncio.get_running_loop().time()


@asynccontextmanager
async def connected(
    board: Esp32Board, *, payload: int = 244, room: int = 4
) -> AsyncIterator[tuple[Esp32Sensor, BoardLink]]:
    clock = LoopClock(BEGAN_NS)
    link = BoardLink(board, clock, payload=payload, room=room)
    carrying = asyncio.create_task(link.carry())
    try:
        async with opened(link, clock=clock) as sensor:
            yield sensor, link
    finally:
        link.lose()
        await carrying


async def streamed(sensor: Esp32Sensor, *, seconds: float) -> list[Packet]:
    """All packets of a stream of so many seconds."""
    packets: list[Packet] = []

    async def keep() -> None:
        async for packet in sensor.packets():
            packets.append(packet)  # noqa: PERF401 - kept where the reading is cancelled

    keeping = asyncio.create_task(keep())
    await sensor.start()
    await asyncio.sleep(seconds)
    await sensor.stop()
    await asyncio.sleep(0.1)
    keeping.cancel()
    await asyncio.wait([keeping])
    return packets


async def downloaded(sensor: Esp32Sensor, *, held: int = 0) -> list[Packet]:
    packets: list[Packet] = []
    async for part in sensor.download(held=held):
        packets += part.packets
        await sensor.confirm(part)
    return packets


def decoded(coding: Coding, packets: Sequence[Packet]) -> list[Block]:
    decoder = decoder_for(coding)
    return [block for packet in packets for block in decoder.receive(packet)]


def counts_of(blocks: Sequence[Block]) -> NDArray[np.int16]:
    return np.concatenate([block.counts for block in blocks])


def ticks_of(blocks: Sequence[Block]) -> NDArray[np.int64]:
    pieces = [block.ticks for block in blocks if block.ticks is not None]
    assert len(pieces) == len(blocks)
    return np.concatenate(pieces)


def index_of(counts: NDArray[np.int16], chip: CountingChip, *, near_s: float) -> int:
    """Which sample of the chip comes first in these counts."""
    around = chip.taken(near_s)
    candidates = chip.counts(max(around - 1000, 0), around + 1000)[:, : counts.shape[1]]
    (at,) = np.flatnonzero((candidates == counts[0]).all(axis=1))
    return max(around - 1000, 0) + int(at)
