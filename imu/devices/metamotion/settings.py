"""Battery, radio and name: the settings module (11)."""

import struct
from dataclasses import dataclass

from imu.devices.metamotion.frame import READ, malformed, payload
from imu.devices.metamotion.modules import Board, Module

TX_POWERS_DBM = (4, 0, -4, -8, -12, -16, -20, -30)
NAME_LENGTH = 8
_CONNECTION_UNIT_MS = 1.25
_TIMEOUT_UNIT_MS = 10
_ADVERTISING_UNIT_MS = 0.625
_TYPED_ADVERTISING_REVISION = 6  # from here on the command says which type of advertising

READ_BATTERY = bytes([Module.SETTINGS, READ | 0x0C])
READ_MAC = bytes([Module.SETTINGS, READ | 0x0B])
START_ADVERTISING = bytes([Module.SETTINGS, 0x05])


@dataclass(frozen=True, slots=True)
class BatteryState:
    percent: int
    voltage_mv: int


@dataclass(frozen=True, slots=True)
class MacAddress:
    text: str  # C4:12:34:56:78:9A


@dataclass(frozen=True, slots=True)
class ConnectionParameters:
    """What a board asks of the central, which may refuse: Apple's wants 15 ms and more."""

    min_interval_ms: float = 7.5
    max_interval_ms: float = 7.5
    latency: int = 0  # connection events that the board may sleep through
    timeout_ms: float = 6000


def connection(parameters: ConnectionParameters) -> bytes:
    """Ask the central for these; nothing answers."""
    return bytes([Module.SETTINGS, 0x09]) + struct.pack(
        "<4H",
        int(parameters.min_interval_ms / _CONNECTION_UNIT_MS),
        int(parameters.max_interval_ms / _CONNECTION_UNIT_MS),
        parameters.latency,
        int(parameters.timeout_ms / _TIMEOUT_UNIT_MS),
    )


def tx_power(dbm: int) -> bytes:
    """Raises ValueError for a level the radio lacks."""
    if dbm not in TX_POWERS_DBM:
        raise ValueError(f"{dbm} dBm is not one of {TX_POWERS_DBM}")
    return struct.pack("<BBb", Module.SETTINGS, 0x03, dbm)


def name(text: str) -> bytes:
    """Raises ValueError for one that is not 1 to 8 characters of ASCII."""
    if not (text.isascii() and 0 < len(text) <= NAME_LENGTH):
        raise ValueError(f"{text!r} is not a name of 1 to {NAME_LENGTH} ASCII characters")
    return bytes([Module.SETTINGS, 0x01]) + text.encode("ascii")


def advertising(board: Board, *, interval_ms: float, timeout_s: int) -> bytes:
    """How often to advertise and for how long; 0 s is for ever."""
    command = struct.pack("<BBHB", Module.SETTINGS, 0x02, int(interval_ms / _ADVERTISING_UNIT_MS), timeout_s)
    typed = board.revision(Module.SETTINGS) >= _TYPED_ADVERTISING_REVISION
    return command + bytes(1) if typed else command


def decode_battery(packet: bytes) -> BatteryState:
    percent, voltage_mv = struct.unpack("<BH", payload(packet, 3))
    if percent > 100:
        raise malformed(packet, "0 to 100 percent")
    return BatteryState(percent, voltage_mv)


def decode_mac(packet: bytes) -> MacAddress:
    """The address comes least significant byte first, behind its type on newer firmware."""
    return MacAddress(payload(packet, 6, 7)[-6:][::-1].hex(":").upper())
