"""How fast and how wide accelerometer and gyroscope measure: settings, their codes, on and off.

A configuration byte is rate code | bandwidth << 4 | filter bit << 7. Below 12.5 Hz the BMI160 averages
(undersampling bit set, no bandwidth), the BMI270 leaves its filter bit clear.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import log

from imu.devices.metamotion.frame import READ, malformed, payload
from imu.devices.metamotion.modules import Chip, Module

ACC_RATES_HZ = tuple(25 * 2.0**k for k in range(-5, 7))  # codes 1 to 12: 0.78 to 1600 Hz
GYR_RATES_HZ = tuple(25 * 2.0**k for k in range(8))  # codes 6 to 13: 25 to 3200 Hz
ACC_RANGES_G = (2.0, 4.0, 8.0, 16.0)
GYR_RANGES_DPS = (2000.0, 1000.0, 500.0, 250.0, 125.0)  # by code

_ACC_RANGE_CODES = {Chip.BMI160: (0x03, 0x05, 0x08, 0x0C), Chip.BMI270: (0x00, 0x01, 0x02, 0x03)}
_FIRST_FILTERED = ACC_RATES_HZ.index(12.5)
_GYR_FIRST_CODE = 6
_NORMAL_BANDWIDTH = 0x20
_HIGH_BIT = 0x80


@dataclass(frozen=True, slots=True)
class AccSetting:
    """One of `ACC_RATES_HZ` and one of `ACC_RANGES_G`."""

    rate_hz: float
    range_g: float


@dataclass(frozen=True, slots=True)
class GyrSetting:
    """One of `GYR_RATES_HZ` and one of `GYR_RANGES_DPS`."""

    rate_hz: float
    range_dps: float


def acc_lsb_per_g(range_g: float) -> float:
    return 32768 / range_g


def gyr_lsb_per_dps(range_dps: float) -> float:
    # Bosch's figure: full scale is a little beyond the nominal range.
    return 16.4 * 2000 / range_dps


def nearest_rate_hz(wanted_hz: float, *, gyroscope: bool, at_most_hz: float | None = None) -> float:
    """The rate nearest in ratio that all sensors asked for have."""
    common = [rate for rate in ACC_RATES_HZ if not gyroscope or rate in GYR_RATES_HZ]
    offered = [rate for rate in common if at_most_hz is None or rate <= at_most_hz]
    return min(offered, key=lambda rate: abs(log(rate / wanted_hz)))


def covering_range(wanted: float, ranges: Iterable[float]) -> float:
    """The smallest range that holds what was asked for, else the largest: clipping cannot be undone."""
    ordered = sorted(ranges)
    return next((offered for offered in ordered if offered >= wanted), ordered[-1])


def configure_acc(setting: AccSetting, chip: Chip) -> bytes:
    """Raises ValueError for a setting the chip lacks."""
    step = ACC_RATES_HZ.index(setting.rate_hz)
    return bytes([Module.ACCELEROMETER, 0x03, _acc_conf(step, chip),
                  _ACC_RANGE_CODES[chip][ACC_RANGES_G.index(setting.range_g)]])  # fmt: skip


def configure_gyr(setting: GyrSetting) -> bytes:
    """Raises ValueError for a setting that neither chip has."""
    code = GYR_RATES_HZ.index(setting.rate_hz) + _GYR_FIRST_CODE
    return bytes([Module.GYROSCOPE, 0x03, _NORMAL_BANDWIDTH | code, GYR_RANGES_DPS.index(setting.range_dps)])


def sampling(module: Module, *, on: bool) -> bytes:
    """Let a sensor's samples out of its interrupt, or not: `03 02 <set> <clear>`."""
    return bytes([module, 0x02, on, not on])


def power(module: Module, *, on: bool) -> bytes:
    """Measure or sleep. Nothing is configured in between: sensors take settings while asleep."""
    return bytes([module, 0x01, on])


READ_ACC = bytes([Module.ACCELEROMETER, READ | 0x03])
READ_GYR = bytes([Module.GYROSCOPE, READ | 0x03])


def decode_acc_setting(packet: bytes, chip: Chip) -> AccSetting:
    """The answer to `READ_ACC`."""
    conf, range_code = payload(packet, 2)
    step = (conf & 0x0F) - 1
    if step not in range(len(ACC_RATES_HZ)) or range_code not in _ACC_RANGE_CODES[chip]:
        raise malformed(packet, f"a rate and a range of the {chip}")
    return AccSetting(ACC_RATES_HZ[step], ACC_RANGES_G[_ACC_RANGE_CODES[chip].index(range_code)])


def decode_gyr_setting(packet: bytes) -> GyrSetting:
    """The answer to `READ_GYR`."""
    conf, range_code = payload(packet, 2)
    step = (conf & 0x0F) - _GYR_FIRST_CODE
    if step not in range(len(GYR_RATES_HZ)) or range_code >= len(GYR_RANGES_DPS):
        raise malformed(packet, "a rate and a range of the gyroscope")
    return GyrSetting(GYR_RATES_HZ[step], GYR_RANGES_DPS[range_code])


def _acc_conf(step: int, chip: Chip) -> int:
    code = step + 1
    filtered = step >= _FIRST_FILTERED
    match chip:
        case Chip.BMI160:
            return code | (_NORMAL_BANDWIDTH if filtered else _HIGH_BIT)
        case Chip.BMI270:
            return code | _NORMAL_BANDWIDTH | (_HIGH_BIT if filtered else 0)
