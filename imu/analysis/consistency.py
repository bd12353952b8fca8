"""Do the sensors agree with each other and with physics? What contradicts itself is refused or withheld."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imu.analysis.stride_columns import Columns
from imu.errors import RecordingError

# Mean force between mid-stances over g: 0.98-1.03 in all runners here. A gyroscope at 0.9 or 1.2 of its true
# scale, with an axis mirrored or exchanged, or an accelerometer in another unit, is outside.
GRAVITY_RATIO = (0.93, 1.07)
TOGETHER_PHASE = (
    0.15  # of a stride; left and right contacts are half a stride apart, within 0.1 also in a limp
)
FEWEST_STRIDES = 5
FEWEST_STEPS = 20
SWAPPED_SHARE = 0.9
SHANK_VALUES = (
    "speed_mps",
    "stride_length_m",
    "stride_length_sd_m",
    "shank_angle_ic_deg",
    "shank_angle_max_deg",
    "shank_angle_sd_deg",
    "relative_angle_deg",
    "turn_dps",
)


@dataclass(frozen=True, slots=True)
class Consistency:
    """What was found; sides as 1 right, -1 left."""

    gravity_ratio: dict[int, float]  # median of each side
    contradicting: tuple[int, ...]  # sides whose gyroscope and accelerometer contradict each other
    swapped: bool  # the pelvis rolls as if left and right were exchanged

    @property
    def sound(self) -> bool:
        return not self.contradicting and not self.swapped


def check(columns: Columns, *, same_side: int, other_side: int, path: Path | None) -> Consistency:
    """Withhold in `columns` what a contradicting shank sensor gave; refuse two sensors on one leg.

    same_side, other_side: running steps that pelvis and shank sensors give to the same foot, and to
    different ones.
    """
    ratios: dict[int, float] = {}
    for side in (-1, 1):
        if columns:
            known = columns["gravity_ratio"][(columns["side"] == side)]
            known = known[np.isfinite(known)]
            if len(known) >= FEWEST_STRIDES:
                ratios[side] = float(np.median(known))
    if columns and _together(columns):
        raise RecordingError(
            path or "recording",
            "shank_left and shank_right touch the ground together; are both on one leg? "
            "Correct the placements",
        )
    low, high = GRAVITY_RATIO
    contradicting = tuple(side for side, ratio in ratios.items() if not low <= ratio <= high)
    for side in contradicting:
        here = columns["side"] == side
        for name in SHANK_VALUES:
            columns[name] = np.where(here, np.nan, columns[name])
    told = same_side + other_side
    return Consistency(ratios, contradicting, told >= FEWEST_STEPS and other_side > SWAPPED_SHARE * told)


def _together(columns: Columns) -> bool:
    """Whether the contacts of both feet fall into the same phase of the stride."""
    left, right = (np.sort(columns["ic_time_s"][columns["side"] == side]) for side in (-1, 1))
    if min(len(left), len(right)) < FEWEST_STEPS:
        return False
    phase = _phase(left, right)
    return len(phase) >= FEWEST_STEPS and float(np.median(np.minimum(phase, 1.0 - phase))) < TOGETHER_PHASE


def _phase(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where in a left stride each right contact falls, 0 to 1; none for those in a hole of the left."""
    stride = np.diff(left)
    usual = stride < 1.5 * np.median(stride)
    before = np.searchsorted(left, right, side="right") - 1
    inside = (before >= 0) & (before < len(stride))
    inside[inside] = usual[before[inside]]
    return (right[inside] - left[before[inside]]) / stride[before[inside]]
