"""Bias and scale of a sensor's chip, kept on the sensor. What it sends stays raw."""

from dataclasses import dataclass

Three = tuple[float, float, float]

_ACC_BIAS_G = 1e-4  # of one step
_GYR_BIAS_DPS = 1e-2
_SCALE = 1e-5


@dataclass(frozen=True, slots=True)
class ChipCalibration:
    """True value = (measured - bias) x scale, for each of the sensor's own axes."""

    acc_bias_g: Three = (0.0, 0.0, 0.0)
    acc_scale: Three = (1.0, 1.0, 1.0)
    gyr_bias_dps: Three = (0.0, 0.0, 0.0)
    gyr_scale: Three = (1.0, 1.0, 1.0)

    def acc_steps(self) -> tuple[int, ...]:
        return _steps(self.acc_bias_g, _ACC_BIAS_G, self.acc_scale)

    def gyr_steps(self) -> tuple[int, ...]:
        return _steps(self.gyr_bias_dps, _GYR_BIAS_DPS, self.gyr_scale)

    @classmethod
    def of_steps(cls, acc: tuple[int, ...], gyr: tuple[int, ...]) -> "ChipCalibration":
        return cls(*_values(acc, _ACC_BIAS_G), *_values(gyr, _GYR_BIAS_DPS))


def _steps(bias: Three, step: float, scale: Three) -> tuple[int, ...]:
    return (*(round(b / step) for b in bias), *(round((s - 1) / _SCALE) for s in scale))


def _values(steps: tuple[int, ...], step: float) -> tuple[Three, Three]:
    x, y, z, sx, sy, sz = steps
    return (x * step, y * step, z * step), (1 + sx * _SCALE, 1 + sy * _SCALE, 1 + sz * _SCALE)
