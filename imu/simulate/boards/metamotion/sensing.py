"""Accelerometer and gyroscope of a virtual MetaMotion: their registers, and since when they sample."""

from dataclasses import dataclass

from imu.simulate.boards.metamotion.models import SENSORS, Model, SensorName
from imu.simulate.boards.worn import ChipSettings

_POWER, _SAMPLING, _CONFIG = 0x01, 0x02, 0x03


@dataclass(slots=True)
class Registers:
    """One sensor. Assumed at start: 100 Hz, 2 g or 2000 deg/s."""

    rate_hz: float
    lsb: float
    config: str  # hex, as written
    powered: bool = False
    sampling: bool = False

    @property
    def active(self) -> bool:
        return self.powered and self.sampling


class Sensing:
    """Both sensors. A change takes effect at once (assumed)."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.registers: dict[SensorName, Registers] = {
            name: Registers(
                100.0, model.sensor(name).lsb(next(iter(model.sensor(name).lsb_by_range))), "2800"
            )
            for name in SENSORS
        }

    @property
    def settings(self) -> dict[SensorName, ChipSettings]:
        """Of the sensors that sample now."""
        lsb = {name: registers.lsb for name, registers in self.registers.items()}
        return {
            name: ChipSettings(
                rate_hz=registers.rate_hz, acc_lsb_per_g=lsb["acc"], gyr_lsb_per_dps=lsb["gyr"]
            )
            for name, registers in self.registers.items()
            if registers.active
        }

    def write(self, name: SensorName, register: int, body: bytes) -> None:
        """A command to one sensor; what the chip does not know changes nothing (assumed)."""
        registers = self.registers[name]
        if register == _POWER and body:
            registers.powered = bool(body[0])
        elif register == _SAMPLING and len(body) >= 2:
            registers.sampling = not body[1] & 1 and (bool(body[0] & 1) or registers.sampling)
        elif register == _CONFIG and len(body) >= 2:
            chip = self._model.sensor(name)
            rate_hz = chip.rate_hz(body[0] & 0x0F)
            if rate_hz is not None:
                registers.rate_hz = rate_hz
                registers.lsb = chip.lsb(body[1] & 0x0F)
                registers.config = body[:2].hex()
