"""Reference devices over any link: who they are, and what they say as channels of a recording."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, Protocol

from imu.devices.inbox import Inbox
from imu.devices.link import Link
from imu.devices.sensor import Packet
from imu.devices.standard import heart_rate, running_speed
from imu.devices.standard.reading import ReferenceReading
from imu.devices.text import text_of
from imu.errors import LinkLostError, SensorError

ReferenceKind = Literal["heart_rate", "foot_pod"]
REFERENCES: tuple[ReferenceKind, ...] = ("heart_rate", "foot_pod")

_FULL = "0000{}-0000-1000-8000-00805f9b34fb"
_SERVICES: dict[ReferenceKind, str] = {
    "heart_rate": _FULL.format(heart_rate.SERVICE),
    "foot_pod": _FULL.format(running_speed.SERVICE),
}
SERVICES = tuple(_SERVICES.values())  # as advertised
_MEASUREMENTS: dict[ReferenceKind, str] = {
    "heart_rate": heart_rate.MEASUREMENT,
    "foot_pod": running_speed.MEASUREMENT,
}
_MODEL, _SERIAL, _FIRMWARE, _BATTERY = "2a24", "2a25", "2a26", "2a19"
_CHANNELS = ("heart_rate_bpm", "speed_mps", "cadence_spm", "stride_length_m", "distance_m")


@dataclass(frozen=True, slots=True)
class ReferenceIdentity:
    """Who it says it is; the address stands for a serial number that is not told."""

    kind: ReferenceKind
    model: str
    serial: str
    firmware: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """Values by channel, each a name with its unit."""

    time_ns: int  # host clock
    values: dict[str, float]


class Reader(Protocol):
    """Packets of one device in, channels out."""

    def read(self, packet: Packet) -> list[Said]:
        """Raises ProtocolError for bytes that this kind of device cannot have meant."""
        ...


def kind_of(services: Sequence[str]) -> ReferenceKind | None:
    """The kind of reference device that advertises these, if it is one."""
    return next((kind for kind, service in _SERVICES.items() if service in services), None)


def reader_for(kind: ReferenceKind) -> Reader:
    """A fresh reader for one device: it learns what the device's cadence counts."""
    return _HeartRateReader() if kind == "heart_rate" else _FootPodReader()


class _HeartRateReader:
    def read(self, packet: Packet) -> list[Said]:
        reading = heart_rate.decode_heart_rate(packet)
        # The last beat came just before the packet, each earlier one by an interval before its successor.
        since_s = accumulate(reversed(reading.rr_s[1:]), initial=0.0)
        beats = [
            Said(packet.arrival_ns - round(before_s * 1e9), {"rr_s": rr_s})
            for before_s, rr_s in zip(since_s, reversed(reading.rr_s), strict=False)
        ]
        return [*_said(reading), *reversed(beats)]


class _FootPodReader:
    """Whether steps or strides are counted is what most running measurements so far agree on."""

    def __init__(self) -> None:
        self._steps = 0  # votes for steps, less those for strides

    def read(self, packet: Packet) -> list[Said]:
        measured = running_speed.decode_running(packet)
        self._steps += {"steps": 1, "strides": -1, None: 0}[measured.counted]
        reading = measured.reading(counted="steps" if self._steps > 0 else "strides")
        said = _said(reading)
        if not self._steps:  # before the first running minute nobody can tell
            for each in said:
                each.values.pop("cadence_spm", None)
        return said


def _said(reading: ReferenceReading) -> list[Said]:
    told = {name: value for name in _CHANNELS if (value := getattr(reading, name)) is not None}
    return [Said(reading.arrival_ns, {name: float(value) for name, value in told.items()})] if told else []


class ReferenceDevice:
    """One connected reference device; made by `opened`."""

    def __init__(self, link: Link, identity: ReferenceIdentity, inbox: Inbox) -> None:
        self._link = link
        self._inbox = inbox
        self.identity = identity

    async def battery_percent(self) -> float | None:
        """None where it does not tell."""
        if not self._link.has(_BATTERY):
            return None
        level = await self._link.read(_BATTERY)
        return float(level[0]) if level else None

    async def start(self) -> None:
        """Have it tell what it measures."""
        await self._link.subscribe(_MEASUREMENTS[self.identity.kind], self._inbox.put)

    def packets(self) -> AsyncIterator[Packet]:
        """What it tells, stamped on arrival. Raises LinkLostError once the connection is gone."""
        return self._inbox.packets()


@asynccontextmanager
async def opened(
    link: Link, kind: ReferenceKind, *, name: str, address: str
) -> AsyncIterator[ReferenceDevice]:
    """The device behind a link. name, address: as advertised, for what it does not tell itself."""
    if not link.has(_MEASUREMENTS[kind]):
        raise SensorError(f"{name or address}: offers no {kind.replace('_', ' ')} after all")
    inbox = Inbox()
    link.when_lost(inbox.close)
    identity = ReferenceIdentity(
        kind=kind,
        model=name or await _text(link, _MODEL) or kind.replace("_", " "),
        serial=await _text(link, _SERIAL) or address,
        firmware=await _text(link, _FIRMWARE),
    )
    yield ReferenceDevice(link, identity, inbox)


async def _text(link: Link, characteristic: str) -> str:
    """What it tells of itself, or "": many devices answer none of these."""
    if not link.has(characteristic):
        return ""
    try:
        return text_of(await link.read(characteristic))
    except LinkLostError:
        raise
    except SensorError:
        return ""
