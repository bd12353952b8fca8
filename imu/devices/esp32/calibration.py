"""A calibration in the steps in which an ESP32 sensor keeps it."""

from imu.devices.calibration import ChipCalibration, Three

Steps = tuple[int, ...]  # bias x y z, scale less one x y z

NONE: Steps = (0,) * 6  # of a sensor that was never calibrated

_ACC_BIAS_G = 1e-4  # of one step
_GYR_BIAS_DPS = 1e-2
_SCALE = 1e-5


def steps_of(calibration: ChipCalibration) -> tuple[Steps, Steps]:
    """Of acceleration and rate, rounded to whole steps."""
    return (
        _steps(calibration.acc_bias_g, _ACC_BIAS_G, calibration.acc_scale),
        _steps(calibration.gyr_bias_dps, _GYR_BIAS_DPS, calibration.gyr_scale),
    )


def calibration_of(acc: Steps, gyr: Steps) -> ChipCalibration:
    acc_bias_g, acc_scale = _values(acc, _ACC_BIAS_G)
    gyr_bias_dps, gyr_scale = _values(gyr, _GYR_BIAS_DPS)
    return ChipCalibration(
        acc_bias_g=acc_bias_g, acc_scale=acc_scale, gyr_bias_dps=gyr_bias_dps, gyr_scale=gyr_scale
    )


def _steps(bias: Three, step: float, scale: Three) -> Steps:
    return (*(round(b / step) for b in bias), *(round((s - 1) / _SCALE) for s in scale))


def _values(steps: Steps, step: float) -> tuple[Three, Three]:
    x, y, z, sx, sy, sz = steps
    return (x * step, y * step, z * step), (1 + sx * _SCALE, 1 + sy * _SCALE, 1 + sz * _SCALE)
