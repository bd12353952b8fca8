"""Do the sensors agree with each other and with physics? What contradicts itself is refused or withheld."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imu.analysis.clocks import Clocks
from imu.analysis.columns import PELVIC_DROP
from imu.analysis.stride_columns import Columns, Mask
from imu.errors import RecordingError

# Mean force between mid-stances over g: 0.98-1.03 in all runners here. A gyroscope at 0.9 or 1.2 of its true
# scale, with an axis mirrored or exchanged, or an accelerometer in another unit, is outside.
GRAVITY_RATIO = (0.93, 1.07)
TOGETHER_PHASE = (
    0.15  # of a stride; left and right contacts are half a stride apart, within 0.1 also in a limp
)
FEWEST_STRIDES = 5
FEWEST_STEPS = 20
ALTERNATING_PHASE = 0.35  # feet that run land further apart than this; a clock moves one of them
PHASE_CONTACTS = 20  # behind one median phase
LARGEST_SCATTER = 0.06  # of a stride, median distance from the median; at random it is 0.125
SWAPPED_SHARE = 0.2  # of the steps; no step of any runner here is given to different feet
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
    swapped_share: float | None = None  # of the steps that pelvis and shanks give to different feet
    clocks: Clocks = Clocks({}, {}, frozenset())
    phase: float | None = None  # of a stride, from a contact to the other foot's, where that is no running

    @property
    def without_drop(self) -> frozenset[int]:
        """Sides whose stance is not known on the pelvis' clock, or may be the other foot's."""
        return frozenset((-1, 1)) if self.swapped_share is not None else self.clocks.out_of_time


def check(
    columns: Columns, *, same_side: int, other_side: int, clocks: Clocks, path: Path | None
) -> Consistency:
    """Withhold in `columns` what sensors gave that contradict each other; refuse two sensors on one leg.

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
    swapped = told >= FEWEST_STEPS and other_side > SWAPPED_SHARE * told
    if swapped and columns:
        for name in PELVIC_DROP:
            columns[name] = np.full(len(columns[name]), np.nan)
    beside_pelvis = len(clocks.late_s) == 2  # then it is known already which clock is off, or that none is
    phase = None if beside_pelvis or not columns else _no_alternation(columns)
    return Consistency(ratios, contradicting, other_side / told if swapped else None, clocks, phase)


def _together(columns: Columns) -> bool:
    """Whether the contacts of both feet fall into the same phase of the stride."""
    apart = _apart(columns, columns["side"] != 0)
    return len(apart) >= FEWEST_STEPS and float(np.median(apart)) < TOGETHER_PHASE


def _no_alternation(columns: Columns) -> float | None:
    """How far apart running feet land, of a stride; None unless that is too little in a tenth of the run."""
    apart = _apart(columns, columns["running"] > 0)
    if len(apart) < FEWEST_STEPS:
        return None
    parts = np.array_split(apart, len(apart) // PHASE_CONTACTS)
    middles = [float(np.median(part)) for part in parts]
    # A broken sensor's contacts fall anywhere; another clock's fall elsewhere, one like the other.
    steady = [
        middle
        for part, middle in zip(parts, middles, strict=True)
        if np.median(np.abs(part - middle)) < LARGEST_SCATTER
    ]
    least = float(np.quantile(steady, 0.1)) if steady else 0.5
    return least if least < ALTERNATING_PHASE else None


def _apart(columns: Columns, rows: Mask) -> NDArray[np.float64]:
    """For each right contact how far it lies from the nearest left one, of a stride, 0 to 0.5."""
    left, right = (np.sort(columns["ic_time_s"][rows & (columns["side"] == side)]) for side in (-1, 1))
    if min(len(left), len(right)) < FEWEST_STEPS:
        return np.zeros(0)
    phase = _phase(left, right)
    return np.minimum(phase, 1.0 - phase)


def _phase(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where in a left stride each right contact falls, 0 to 1; none for those in a hole of the left."""
    stride = np.diff(left)
    usual = stride < 1.5 * np.median(stride)
    before = np.searchsorted(left, right, side="right") - 1
    inside = (before >= 0) & (before < len(stride))
    inside[inside] = usual[before[inside]]
    return (right[inside] - left[before[inside]]) / stride[before[inside]]
