"""How one sensor is turned against standing, how fast it turns, and how it is moved up and down."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.constants import g as standard_gravity_mps2
from scipy.ndimage import uniform_filter1d

from imu.signal.orientation import attitude, dot, turned
from imu.signal.stretches import long_gaps

RATE_HZ = 50.0
# Grid gaps are straight lines; slow movement is one over so short a time too.
BRIDGED_S = 0.3
LEVELLED_S = 1.0
RATE_MEAN_S = 0.2


@dataclass(frozen=True, slots=True)
class Reference:
    """What quiet standing and walking tell of one sensor, in its own axes."""

    up: NDArray[np.float64]  # (3,) unit, in upright standing
    sagittal_axis: NDArray[np.float64] | None  # (3,) unit, the wearer's right; None where nobody walked
    gyro_bias_radps: NDArray[np.float64]  # (3,)
    gravity_mps2: float = standard_gravity_mps2  # as this accelerometer reads it in standing


@dataclass(frozen=True, slots=True)
class Carriage:
    """One sensor at `RATE_HZ`; NaN inside gaps."""

    angle_deg: NDArray[np.float64]  # (n,) between the line that was vertical in standing and the vertical
    sagittal_deg: NDArray[
        np.float64
    ]  # (n,) inclination, ankle ahead of the knee > 0; NaN without a sagittal axis
    sideways_deg: NDArray[np.float64]  # (n,) size of the inclination out of that plane; likewise
    rate_dps: NDArray[np.float64]  # (n,) how fast it turns, mean of 0.2 s
    lift_mps2: NDArray[np.float64]  # (n,) acceleration upwards

    def __len__(self) -> int:
        return len(self.angle_deg)

    @property
    def is_signed(self) -> bool:
        return bool(np.isfinite(self.sagittal_deg).any())

    def within(self, start: int, end: int) -> Self:
        """The samples [start, end)."""
        here = slice(start, end)
        return type(self)(
            self.angle_deg[here],
            self.sagittal_deg[here],
            self.sideways_deg[here],
            self.rate_dps[here],
            self.lift_mps2[here],
        )

    def heights_m(self, start: int, end: int) -> NDArray[np.float64]:
        """(end - start,) height above that at `start`, of a way that begins and ends at rest.

        Rest at both ends takes out a constant error of the acceleration; 20 mg that turn from one axis to
        another within the way leave about 2 cm in 1.5 s.
        """
        velocity = np.cumsum(self.lift_mps2[start:end]) / RATE_HZ
        if len(velocity):
            velocity -= velocity[-1] * np.linspace(0.0, 1.0, len(velocity))
        heights: NDArray[np.float64] = np.cumsum(velocity) / RATE_HZ
        return heights

    def rise_m(self, start: int, end: int) -> float:
        """From start to end, at rest at both; NaN over a gap."""
        heights = self.heights_m(start, end)
        return float(heights[-1]) if len(heights) else float("nan")


def carriage(
    acc_mps2: NDArray[np.float64],
    gyr_radps: NDArray[np.float64],
    missing: NDArray[np.bool_],
    *,
    reference: Reference,
) -> Carriage:
    """The carriage of one sensor from (n, 3) signals at `RATE_HZ` in its axes, straight lines inside gaps."""
    gap = long_gaps(missing, longer_than=BRIDGED_S * RATE_HZ)
    rate = gyr_radps - reference.gyro_bias_radps
    up = attitude(
        acc_mps2, rate, gap, sampling_rate_hz=RATE_HZ, stride_s=LEVELLED_S, smoothing_s=LEVELLED_S
    ).up_in_sensor()
    line, axis = reference.up, reference.sagittal_axis
    unknown = np.full(len(missing), np.nan)
    sagittal_deg = sideways_deg = unknown
    if axis is not None:
        across = axis - line * (line @ axis)
        across /= np.linalg.norm(across)
        forward, upward, right = turned(np.array([np.cross(line, across), line, across]), up)
        sagittal_deg = np.degrees(np.arctan2(forward, upward))
        sideways_deg = np.degrees(np.arcsin(np.clip(np.abs(right), 0.0, 1.0)))
    slow = uniform_filter1d(rate.T, round(RATE_MEAN_S * RATE_HZ), axis=1, mode="nearest")
    return Carriage(
        angle_deg=np.degrees(np.arccos(np.clip(line @ up, -1.0, 1.0))),
        sagittal_deg=sagittal_deg,
        sideways_deg=sideways_deg,
        rate_dps=np.where(gap, np.nan, np.degrees(np.sqrt(dot(slow, slow)))),
        lift_mps2=dot(acc_mps2.T, up) - reference.gravity_mps2,
    )
