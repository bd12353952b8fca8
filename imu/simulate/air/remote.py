"""The other end of a world's control channel, for tests and the command line."""

import json
import socket
from types import TracebackType
from typing import Any, Self

from imu.errors import SensorError

_ANSWER_S = 30.0  # saving hours of a virtual log takes a moment


class AirControl:
    """Moves a running world from outside. Each call waits for its answer."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), timeout=_ANSWER_S)
        self._lines = self._socket.makefile("rb")

    @classmethod
    def at(cls, address: str) -> Self:
        """`address` is the `control` of the line that a world prints: 127.0.0.1:PORT."""
        host, _, port = address.rpartition(":")
        return cls(host, int(port))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._lines.close()
        self._socket.close()

    def away(self, sensor: str) -> None:
        """Out of range."""
        self._do("away", sensor=sensor)

    def back(self, sensor: str) -> None:
        """In range again."""
        self._do("back", sensor=sensor)

    def link(self, sensor: str | None = None, **changes: float) -> None:
        """Change numbers of LinkModel, for one sensor or for all."""
        self._do("link", sensor=sensor, changes=changes)

    def shake(self, sensor: str, *, seconds: float) -> None:
        self._do("shake", sensor=sensor, seconds=seconds)

    def lay(self, sensor: str, *, face: str) -> None:
        """On a table, with this face up: x, -x, y, -y, z or -z, of its chip's axes."""
        self._do("lay", sensor=sensor, face=face)

    def turn(self, sensor: str, *, degrees: float, seconds: float) -> None:
        """About the vertical, on its table."""
        self._do("turn", sensor=sensor, degrees=degrees, seconds=seconds)

    def recharge(self, sensor: str) -> None:
        self._do("recharge", sensor=sensor)

    def skip(self, seconds: float) -> float:
        """Let time pass at once; gives the world's time afterwards."""
        return float(self._do("skip", seconds=seconds)["world_s"])

    def time_s(self) -> float:
        return float(self._do("time")["world_s"])

    def sensors(self) -> dict[str, dict[str, Any]]:
        """By name: advertised name, address, in_range, connected."""
        return dict(self._do("sensors")["sensors"])

    def save(self) -> None:
        """Write the state file now."""
        self._do("save")

    def stop(self) -> None:
        """End the world; it saves before it goes."""
        self._do("stop")

    def _do(self, what: str, **details: Any) -> dict[str, Any]:
        self._socket.sendall(json.dumps({"do": what, **details}).encode() + b"\n")
        if not (line := self._lines.readline()):
            raise SensorError("the virtual world is gone")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise SensorError(answer["error"])
        return answer
