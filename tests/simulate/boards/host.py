"""A host that talks to a virtual MetaMotion in hex, without knowing the product's driver."""

import json
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imu.simulate.boards.metamotion import COMMAND, NOTIFY, MetaMotion

START_MMS = "03 02 01 00 | 13 02 01 00 | 03 01 01 | 13 01 01"
STOP = "03 01 00 | 13 01 00 | 03 02 00 01 | 13 02 00 01"
SET = {
    "MMR": "03 03 29 0c | 13 03 29 00",
    "MMRL": "03 03 29 0c | 13 03 29 00",
    "MMS": "03 03 a9 03 | 13 03 29 00",
}
LOGGERS = {
    "MMR": "0b 02 03 04 ff 60 | 0b 02 03 04 ff 24 | 0b 02 13 05 ff 60 | 0b 02 13 05 ff 24",
    "MMRL": "0b 02 03 04 ff 60 | 0b 02 03 04 ff 24 | 0b 02 13 05 ff 60 | 0b 02 13 05 ff 24",
    "MMS": "0b 02 03 04 ff 60 | 0b 02 03 04 ff 24 | 0b 02 13 04 ff 60 | 0b 02 13 04 ff 24",
}
Rows = list[tuple[int, int, bytes]]


class Host:
    """One connection after the other; time only moves when it is told to."""

    def __init__(self, board: MetaMotion, *, now_s: float = 0.0) -> None:
        self.board = board
        self.now_s = now_s
        board.connected(now_s, payload=20)

    def send(self, frames: str) -> list[str]:
        """Write frames, separated by bars; what comes in answer."""
        answers = []
        for frame in frames.split("|"):
            self.board.write(COMMAND, bytes.fromhex(frame), self.now_s)
            answers += self.take()
        return answers

    def take(self, room: int = 8) -> list[str]:
        taken = []
        for characteristic, packet in self.board.notifications(self.now_s, room=room):
            assert characteristic == NOTIFY
            assert len(packet) <= 20
            taken.append(packet.hex(" "))
        return taken

    def wait(self, seconds: float, *, every_s: float = 0.015) -> list[str]:
        """Take what comes, at every connection event."""
        end_s = self.now_s + seconds
        taken = []
        while self.now_s < end_s:
            self.now_s = min(self.now_s + every_s, end_s)
            taken += self.take()
        return taken

    def away(self, seconds: float) -> None:
        """Out of range, and back."""
        self.board.disconnected(self.now_s)
        self.now_s += seconds
        self.board.connected(self.now_s, payload=20)

    def start_log(self) -> None:
        model = self.board.model.name
        assert self.send(LOGGERS[model])[-1].startswith("0b 02")
        self.send(f"{SET[model]} | 0b 0b 00 | 0b 01 01 | {START_MMS}")

    def stop_log(self) -> None:
        self.send(f"{STOP} | 0b 01 00 | 0b 10 01")

    def length(self) -> int:
        (answer,) = self.send("0b 85")
        return int(struct.unpack("<I", bytes.fromhex(answer)[2:])[0])

    def ask(self, *, entries: int, every: int = 1000) -> None:
        self.send("0b 08 01 | 0b 0d 01 | 0b 07 01")
        self.send_quietly("0b 06" + struct.pack("<II", entries, every).hex())

    def download(self, *, confirm: bool = True, most: int = 10**9) -> tuple[Rows, list[int]]:
        """Entries and progress, until nothing comes any more."""
        self.ask(entries=self.length())
        rows: Rows = []
        progress = []
        while len(rows) < most and (packets := self.take(room=64)):
            for packet in map(bytes.fromhex, packets):
                if packet[:2] == b"\x0b\x07":
                    rows += list(entries(packet))
                elif packet[:2] == b"\x0b\x08":
                    progress.append(int.from_bytes(packet[2:], "little"))
                elif packet == b"\x0b\x0d" and confirm:
                    self.send_quietly("0b 0e")
        return rows, progress

    def send_quietly(self, frame: str) -> None:
        self.board.write(COMMAND, bytes.fromhex(frame), self.now_s)


def entries(packet: bytes) -> Rows:
    body = packet[2:]
    assert len(body) in (9, 18)
    return [(row[0], int.from_bytes(row[1:5], "little"), row[5:]) for row in (body[:9], body[9:]) if row]


def samples_of(rows: Rows, *, first_id: int) -> tuple[NDArray[np.int16], list[int]]:
    """Whole samples of the two loggers from this id, and their ticks, in the order of arrival."""
    xy = [(tick, data) for number, tick, data in rows if number & 31 == first_id]
    z = [data for number, _, data in rows if number & 31 == first_id + 1]
    whole = [left + right[:2] for (_, left), right in zip(xy, z, strict=False)]
    counts = np.frombuffer(b"".join(whole), "<i2").reshape(-1, 3)
    return counts, [tick for tick, _ in xy[: len(whole)]]


def streamed(packets: Sequence[str], header: str) -> NDArray[np.int16]:
    body = b"".join(bytes.fromhex(packet)[2:] for packet in packets if packet.startswith(header))
    return np.frombuffer(body, "<i2").reshape(-1, 3)


def again(state: Any) -> Any:
    """As another process reads it."""
    return json.loads(json.dumps(state))
