"""Peak tibial acceleration at each contact, and the load it adds up to.

Peaks are read from the sensor's own samples, not from the common grid, because every interpolation lowers
them. A saturated peak is never repaired: it stays as the lower bound it is and says so (restored peaks err
by -1.4 +- 4.5 g, Chan 2023).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import constants

from imu.signal.medians import median

Array = NDArray[np.float64]

CLIPPED_SHARE = 0.995  # of full scale; the conversion to SI units rounds the last counts away
NEAR_FULL_SCALE = 0.9  # calibration moves the end of the range by a few per cent
TIES = 3  # peaks that were cut off are equal; peaks that were not differ by tenths of g
TIE_SHARE = 1e-6  # rounding of single precision; the counts themselves are equal
LEAST_ACC_RANGE_G = 1.9  # accelerometers are made for 2 g and more
GAP_PERIODS = 1.75  # spacing beyond this is a lost sample (as in `imu.signal.grid`)


@dataclass(frozen=True, slots=True)
class ImpactParameters:
    # The shock peaks 15-45 ms after contact in all samples; forefoot strikers are up to 40 ms later than
    # others.
    search_s: float = 0.08
    search_share: float = 0.5  # of the contact: in a sprint of 90 ms stance the rest is push-off


@dataclass(frozen=True, slots=True)
class Impacts:
    """One entry per contact."""

    peak_g: Array  # (k,) largest resultant; NaN where early stance was not recorded whole
    axial_g: Array  # (k,) largest component along the shank; NaN also where the shank's axis is not known
    clipped: NDArray[np.bool_]  # (k,) an axis saturated: both are lower bounds


@dataclass(frozen=True, slots=True)
class ImpactLoad:
    """What the measured contacts add up to; `+` joins blocks, or both legs."""

    contacts: int  # with a measured peak
    unmeasured: int  # contacts whose peak was lost; they are in none of the sums
    clipped: int
    cumulative_g: float  # sum of the peaks
    damage: float  # sum of (peak / reference) ** exponent: one for each contact at the reference

    @property
    def is_lower_bound(self) -> bool:
        return self.clipped > 0 or self.unmeasured > 0

    @property
    def caveat(self) -> str | None:
        """What a reader of the sums must know; None where nothing is missing from them."""
        if not self.is_lower_bound:
            return None
        counts = ((self.clipped, "had a saturated peak"), (self.unmeasured, "had no peak to count"))
        parts = " and ".join(f"{count} {what}" for count, what in counts if count)
        return f"lower bound: of {self.contacts + self.unmeasured} contacts {parts}"

    def __add__(self, other: Self) -> Self:
        return type(self)(
            self.contacts + other.contacts,
            self.unmeasured + other.unmeasured,
            self.clipped + other.clipped,
            self.cumulative_g + other.cumulative_g,
            self.damage + other.damage,
        )


def tibial_impacts(
    time_s: Array,
    acc_mps2: NDArray[np.floating],
    contact_s: Array,
    *,
    contact_time_s: Array | None = None,
    shank_up: Array | None = None,
    acc_range_g: float | None = None,
    parameters: ImpactParameters = ImpactParameters(),
) -> Impacts:
    """Largest specific force in early stance, one value per initial contact.

    time_s (m,), acc_mps2 (m, 3) one shank sensor's samples in its own axes, lost ones simply absent;
    contact_s (k,), NaN where unknown; contact_time_s (k,) shortens the search in short contacts; shank_up
    (3,) direction from ankle to knee in sensor axes; acc_range_g where declared.

    Sampling below 190 Hz makes the peak 0.5-1.4 g too low (`imu.signal.quality` then does not judge it).
    """
    absent = np.full(len(contact_s), np.nan)
    if len(time_s) < 2 or not len(contact_s):
        return Impacts(absent, absent.copy(), np.zeros(len(contact_s), bool))
    search_s = np.full(len(contact_s), parameters.search_s)
    if contact_time_s is not None:
        search_s = np.fmin(search_s, parameters.search_share * contact_time_s)
    window, inside, whole = _early_stance(time_s, contact_s, search_s)

    early = acc_mps2[window].astype(np.float64) / constants.g  # (k, w, 3)
    peak_g = np.where(inside, np.linalg.norm(early, axis=2), -np.inf).max(axis=1)
    axial_g = absent
    if shank_up is not None:
        axial_g = np.where(inside, early @ shank_up, -np.inf).max(axis=1)
    at_end = clipped_acceleration(acc_mps2, acc_range_g=acc_range_g)
    clipped = (at_end[window] & inside).any(axis=1)
    return Impacts(np.where(whole, peak_g, np.nan), np.where(whole, axial_g, np.nan), clipped & whole)


def impact_load(impacts: Impacts, *, reference_g: float = 8.0, exponent: float = 4.0) -> ImpactLoad:
    """Counts and sums over the contacts.

    The damage index weighs high peaks over many ones, as tissue does (Edwards 2018; exponent 4,
    up to 7 for bone); it is a proxy, no tissue stress. reference_g only scales it: 8 g
    is ordinary running on roads and grass (7.5-8.2 g, Waite 2021). Saturated peaks enter with the value
    they have, so all sums are then lower bounds.
    """
    peaks = impacts.peak_g[np.isfinite(impacts.peak_g)]
    return ImpactLoad(
        contacts=len(peaks),
        unmeasured=len(impacts.peak_g) - len(peaks),
        clipped=int(impacts.clipped.sum()),
        cumulative_g=float(peaks.sum()),
        damage=float(((peaks / reference_g) ** exponent).sum()),
    )


def clipped_acceleration(acc_mps2: NDArray[np.floating], *, acc_range_g: float | None) -> NDArray[np.bool_]:
    """(n,) samples of acc_mps2 (n, 3) in which an axis is saturated, the range known or not."""
    return saturated(
        acc_mps2,
        full_scale=None if acc_range_g is None else acc_range_g * constants.g,
        least_full_scale=LEAST_ACC_RANGE_G * constants.g,
    )


def saturated(
    values: NDArray[np.floating], *, full_scale: float | None, least_full_scale: float
) -> NDArray[np.bool_]:
    """(n,) whether any axis of values (n, 3) is at the end of its range. All three in one unit.

    That is at full scale, where it is known. A calibrated sensor may saturate a little below it, and an
    unknown one at any usual range: an axis whose largest size came `TIES` times, and in a row, is saturated
    there, if that is beyond `NEAR_FULL_SCALE` of the range or, with the range unknown, beyond the least one
    that is made.
    """
    at_end = np.zeros(len(values), bool)
    if not len(values):
        return at_end
    floor = least_full_scale if full_scale is None else NEAR_FULL_SCALE * full_scale
    for size in np.abs(values.T, order="C"):
        largest = size.max()
        if largest <= floor:  # nearly always
            continue
        ties = size >= largest * (1 - TIE_SHARE)
        # Made-up signals repeat their peaks too, but do not rest on them.
        if ties.sum() >= TIES and (ties[1:] & ties[:-1]).any():
            at_end |= ties
        if full_scale is not None:
            at_end |= size >= CLIPPED_SHARE * full_scale
    return at_end


def _early_stance(
    time_s: Array, contact_s: Array, search_s: Array
) -> tuple[NDArray[np.intp], NDArray[np.bool_], NDArray[np.bool_]]:
    """Sample indices (k, w), which of them are early stance (k, w), whether it was recorded whole (k,)."""
    last = len(time_s) - 1
    first = np.searchsorted(time_s, contact_s)
    end = np.searchsorted(time_s, contact_s + search_s, side="right")  # NaN sorts last: an empty window
    width = max(1, int((end - first).max()))
    index = first[:, None] + np.arange(width)
    inside = index < end[:, None]
    # Whole: no hole from the last sample before contact to the first one after the search.
    spacing_s = np.diff(time_s)
    holes = np.append(0, np.cumsum(spacing_s > GAP_PERIODS * median(spacing_s)))
    whole = (first > 0) & (end <= last) & (end > first)
    whole &= holes[np.minimum(end, last)] == holes[np.maximum(first - 1, 0)]
    inside[~whole, 0] = True
    return np.minimum(index, last), inside, whole
