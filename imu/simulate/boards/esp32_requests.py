"""What a virtual ESP32 sensor does when it is asked, and when it says no."""

from collections.abc import Mapping

from imu.devices.esp32.control import SCALE, Command, Field, Fields, Refusal, Value
from imu.devices.esp32.setting import ACC_RANGES_G, GYR_RANGES_DPS, RATES_HZ, Setting

# Which fields a request must bring. Others are refused too: nothing that was asked is silently left undone.
_NEEDED: Mapping[int, frozenset[Field]] = {
    Command.HELLO: frozenset(),
    Command.BATTERY: frozenset(),
    Command.BLINK: frozenset({Field.SECONDS}),
    Command.CALIBRATION: frozenset(),
    Command.CONFIGURE: frozenset({Field.RATE_HZ, Field.ACC_RANGE_G, Field.GYR_RANGE_DPS}),
    Command.START: frozenset(),
    Command.STOP: frozenset(),
    Command.LOG_STATUS: frozenset(),
    Command.LOG_START: frozenset({Field.RATE_HZ, Field.ACC_RANGE_G, Field.GYR_RANGE_DPS}),
    Command.LOG_STOP: frozenset(),
    Command.LOG_READ: frozenset({Field.OFFSET, Field.LENGTH, Field.ALLOWED}),
    Command.LOG_CRC: frozenset({Field.OFFSET, Field.LENGTH}),
    Command.LOG_CONFIRM: frozenset({Field.OFFSET, Field.LENGTH, Field.CRC32}),
    Command.LOG_ERASE: frozenset({Field.GENERATION}),
}
_CALIBRATIONS = ({Field.ACC_CALIBRATION}, {Field.GYR_CALIBRATION})


class RefusedError(Exception):
    """The request is not done."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.name)
        self.refusal = refusal


def check_fields(command: int, fields: Fields) -> None:
    if command == Command.CALIBRATE:
        good = set(fields) in _CALIBRATIONS
    elif command in _NEEDED:
        good = set(fields) == _NEEDED[command]
    else:
        raise RefusedError(Refusal.UNKNOWN_COMMAND)
    if not good:
        raise RefusedError(Refusal.BAD_FIELD)


def number(fields: Fields, field: Field) -> int:
    value = fields[field]
    assert isinstance(value, int)
    return value


def nearest(wanted: Fields) -> Setting:
    """The nearest rate, the faster of two; the smallest range that holds what is wanted, or the largest."""
    rate, gyr = number(wanted, Field.RATE_HZ), number(wanted, Field.GYR_RANGE_DPS)
    ranges = [r for r in GYR_RANGES_DPS if r is not None]
    return Setting(
        min(reversed(RATES_HZ), key=lambda r: abs(r - rate)),
        _holding(ACC_RANGES_G, number(wanted, Field.ACC_RANGE_G)),
        _holding(ranges, gyr) if gyr else None,
    )


def scales(setting: Setting) -> tuple[float, float]:
    """Counts per g and per degree per second of the virtual chip; 16.4 at 2000 dps, as most parts have it."""
    return 32768 / setting.acc_range_g, 32800 / (setting.gyr_range_dps or 2000)


def told(setting: Setting) -> dict[Field, Value]:
    """A setting, as answers tell it."""
    acc, gyr = scales(setting)
    return {
        Field.SETTING: setting.code,
        Field.RATE_MHZ: setting.rate_hz * 1000,
        Field.ACC_SCALE: round(acc * SCALE),
        Field.GYR_SCALE: round(gyr * SCALE),
    }


def _holding(ranges: tuple[int, ...] | list[int], wanted: int) -> int:
    return next((r for r in ranges if r >= wanted), ranges[-1])
