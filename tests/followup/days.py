"""Straps that do not hold, on a recording where they did."""

import numpy as np
from scipy.spatial.transform import Rotation

from imu.recording import Samples
from tests.analysis.days import Spoil

ALONG_THE_LEG = np.array([0.6, 0.6, 0.53])


def slipping(*, first_s: float, every_s: float, times: int, degrees: float = 25.0) -> Spoil:
    """A strap that slips several times, always the same way round."""

    def spoil(samples: Samples) -> Samples:
        slipped = np.clip(np.floor((samples.time_s - first_s) / every_s) + 1, 0, times)
        turn = Rotation.from_rotvec(np.radians(degrees) * slipped[:, None] * ALONG_THE_LEG)
        assert samples.gyr_radps is not None
        acc, gyr = (turn.apply(values).astype(np.float32) for values in (samples.acc_mps2, samples.gyr_radps))
        return Samples(samples.time_s, acc, gyr)

    return spoil
