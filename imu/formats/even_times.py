"""When samples were taken, from stamps that say it roughly.

A sensor samples evenly; what is written beside its samples is rounded to milliseconds, or is when a packet of
several samples arrived. Their order and the even rate say more than any single stamp: samples are counted,
lost ones left open, and the line through many stamps is when they were taken.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from imu.signal.earliest import ALONE_RATE_S, OWN_RATE_S, EarliestLine, earliest_line, even_interval

Floats = NDArray[np.float64]

_LAG = 256  # samples over which an interval is measured: rounding to a millisecond is 4 us then
_BLOCK = 256  # stamps behind one point of the line; rounding to a millisecond leaves 0.02 ms of it
_OWN_RATE = 1024  # samples from which on a stretch shows its own rate
_APART_S = 1.0  # behind a longer gap a sensor may have been started anew, at any phase
_BUNDLED_SHARE = 0.02  # of steps that are much too short: stamps are those of packets
_UNEVEN = 0.6  # of an interval between stamps and line: then the sensor did not sample evenly
_BESIDE_S = 4.0  # before a pause and after it, from whose earliest packets the level is taken
_FEWEST_BESIDE = 10  # packets there
_BREAKS = 2.5  # of the usual time between packets: a pause that long may have lost some
_FEWEST_PIECE = 8  # packets that show the interval, by the earliest of their first half and of the second
_LEAST_LOST_S = 0.03  # shorter losses are not told from waits
_ALIKE_S = 5e-4  # stamps of one packet are the same
_CLEARLY = 0.9  # of how far packets are apart from one line, on another
_DOUBTFUL_S = 0.05  # between the earliest packets of windows; 0.03 where one loss in 5 s was seen through
_UNSEEN = (0.03, 0.5)  # of the time, lost or between samples of another setting; oscillators differ by 1 %


@dataclass(frozen=True, slots=True, eq=False)
class EvenTimes:
    """When samples were taken, and how their stamps were understood."""

    time_s: Floats  # (n,) ascending
    interval_s: float
    lost: int  # samples between others
    kind: str  # "stamps" (each sample's own), "arrivals" (of packets), "uneven" (taken as they are)
    off_s: float  # 95 % of the stamps lie as near to their line
    apart_s: float = 0.0  # by which the earliest packets of windows usually differ; more where much was lost

    def notes(self, *, rate_hz: float | None) -> list[str]:
        """What to say of them; rate_hz: as the sensor was set, where that is known."""
        if self.kind == "uneven":
            return ["its samples are not evenly spaced; their times were taken as they are"]
        if self.kind != "arrivals":
            return []
        unseen = 0.0 if rate_hz is None else self.interval_s * rate_hz - 1
        if self.apart_s > _DOUBTFUL_S or _UNSEEN[0] < unseen < _UNSEEN[1]:
            off = f"its packets were lost so often that its times are doubtful, by about {self.off_s:.1f} s"
            return [f"{off}; next time let the sensor log, and download it"]
        late = f"its times are those of packets, up to {self.off_s:.1f} s late"
        return [f"{late}; samples were put evenly along the earliest"]


def even_times(stamp_s: Floats, *, resolution_s: float) -> EvenTimes | None:
    """Times of samples in the order in which they were taken; None where stamps go back for good.

    stamp_s (n,) finite, resolution_s: to what they are rounded.
    """
    steps_s = np.diff(stamp_s)
    interval_s = _interval(stamp_s)
    if len(stamp_s) < 8 or not 0 < interval_s < 1:
        return _as_they_are(stamp_s, steps_s, interval_s)
    if np.mean(steps_s < 0.5 * interval_s - resolution_s) > _BUNDLED_SHARE:
        return _bundled(stamp_s, interval_s)
    if (steps_s < -resolution_s).any():
        return None
    index = _counted(stamp_s, steps_s, interval_s, resolution_s)
    time_s = np.empty(len(stamp_s))
    for piece in _stretches(steps_s):
        time_s[piece] = _line(index[piece], stamp_s[piece], interval_s)
    off_s = float(np.quantile(np.abs(stamp_s - time_s), 0.95))
    if off_s > _UNEVEN * interval_s + resolution_s or (np.diff(time_s) <= 0).any():
        return _as_they_are(stamp_s, steps_s, interval_s)
    lost = int(np.maximum(np.diff(index) - 1, 0).sum())
    return EvenTimes(time_s, float(np.median(np.diff(time_s))), lost, "stamps", off_s)


def _interval(stamp_s: Floats) -> float:
    """The usual time from sample to sample, over many of them: gaps and jitter hardly count."""
    lag = min(_LAG, max(len(stamp_s) // 4, 1))
    if len(stamp_s) < 2:
        return np.inf
    return float(np.median(stamp_s[lag:] - stamp_s[:-lag])) / lag


def _as_they_are(stamp_s: Floats, steps_s: Floats, interval_s: float) -> EvenTimes | None:
    if len(steps_s) and steps_s.min() <= 0:
        return None
    return EvenTimes(stamp_s, interval_s, 0, "uneven", 0.0)


def _counted(stamp_s: Floats, steps_s: Floats, interval_s: float, resolution_s: float) -> Floats:
    """(n,) the number of each sample, lost ones counted along.

    Each stamp is read as a whole number of intervals beside the phase of its neighbours, which averages their
    rounding: a single lost sample shows even where a stamp alone would leave it in doubt.
    """
    counted = np.rint(steps_s / interval_s)
    long = steps_s > 1.5 * interval_s + 1.5 * resolution_s
    by_steps = np.concatenate([[0], np.cumsum(np.where(long, counted, 1))])
    if interval_s < 2.5 * resolution_s:
        return by_steps
    cycles = stamp_s / interval_s
    edges = np.arange(0, len(stamp_s), _BLOCK)
    turning = np.add.reduceat(np.exp(2j * np.pi * cycles), edges)
    middle = np.minimum(edges + _BLOCK // 2, len(stamp_s) - 1)
    phase = np.interp(np.arange(len(stamp_s)), middle, np.unwrap(np.angle(turning)) / (2 * np.pi))
    index = np.rint(cycles - phase)
    return by_steps if (np.diff(index) < 1).any() else index - index[0]


def _stretches(steps_s: Floats) -> Iterator[slice]:
    edges = [0, *(np.flatnonzero(steps_s > _APART_S) + 1).tolist(), len(steps_s) + 1]
    return (slice(first, end) for first, end in pairwise(edges))


def _line(index: Floats, stamp_s: Floats, interval_s: float) -> Floats:
    """The line through the stamps of one stretch, bending slowly with the sensor's clock."""
    index = index - index[0]
    if len(index) >= _OWN_RATE:
        late_s = stamp_s - index * interval_s
        interval_s += float(np.polyfit(index, late_s, 1)[0])
    late_s = stamp_s - index * interval_s
    if len(index) < 2 * _BLOCK:
        return np.asarray(index * interval_s + late_s.mean())
    edges = np.linspace(0, len(index), len(index) // _BLOCK + 1).astype(np.intp)[:-1]
    sizes = np.diff(np.append(edges, len(index)))
    x, y = np.add.reduceat(index, edges) / sizes, np.add.reduceat(late_s, edges) / sizes
    return np.asarray(index * interval_s + np.interp(index, x, y))


def _bundled(stamp_s: Floats, interval_s: float) -> EvenTimes | None:
    """Stamps of packets: none is early, so the samples lie along the earliest."""
    arrival_s = np.maximum.accumulate(stamp_s)
    if (arrival_s - stamp_s).max() > _APART_S or len(stamp_s) * interval_s < ALONE_RATE_S:
        return None  # no delay of a packet, but another clock
    ends = np.append(np.flatnonzero(np.diff(arrival_s) > _ALIKE_S), len(arrival_s) - 1)
    index, packets_s = ends.astype(float), arrival_s[ends]
    tried = [
        _laid(index, packets_s, _interval_beside_losses(index, packets_s, interval_s)),
        _laid(index, packets_s, _interval_between_pauses(index, packets_s, interval_s)),
    ]
    # Pieces between pauses are short and tell the interval less exactly, but also where losses are many.
    best = tried[tried[1].line.apart_s < _CLEARLY * tried[0].line.apart_s]
    rows = np.arange(len(stamp_s)) + np.cumsum(best.lost)[np.searchsorted(ends, np.arange(len(stamp_s)))]
    time_s = best.line.timeline.at(rows.astype(float))
    off_s = float(np.quantile(np.abs(arrival_s - time_s), 0.95))
    lost, apart_s = int(best.lost.sum()), best.line.apart_s
    return EvenTimes(time_s, best.interval_s, lost, "arrivals", off_s, apart_s)


@dataclass(frozen=True, slots=True, eq=False)
class _Laid:
    """A stream along the line of its earliest packets."""

    line: EarliestLine
    lost: NDArray[np.intp]  # (n,) before each packet
    interval_s: float


def _laid(index: Floats, packets_s: Floats, interval_s: float) -> _Laid:
    """interval_s: between samples, as it is beside losses."""
    lost = _lost_before(index, packets_s, interval_s)
    index = index + np.cumsum(lost)
    interval_s = even_interval(index, packets_s, interval_s)
    bends = (index[-1] - index[0]) * interval_s >= OWN_RATE_S
    line = earliest_line(index, packets_s, interval_s=interval_s, bends=bends)
    return _Laid(line, lost, interval_s)


def _interval_beside_losses(index: Floats, packets_s: Floats, interval_s: float) -> float:
    """The interval as most neighbouring stretches of some seconds show it: few of them have lost anything."""
    for _ in range(3):
        late_s = packets_s - index * interval_s
        number = ((index - index[0]) * interval_s // _BESIDE_S).astype(np.intp)
        order = np.lexsort((late_s, number))  # within each stretch the earliest comes first
        earliest = order[np.flatnonzero(np.diff(number, prepend=-1))]
        if len(earliest) < 3:
            return interval_s
        steps = np.diff(late_s[earliest]) / np.diff(index[earliest])
        interval_s += float(np.median(steps))
    return interval_s


def _interval_between_pauses(index: Floats, packets_s: Floats, interval_s: float) -> float:
    """The interval as most pieces of some seconds show it that no pause breaks: they have lost nothing."""
    pauses_s = np.diff(packets_s, prepend=packets_s[0])
    broken = np.cumsum(pauses_s > max(_LEAST_LOST_S, _BREAKS * float(np.median(pauses_s))))
    for _ in range(3):
        late_s = packets_s - index * interval_s
        number = (index - index[0]) * interval_s // _BESIDE_S
        firsts = np.flatnonzero(np.diff(broken, prepend=-1) + np.diff(number, prepend=-1))
        sizes = np.diff(np.append(firsts, len(index)))
        piece = np.repeat(np.arange(len(sizes)), sizes)
        half = 2 * piece + (np.arange(len(index)) - firsts[piece] >= sizes[piece] // 2)
        rows = np.flatnonzero(sizes[piece] >= _FEWEST_PIECE)
        order = rows[np.lexsort((late_s[rows], half[rows]))]  # within each half the earliest comes first
        earliest = order[np.flatnonzero(np.diff(half[order], prepend=-1))]
        before, after = earliest[::2], earliest[1::2]
        if len(before) < 3:
            return interval_s
        steps = (late_s[after] - late_s[before]) / (index[after] - index[before])
        interval_s += _weighted_median(steps, index[after] - index[before])
    return interval_s


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values)
    sums = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(sums, sums[-1] / 2)])


def _lost_before(index: Floats, packets_s: Floats, interval_s: float) -> NDArray[np.intp]:
    """(n,) samples missing before each packet: after a pause, all that follow are late for good.

    A pause after which what had waited arrives at once lost nothing.
    """
    lost = np.zeros(len(index), np.intp)
    pauses_s = np.diff(packets_s, prepend=packets_s[0])
    width = max(int(_BESIDE_S / max(float(np.mean(pauses_s)), interval_s)), _FEWEST_BESIDE)
    late_s = packets_s - index * interval_s
    least_s = max(_LEAST_LOST_S, 1.5 * float(np.median(pauses_s)))
    for at in np.flatnonzero(pauses_s > least_s).tolist():
        before_s, after_s = late_s[max(at - width, 0) : at], late_s[at : at + width]
        if min(len(before_s), len(after_s)) < _FEWEST_BESIDE:
            continue
        step_s = min(float(after_s.min() - before_s.min()), float(pauses_s[at]))
        if step_s > least_s:
            lost[at] = round(step_s / interval_s)
            late_s[at:] -= lost[at] * interval_s
    return lost
