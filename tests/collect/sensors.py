"""A sensor whose log is a list of packets, driven as any other, and what can go wrong with it."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from imu.devices.calibration import ChipCalibration
from imu.devices.sensor import (
    Battery,
    Coding,
    Exchange,
    Identity,
    LogPart,
    LogStatus,
    Packet,
    Settings,
)
from imu.errors import LinkLostError, SensorError
from tests.collect.links import START_NS
from tests.collect.toys import coding

_PART = 10


@dataclass
class LoggingSensor:
    """Satisfies the log half of `Sensor`. Forgets a part once it was confirmed, if it `forgets`."""

    serial: str
    forgets: bool = False
    log: list[bytes] = field(default_factory=list)
    running: bool = False
    generation: int = 1
    confirmed: int = 0
    percent: float = 90.0
    starts: bool = True
    lost_after: int | None = None  # parts, then the connection is lost, once
    sends_all_but: int = 0  # of the last packets
    calibrated: ChipCalibration | None = None
    downloads: list[int] = field(default_factory=list)  # what was held at each

    @property
    def identity(self) -> Identity:
        return Identity("esp32", "toy", self.serial, "1.0")

    @property
    def coding(self) -> Coding:
        return replace(coding(tick_s=1e-6, mode="log"), facts={"generation": self.generation})

    async def battery(self) -> Battery:
        return Battery(self.percent)

    async def calibration(self, _remembered: ChipCalibration | None) -> ChipCalibration | None:
        return self.calibrated

    async def exchange(self) -> Exchange:
        now_ns = START_NS + next(_tick) * 1_000_000
        return Exchange(now_ns, (now_ns - START_NS) // 1000, now_ns + 1_000_000, 1)

    async def log_status(self) -> LogStatus:
        left = len(self.log) - (self.confirmed if self.forgets else 0)
        known = self.coding if self.log or self.running else None
        return LogStatus(self.running, left, None, "entries", known)

    async def start_log(self, _settings: Settings) -> Coding:
        if not self.starts:
            raise SensorError(f"{self.serial}: did not start")
        self.running = True
        self.log.append(b"first")
        return self.coding

    async def stop_log(self) -> None:
        self.running = False

    async def download(self, *, held: int) -> AsyncIterator[LogPart]:
        self.downloads.append(held)
        begin = self.confirmed if self.forgets else min(held, self.confirmed)
        log = self.log[begin : len(self.log) - self.sends_all_but]
        offset = 0 if self.forgets else begin
        total = len(self.log) - (begin if self.forgets else 0)
        for number, first in enumerate(range(0, len(log), _PART)):
            if self.lost_after is not None and number == self.lost_after:
                self.lost_after = None
                raise LinkLostError("the connection was lost")
            packets = [Packet(START_NS, data) for data in log[first : first + _PART]]
            yield LogPart(packets, offset + first + len(packets), total)

    async def confirm(self, part: LogPart) -> None:
        self.confirmed += len(part.packets)

    async def erase_log(self) -> None:
        self.log.clear()
        self.confirmed = 0
        self.generation += 1


_tick = itertools.count(1)


def opener(*sensors: LoggingSensor, placements: tuple[str, ...] = ("pelvis",)) -> Any:
    """Opens each as if it were worn there."""
    worn = dict(zip(placements, sensors, strict=True))

    @asynccontextmanager
    async def opened(placement: str) -> AsyncIterator[LoggingSensor]:
        yield worn[placement]

    return opened
