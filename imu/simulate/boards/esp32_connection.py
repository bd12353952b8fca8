"""A connection to a virtual ESP32 sensor: what is forgotten with it, and what goes out over it."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from imu.devices.esp32 import gatt
from imu.devices.esp32.log_bytes import CHUNK_HEAD_BYTES, Chunk, encode_chunk
from imu.devices.esp32.setting import Setting
from imu.devices.esp32.sync import SyncReply, encode_sync_reply
from imu.simulate.boards.esp32_log import Esp32Log
from imu.simulate.boards.esp32_memory import Esp32Faults, Memory
from imu.simulate.boards.esp32_stream import Stream


@dataclass(slots=True)
class Read:
    """A range of the log on its way out."""

    read_id: int
    offset: int
    end: int
    allowed: int

    def chunk(self, log: Esp32Log, payload: int, *, memory: Memory, faults: Esp32Faults) -> bytes:
        """The next piece that is allowed; empty where there is none."""
        while (length := min(self.end, self.allowed) - self.offset) > 0:
            length = min(length, payload - CHUNK_HEAD_BYTES)
            offset = self.offset
            here = range(offset, offset + length)
            if faults.stalls_at in here and memory.once("stalled"):
                self.end = offset
                break
            self.offset += length
            memory.sent += length
            if faults.lost_at in here and memory.once("lost"):
                continue
            data = log.read(offset, length)
            if faults.damaged_at in here and memory.once("damaged"):
                data = bytes([data[0] ^ 0x04]) + data[1:]
            return encode_chunk(Chunk(self.read_id, offset, data))
        return b""


@dataclass(slots=True)
class Connection:
    """What is forgotten with the connection."""

    payload: int
    setting: Setting | None = None
    stream: Stream | None = None
    tokens: deque[tuple[int, int]] = field(default_factory=deque)  # and when they came
    answers: deque[bytes] = field(default_factory=deque)
    farewell: list[bytes] = field(default_factory=list)  # the answer that follows the last frame
    read: Read | None = None

    def due(
        self, now_s: float, log: Esp32Log, *, memory: Memory, faults: Esp32Faults
    ) -> Iterator[tuple[str, bytes]]:
        """What goes out, each with its characteristic."""
        while self.tokens:
            token, received_us = self.tokens.popleft()
            boot = memory.boot
            reply = SyncReply(token, boot.boot_id, received_us, boot.us(now_s) - received_us)
            yield gatt.SYNC, encode_sync_reply(reply)
        while self.answers:
            yield gatt.CONTROL, self.answers.popleft()
        if self.stream is not None:
            for piece in self.stream.notifications():
                yield gatt.DATA, piece
            if self.stream.drained:
                self.stream = None
                self.answers.extend(self.farewell)
        while self.answers:
            yield gatt.CONTROL, self.answers.popleft()
        while self.read is not None and (
            sent := self.read.chunk(log, self.payload, memory=memory, faults=faults)
        ):
            yield gatt.LOG, sent
