"""A virtual heart-rate strap and a virtual foot pod, as the Bluetooth standard describes them."""

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from imu.simulate.boards.board import Characteristic, Service
from imu.simulate.boards.pace import Pace

_EVERY_S = 1.0
_LONGEST_BEHIND_S = 2.0  # what nobody listened to is not told later
_DEVICE_INFORMATION, _MODEL, _SERIAL = "180a", "2a24", "2a25"
_BATTERY_SERVICE, _BATTERY_LEVEL = "180f", "2a19"
_PERCENT = 88

_RR = 0x10
_RR_PER_S = 1024
_WORN = 0x06  # contact can be told, and there is some
_RUNNING = 0x04
_RUNNING_FROM_MPS = 2.0
_SPEED_PER_MPS = 256


@dataclass(frozen=True, slots=True)
class _Profile:
    """What it is on the air."""

    service: str
    measurement: str
    prefix: str
    model: str


_HEART_RATE = _Profile("180d", "2a37", "HRM", "virtual strap")
_FOOT_POD = _Profile("1814", "2a53", "POD", "virtual foot pod")


def heart_rate_strap(pace: Pace, *, serial: str) -> "ReferenceBoard":
    """Pulse, and the intervals between the beats of the last second."""
    return ReferenceBoard(_HEART_RATE, _Beats(pace).measured, serial=serial)


def foot_pod(pace: Pace, *, serial: str, counts: Literal["steps", "strides"] = "strides") -> "ReferenceBoard":
    """Speed and cadence; makers differ in what they count, and so may this one."""
    per_step = 1.0 if counts == "steps" else 0.5

    def measured(now_s: float) -> bytes:
        speed_mps = pace.speed_mps(now_s)
        running = _RUNNING if speed_mps >= _RUNNING_FROM_MPS else 0
        cadence = min(round(pace.cadence_spm(now_s) * per_step), 255)
        return struct.pack("<BHB", running, round(speed_mps * _SPEED_PER_MPS), cadence)

    return ReferenceBoard(_FOOT_POD, measured, serial=serial)


class ReferenceBoard:
    """Once a second, a measurement to whoever is connected. It remembers nothing."""

    alive = True
    hung_up = False

    def __init__(self, profile: _Profile, measured: Callable[[float], bytes], *, serial: str) -> None:
        self.name = f"{profile.prefix}-{serial[-4:]}"
        self.services: Sequence[Service] = (
            Service(profile.service, (Characteristic(profile.measurement, ("notify",)),), advertised=True),
            Service(
                _DEVICE_INFORMATION,
                (Characteristic(_MODEL, ("read",)), Characteristic(_SERIAL, ("read",))),
            ),
            Service(_BATTERY_SERVICE, (Characteristic(_BATTERY_LEVEL, ("read",)),)),
        )
        self._told = {
            _MODEL: profile.model.encode(),
            _SERIAL: serial.encode(),
            _BATTERY_LEVEL: bytes([_PERCENT]),
        }
        self._measurement = profile.measurement
        self._measured = measured
        self._due_s: float | None = None  # None while nobody is connected

    def connected(self, now_s: float, *, payload: int) -> None:
        del payload
        self._due_s = now_s + _EVERY_S

    def disconnected(self, now_s: float) -> None:
        del now_s
        self._due_s = None

    def read(self, characteristic: str, now_s: float) -> bytes:
        del now_s
        return self._told[characteristic]

    def write(self, characteristic: str, data: bytes, now_s: float) -> None:
        """There is nothing to write."""

    def notifications(self, now_s: float, *, room: int) -> Sequence[tuple[str, bytes]]:
        if self._due_s is None or now_s < self._due_s or room < 1:
            return ()
        if now_s > self._due_s + _LONGEST_BEHIND_S:
            self._due_s = now_s
        self._due_s += _EVERY_S
        return ((self._measurement, self._measured(now_s)),)

    def state(self) -> Mapping[str, Any]:
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """There is nothing to restore."""


class _Beats:
    """A heart that beats at the runner's pulse."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._last_s: float | None = None

    def measured(self, now_s: float) -> bytes:
        intervals = self._intervals_s(now_s)
        head = struct.pack("<BB", _WORN | (_RR if intervals else 0), round(self._pace.heart_rate_bpm(now_s)))
        return head + struct.pack(f"<{len(intervals)}H", *(round(each * _RR_PER_S) for each in intervals))

    def _intervals_s(self, now_s: float) -> list[float]:
        if self._last_s is None or now_s - self._last_s > _LONGEST_BEHIND_S:
            self._last_s = now_s - _EVERY_S
        intervals_s = []
        while self._last_s + (interval_s := 60.0 / self._pace.heart_rate_bpm(self._last_s)) <= now_s:
            self._last_s += interval_s
            intervals_s.append(interval_s)
        return intervals_s
