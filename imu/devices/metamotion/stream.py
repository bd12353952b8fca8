"""Streamed samples: which register carries them on which chip, and reading them.

A register means nothing without its board: `13 05` is three samples on a MetaMotion S, one on an R.
Packets carry neither time nor counter.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from imu.devices.metamotion.frame import payload
from imu.devices.metamotion.modules import Board, Chip, Module

Signal = Literal["acc", "gyr"]
PACKED_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Output:
    """A register that sends samples."""

    signal: Signal
    header: bytes
    packed: bool  # three samples at a time

    def switch(self, *, on: bool) -> bytes:
        return self.header + bytes([on])


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Samples of one packet, oldest first, in the sensor's own integers."""

    signal: Signal
    counts: NDArray[np.int16]  # (1 or 3, 3)


_REGISTERS: dict[tuple[Signal, Chip], tuple[int, int]] = {  # one sample, three samples
    ("acc", Chip.BMI160): (0x04, 0x1C),
    ("acc", Chip.BMI270): (0x04, 0x05),
    ("gyr", Chip.BMI160): (0x05, 0x07),
    ("gyr", Chip.BMI270): (0x04, 0x05),
}


def output(board: Board, signal: Signal, *, packed: bool) -> Output:
    """Where this board sends that signal."""
    match signal:
        case "acc":
            module, chip = Module.ACCELEROMETER, board.acc_chip
        case "gyr":
            module, chip = Module.GYROSCOPE, board.gyr_chip
    return Output(signal, bytes([module, _REGISTERS[signal, chip][packed]]), packed)


def decode_samples(packet: bytes, signal: Signal, *, packed: bool) -> Samples:
    """One packet of a register known to carry that signal."""
    body = payload(packet, 6 * PACKED_SAMPLES if packed else 6)
    return Samples(signal, counts_in(body))


def counts_in(data: bytes) -> NDArray[np.int16]:
    """Samples of x, y, z from their bytes."""
    return np.frombuffer(data, "<i2").reshape(-1, 3)
