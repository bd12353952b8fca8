"""From a sensor's integers to SI units, with the calibration that was in force when they were coded."""

import numpy as np
from numpy.typing import NDArray

from imu.devices.calibration import Three
from imu.devices.sensor import Coding
from imu.recording.signal_check import STANDARD_GRAVITY_MPS2

Counts = NDArray[np.int16]
Values = NDArray[np.float32]

_FULL_SCALE = np.iinfo(np.int16)


def in_si(acc: Counts, gyr: Counts | None, coding: Coding) -> tuple[Values, Values | None]:
    """(n, 3) acceleration in m/s2 and rate in rad/s of counts that came with this coding.

    A saturated count stays at the end of the range: it says "at least so much", whatever the calibration.
    """
    known = coding.calibration
    acc_mps2 = acc * np.float32(STANDARD_GRAVITY_MPS2 / coding.acc_lsb_per_g)
    if known is not None:
        acc_mps2 = _true(acc_mps2, acc, known.acc_bias_g, known.acc_scale, unit=STANDARD_GRAVITY_MPS2)
    if gyr is None or coding.gyr_lsb_per_dps is None:
        return acc_mps2, None
    gyr_radps = gyr * np.float32(np.pi / 180 / coding.gyr_lsb_per_dps)
    if known is not None:
        gyr_radps = _true(gyr_radps, gyr, known.gyr_bias_dps, known.gyr_scale, unit=np.pi / 180)
    return acc_mps2, gyr_radps


def _true(values: Values, counts: Counts, bias: Three, scale: Three, *, unit: float) -> Values:
    """unit: of the bias, in that of the values."""
    corrected = (values - np.array(bias, np.float32) * np.float32(unit)) * np.array(scale, np.float32)
    saturated = (counts == _FULL_SCALE.min) | (counts == _FULL_SCALE.max)
    return np.where(saturated, values, corrected)
