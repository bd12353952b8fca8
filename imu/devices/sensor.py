"""What every kind of sensor offers, whatever it is made of: the words that drivers and the collector share.

A driver turns these calls into its own bytes; the collector never sees which. What a sensor sends is kept as
it came (`Packet`), and read again later by the decoder that its `Coding` names: samples are decoded from
what is on disk, live or after a crash alike.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from imu.devices.calibration import ChipCalibration

Kind = Literal["metamotion", "esp32"]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a sensor says it is. The serial number is what it is remembered by: macOS hides addresses."""

    kind: Kind
    model: str  # MetaMotion S
    serial: str
    firmware: str
    hardware: str = ""
    manufacturer: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a recording asks of a sensor."""

    rate_hz: float = 200.0
    acc_range_g: float = 16.0
    gyr_range_dps: float | None = 2000.0  # None: the accelerometer alone


@dataclass(frozen=True, slots=True)
class Coding:
    """All that is needed to read a sensor's packets again: kept beside them, as JSON.

    `facts` are the kind's own, plain text and numbers.
    """

    kind: Kind
    mode: Literal["stream", "log"]
    rate_hz: float  # as set; the true rate is measured
    acc_range_g: float
    gyr_range_dps: float | None
    acc_lsb_per_g: float
    gyr_lsb_per_dps: float | None
    tick_s: float | None  # unit of the device clock in its samples; None where samples carry no time
    facts: Mapping[str, str | int | float]
    stamp_tick_s: float | None = None  # the same of `stamped` blocks, where samples themselves carry no time
    calibration: ChipCalibration | None = None  # of its chip, in force when this coding was; packets stay raw


@dataclass(frozen=True, slots=True)
class Packet:
    """One notification as it came. The host clock is that of `Exchange`."""

    arrival_ns: int
    data: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Decoded samples in the order in which the sensor took them, still in its own integers."""

    stream: Literal["acc", "gyr", "both", "stamped"]  # stamped: of "acc", that came there too, without time
    counts: NDArray[np.int16]  # (n, 3), or (n, 6) acceleration and rate for "both"
    ticks: NDArray[np.int64] | None  # (n,) device clock, unwrapped; None where samples carry no time
    lost: int = 0  # samples known to be missing just before this block
    arrival_ns: int = 0  # of the packet that completed it; 0 for a log
    reset_id: int = 0  # of the clock that the ticks are read from, as in `Exchange`


class Decoder(Protocol):
    """Packets of one sensor in, samples out. Carries what spans packets; does no I/O."""

    def receive(self, packet: Packet) -> Sequence[Block]:
        """Raises ProtocolError for bytes that this sensor cannot have meant."""
        ...


@dataclass(frozen=True, slots=True)
class Exchange:
    """One reading of a device clock between two of the host's, all as read: device ticks may have wrapped.

    Host times are nanoseconds since 1970 that advance steadily within a process (`HostClock`).
    """

    before_ns: int
    ticks: int
    after_ns: int
    reset_id: int = 0  # changes where the device lost its clock


LOW_BATTERY_PERCENT = 20.0  # from here on whoever uses the sensor is told


@dataclass(frozen=True, slots=True)
class Battery:
    """How full, and the voltage where it is told."""

    percent: float
    voltage_v: float | None = None


@dataclass(frozen=True, slots=True)
class LogStatus:
    """What lies in a sensor's own memory."""

    running: bool
    used: int  # bytes or entries, as `unit` says
    capacity: int | None  # None where the sensor does not tell
    unit: Literal["bytes", "entries"]
    coding: Coding | None  # how to read it, where the sensor still knows


@dataclass(frozen=True, slots=True, eq=False)
class LogPart:
    """A piece of a download. The sensor goes on (and may forget the piece) once it is confirmed.

    Confirm a part only after it is durable on disk.
    """

    packets: Sequence[Packet]
    done: int  # of the log, in LogStatus.unit, with this part
    total: int


class Sensor(Protocol):
    """An open connection to one sensor, ended by the context manager that opened it.

    Every call raises LinkLostError where the connection is gone, and SensorError, in one line a user can act
    on, where the sensor answers wrongly or not in time.
    """

    @property
    def identity(self) -> Identity: ...

    async def battery(self) -> Battery: ...

    async def blink(self, *, seconds: float) -> None:
        """Show which one it is, and go dark again."""
        ...

    async def calibration(self, remembered: ChipCalibration | None) -> ChipCalibration | None:
        """What is in force: the sensor's own where it keeps one, else what is `remembered` of it here."""
        ...

    async def calibrate(self, calibration: ChipCalibration | None) -> bool:
        """Keep these values on the sensor (None: forget them); False where it has no place for any."""
        ...

    async def exchange(self) -> Exchange:
        """One reading of the device clock, of the same ticks that `Block.ticks` are in."""
        ...

    async def configure(self, settings: Settings) -> Coding:
        """Prepare streaming. Takes the nearest setting the sensor has; the coding says which."""
        ...

    async def start(self) -> None:
        """Stream; to be called once all sensors are configured."""
        ...

    async def stamp(self) -> None:
        """For a moment send some samples twice, the second time with the device's time (`stamped` blocks).

        Nothing happens where samples carry it anyway, or the sensor cannot.
        """
        ...

    async def stop(self) -> None: ...

    def packets(self) -> AsyncIterator[Packet]:
        """What is streamed, stamped on arrival. Raises LinkLostError once the connection is gone."""
        ...

    @property
    def dropped(self) -> int:
        """Packets that came faster than they were taken from `packets`: counted, never silently gone."""
        ...

    async def log_status(self) -> LogStatus: ...

    async def start_log(self, settings: Settings) -> Coding:
        """Log on board until stopped, also without a connection. Raises where a log lies there already."""
        ...

    async def stop_log(self) -> None: ...

    def download(self, *, held: int) -> AsyncIterator[LogPart]:
        """The log from what is `held` already, as far as the sensor can; the decoder sees repeats."""
        ...

    async def confirm(self, part: LogPart) -> None:
        """Let the sensor go on after a part that is durable on disk."""
        ...

    async def erase_log(self) -> None:
        """Free the memory. Only after a verified copy exists."""
        ...
