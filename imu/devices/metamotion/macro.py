"""Commands that a board keeps over a power loss and runs by itself (0f)."""

from collections.abc import Sequence
from dataclasses import dataclass

from imu.devices.metamotion.frame import payload
from imu.devices.metamotion.modules import Module

END = bytes([Module.MACRO, 0x04])
ERASE_ALL = bytes([Module.MACRO, 0x08])  # done once the link is closed
_LONGEST = 17  # longer ones have to be split, and how is not known for certain


@dataclass(frozen=True, slots=True)
class MacroBegun:
    macro: int


def record(commands: Sequence[bytes], *, at_boot: bool) -> tuple[bytes, ...]:
    """Keep `commands`. Raises ValueError for one too long to be kept in one piece."""
    for command in commands:
        if len(command) > _LONGEST:
            raise ValueError(f"{command.hex(' ')}: a macro keeps commands of {_LONGEST} bytes at most")
    begin = bytes([Module.MACRO, 0x02, at_boot])
    return begin, *(bytes([Module.MACRO, 0x03]) + command for command in commands), END


def execute(macro: int) -> bytes:
    return bytes([Module.MACRO, 0x05, macro])


def decode_begun(packet: bytes) -> MacroBegun:
    return MacroBegun(payload(packet, 1)[0])
