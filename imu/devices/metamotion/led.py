"""The light on a board (02)."""

import struct
from dataclasses import dataclass
from enum import IntEnum

from imu.devices.metamotion.modules import Module

FOR_EVER = 0xFF
FULL = 31


class Colour(IntEnum):
    GREEN = 0
    RED = 1
    BLUE = 2


@dataclass(frozen=True, slots=True)
class Pattern:
    """One period of light: up, on, down, then dark until it is over."""

    high: int = FULL  # brightness, 0 to 31
    low: int = 0
    rise_ms: int = 0
    high_ms: int = 500
    fall_ms: int = 0
    period_ms: int = 1000
    delay_ms: int = 0


SOLID = Pattern(low=FULL)
BLINK = Pattern(high_ms=50, period_ms=500)
PULSE = Pattern(rise_ms=725, fall_ms=725, period_ms=2000)

PLAY = bytes([Module.LED, 0x01, 1])
AUTOPLAY = bytes([Module.LED, 0x01, 2])  # plays patterns that are written later too
PAUSE = bytes([Module.LED, 0x01, 0])
STOP = bytes([Module.LED, 0x02, 0])
STOP_AND_CLEAR = bytes([Module.LED, 0x02, 1])


def write(colour: Colour, pattern: Pattern, *, repeat: int = FOR_EVER) -> bytes:
    """Remember a pattern for one colour, shown by `PLAY`. Raises ValueError for what does not fit."""
    if not (0 <= pattern.high <= FULL and 0 <= pattern.low <= FULL):
        raise ValueError(f"brightness {pattern.high}, {pattern.low} is not within 0 to {FULL}")
    try:
        return bytes([Module.LED, 0x03, colour, 0x02, pattern.high, pattern.low]) + struct.pack(
            "<5HB",
            pattern.rise_ms,
            pattern.high_ms,
            pattern.fall_ms,
            pattern.period_ms,
            pattern.delay_ms,
            repeat,
        )
    except struct.error as error:
        raise ValueError(f"{pattern} repeated {repeat} times does not fit: {error}") from error
