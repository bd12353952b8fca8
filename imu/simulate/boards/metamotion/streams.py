"""What a virtual MetaMotion sends of its samples while a host listens."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from imu.simulate.boards.metamotion.clock import Clock
from imu.simulate.boards.metamotion.log import sample_bytes
from imu.simulate.boards.metamotion.models import SENSORS, Model, SensorName
from imu.simulate.boards.worn import Chip

# Assumed: a quarter of a second of acceleration and rate at 200 Hz, packed. The newest does not fit.
_BUFFER_PACKETS = 32
LONGEST_FRAME = 20
_PROCESSORS = 0x09
_MOST_PROCESSORS = 0x1C

Running = Mapping[SensorName, Chip]


@dataclass(slots=True)
class Stream:
    """Packets of `batch` samples of one sensor each, complete ones only, counted from the sensor's start."""

    sensor: SensorName
    header: str  # hex
    batch: int = 1
    offset: int = 0  # of the bytes sent within a sample
    length: int = 6
    before: Literal["", "tick", "count"] = ""  # what each packet begins with, and how long it is
    before_bytes: int = 0
    on: bool = False
    next: int | None = None  # first sample of the next packet; None until its sensor is looked at
    count: int = 0  # packets so far

    def packets(self, first: int, n: int, chip: Chip, clock: Clock) -> list[tuple[float, bytes]]:
        """n packets from this sample on, and when they were complete."""
        counts = chip.counts(first, first + n * self.batch)
        kept = sample_bytes(self.sensor, counts)[:, self.offset : self.offset + self.length]
        times = chip.time_s(first + self.batch * np.arange(1, n + 1) - 1)
        numbers = {
            "": [0] * n,
            "tick": clock.ticks(times).tolist(),
            "count": range(self.count, self.count + n),
        }
        header = bytes.fromhex(self.header)
        return [
            (time_s, header + number.to_bytes(8, "little")[: self.before_bytes] + body.tobytes())
            for time_s, number, body in zip(
                times.tolist(), numbers[self.before], kept.reshape(n, -1), strict=True
            )
        ]


def register_streams(model: Model) -> dict[str, Stream]:
    """The data registers of both sensors by name, off."""
    streams = {}
    for name in SENSORS:
        registers = model.sensor(name)
        for register, batch in ((registers.data, 1), (registers.packed, 3)):
            header = bytes([registers.module, register]).hex()
            streams[header] = Stream(name, header, batch)
    return streams


def processor_stream(number: int, source: bytes, config: bytes, model: Model) -> Stream | None:
    """An accounter or packer on the data of a sensor; None for all else, which stays silent."""
    sensor = sensor_behind(source, model)
    if sensor is None or len(config) < 2:
        return None
    stream = Stream(sensor, header=bytes([_PROCESSORS, 0x03, number]).hex())
    stream.offset, stream.length = source[3] & 0x1F, (source[3] >> 5) + 1
    kind, option = config[0], config[1]
    if kind == 0x11:
        stream.before = "tick" if option & 0x0F else "count"
        stream.before_bytes = (option >> 4 & 3) + 1
    elif kind == 0x10 and len(config) > 2:
        stream.batch = config[2] + 1
    else:
        return None
    packet = 3 + stream.before_bytes + stream.batch * stream.length
    return stream if packet <= LONGEST_FRAME else None  # assumed: one that never fits is never sent


def sensor_behind(source: bytes, model: Model) -> SensorName | None:
    """Whose single samples a trigger means: module, register, no channel, and which bytes.

    Assumed: the packed registers feed no loggers or processors.
    """
    registers = {bytes([model.sensor(name).module, model.sensor(name).data, 0xFF]): name for name in SENSORS}
    return registers.get(source[:3]) if len(source) == 4 else None


class Streams:
    """Data registers and processors, and the buffer between them and the air.

    What was subscribed stays so when the connection ends; nothing is kept for the next one.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._registers = register_streams(model)
        self._processors: dict[int, Stream | None] = {}  # None: accepted, but silent
        self._processing = False
        self._waiting: deque[bytes] = deque()
        self.overflowed = 0

    def subscribe(self, module: int, register: int, body: bytes) -> None:
        """A command to a data register; others are none of ours."""
        stream = self._registers.get(bytes([module, register]).hex())
        if stream is not None and body:
            stream.on = bool(body[0])

    def command(self, register: int, body: bytes) -> Sequence[bytes]:
        """A command to the processors (09)."""
        if register == 0x02 and len(body) > 4:
            number = next((n for n in range(_MOST_PROCESSORS) if n not in self._processors), None)
            if number is None:
                return ()  # assumed: no answer where there is no room
            self._processors[number] = processor_stream(number, body[:4], body[4:], self._model)
            return (bytes([_PROCESSORS, 0x02, number]),)
        if register == 0x03 and body:
            self._processing = bool(body[0])
        elif register == 0x06 and body:
            self._processors.pop(body[0], None)
        elif register == 0x07 and len(body) == 2:
            stream = self._processors.get(body[0])
            if stream is not None:
                stream.on = bool(body[1])
        elif register == 0x08:
            self._processors.clear()
        return ()

    def begin(self, sensor: SensorName, first: int) -> None:
        """A sensor starts with this sample."""
        for stream in self._all():
            if stream.sensor == sensor:
                stream.next = first

    def link_lost(self) -> None:
        self._waiting.clear()

    def take(self, room: int) -> list[bytes]:
        """The oldest packets that wait."""
        return [self._waiting.popleft() for _ in range(min(room, len(self._waiting)))]

    def fill(self, running: Running, clock: Clock, now_s: float, *, connected: bool) -> None:
        """Let all that is due wait for the air, oldest first; what finds no room is counted and gone."""
        free = _BUFFER_PACKETS - len(self._waiting)
        due: list[tuple[float, bytes]] = []
        wanted = 0
        for stream in self._all():
            if stream.sensor not in running:
                continue
            chip = running[stream.sensor]
            taken = chip.taken(now_s)
            first = taken if stream.next is None else stream.next
            packets = max(taken - first, 0) // stream.batch
            if packets and connected and self._is_on(stream):
                due += stream.packets(first, min(packets, free), chip, clock) if free else []
                wanted += packets
            stream.next = first + packets * stream.batch
            stream.count = (stream.count + packets) % 2**32
        due.sort(key=lambda packet: packet[0])
        self._waiting.extend(packet for _, packet in due[:free])
        self.overflowed += wanted - min(len(due), free)

    def _all(self) -> list[Stream]:
        processors = [stream for stream in self._processors.values() if stream is not None]
        return [*self._registers.values(), *processors]

    def _is_on(self, stream: Stream) -> bool:
        return stream.on and (self._processing or stream.header in self._registers)

    def state(self) -> dict[str, Any]:
        return {
            "registers": {header: asdict(stream) for header, stream in self._registers.items()},
            "processors": {
                str(number): stream and asdict(stream) for number, stream in self._processors.items()
            },
            "processing": self._processing,
            "overflowed": self.overflowed,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._registers = {header: Stream(**stream) for header, stream in state["registers"].items()}
        self._processors = {
            int(number): stream and Stream(**stream) for number, stream in state["processors"].items()
        }
        self._processing = state["processing"]
        self.overflowed = state["overflowed"]
