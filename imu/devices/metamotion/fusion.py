"""Sensor fusion on the board (19): offered whole, used by nothing that judges gait.

Raw samples cost fewer bytes than a quaternion and can be computed again; see the stream and log modules.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, IntFlag

from imu.devices.metamotion.frame import malformed, payload
from imu.devices.metamotion.modules import Board, Module
from imu.devices.metamotion.sampling import (
    ACC_RANGES_G,
    GYR_RANGES_DPS,
    AccSetting,
    GyrSetting,
    configure_acc,
    configure_gyr,
    power,
    sampling,
)


class Mode(IntEnum):
    SLEEP = 0
    NDOF = 1
    IMU_PLUS = 2  # without magnetometer
    COMPASS = 3
    M4G = 4  # magnetometer for gyroscope


class Output(IntFlag):
    CORRECTED_ACC = 0x01
    CORRECTED_GYRO = 0x02
    CORRECTED_MAG = 0x04
    QUATERNION = 0x08
    EULER = 0x10
    GRAVITY = 0x20
    LINEAR_ACC = 0x40

    @property
    def header(self) -> bytes:
        return bytes([Module.FUSION, 0x04 + self.bit_length() - 1])

    def switch(self, *, on: bool) -> bytes:
        """Have one output sent, or not."""
        return self.header + bytes([on])


@dataclass(frozen=True, slots=True)
class Corrected:
    """A calibrated reading: acceleration in g, rate in deg/s, field in µT; accuracy 0 to 3."""

    output: Output
    xyz: tuple[float, float, float]
    accuracy: int


@dataclass(frozen=True, slots=True)
class Quaternion:
    w: float
    x: float
    y: float
    z: float


@dataclass(frozen=True, slots=True)
class Euler:
    heading_deg: float
    pitch_deg: float
    roll_deg: float
    yaw_deg: float


@dataclass(frozen=True, slots=True)
class Acceleration:
    """Gravity or linear acceleration."""

    output: Output
    xyz_mps2: tuple[float, float, float]


_ACC, _GYR, _MAG = Module.ACCELEROMETER, Module.GYROSCOPE, Module.MAGNETOMETER
_SENSORS: dict[Mode, tuple[Module, ...]] = {
    Mode.SLEEP: (),
    Mode.NDOF: (_ACC, _GYR, _MAG),
    Mode.IMU_PLUS: (_ACC, _GYR),
    Mode.COMPASS: (_ACC, _MAG),
    Mode.M4G: (_ACC, _MAG),
}
_ACC_RATES_HZ = {Mode.NDOF: 100.0, Mode.IMU_PLUS: 100.0, Mode.COMPASS: 25.0, Mode.M4G: 50.0}
_GYR_RATE_HZ = 100.0
_MAG_SLEEP_REVISION = 2  # takes settings only while asleep
_MAG_REPETITIONS = bytes([_MAG, 0x04, 4, 14])  # 9 of x and y, 15 of z
_MAG_25_HZ = bytes([_MAG, 0x03, 6])

RESET_ORIENTATION = bytes([Module.FUSION, 0x0F, 1])


def configure(board: Board, mode: Mode, *, acc_range_g: float, gyr_range_dps: float) -> tuple[bytes, ...]:
    """Mode and ranges, and the sensors that it needs at the rates that it fixes."""
    ranges = ACC_RANGES_G.index(acc_range_g) | (GYR_RANGES_DPS.index(gyr_range_dps) + 1) << 4
    commands = [bytes([Module.FUSION, 0x02, mode, ranges])]
    for sensor in _SENSORS[mode]:
        match sensor:
            case Module.ACCELEROMETER:
                commands.append(configure_acc(AccSetting(_ACC_RATES_HZ[mode], acc_range_g), board.acc_chip))
            case Module.GYROSCOPE:
                commands.append(configure_gyr(GyrSetting(_GYR_RATE_HZ, gyr_range_dps)))
            case _:
                if board.revision(_MAG) >= _MAG_SLEEP_REVISION:
                    commands.append(power(_MAG, on=False))
                commands += [_MAG_REPETITIONS, _MAG_25_HZ]
    return tuple(commands)


def start(mode: Mode, outputs: Iterable[Output]) -> tuple[bytes, ...]:
    """Sensors on, then the outputs, then the fusion. A mode is silent on outputs it does not have."""
    mask = 0
    for output in outputs:
        mask |= output
    return (
        *(sampling(sensor, on=True) for sensor in _SENSORS[mode]),
        *(power(sensor, on=True) for sensor in _SENSORS[mode]),
        bytes([Module.FUSION, 0x03, mask, 0x00]),
        bytes([Module.FUSION, 0x01, 1]),
    )


def stop(mode: Mode) -> tuple[bytes, ...]:
    return (
        bytes([Module.FUSION, 0x01, 0]),
        bytes([Module.FUSION, 0x03, 0x00, 0x7F]),
        *(power(sensor, on=False) for sensor in _SENSORS[mode]),
        *(sampling(sensor, on=False) for sensor in _SENSORS[mode]),
    )


def decode_output(packet: bytes) -> Corrected | Quaternion | Euler | Acceleration:
    """One notification of a fusion output."""
    position = packet[1] - 0x04
    if position not in range(len(Output)):
        raise malformed(packet, "a fusion output")
    match output := Output(1 << position):
        case Output.QUATERNION:
            return Quaternion(*struct.unpack("<4f", payload(packet, 16)))
        case Output.EULER:
            return Euler(*struct.unpack("<4f", payload(packet, 16)))
        case Output.GRAVITY | Output.LINEAR_ACC:
            x, y, z = struct.unpack("<3f", payload(packet, 12))
            return Acceleration(output, (x, y, z))
        case _:
            x, y, z, accuracy = struct.unpack("<3fB", payload(packet, 13))
            scale = 1e-3 if output is Output.CORRECTED_ACC else 1.0  # acceleration comes in mg
            return Corrected(output, (x * scale, y * scale, z * scale), accuracy)
