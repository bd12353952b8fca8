"""A virtual MetaMotion S at the other end of a pseudo terminal, as at the end of its USB cable."""

import os
import pty
import select
import threading
import time
import tty
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from imu.devices.metamotion.usb_frames import Deframer, frame
from imu.simulate.boards.metamotion import COMMAND, MMS, MetaMotion
from imu.simulate.boards.worn import Wearer
from imu.simulate.simulation import SimulationConfig

_LOOK_S = 0.002
_PAYLOAD = 20
_ROOM = 64


class Cable:
    """Plugged in from the beginning; `unplug` pulls it, and its port is gone."""

    def __init__(self, board: MetaMotion) -> None:
        self.board = board
        self.skipped_s = 0.0
        self._began_s = time.monotonic()
        self._own, self._theirs = pty.openpty()
        tty.setraw(self._theirs)
        self.port = os.ttyname(self._theirs)
        self.plugged = True
        self._met = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def ports(self) -> Sequence[str]:
        return [self.port] if self.plugged else []

    def now_s(self) -> float:
        return time.monotonic() - self._began_s + self.skipped_s

    def unplug(self) -> None:
        if self.plugged:
            self.plugged = False
            self._thread.join()
            self.board.disconnected(self.now_s())
            os.close(self._own)
            os.close(self._theirs)

    def _run(self) -> None:
        deframer = Deframer()
        while self.plugged:
            if select.select([self._own], [], [], _LOOK_S)[0]:
                self._take(os.read(self._own, 4096), deframer)
            if self._met:
                for _, packet in self.board.notifications(self.now_s(), room=_ROOM):
                    self._send(frame(packet))

    def _take(self, data: bytes, deframer: Deframer) -> None:
        if data == b"?\n":  # somebody opened the port
            if self._met:
                self.board.disconnected(self.now_s())
            self.board.connected(self.now_s(), payload=_PAYLOAD)
            self._met = True
            serial = self.board.read("2a25", self.now_s()).decode()
            self._send(f"MbientLab,MetaMotionS,0.1,1.7.3,{serial}\n".encode())
            return
        for command in deframer.receive(data):
            self.board.write(COMMAND, command, self.now_s())

    def _send(self, data: bytes) -> None:
        while data and self.plugged:
            if select.select([], [self._own], [], _LOOK_S)[1]:
                data = data[os.write(self._own, data) :]


@dataclass(frozen=True, slots=True)
class Bench:
    """A cable, and who wears what hangs on it."""

    cable: Cable
    wearer: Wearer


@contextmanager
def cabled(serial: str = "0541A2", *, begins_s: float = 0.0) -> Iterator[Bench]:
    """A MetaMotion S, worn at the pelvis by a runner who stands for eight more seconds."""
    wearer = Wearer(SimulationConfig(pattern="stand:8,run:600@3,stand:8", seed=4), begins_s=begins_s)
    cable = Cable(MetaMotion(MMS, wearer, "pelvis", serial=serial))
    try:
        yield Bench(cable, wearer)
    finally:
        cable.unplug()
