"""A tiny board for tests of the air: it echoes, and counts aloud at any rate and size."""

from collections.abc import Mapping, Sequence
from struct import pack, unpack
from typing import Any, Self

from imu.simulate.air.kinds import MakeBoard
from imu.simulate.boards.board import Characteristic, Service

SERVICE = "7e570001-0000-4000-8000-00805f9b34fb"
COMMAND = "7e570002-0000-4000-8000-00805f9b34fb"
DATA = "7e570003-0000-4000-8000-00805f9b34fb"
SERIAL = "00002a25-0000-1000-8000-00805f9b34fb"

HELD = 64  # notifications in its own buffer; what comes then is lost, as in a real one


def count_aloud(*, rate_hz: int, size: int, total: int) -> bytes:
    """The command to send `total` notifications of `size` bytes, each beginning with its number."""
    return pack("<cHBI", b"C", rate_hz, size, total)


class EchoBoard:
    """Echoes what is written to COMMAND; `count_aloud` makes DATA notify."""

    def __init__(self, name: str, options: Mapping[str, Any]) -> None:
        self.name = str(options.get("name", name[:8]))
        self._serial = str(options.get("serial", "E-1"))
        self.services: Sequence[Service] = (
            Service(SERVICE, (_commands(), Characteristic(DATA, ("notify",))), advertised=True),
            Service("180a", (Characteristic("2a25", ("read",)),)),
        )
        self._held = int(options.get("held", HELD))
        self.payload = 0
        self.written = 0
        self.visits = 0
        self.charged_until_s = float(options.get("charged_until_s", float("inf")))
        self._heard_s = 0.0
        self._echoes: list[bytes] = []
        self._began_s: float | None = None
        self._rate_hz = self._size = self._total = self._sent = 0

    @property
    def alive(self) -> bool:
        return self._heard_s < self.charged_until_s

    @property
    def hung_up(self) -> bool:
        return False

    def connected(self, now_s: float, *, payload: int) -> None:
        self._heard_s = now_s
        self.payload = payload
        self.visits += 1

    def disconnected(self, now_s: float) -> None:
        self._heard_s = now_s
        self._began_s = None
        self._echoes.clear()

    def read(self, characteristic: str, now_s: float) -> bytes:
        self._heard_s = now_s
        assert characteristic == "2a25"
        return self._serial.encode()

    def write(self, characteristic: str, data: bytes, now_s: float) -> None:
        assert characteristic == COMMAND
        self._heard_s = now_s
        self.written += 1
        if data[:1] == b"C":
            self._rate_hz, self._size, self._total = unpack("<HBI", data[1:])
            self._began_s, self._sent = now_s, 0
        else:
            self._echoes.append(data)

    def notifications(self, now_s: float, *, room: int) -> Sequence[tuple[str, bytes]]:
        assert now_s >= self._heard_s, "time went back"
        self._heard_s = now_s
        echoes, self._echoes = self._echoes[:room], self._echoes[room:]
        due = [(COMMAND, echo) for echo in echoes]
        if self._began_s is not None:
            taken = min(int((now_s - self._began_s) * self._rate_hz), self._total)
            if taken - self._sent > self._held:
                self._sent = taken - self._held
            numbers = range(self._sent, min(taken, self._sent + room - len(due)))
            due += [(DATA, pack("<I", number).ljust(self._size, b".")) for number in numbers]
            self._sent = max(self._sent, numbers.stop)
        return due

    @property
    def hand(self) -> Self:
        return self

    def shake(self, now_s: float, *, seconds: float) -> None:
        self._handled(now_s, f"shaken {seconds:g}")

    def lay(self, now_s: float, *, face: str) -> None:
        self._handled(now_s, f"laid {face}")

    def turn(self, now_s: float, *, degrees: float, seconds: float) -> None:
        self._handled(now_s, f"turned {degrees:g} in {seconds:g}")

    def _handled(self, now_s: float, how: str) -> None:
        self._heard_s = now_s
        self._echoes.append(how.encode())

    def state(self) -> Mapping[str, Any]:
        return {"written": self.written}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.written = int(state["written"])


def _commands() -> Characteristic:
    return Characteristic(COMMAND, ("write", "write-without-response", "notify"))


def echo_maker(kind: str) -> MakeBoard:
    """In the place of imu.simulate.air.kinds.maker."""
    assert kind == "echo"
    return lambda name, options, _runner: EchoBoard(name, options)
