"""The three boards: what they are made of and where their registers lie."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

SensorName = Literal["acc", "gyr"]
SENSORS: tuple[SensorName, SensorName] = ("acc", "gyr")


@dataclass(frozen=True, slots=True)
class SensorRegisters:
    """Accelerometer or gyroscope of one kind of chip."""

    module: int
    data: int  # one sample
    packed: int  # three samples
    lsb_by_range: Mapping[int, float]  # per g or deg/s
    rate_codes: range

    def rate_hz(self, code: int) -> float | None:
        """The rate behind the low half of a configuration byte; None for one the chip does not have."""
        return 100.0 * 2.0 ** (code - 8) if code in self.rate_codes else None

    def lsb(self, code: int) -> float:
        """Steps per g or deg/s. A code that the chip does not know is its first: 2 g or 2000 deg/s.

        So the data sheet of the BMI160, whereby the codes of the other chip do not pass unnoticed; assumed
        of the BMI270.
        """
        return self.lsb_by_range.get(code, next(iter(self.lsb_by_range.values())))


@dataclass(frozen=True, slots=True)
class Model:
    """One kind of board."""

    name: str
    model_number: str
    firmware: str
    hardware: str
    acc: SensorRegisters
    gyr: SensorRegisters
    modules: Mapping[int, str]  # what a module tells of itself, hex; absent ones are not here
    log_entries: int
    log_tail: str  # more of the logging module's answer, hex
    ram_page: bool  # the last page of the log is in memory until flushed
    pages_unasked: bool  # announces finished pages of a download also when that was not enabled
    idle_reset: bool  # obeys "reset after garbage collection" when there is none

    def sensor(self, name: SensorName) -> SensorRegisters:
        return self.acc if name == "acc" else self.gyr


MAX_LOGGERS = 8
PAGE_ENTRIES = 64  # assumed for all: pages of 512 bytes, as the S tells, with entries of 8 bytes

_GYR_LSB = {0: 16.4, 1: 32.8, 2: 65.6, 3: 131.2, 4: 262.4}
_ACC_RATES, _GYR_RATES = range(1, 13), range(6, 14)

_BMI160_ACC = SensorRegisters(
    0x03, 0x04, 0x1C, {0x3: 16384.0, 0x5: 8192.0, 0x8: 4096.0, 0xC: 2048.0}, _ACC_RATES
)
_BMI160_GYR = SensorRegisters(0x13, 0x05, 0x07, _GYR_LSB, _GYR_RATES)
_BMI270_ACC = SensorRegisters(
    0x03, 0x04, 0x05, {0x0: 16384.0, 0x1: 8192.0, 0x2: 4096.0, 0x3: 2048.0}, _ACC_RATES
)
_BMI270_GYR = SensorRegisters(0x13, 0x04, 0x05, _GYR_LSB, _GYR_RATES)

_RL_MODULES = {
    0x01: "00 00",
    0x02: "00 00",
    0x03: "01 02",
    0x04: "01 00 00 03 01 02",
    0x05: "00 01 03 03 03 03 01",
    0x06: "00 00",
    0x07: "00 00",
    0x08: "00 00",
    0x09: "00 00 1c",
    0x0A: "00 00 1c",
    0x0C: "00 00 08",
    0x0D: "00 01",
    0x0F: "00 01 08",
    0x11: "00 03",
    0x13: "00 01",
    0x15: "00 01",
    0x19: "00 00 03 00 06 00 02 00 01 00",
    0xFE: "00 02",
}
# Assumed: what the R and the S tell of modules whose answers are not known is what the RL tells.
_R_MODULES = _RL_MODULES | {0x03: "01 01", 0x12: "00 00", 0x14: "00 00"}
_S_MODULES = _R_MODULES | {
    0x02: "00 01 03 00",
    0x03: "04 00",
    0x11: "00 0a 07 00",
    0x13: "01 00",
    0x19: "00 03 03 00 06 00 02 00 01 00",
    0xFE: "00 05",
}

MMR = Model(
    name="MMR",
    model_number="5",
    firmware="1.5.0",
    hardware="0.4",
    acc=_BMI160_ACC,
    gyr=_BMI160_GYR,
    modules=_R_MODULES,
    log_entries=8 * 2**20 // 8,  # assumed: 8 MiB, 8 bytes each
    log_tail="",
    ram_page=False,
    pages_unasked=False,
    idle_reset=True,
)
MMRL = Model(
    name="MMRL",
    model_number="5",
    firmware="1.5.0",
    hardware="0.5",
    acc=_BMI160_ACC,
    gyr=_BMI160_GYR,
    modules=_RL_MODULES,
    log_entries=MMR.log_entries,
    log_tail="",
    ram_page=False,
    pages_unasked=False,
    idle_reset=True,
)
MMS = Model(
    name="MMS",
    model_number="8",
    firmware="1.7.2",
    hardware="0.1",
    acc=_BMI270_ACC,
    gyr=_BMI270_GYR,
    modules=_S_MODULES,
    log_entries=0x03FB0000,
    log_tail="00 02",
    ram_page=True,
    pages_unasked=True,  # assumed: clients that never enable it are sent it in the recorded vectors
    idle_reset=False,
)
