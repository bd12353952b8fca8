"""Steps as the pelvis feels them: one rise and fall of the vertical force each, whichever foot is down.

A step is known here by its middle (the crest of the force's fundamental) and its length. Signals are then
described by their harmonics around that middle, which need no event to be found first and hold nothing
above about 10 Hz.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, uniform_filter1d
from scipy.signal import find_peaks

from imu.signal.lowpass import lowpass
from imu.signal.medians import running_median
from imu.signal.search import Positions, refined

Array = NDArray[np.float64]

CREST_SEARCH_HZ = 50.0  # fine enough to look for the crests of 5 Hz
CRESTS_HZ = 5.0  # keeps one crest per step from a slow jog (2.2 steps/s) to sprinting (4.8)
SLOW_S = 1.5  # two strides and more: what is slower is no step
SHORTEST_STEP_S = 0.2
# In running the 5 Hz force swings by 0.9 g and more about its mean (samples); half of it is no running step.
LOWEST_CREST_G = 0.2
# 50 points/s and more: only what lies above 40 Hz can fold into the first three step harmonics.
POINTS_PER_STRIDE = 48
LONGEST_COUNTED_GAP = 5.0  # steps; over longer gaps nobody can tell which foot came down next
UNEVEN_SHARE = 0.3  # of a step: a spacing this far from whole steps was a stumble or a missed step
WALKING_HZ = 50.0  # ten stride harmonics of brisk walking lie below 12 Hz
WALKING_SLOW_S = 2.0
WALKING_WINDOW_S = 8.0  # four strides of slow walking after a stroke
WALKING_HOP_S = 2.0
SHORTEST_WALKING_STRIDE_S, LONGEST_WALKING_STRIDE_S = 0.8, 2.6  # 150 and 46 steps/min
# Weight of the vertical force after half the lag: tells a stride from a step even where sideways sway is
# faint, and is small enough for a limp, whose steps differ.
HALF_STRIDE_WEIGHT = 0.3
# What repeats after one stride repeats about as well after two (at most 0.12 better on the samples), but
# after half of one it is worse by 0.23 and more.
ALSO_REPEATS = 0.18


@dataclass(frozen=True, slots=True)
class StepRhythm:
    """One entry per step, ascending. A missed step leaves an empty slot, so feet alternate by slot."""

    middle: Positions  # (k,) fractional sample positions
    period: Array  # (k,) samples from step to step here
    slot: NDArray[np.intp]  # (k,) ascending
    stretch: NDArray[np.intp]  # (k,) 0, 1, ...: within one, odd and even slots are different feet

    def __len__(self) -> int:
        return len(self.middle)

    @property
    def parity(self) -> Array:
        """(k,) +1 and -1 in turn; which foot is +1 may differ between stretches."""
        return np.where(self.slot % 2 == 0, 1.0, -1.0)

    def averaged(self, values: Array, whole: NDArray[np.bool_], *, steps_sd: float) -> Array:
        """values (k, m) averaged over neighbouring steps with Gaussian weights, of those that are `whole`.

        NaN where no step is near enough; nothing is averaged over a change of stretch.
        """
        place = self.slot + self.stretch * int(np.ceil(3 * steps_sd) + 1)
        filled = np.zeros((place[-1] + 1, values.shape[1] + 1))
        filled[place[whole], :-1] = values[whole]
        filled[place[whole], -1] = 1.0
        smooth = gaussian_filter1d(filled, steps_sd, axis=0, mode="constant", truncate=3.0)[place]
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(smooth[:, -1:] > 1e-6, smooth[:, :-1] / smooth[:, -1:], np.nan)


def running_rhythm(force_g: Array, missing: NDArray[np.bool_], *, sampling_rate_hz: float) -> StepRhythm:
    """The steps of running, from vertical specific force (n,); none whose crest is lost, missing (n,)."""
    if len(force_g) < SLOW_S * sampling_rate_hz:
        return rhythm_of(np.zeros(0))
    swing = lowpass(force_g, CRESTS_HZ, sampling_rate_hz=sampling_rate_hz)
    swing -= uniform_filter1d(swing, round(SLOW_S * sampling_rate_hz), mode="nearest")
    every = max(1, round(sampling_rate_hz / CREST_SEARCH_HZ))
    crests, _ = find_peaks(
        swing[::every],
        distance=SHORTEST_STEP_S * CREST_SEARCH_HZ,
        height=LOWEST_CREST_G,
        prominence=LOWEST_CREST_G,
        wlen=round(SLOW_S * CREST_SEARCH_HZ),
    )
    lost = uniform_filter1d(missing.astype(np.float64), round(SHORTEST_STEP_S * sampling_rate_hz))
    crests = crests[lost[crests * every] <= 0.5]
    rough = rhythm_of(every * refined(swing[::every], crests))
    if not len(rough):
        return rough
    fundamental = harmonics(force_g[None], rough.middle, rough.period, (2,), steps=1)[0, :, 0]
    return rhythm_of(rough.middle - np.angle(fundamental) / (2 * np.pi) * rough.period)


def rhythm_of(middle: Positions) -> StepRhythm:
    """Period, slots and stretches of steps whose middles (k,) are known."""
    if len(middle) < 3:
        none = np.zeros(0, np.intp)
        return StepRhythm(np.zeros(0), np.zeros(0), none, none)
    spacing = np.diff(middle)
    usual = running_median(spacing, size=min(5, len(spacing)))
    count = spacing / usual
    broken = (count > LONGEST_COUNTED_GAP) | (np.abs(count - np.rint(count)) > UNEVEN_SHARE)
    slot = np.concatenate([[0], np.cumsum(np.maximum(np.rint(np.minimum(count, LONGEST_COUNTED_GAP)), 1))])
    both = np.concatenate([usual[:1], usual, usual[-1:]])
    return StepRhythm(
        middle,
        0.5 * (both[1:] + both[:-1]),
        slot.astype(np.intp),
        np.concatenate([[0], np.cumsum(broken)]).astype(np.intp),
    )


def harmonics(
    signals: Array, middle: Positions, period: Array, orders: tuple[int, ...], *, steps: int = 2
) -> NDArray[np.complex128]:
    """Fourier coefficients (c, k, len(orders)) of signals (c, n) over `steps` steps around each middle (k,).

    orders count cycles per stride (two steps): even ones repeat with each step, odd ones change sign with the
    foot. The phase is taken at the middle: a pure cosine that crests there has a real, positive coefficient.
    """
    points = POINTS_PER_STRIDE * steps // 2
    cycle = ((np.arange(points) + 0.5) / points - 0.5) * steps  # in steps from the middle
    place = np.clip(middle[:, None] + cycle * period[:, None], 0, signals.shape[1] - 1.001)
    left = place.astype(np.intp)
    share = place - left
    sampled = signals.take(left, axis=1)
    sampled += share * (signals.take(left + 1, axis=1) - sampled)
    phase = np.pi * cycle[:, None] * np.array(orders)
    return np.asarray(
        sampled @ (np.cos(phase) * 2.0 / points) - 1j * (sampled @ (np.sin(phase) * 2.0 / points))
    )


def walking_middles(
    force_g: Array, level_g: Array, missing: NDArray[np.bool_], *, sampling_rate_hz: float
) -> tuple[Positions, Array]:
    """Where each walking step's fundamental rises through zero, and the step length there, both in samples.

    force_g (n,) vertical, level_g (2, n) horizontal specific force, missing (n,). Two passes: the stride time
    is followed first, because within a slow or limping step the force rises several times; then only one rise
    per step is left.
    """
    step = round(sampling_rate_hz / WALKING_HZ)
    n = len(force_g) // step
    if n < SLOW_S * WALKING_HZ:
        return np.zeros(0), np.zeros(0)
    coarse = np.stack([force_g, *level_g])[:, : n * step].reshape(3, n, step).mean(axis=2)
    period = 0.5 * _walking_stride(coarse, missing[: n * step : step], rate_hz=sampling_rate_hz / step)
    # a mean over half a step removes the second harmonic, twice weakens the third to a twentieth
    fundamental = _moving_mean(_moving_mean(coarse[0], 0.5 * period), 0.5 * period)
    fundamental -= _moving_mean(_moving_mean(coarse[0], period), period)
    before = np.flatnonzero((fundamental[:-1] < 0) & (fundamental[1:] >= 0))
    rising = before + fundamental[before] / (fundamental[before] - fundamental[before + 1])
    return (rising + 0.5) * step - 0.5, period[before] * step


def _walking_stride(channels: Array, missing: NDArray[np.bool_], *, rate_hz: float) -> Array:
    """Stride time in samples at each sample (n,): the lag at which all components repeat.

    channels (3, n), the vertical one first. Half a stride later only that one repeats, so the lag is a whole
    stride, not a step, and a limp does no harm.
    """
    fast = channels - uniform_filter1d(channels, round(WALKING_SLOW_S * rate_hz), axis=1, mode="nearest")
    fast[:, missing] = 0.0
    centres = np.arange(0, len(missing), round(WALKING_HOP_S * rate_hz))
    longest = ceil(LONGEST_WALKING_STRIDE_S * rate_hz)
    width = round(WALKING_WINDOW_S * rate_hz)
    recorded = np.concatenate([[0], np.cumsum(~missing)])
    first, last = (np.clip(centres + edge, 0, len(missing)) for edge in (-(width // 2), width - width // 2))
    heard = recorded[last] > recorded[first]
    vertical, horizontal = _repetition(fast, centres[heard], width, longest + 1)

    both = vertical + horizontal
    lag = np.arange(round(SHORTEST_WALKING_STRIDE_S * rate_hz), longest + 1)
    half = 0.5 * (vertical[:, lag // 2] + vertical[:, (lag + 1) // 2])
    score = both[:, lag] + HALF_STRIDE_WEIGHT * half
    peak = (both[:, lag] >= both[:, lag - 1]) & (both[:, lag] >= both[:, lag + 1])
    score = np.where(peak, score, -np.inf)
    best = score.max(axis=1, keepdims=True)
    stride = np.full(len(centres), lag[0])
    stride[heard] = lag[(score >= best - ALSO_REPEATS).argmax(axis=1)]
    usual = running_median(stride, size=min(5, len(stride)))
    return np.asarray(np.interp(np.arange(len(missing)), centres, usual))


def _repetition(channels: Array, centres: NDArray[np.intp], width: int, longest: int) -> tuple[Array, Array]:
    """Autocorrelation (m, longest + 1) around centres (m,): of the first channel, of the others together."""
    padded = np.pad(channels, ((0, 0), (width // 2, width - width // 2)))
    taper = np.hanning(width)
    windows = np.lib.stride_tricks.sliding_window_view(padded, width, axis=1)[:, centres] * taper
    power = np.abs(np.fft.rfft(windows, 2 * width, axis=2)) ** 2
    unbiased = np.fft.irfft(np.abs(np.fft.rfft(taper, 2 * width)) ** 2)[: longest + 1]
    first, others = (
        np.fft.irfft(spectrum, axis=1)[:, : longest + 1] / unbiased
        for spectrum in (power[0], power[1] + power[2])
    )
    tiny = np.finfo(np.float64).tiny
    return first / np.maximum(first[:, :1], tiny), others / np.maximum(others[:, :1], tiny)


def _moving_mean(signal: Array, width: Array) -> Array:
    """Mean of signal (n,) over `width` samples (n,) around each one, counting fractions of samples."""
    total = np.concatenate([[0.0], np.cumsum(signal)])

    def integral_to(edge: Array) -> Array:
        edge = np.clip(edge, 0.0, len(signal))
        whole = np.minimum(edge.astype(np.intp), len(signal) - 1)
        return np.asarray(total[whole] + (edge - whole) * signal[whole])

    middle = np.arange(len(signal)) + 0.5
    first, last = np.maximum(middle - 0.5 * width, 0.0), np.minimum(middle + 0.5 * width, len(signal))
    return np.asarray((integral_to(last) - integral_to(first)) / (last - first))
