"""Initial contact and toe-off of one leg from its shank sensor.

Needs two signals only, both free of any orientation filter: the specific force along the shank and the
angular rate about the sagittal axis (forward swing positive).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from imu.signal.activity import RUN, WALK
from imu.signal.lowpass import lowpass
from imu.signal.medians import running_median
from imu.signal.search import (
    Indices,
    Positions,
    crossing,
    first_below_zero,
    first_prominent,
    highest,
    lowest,
    refined,
    slope,
    touched,
)
from imu.signal.stretches import long_gaps


@dataclass(frozen=True, slots=True)
class ContactParameters:
    """What the detector assumes. Times are physical and do not scale with the stride unless they say so."""

    swing_lowpass_hz: float = 6.0  # keeps the swing as one lobe up to sprint stride rates (2.4 Hz)
    swing_rate_radps: float = 1.2  # slower forward swings are no step (slow walking after a stroke: about 2)
    swing_share: float = 0.45  # of the neighbours' swing peaks; a stumble is not a stride
    shortest_stride_s: float = 0.36  # sprinters' strides last 0.42 s and more
    longest_stride_s: float = 1.25  # running
    longest_walking_stride_s: float = 2.6
    rise_lowpass_hz: float = 20.0  # tells the contact from ripples
    sharp_lowpass_hz: float = 40.0  # places it: where a heel strikes, the impact's own rise decides
    sharp_search_s: float = 0.030
    rise_reach_s: float = 0.05  # the rise begins and ends within this of where it is steepest
    rise_level: float = 2 / 3  # of the rise: passed at the most constant time after contact (0.6-0.8 alike)
    rate_lowpass_hz: float = 20.0
    push_off_lowpass_hz: float = 12.0
    rise_s: float = 0.0205  # from contact to that level: 14 to 27 ms over the trials of seven runners
    rise_share: float = (
        0.6  # the first rise this near to the steepest is the contact; later ones are the push-off
    )
    # After the shank stops swinging forward, and never before: the braking of a fast swing raises the axial
    # force too, and in a sprint more steeply than the ground does.
    rise_search_s: float = 0.005
    rise_search_share: float = 0.115  # of the stride, after it; a sprinter pushes off soon after that
    rise_spread_s: float = 0.025  # of one stride from its neighbours, counted from where the swing stops
    contact_time_spread: float = (
        0.25  # one contact may differ so much from its neighbours; beyond, toe-off was missed
    )
    # Shortly after the foot left, the axial force is lowest and the knee's flexion begins hardest.
    toe_off_lead_s: float = 0.0225
    knee_flexion_share: float = 0.26
    walking_toe_off_share: float = 0.4  # of the way from the fastest backward turn to the turn forward
    initial_contact_sd_s: float = 0.005  # between runners, left after the above (docs/validation.md)
    walking_contact_sd_s: float = 0.015
    swing_stop_sd_s: float = 0.008  # of a contact in a gap, from the end of the swing before it
    evidence_s: float = 0.020  # before an event, and twice that after it, that must have been measured


@dataclass(frozen=True, slots=True)
class Contacts:
    """One entry per swing; the stride from a contact to the next is entry k to k + 1 if `continues[k]`."""

    mid_swing: Indices  # (k,) sample index of the fastest forward swing before the contact
    initial_contact: Positions  # (k,) NaN where a gap hides it and the end of the swing before it
    toe_off: Positions  # (k,) the one that follows this contact; NaN where hidden or not found
    doubt_s: NDArray[np.float64]  # (k,) 1 sd of the time of initial contact
    continues: NDArray[np.bool_]  # (k,) the next swing belongs to the next stride of the same walk or run

    def __len__(self) -> int:
        return len(self.mid_swing)


def mid_swings(
    sagittal_rate_radps: NDArray[np.float64],
    *,
    sampling_rate_hz: float,
    parameters: ContactParameters = ContactParameters(),
) -> Indices:
    """Indices where the shank swings forward fastest, one per stride."""
    slow = lowpass(sagittal_rate_radps, parameters.swing_lowpass_hz, sampling_rate_hz=sampling_rate_hz)
    distance = max(1, round(parameters.shortest_stride_s * sampling_rate_hz))
    peaks, _ = find_peaks(slow, height=parameters.swing_rate_radps, distance=distance)
    if not len(peaks):
        return peaks.astype(np.intp)
    usual = running_median(slow[peaks], size=min(5, len(peaks)))
    return peaks[slow[peaks] >= parameters.swing_share * usual].astype(np.intp)


def shank_contacts(
    axial_mps2: NDArray[np.float64],
    sagittal_rate_radps: NDArray[np.float64],
    missing: NDArray[np.bool_],
    activity: NDArray[np.int8],
    *,
    sampling_rate_hz: float,
    parameters: ContactParameters = ContactParameters(),
) -> Contacts:
    """Contacts of one leg.

    axial_mps2 (n,) specific force along the shank, up positive; sagittal_rate_radps (n,) forward swing
    positive; missing (n,) inside gaps; activity (n,) WALK, RUN or anything else, where no contact is looked
    for.

    Strategy, running: 1. the fastest forward swing of each stride; 2. the shank stops swinging forward a
    little before the ground is met; 3. around there the axial force rises steeply once: contact is a fixed
    time before two thirds of that rise; 4. toe-off lies a fixed time before a weighted mean of two events
    of the push-off: lowest axial force, steepest fall of the rate. No impact peak is needed; where there is
    one, it ends the rise that is looked for anyway. Walking: contact at the most negative rate after swing,
    toe-off between the one before the next swing and the change of sign that follows it (idea: Aminian 2002,
    doi:10.1016/S0021-9290(02)00008-8).
    """
    p, fs = parameters, sampling_rate_hz
    # A line through a hole has ripples, and ripples have peaks. What may hold a whole stride holds no swing;
    # a shorter hole leaves the flanks of the one it hides.
    unseen = long_gaps(missing, longer_than=p.shortest_stride_s * fs)
    swings = mid_swings(np.where(unseen, 0.0, sagittal_rate_radps), sampling_rate_hz=fs, parameters=p)
    swings = swings[~unseen[swings]]
    swings = swings[(activity[swings] == RUN) | (activity[swings] == WALK)]
    if len(swings) < 2:
        nothing = np.full(len(swings), np.nan)
        return Contacts(swings, nothing, nothing, nothing, np.zeros(len(swings), bool))
    runs = activity[swings] == RUN
    stride, continues = _stride_samples(swings, runs, sampling_rate_hz=fs, parameters=p)
    rate = lowpass(sagittal_rate_radps, p.rate_lowpass_hz, sampling_rate_hz=fs)
    stopped = first_below_zero(rate, swings, swings + (0.4 * stride).astype(np.intp))

    contact, off = np.empty(len(swings)), np.empty(len(swings))
    for kind, events in ((runs, _running_events), (~runs, _walking_events)):
        if kind.any():
            contact[kind], off[kind] = events(
                axial_mps2, rate, swings[kind], stopped[kind], stride[kind], fs, p
            )
    doubt_s = np.where(runs, p.initial_contact_sd_s, p.walking_contact_sd_s)
    around = p.evidence_s * fs
    hidden = touched(missing, contact - around, contact + 2 * around)
    stop_hidden = touched(missing, stopped - around, stopped + around)
    delay = _usual_delay(np.where(hidden | stop_hidden, np.nan, contact - stopped))
    contact = np.where(hidden, np.where(stop_hidden, np.nan, stopped + delay), contact)
    doubt_s = np.where(hidden, p.swing_stop_sd_s, doubt_s)
    off[touched(missing, off - around, off + 2 * around) | ~(off > contact)] = np.nan
    return Contacts(swings, contact, off, doubt_s, continues)


def _stride_samples(
    swings: Indices, runs: NDArray[np.bool_], *, sampling_rate_hz: float, parameters: ContactParameters
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Local stride length in samples, and whether the next swing is the next stride (not after a pause)."""
    spacing = np.diff(swings).astype(np.float64)
    longest = np.where(runs[:-1], parameters.longest_stride_s, parameters.longest_walking_stride_s)
    continues = np.append(spacing <= longest * sampling_rate_hz, False)
    limit = np.where(runs, parameters.longest_stride_s, parameters.longest_walking_stride_s)
    both = np.append(spacing, spacing[-1])
    stride = running_median(both, size=min(5, len(both)))
    low = parameters.shortest_stride_s * sampling_rate_hz
    return np.clip(stride, low, limit * sampling_rate_hz), continues


def _running_events(
    axial: NDArray[np.float64],
    rate: NDArray[np.float64],
    swings: Indices,
    stopped: Indices,
    stride: NDArray[np.float64],
    fs: float,
    p: ContactParameters,
) -> tuple[Positions, Positions]:
    rise = slope(lowpass(axial, p.rise_lowpass_hz, sampling_rate_hz=fs))
    search = stopped + round(p.rise_search_s * fs), stopped + (p.rise_search_share * stride).astype(np.intp)
    steepest = first_prominent(rise, *search, share_of_highest=p.rise_share)
    steepest = _like_neighbours(rise, steepest, stopped, round(p.rise_spread_s * fs))
    contact = _risen(axial, steepest, fs, p) - p.rise_s * fs

    # push-off: between a tenth of the stride after contact and the shank's fastest backward swing
    force = lowpass(axial, p.push_off_lowpass_hz, sampling_rate_hz=fs)
    early, late = _share(steepest, stride, 0.08), _share(steepest, stride, 0.27)
    push = highest(force, early, late)
    unloaded = lowest(force, push, _share(push, stride, 0.22))
    backward = lowest(rate, _share(swings, stride, 0.45), _share(swings, stride, 0.95))
    upright = highest(rate, _share(steepest, stride, 0.12), backward)
    acceleration = slope(rate)
    flexion = refined(-acceleration, lowest(acceleration, upright, backward))
    off = refined(-force, unloaded)
    off = off + p.knee_flexion_share * (flexion - off) - p.toe_off_lead_s * fs
    usual = running_median(off - contact, size=9)
    off[(np.abs(off - contact - usual) > p.contact_time_spread * usual) | (swings + stride > len(rate))] = (
        np.nan
    )
    return contact, off


def _risen(axial: NDArray[np.float64], steepest: Indices, fs: float, p: ContactParameters) -> Positions:
    """Where the force has passed `rise_level` of the rise around its steepest place."""
    force = lowpass(axial, p.sharp_lowpass_hz, sampling_rate_hz=fs)
    rise = slope(force)
    near, reach, last = round(p.sharp_search_s * fs), round(p.rise_reach_s * fs), len(force) - 1
    steepest = highest(rise, steepest - near, steepest + near)
    crest = first_below_zero(rise, steepest, steepest + reach)
    foot = last - first_below_zero(rise[::-1], last - steepest, last - steepest + reach)
    level = force[foot] + p.rise_level * (force[crest] - force[foot])
    return crossing(force, foot, crest, level)


def _usual_delay(delay: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median over the nine swings around each, of those that are known; NaN where none is."""
    padded = np.pad(delay, 4, constant_values=np.nan)
    ordered = np.sort(np.lib.stride_tricks.sliding_window_view(padded, 9), axis=1)  # NaN last
    known = np.isfinite(ordered).sum(axis=1)
    row = np.arange(len(delay))
    middle: NDArray[np.float64] = ordered[row, np.maximum(known - 1, 0) // 2] + ordered[row, known // 2]
    return 0.5 * middle


def _like_neighbours(rise: NDArray[np.float64], steepest: Indices, stopped: Indices, spread: int) -> Indices:
    """Look again where one stride's rise lies far from where its eight neighbours have theirs."""
    usual = running_median(steepest - stopped, size=9)
    odd = np.abs(steepest - stopped - usual) > spread
    place = (stopped + usual)[odd]
    again = steepest.copy()
    again[odd] = highest(rise, place - spread, place + spread)
    return again


def _walking_events(
    _axial: NDArray[np.float64],
    rate: NDArray[np.float64],
    swings: Indices,
    stopped: Indices,
    stride: NDArray[np.float64],
    _fs: float,
    p: ContactParameters,
) -> tuple[Positions, Positions]:
    contact = refined(-rate, lowest(rate, stopped, _share(stopped, stride, 0.12)))
    following = _share(swings, stride, 1.0)
    backward = lowest(rate, _share(following, stride, -0.35), following)
    turning = first_below_zero(-rate, backward, following)
    return contact, backward + p.walking_toe_off_share * (turning - backward)


def _share(place: Indices, stride: NDArray[np.float64], share: float) -> Indices:
    return place + np.rint(share * stride).astype(np.intp)
