"""What a worn accelerometer tells of standing, walking and running, four times a second.

Needs neither gyroscope nor alignment. Every feature is the length of the specific force, or power summed over
its three axes, so the mounting does not matter; each is measured in units of gravity or per step, so people
compare. What they say about the activity is decided in `imu.signal.activity`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from math import ceil
from typing import Self

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import constants
from scipy.ndimage import distance_transform_edt, uniform_filter1d

HOP_S = 0.25
# 50 ms means: steps and strides lie below 5 Hz, heel shocks (12 Hz and more, other in every shoe) above 10.
BIN_S = 0.05
BINS_PER_HOP = 5
# 3 s under a Hann window: four running strides, and lines 0.67 Hz apart (a step from its stride) do not mix.
FRAME_BINS = 61
PRODUCT_ROWS = 60  # frames and axes at a time
WINDOW = (np.hanning(FRAME_BINS + 2)[1:-1] / np.hanning(FRAME_BINS + 2).sum()).astype(np.float32)
SPECTRUM_BINS = 96
SPECTRUM_STEP_HZ = 1.0 / (SPECTRUM_BINS * BIN_S)
HALF_LINE_BINS = round(2 * SPECTRUM_BINS / FRAME_BINS)  # from the top of a Hann line to its foot
FUNDAMENTAL_SHARE = 0.5  # of the strongest line's amplitude; 0.45 to 0.7 makes no difference
MIN_RECORDED_BINS = ceil(0.7 * FRAME_BINS)  # lost packets of 0.05-0.25 s are bridged by the grid
HELD_HOPS = 6  # half a frame: at the ends of what was recorded the nearest whole frame speaks for the rest
LEVEL_BINS = 21  # acceleration against its own mean over 1 s, which takes out gravity and slow bending
CALM_BINS = 4  # 0.2 s: single support of walking lasts 0.3 s and more
CALM_QUANTILE = 0.2
TINY = float(np.finfo(np.float32).tiny)  # keeps silence from dividing by zero
TILT_HOPS = 4  # the direction of gravity is compared 1 s before and 1 s after


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Where the spectral line of a placement's gait lies: a pelvis moves once a step, a leg once a stride."""

    slowest_hz: float
    fastest_hz: float  # a sprint at 9.5 m/s has 4.7 steps, 2.4 strides a second
    steps: int


# The pelvis band ends above any step, so that the shaking of a hand (5 Hz) is seen for what it is.
STEP = Rhythm(1.2, 6.5, steps=1)
STRIDE = Rhythm(0.6, 2.6, steps=2)
RHYTHMS = {
    "pelvis": STEP,
    "shank_left": STRIDE,
    "shank_right": STRIDE,
    "foot_left": STRIDE,
    "foot_right": STRIDE,
}


@dataclass(frozen=True, slots=True)
class ActivityFeatures:
    """One value per hop of `HOP_S`; hop k covers [k, k + 1) * HOP_S. NaN where too little was recorded."""

    effort_g: NDArray[np.float64]  # (hops,) rms acceleration within the hop
    line_g: NDArray[np.float64]  # (hops,) amplitude of the strongest line of the gait rhythm
    cadence_spm: NDArray[np.float64]  # (hops,) its frequency as steps a minute
    other_share: NDArray[np.float64]  # (hops,) share of the power that is not in this line
    calm_g: NDArray[np.float64]  # (hops,) how far from 1 g the calmest fifth of the time stays (rms of 0.2 s)
    tilt_change_deg: NDArray[np.float64]  # (hops,) how far the direction of gravity turned in 2 s

    def __len__(self) -> int:
        return len(self.effort_g)

    def hops(self, start: int, stop: int) -> Self:
        """The hops [start, stop): a block without its margins."""
        return type(self)(*(getattr(self, field.name)[start:stop] for field in fields(self)))

    @classmethod
    def unknown(cls, hops: int) -> Self:
        """Of so many hops in which nothing was recorded."""
        return cls(*[np.full(hops, np.nan)] * len(fields(cls)))

    @classmethod
    def joined(cls, blocks: Sequence[Self]) -> Self:
        """Blocks that follow each other, as one."""
        return cls(*(np.concatenate([getattr(b, field.name) for b in blocks]) for field in fields(cls)))


def activity_features(
    acc_mps2: NDArray[np.floating],
    missing: NDArray[np.bool_],
    *,
    placement: str,
    sampling_rate_hz: float,
) -> ActivityFeatures:
    """Features of one sensor, on hops that begin with the first sample; the last hop may be partial.

    acc_mps2 (n, 3) in any axes, finite; missing (n,) True inside gaps, where any bridge will do. The sampling
    rate must be a multiple of 20 Hz.

    1. 50 ms means. 2. In 3 s around each hop: the spectrum, summed over the axes, its strongest line in the
    placement's rhythm; the calmest fifth of the time. 3. A hop without a whole frame takes the nearest one
    within 1.5 s; further away, and in recordings under 3 s, it is NaN.

    A hop depends on 4.1 s on either side: a recording may be cut into blocks of whole hops with such margins.
    """
    acc_g, recorded = _binned(acc_mps2, missing, sampling_rate_hz=sampling_rate_hz)
    hops = len(acc_g) // BINS_PER_HOP
    effort_g = np.where(recorded.reshape(hops, BINS_PER_HOP).mean(axis=1) >= 0.5, _effort(acc_g), np.nan)

    first_bin = np.arange(hops) * BINS_PER_HOP + BINS_PER_HOP // 2 - FRAME_BINS // 2
    whole = (first_bin >= 0) & (first_bin + FRAME_BINS <= len(acc_g))
    recorded_before = np.concatenate([[0], np.cumsum(recorded)])
    frame_start = first_bin[whole]
    whole[whole] = (
        recorded_before[frame_start + FRAME_BINS] - recorded_before[frame_start] >= MIN_RECORDED_BINS
    )
    if not whole.any():
        unknown = np.full(hops, np.nan)
        return ActivityFeatures(effort_g, *[unknown] * 5)

    frame_start = first_bin[whole]
    line = _strongest_line(acc_g, frame_start, RHYTHMS[placement])
    held = _nearest(whole, reach=HELD_HOPS)
    return ActivityFeatures(
        effort_g=effort_g,
        line_g=held(line.amplitude_g),
        cadence_spm=held(60.0 * RHYTHMS[placement].steps * line.frequency_hz),
        other_share=held(line.other_share),
        calm_g=held(_calm(acc_g, frame_start)),
        tilt_change_deg=_tilt_change(held(line.mean_g)),
    )


def _binned(
    acc_mps2: NDArray[np.floating], missing: NDArray[np.bool_], *, sampling_rate_hz: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Means over `BIN_S` in g, and whether at least half of each bin was recorded; padded to whole hops."""
    per_bin = round(sampling_rate_hz * BIN_S)
    if per_bin < 1 or not np.isclose(per_bin, sampling_rate_hz * BIN_S):
        raise ValueError(f"sampling_rate_hz must be a multiple of {1 / BIN_S:g} Hz, not {sampling_rate_hz:g}")
    partial_hop = -len(missing) % (per_bin * BINS_PER_HOP)
    if partial_hop and len(missing):
        acc_mps2 = np.pad(acc_mps2, ((0, partial_hop), (0, 0)), mode="edge")
        missing = np.pad(missing, (0, partial_hop), constant_values=True)
    bins = len(missing) // per_bin
    # A matrix product: NumPy's own mean over a short middle axis is several times slower.
    mean = np.full(per_bin, 1.0 / (per_bin * constants.g))
    acc_g: NDArray[np.float64] = mean @ acc_mps2.reshape(bins, per_bin, 3)
    return acc_g, 2 * np.count_nonzero(missing.reshape(bins, per_bin), axis=1) <= per_bin


def _effort(acc_g: NDArray[np.float64]) -> NDArray[np.float64]:
    """(hops,) rms of the acceleration within each hop."""
    moved_g = acc_g - uniform_filter1d(acc_g, LEVEL_BINS, axis=0, mode="nearest")
    power: NDArray[np.float64] = (
        np.einsum("bs,bs->b", moved_g, moved_g).reshape(-1, BINS_PER_HOP).mean(axis=1)
    )
    return np.sqrt(power)


@dataclass(frozen=True, slots=True)
class _Line:
    """The strongest line of each of k frames."""

    mean_g: NDArray[np.float32]  # (k, 3) of the frame
    amplitude_g: NDArray[np.float32]  # (k,)
    frequency_hz: NDArray[np.float32]  # (k,)
    other_share: NDArray[np.floating]  # (k,) of the frame's power, above 0


def _strongest_line(acc_g: NDArray[np.float64], frame_start: NDArray[np.intp], rhythm: Rhythm) -> _Line:
    lowest, highest = (round(hz / SPECTRUM_STEP_HZ) for hz in (rhythm.slowest_hz, rhythm.fastest_hz))
    first = lowest - HALF_LINE_BINS
    frames = sliding_window_view(acc_g.astype(np.float32), FRAME_BINS, axis=0)[frame_start]  # (k, 3, bins)
    mean_g = frames @ WINDOW
    # A line of amplitude A, its axes taken together, reads A² at its frequency, however the sensor is turned.
    waves = _product(frames.reshape(-1, FRAME_BINS), _waves(np.arange(first, highest + HALF_LINE_BINS + 1)))
    waves = waves.reshape(len(frames), 3, 2, -1)
    power = np.einsum("kawf,kawf->kf", waves, waves)

    top = HALF_LINE_BINS + _top(power[:, HALF_LINE_BINS:-HALF_LINE_BINS], lowest, rhythm)
    line = np.take_along_axis(power, top[:, None] + np.arange(-HALF_LINE_BINS, HALF_LINE_BINS + 1), axis=1)
    before, middle, after = np.sqrt(line[:, HALF_LINE_BINS - 1 : HALF_LINE_BINS + 2]).T
    # The top of a parabola through three bins, of which one is 12 steps/min wide for the pelvis.
    slope, bend = 0.5 * (after - before), np.maximum(2.0 * middle - before - after, TINY)
    with np.errstate(over="ignore"):  # a line without power has no bend
        offset = np.clip(slope / bend, -0.5, 0.5)
    frequency_hz = ((first + top + offset) * SPECTRUM_STEP_HZ).astype(np.float32)
    # Parseval: the power of all frequencies but zero, in the scale of the waves.
    squared = sliding_window_view(np.einsum("bs,bs->b", acc_g, acc_g), FRAME_BINS)[frame_start] @ WINDOW**2
    offset_power = ((2.0 * (frames @ WINDOW**2) - mean_g * (WINDOW @ WINDOW)) * mean_g).sum(axis=1)
    total = 2.0 * SPECTRUM_BINS * (squared - offset_power)
    other_share = np.maximum(1.0 - line.sum(axis=1) / np.maximum(total, TINY), np.finfo(np.float32).eps)
    return _Line(mean_g, middle + 0.5 * offset * slope, frequency_hz, other_share)


def _product(rows: NDArray[np.float32], matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """rows @ matrix in parts so small that BLAS keeps to one thread: its others would spin for long after."""
    product = np.empty((len(rows), matrix.shape[1]), np.float32)
    for first in range(0, len(rows), PRODUCT_ROWS):
        part = slice(first, first + PRODUCT_ROWS)
        np.matmul(rows[part], matrix, out=product[part])
    return product


def _waves(frequency_bins: NDArray[np.intp]) -> NDArray[np.float32]:
    """(FRAME_BINS, 2 * frequencies) cosines, then sines, under the window and blind to the frame's mean."""
    phase = 2.0 * np.pi / SPECTRUM_BINS * np.outer(np.arange(FRAME_BINS), frequency_bins)
    waves = 2.0 * WINDOW[:, None] * np.concatenate([np.cos(phase), np.sin(phase)], axis=1)
    blind: NDArray[np.float32] = (waves - np.outer(WINDOW, waves.sum(axis=0))).astype(np.float32)
    return blind


def _top(power: NDArray[np.float32], lowest: int, rhythm: Rhythm) -> NDArray[np.intp]:
    """(k,) index of the highest line in a band from bin `lowest`; of two lines of a leg, the fundamental."""
    strongest: NDArray[np.intp] = power.argmax(axis=1)
    if rhythm.steps == 1:
        return strongest
    # A walking leg's second harmonic can top its first; a running leg has nothing at half its stride rate.
    # A line is as wide as two bins, so nothing nearer to the strongest than its half is looked at.
    doubled = (lowest + strongest)[:, None] + np.arange(2)
    candidates = doubled // 2 - lowest
    height = np.take_along_axis(power, np.maximum(candidates, 0), axis=1) * (candidates >= 0)
    row = np.arange(len(power))
    is_line = height.max(axis=1) > FUNDAMENTAL_SHARE**2 * power[row, strongest]
    return np.where(is_line, candidates[row, height.argmax(axis=1)], strongest)


def _calm(acc_g: NDArray[np.float64], frame_start: NDArray[np.intp]) -> NDArray[np.float64]:
    """(k,) the `CALM_QUANTILE` of how far the force's length departs from 1 g, rms over 0.2 s."""
    departure = np.sqrt(np.einsum("bs,bs->b", acc_g, acc_g)) - 1.0
    lasting = np.sqrt(np.maximum(uniform_filter1d(departure**2, CALM_BINS, mode="nearest"), 0.0))
    rank = round(CALM_QUANTILE * (FRAME_BINS - 1))
    calm: NDArray[np.float64] = np.partition(
        sliding_window_view(lasting, FRAME_BINS)[frame_start], rank, axis=1
    )[:, rank]
    return calm


def _nearest(
    whole: NDArray[np.bool_], *, reach: int
) -> Callable[[NDArray[np.floating]], NDArray[np.float64]]:
    """Spread values of the hops that are `whole` to those at most `reach` hops away; NaN elsewhere."""
    distance, (source,) = distance_transform_edt(~whole, return_indices=True)
    frame_of_hop = (np.cumsum(whole) - 1)[source]
    far = distance > reach

    def spread(values: NDArray[np.floating]) -> NDArray[np.float64]:
        of_hop: NDArray[np.float64] = values[frame_of_hop].astype(np.float64)
        of_hop[far] = np.nan
        return of_hop

    return spread


def _tilt_change(mean_g: NDArray[np.float64]) -> NDArray[np.float64]:
    """(hops,) angle between the mean force 1 s earlier and 1 s later; NaN where one of them is not known."""
    up = mean_g / np.maximum(np.linalg.norm(mean_g, axis=1, keepdims=True), TINY)
    cosine = np.einsum("hs,hs->h", up[2 * TILT_HOPS :], up[: -2 * TILT_HOPS])
    change_deg = np.full(len(mean_g), np.nan)
    change_deg[TILT_HOPS:-TILT_HOPS] = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
    return change_deg
