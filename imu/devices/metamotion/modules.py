"""What a board is made of: the modules it answers for, and which chips are behind them.

Revisions differ between firmware versions. Everything here branches on implementation and revision, never
on a whole reply.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from imu.devices.metamotion.frame import READ, malformed
from imu.errors import ProtocolError


class Module(IntEnum):
    """Modules by the first byte of their messages."""

    SWITCH = 0x01
    LED = 0x02
    ACCELEROMETER = 0x03
    TEMPERATURE = 0x04
    GPIO = 0x05
    IBEACON = 0x07
    HAPTIC = 0x08
    PROCESSOR = 0x09
    EVENT = 0x0A
    LOG = 0x0B
    TIMER = 0x0C
    SERIAL_BUS = 0x0D
    MACRO = 0x0F
    SETTINGS = 0x11
    BAROMETER = 0x12
    GYROSCOPE = 0x13
    AMBIENT_LIGHT = 0x14
    MAGNETOMETER = 0x15
    HUMIDITY = 0x16
    FUSION = 0x19
    DEBUG = 0xFE


class Chip(StrEnum):
    """Accelerometer and gyroscope in one housing; which one decides registers and codes."""

    BMI160 = "BMI160"  # MetaMotion R and RL
    BMI270 = "BMI270"  # MetaMotion S


@dataclass(frozen=True, slots=True)
class ModuleReply:
    """What a module says of itself; without implementation and revision where the board has none."""

    module: int
    implementation: int | None
    revision: int | None
    extra: bytes = b""


@dataclass(frozen=True, slots=True)
class Board:
    """One board as it described itself: `discovery` asks, `board_from` reads the answers."""

    model: str
    modules: Mapping[int, ModuleReply]

    def implementation(self, module: int) -> int | None:
        """Which make of the module it has; None where it has none."""
        reply = self.modules.get(module)
        return None if reply is None else reply.implementation

    def revision(self, module: int) -> int:
        """Raises ProtocolError where the board lacks the module."""
        reply = self.modules.get(module)
        if reply is None or reply.revision is None:
            raise ProtocolError(f"{self.model} has no module {module:02x}")
        return reply.revision

    @property
    def acc_chip(self) -> Chip:
        return self._chip(Module.ACCELEROMETER, {1: Chip.BMI160, 4: Chip.BMI270})

    @property
    def gyr_chip(self) -> Chip:
        return self._chip(Module.GYROSCOPE, {0: Chip.BMI160, 1: Chip.BMI270})

    @property
    def loggers(self) -> int:
        """How many loggers fit; eight on every board seen, also where it does not say."""
        extra = self.modules[Module.LOG].extra if Module.LOG in self.modules else b""
        return extra[0] if extra else 8

    @property
    def log_entries(self) -> int | None:
        """Capacity of the log in entries, where what the board says can be believed.

        MetaMotion R answers a figure that would last half a minute, so it must mean something else.
        """
        extra = self.modules[Module.LOG].extra if Module.LOG in self.modules else b""
        if len(extra) < 5 or self.revision(Module.LOG) < 3:
            return None
        return int.from_bytes(extra[1:5], "little")

    def _chip(self, module: Module, chips: Mapping[int, Chip]) -> Chip:
        implementation = self.implementation(module)
        if implementation is None or implementation not in chips:
            seen = "none" if implementation is None else f"implementation {implementation}"
            raise ProtocolError(f"{self.model}: module {module:02x} ({module.name.lower()}) is {seen}, "
                                f"expected one of {sorted(chips)}")  # fmt: skip
        return chips[implementation]


def discovery() -> tuple[bytes, ...]:
    """The questions, to be sent one at a time, each after the answer to the one before."""
    return tuple(bytes([module, READ]) for module in Module)


def decode_module(packet: bytes) -> ModuleReply:
    """`m 80 implementation revision extra...`, or `m 80` alone for a module that is not there."""
    body = packet[2:]
    if len(body) == 1:
        raise malformed(packet, "implementation and revision, or nothing")
    if not body:
        return ModuleReply(packet[0], None, None)
    return ModuleReply(packet[0], body[0], body[1], body[2:])


def board_from(model_number: str, replies: Iterable[ModuleReply]) -> Board:
    """The board behind a model number (2A24) and replies. Raises ProtocolError for any other model."""
    modules = {reply.module: reply for reply in replies}
    match model_number.strip():
        case "5":  # R and RL share a number; the RL came without the light sensor
            light = modules.get(Module.AMBIENT_LIGHT)
            has_light = light is not None and light.implementation is not None
            model = "MetaMotion R" if has_light else "MetaMotion RL"
        case "6":
            model = "MetaMotion C"
        case "8":
            model = "MetaMotion S"
        case other:
            raise ProtocolError(f"MetaWear model number {other!r} is not a MetaMotion R, RL, C or S")
    return Board(model, modules)
