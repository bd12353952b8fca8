"""Running Speed and Cadence Service (0x1814): foot pods, treadmills, our own sensors for watches."""

import struct
from dataclasses import dataclass
from typing import Literal

from imu.devices.sensor import Packet
from imu.devices.standard.reading import ReferenceReading
from imu.errors import ProtocolError

SERVICE = "1814"
MEASUREMENT = "2a53"

Counted = Literal["steps", "strides"]

_STRIDE_LENGTH = 0x01
_DISTANCE = 0x02
_RUNNING = 0x04
_SPEED_PER_MPS = 256

# Between the slowest steps and the fastest strides: running is 140 to 230 steps, 70 to 115 strides a minute.
_STEPS_FROM = 125
_RUNNING_FROM_MPS = 2.2  # faster than anybody walks for long


@dataclass(frozen=True, slots=True)
class RunningMeasurement:
    """As it came. The standard leaves open whether steps or strides are counted, and makers differ."""

    arrival_ns: int
    speed_mps: float
    cadence_per_min: int
    running: bool
    stride_length_m: float | None
    distance_m: float | None

    @property
    def counted(self) -> Counted | None:
        """What its cadence counts, where this one measurement settles it: only while somebody runs."""
        if not self.cadence_per_min or self.speed_mps < _RUNNING_FROM_MPS:
            return None
        return "steps" if self.cadence_per_min >= _STEPS_FROM else "strides"

    def reading(self, *, counted: Counted) -> ReferenceReading:
        return ReferenceReading(
            arrival_ns=self.arrival_ns,
            speed_mps=self.speed_mps,
            cadence_spm=self.cadence_per_min * (1.0 if counted == "steps" else 2.0),
            stride_length_m=self.stride_length_m,
            distance_m=self.distance_m,
        )


def decode_running(packet: Packet) -> RunningMeasurement:
    data = packet.data
    if not data:
        raise ProtocolError("running speed: an empty measurement")
    flags = data[0]
    form = "<BHB" + ("H" if flags & _STRIDE_LENGTH else "") + ("I" if flags & _DISTANCE else "")
    if len(data) != struct.calcsize(form):
        raise ProtocolError(f"running speed: flags and length disagree ({data.hex(' ')})")
    _, speed, cadence, *more = struct.unpack(form, data)
    return RunningMeasurement(
        arrival_ns=packet.arrival_ns,
        speed_mps=speed / _SPEED_PER_MPS,
        cadence_per_min=cadence,
        running=bool(flags & _RUNNING),
        stride_length_m=more.pop(0) / 100 if flags & _STRIDE_LENGTH else None,
        distance_m=more.pop(0) / 10 if flags & _DISTANCE else None,
    )
