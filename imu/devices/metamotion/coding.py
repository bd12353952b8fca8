"""What has to be known to read a MetaMotion's packets again: `Sampling` and registers as `Coding`, and back.

Facts of a stream: `acc_register`, `gyr_register` (hex), and `stamp_processor` where acceleration may come a
second time with the device's; or, where all samples carry time, `acc_processor`, `gyr_processor`.
Facts of a log: `acc_loggers`, `gyr_loggers`, the ids in the order of their bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from imu.devices.metamotion.log import TICK_S
from imu.devices.metamotion.sampling import (
    ACC_RANGES_G,
    GYR_RANGES_DPS,
    AccSetting,
    GyrSetting,
    acc_lsb_per_g,
    covering_range,
    gyr_lsb_per_dps,
    nearest_rate_hz,
)
from imu.devices.metamotion.stream import Signal
from imu.devices.sensor import Coding, Settings
from imu.errors import ProtocolError

FASTEST_LOG_HZ = 400.0  # beyond it the board's memory does not keep up; stream instead
_SIGNALS: tuple[Signal, ...] = ("acc", "gyr")


@dataclass(frozen=True, slots=True)
class Sampling:
    """What both sensors of a board are set to."""

    acc: AccSetting
    gyr: GyrSetting | None  # None: the accelerometer alone

    @property
    def signals(self) -> tuple[Signal, ...]:
        return ("acc",) if self.gyr is None else _SIGNALS


def nearest(settings: Settings, *, logged: bool) -> Sampling:
    """The rate nearest in ratio, one for all, and ranges not smaller than asked for."""
    rate_hz = nearest_rate_hz(
        settings.rate_hz,
        gyroscope=settings.gyr_range_dps is not None,
        at_most_hz=FASTEST_LOG_HZ if logged else None,
    )
    gyr = None
    if settings.gyr_range_dps is not None:
        gyr = GyrSetting(rate_hz, covering_range(settings.gyr_range_dps, GYR_RANGES_DPS))
    return Sampling(AccSetting(rate_hz, covering_range(settings.acc_range_g, ACC_RANGES_G)), gyr)


def stream_coding(
    sampling: Sampling, registers: Mapping[Signal, bytes], *, stamp_processor: int | None = None
) -> Coding:
    """Packed samples without time, told apart by register; and single ones, stamped by this processor."""
    facts: dict[str, str | int] = {f"{signal}_register": header.hex() for signal, header in registers.items()}
    if stamp_processor is None:
        return _coding(sampling, mode="stream", tick_s=None, facts=facts)
    facts["stamp_processor"] = stamp_processor
    return replace(_coding(sampling, mode="stream", tick_s=None, facts=facts), stamp_tick_s=TICK_S)


def timed_stream_coding(sampling: Sampling, processors: Mapping[Signal, int]) -> Coding:
    """Single samples stamped by the device, told apart by the processor that stamped them."""
    facts = {f"{signal}_processor": processor for signal, processor in processors.items()}
    return _coding(sampling, mode="stream", tick_s=TICK_S, facts=facts)


def log_coding(sampling: Sampling, loggers: Mapping[Signal, tuple[int, ...]]) -> Coding:
    """Entries of the log, told apart by logger."""
    facts = {f"{signal}_loggers": " ".join(map(str, ids)) for signal, ids in loggers.items()}
    return _coding(sampling, mode="log", tick_s=TICK_S, facts=facts)


def registers_in(coding: Coding) -> dict[bytes, Signal]:
    """Raises ProtocolError for facts that no stream has."""
    found: dict[bytes, Signal] = {}
    for signal in _SIGNALS:
        if (register := coding.facts.get(f"{signal}_register")) is not None:
            try:
                found[bytes.fromhex(str(register))] = signal
            except ValueError as error:
                raise _unreadable(coding, f"{signal}_register") from error
    return found


def processors_in(coding: Coding) -> dict[int, Signal]:
    """Raises ProtocolError for facts that no stream has."""
    found: dict[int, Signal] = {}
    for signal in _SIGNALS:
        if (processor := coding.facts.get(f"{signal}_processor")) is not None:
            if not isinstance(processor, int):
                raise _unreadable(coding, f"{signal}_processor")
            found[processor] = signal
    return found


def loggers_in(coding: Coding) -> dict[Signal, tuple[int, ...]]:
    """Raises ProtocolError for facts that no log has."""
    found: dict[Signal, tuple[int, ...]] = {}
    for signal in _SIGNALS:
        if (ids := coding.facts.get(f"{signal}_loggers")) is not None:
            try:
                found[signal] = tuple(int(logger) for logger in str(ids).split())
            except ValueError as error:
                raise _unreadable(coding, f"{signal}_loggers") from error
    return found


def _coding(
    sampling: Sampling,
    *,
    mode: Literal["stream", "log"],
    tick_s: float | None,
    facts: Mapping[str, str | int],
) -> Coding:
    gyr = sampling.gyr
    return Coding(
        kind="metamotion",
        mode=mode,
        rate_hz=sampling.acc.rate_hz,
        acc_range_g=sampling.acc.range_g,
        gyr_range_dps=None if gyr is None else gyr.range_dps,
        acc_lsb_per_g=acc_lsb_per_g(sampling.acc.range_g),
        gyr_lsb_per_dps=None if gyr is None else gyr_lsb_per_dps(gyr.range_dps),
        tick_s=tick_s,
        facts=dict(facts),
    )


def _unreadable(coding: Coding, fact: str) -> ProtocolError:
    return ProtocolError(f"MetaMotion coding: {fact} {coding.facts[fact]!r} cannot be read")
