"""Rate and ranges of a sensor, as the one byte that every frame carries."""

from dataclasses import dataclass

from imu.errors import ProtocolError

RATES_HZ = (100, 200, 400, 800)
ACC_RANGES_G = (2, 4, 8, 16, 32)
GYR_RANGES_DPS = (None, 250, 500, 1000, 2000, 4000)  # None: off, a sample is three numbers


@dataclass(frozen=True, slots=True)
class Setting:
    """One of the settings that the code can say; which of them a chip has is the sensor's affair."""

    rate_hz: int
    acc_range_g: int
    gyr_range_dps: int | None

    @property
    def code(self) -> int:
        """Rate in bits 0 and 1, acceleration in 2 to 4, rotation in 5 to 7."""
        rate, acc = RATES_HZ.index(self.rate_hz), ACC_RANGES_G.index(self.acc_range_g)
        return rate | acc << 2 | GYR_RANGES_DPS.index(self.gyr_range_dps) << 5

    @classmethod
    def of_code(cls, code: int) -> "Setting":
        acc, gyr = code >> 2 & 7, code >> 5 & 7
        if acc >= len(ACC_RANGES_G) or gyr >= len(GYR_RANGES_DPS):
            raise ProtocolError(f"ESP32: {code:#04x} is no setting")
        return cls(RATES_HZ[code & 3], ACC_RANGES_G[acc], GYR_RANGES_DPS[gyr])

    @property
    def axes(self) -> int:
        """Numbers in a sample."""
        return 3 if self.gyr_range_dps is None else 6

    @property
    def sample_bytes(self) -> int:
        return 2 * self.axes
