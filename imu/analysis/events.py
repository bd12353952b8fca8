"""When feet meet the ground in one window, as each sensor finds it by itself."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imu.analysis.legs import Leg, legs_of
from imu.analysis.survey import Survey
from imu.analysis.trunk import Pelvis, pelvis_of
from imu.analysis.window import Window
from imu.signal.grid import GRID_HZ


def events(window: Window, survey: Survey, label: NDArray[np.int8]) -> tuple[list[Leg], list[Pelvis]]:
    """The contacts of each shank and the steps of the pelvis; label (n,) what is done at each sample."""
    legs = legs_of(window, survey, label)
    return legs, pelvis_of(window, survey, label, _stride_time_s(legs, window.n))


def over_samples(
    places: Sequence[NDArray[np.floating]], values: Sequence[NDArray[np.floating]], n: int
) -> NDArray[np.float64] | None:
    """A stride value of all legs at every sample, straight between strides and held at the ends; or None."""
    if not places:
        return None
    place, value = np.concatenate(places), np.concatenate(values)
    known = np.isfinite(value)
    if not known.any():
        return None
    order = np.argsort(place[known], kind="stable")
    return np.interp(np.arange(n), place[known][order], value[known][order])


def _stride_time_s(legs: list[Leg], n: int) -> NDArray[np.float64] | None:
    middle = [0.5 * (leg.contacts.mid_swing[1:] + leg.contacts.mid_swing[:-1]) for leg in legs]
    stride_s = [np.diff(leg.contacts.mid_swing) / GRID_HZ for leg in legs]
    return over_samples(middle, stride_s, n)
