"""Will memory, battery and disk last for the planned run? Said before it, with the arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from imu.devices.sensor import Battery, LogStatus, Settings

METAMOTION_ENTRIES_PER_SAMPLE = 2  # three 16-bit values take two log entries of four bytes
ESP32_BYTES_PER_SAMPLE = 12.7  # six 16-bit values and their share of a frame's head
# Two entries to a notification and 267 of them a second, or 244 bytes each: a connection interval of 15 ms
# with four packets in each, which laptops reach (docs/hardware.md).
METAMOTION_ENTRIES_PER_MINUTE = 60 * 2 * 267
ESP32_BYTES_PER_MINUTE = 60 * 59_000


# A journal keeps 11 bytes with every packet (docs/collecting.md): two packets of 20 for three samples in a
# MetaMotion's stream, two notifications for one in its log, 244 bytes at once from an ESP32.
_STREAMED_BYTES = {"metamotion": 62 / 3, "esp32": 13.3}
_LOGGED_BYTES = {"metamotion": 62.0, "esp32": 13.3}
_SPOOLED_BYTES = 20  # six 16-bit values and their time, beside the journals while the recording is made
_RECORDED_BYTES = 30  # per row: 23 measured of running at 200 Hz
RESULTS_BYTES = 20_000_000  # tables and page of a run; also what any disk should be left with


@dataclass(frozen=True, slots=True)
class DiskNeed:
    """What a session takes at most of the disks that it is on."""

    session_bytes: int  # journals and spools
    recording_bytes: int

    def __add__(self, other: "DiskNeed") -> "DiskNeed":
        return DiskNeed(
            self.session_bytes + other.session_bytes, self.recording_bytes + other.recording_bytes
        )


@dataclass(frozen=True, slots=True)
class Drain:
    """Percent of the battery an hour takes: arithmetic from capacity and current, not measured."""

    streaming: float
    logging: float


# 100 mAh cells, six axes at 200 Hz; of the two ESP32 the one that takes more (docs/hardware.md).
DRAIN = {"metamotion": Drain(streaming=8.0, logging=4.0), "esp32": Drain(streaming=25.0, logging=19.0)}
RESERVE_PERCENT = 5.0  # a cell this empty sags under the radio's peaks and resets the board


def log_size(kind: str, settings: Settings, minutes: float) -> int:
    """What a run of this length takes of the memory, in `LogStatus.unit` of that kind."""
    samples = 60.0 * minutes * settings.rate_hz
    if kind == "metamotion":
        sensors = 1 if settings.gyr_range_dps is None else 2
        return round(samples * sensors * METAMOTION_ENTRIES_PER_SAMPLE)
    return round(samples * ESP32_BYTES_PER_SAMPLE)


def memory_fault(kind: str, settings: Settings, minutes: float, status: LogStatus) -> str | None:
    """Why the memory is too small for the run, with what would fit; None if it is large enough or untold."""
    if status.capacity is None:
        return None
    needed, free = log_size(kind, settings, minutes), status.capacity - status.used
    if needed <= free:
        return None
    fits = minutes * free / needed
    return (
        f"the memory holds {free:,} more {status.unit}, {minutes:g} min at {settings.rate_hz:g} Hz need "
        f"{needed:,}: enough for {floor(10 * fits) / 10:g} min; sync and free it, or take a lower rate"
    )


def sync_minutes(kind: str, settings: Settings, minutes: float) -> float:
    """About how long the download of such a run takes over the radio, per sensor."""
    per_minute = METAMOTION_ENTRIES_PER_MINUTE if kind == "metamotion" else ESP32_BYTES_PER_MINUTE
    return log_size(kind, settings, minutes) / per_minute


def battery_fault(kind: str, battery: Battery, minutes: float, *, logging: bool) -> str | None:
    """Why the battery is too low for the run; None if it will do."""
    drain = DRAIN[kind].logging if logging else DRAIN[kind].streaming
    needed = RESERVE_PERCENT + drain * minutes / 60.0
    if battery.percent >= needed:
        return None
    return (
        f"the battery is at {battery.percent:.0f} %, {minutes:g} min need about {needed:.0f} % "
        f"({drain:g} % an hour and {RESERVE_PERCENT:g} % in reserve); charge it first"
    )


def disk_need(kinds: Sequence[str], rate_hz: float, minutes: float, *, logged: bool) -> DiskNeed:
    """Of a run of this length with sensors of these kinds."""
    samples = 60.0 * minutes * rate_hz
    per_sample = _LOGGED_BYTES if logged else _STREAMED_BYTES
    return DiskNeed(
        round(samples * sum(per_sample[kind] + _SPOOLED_BYTES for kind in kinds)),
        round(samples * len(kinds) * _RECORDED_BYTES),
    )


def log_disk_need(kind: str, *, used: int, held: int) -> DiskNeed:
    """Of a log of which so much lies on the sensor, and `held` was fetched before; both in its unit."""
    per_sample = 2 * METAMOTION_ENTRIES_PER_SAMPLE if kind == "metamotion" else ESP32_BYTES_PER_SAMPLE
    to_fetch = used if kind == "metamotion" else max(used - held, 0)  # a MetaMotion forgets what was fetched
    samples = (to_fetch + held) / per_sample
    journal = to_fetch / per_sample * _LOGGED_BYTES[kind]
    return DiskNeed(round(journal + samples * _SPOOLED_BYTES), round(samples * _RECORDED_BYTES))


def disk_fault(needed_bytes: int, free_bytes: int, *, what: str, minutes: float | None) -> str | None:
    """Why `what` does not fit, and for how long it would; None if it fits. minutes: of the run, if known."""
    usable_bytes = max(free_bytes - RESULTS_BYTES, 0)
    if needed_bytes <= usable_bytes:
        return None
    fits = "" if minutes is None else f": enough for {floor(minutes * usable_bytes / needed_bytes)} min"
    return (
        f"{free_bytes / 1e6:,.0f} MB are free ({RESULTS_BYTES / 1e6:.0f} of them for the results), "
        f"{what} need {needed_bytes / 1e6:,.0f} MB{fits}"
    )
