"""Was the wearer standing quietly? The zero of every angle comes from these seconds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import constants


@dataclass(frozen=True, slots=True)
class StandingParameters:
    """How much a sensor on a quietly standing person moves at most."""

    longest_s: float = 5.0  # what is asked for
    gyr_rms_dps: float = 15.0  # swaying stays below 5; shifting weight from leg to leg exceeds it
    acc_sd_g: float = 0.05  # of the magnitude


@dataclass(frozen=True, slots=True)
class Stillness:
    """What one sensor felt over some seconds."""

    quiet: bool
    gyr_rms_dps: float | None  # None without a gyroscope
    acc_sd_g: float | None  # None where too little was heard to judge

    @property
    def sentence(self) -> str:
        """What moved too much, in plain words; empty when quiet."""
        if self.quiet:
            return ""
        if self.acc_sd_g is None:
            return "was not heard for long enough"
        turned = "" if self.gyr_rms_dps is None else f", turned {self.gyr_rms_dps:.0f} deg/s"
        return f"moved (force varied by {self.acc_sd_g:.2f} g{turned})"


def stillness(
    acc_mps2: NDArray[np.floating],
    gyr_radps: NDArray[np.floating] | None,
    *,
    parameters: StandingParameters = StandingParameters(),
) -> Stillness:
    """Judge some seconds of one sensor.

    acc_mps2, gyr_radps (n, 3). A constant rate is the gyroscope's offset, not movement, and is taken out.
    """
    if not len(acc_mps2):
        return Stillness(False, None, None)
    acc_sd_g = float(np.linalg.norm(acc_mps2, axis=1).std() / constants.g)
    rms_dps = None
    if gyr_radps is not None:
        swaying = gyr_radps - np.median(gyr_radps, axis=0)
        rms_dps = float(np.degrees(np.sqrt((swaying**2).sum(axis=1).mean())))
    quiet = acc_sd_g < parameters.acc_sd_g and (rms_dps is None or rms_dps < parameters.gyr_rms_dps)
    return Stillness(quiet, rms_dps, acc_sd_g)
