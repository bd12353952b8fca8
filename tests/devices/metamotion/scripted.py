"""A link to a small scripted board: answers as the facts say, with faults on request.

It is no simulation: it has no sensors and no time of its own, only what a test puts into it.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from imu.devices.link import Receive
from imu.devices.metamotion import gatt
from imu.errors import LinkLostError
from tests.devices.metamotion.boards import MODEL_NUMBERS, MODULE_REPLIES


@dataclass
class ScriptedLink:
    """What a driver wrote is in `written`; `answers` and `deaf` change what it gets back."""

    model: str = "MMR"
    loggers: dict[int, bytes] = field(default_factory=dict)  # module, register, channel, packed
    entries: list[bytes] = field(default_factory=list)  # nine bytes each
    page: int = 4  # entries between two confirms
    growing: int = 0  # entries that come with every reading of the length
    tick: int = 1000
    reset_id: int = 5
    starts_over: bool = True  # whether a download begins anew after an interruption
    deaf: dict[bytes, int] = field(default_factory=dict)  # how often a command gets no answer
    written: list[bytes] = field(default_factory=list)
    payload: int = 20
    running: bool = False

    def __post_init__(self) -> None:
        self._receive: Receive | None = None
        self._lost: list[Callable[[], None]] = []
        self._gone = False
        self._sending: Iterator[bytes] = iter(())
        self._conf = {b"\x03": b"\x28\x0c", b"\x13": b"\x28\x00"}
        self._forgotten = 0
        self.now_ns = 1_000_000

    def has(self, characteristic: str) -> bool:
        return characteristic != gatt.HARDWARE

    async def read(self, characteristic: str) -> bytes:
        texts = {gatt.MODEL_NUMBER: MODEL_NUMBERS[self.model], gatt.SERIAL_NUMBER: "0541A2"}
        return texts.get(characteristic, "1.7.3").encode() + b"\0"

    async def subscribe(self, characteristic: str, receive: Receive) -> None:
        assert characteristic == gatt.NOTIFICATION
        self._receive = receive

    def when_lost(self, tell: Callable[[], None]) -> None:
        if self._gone:
            tell()
        else:
            self._lost.append(tell)

    async def write(self, characteristic: str, data: bytes, *, response: bool) -> None:
        assert characteristic == gatt.COMMAND
        assert response
        await asyncio.sleep(0)
        if self._gone:
            raise LinkLostError("gone")
        self.written.append(data)
        if self.deaf.get(data, 0) > 0:
            self.deaf[data] -= 1
            return
        for notification in self._answer(data):
            self.notify(notification)

    def notify(self, data: bytes) -> None:
        self.now_ns += 1_000_000
        if self._receive is not None:
            self._receive(self.now_ns, data)

    def lose(self) -> None:
        self._gone = True
        for tell in self._lost:
            tell()

    def _answer(self, data: bytes) -> Iterator[bytes]:
        body = data[2:]
        match data[:2]:
            case header if header[1] == 0x80:
                replies = [reply for reply in MODULE_REPLIES[self.model] if reply[:2] == header]
                yield from replies or [header]
            case b"\x11\x8c":
                yield bytes.fromhex("11 8c 63 d8 0f")
            case b"\x03\x03" | b"\x13\x03":
                self._conf[data[:1]] = body
            case b"\x03\x83" | b"\x13\x83":
                yield data[:2] + self._conf[data[:1]]
            case b"\x09\x02":
                yield b"\x09\x02" + bytes([sum(one[:2] == b"\x09\x02" for one in self.written) - 1])
            case header if header[0] == 0x0B:
                yield from self._answer_log(data[1], body)

    def _answer_log(self, register: int, body: bytes) -> Iterator[bytes]:
        match register:
            case 0x01:
                self.running = bool(body[0])
            case 0x02:
                logger = min(set(range(8)) - set(self.loggers))
                self.loggers[logger] = body
                yield bytes([0x0B, 0x02, logger])
            case 0x82:  # an empty slot is silent
                if body[0] in self.loggers:
                    yield b"\x0b\x82" + self.loggers[body[0]]
            case 0x0A:
                self.loggers.clear()
            case 0x09 if not self.running:
                self.entries.clear()
            case 0x84:
                yield b"\x0b\x84" + self.tick.to_bytes(4, "little") + bytes([self.reset_id])
            case 0x85:
                self.entries += [bytes(9)] * self.growing
                yield b"\x0b\x85" + len(self.entries).to_bytes(4, "little")
            case 0x06:
                self._sending = self._download()
                yield from self._until_page()
            case 0x0E:
                yield from self._until_page()

    def _until_page(self) -> Iterator[bytes]:
        for notification in self._sending:
            yield notification
            if notification == b"\x0b\x0d":
                return

    def _download(self) -> Iterator[bytes]:
        entries = list(self.entries)
        for at in range(0, len(entries), self.page):
            page = entries[at : at + self.page]
            for first in range(0, len(page), 2):
                yield b"\x0b\x07" + b"".join(page[first : first + 2])
            if len(page) == self.page:
                yield b"\x0b\x0d"
                if not self.starts_over:
                    del self.entries[: self.page]
        yield b"\x0b\x08" + bytes(4)
