"""Samples that carry no time of their own, seen through when their packets arrived.

A packet is late by its wait for a connection event and by repetitions, never early. Seen against an even
rate, the packets that waited least lie on a line that bends slowly, as the chip's own oscillator warms up:
that line is when samples were taken, but for the least delay.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded

from imu.signal.timeline import Timeline

OWN_RATE_S = 60.0  # from this length on a stretch shows its own rate; a shorter one borrows its neighbour's,
ALONE_RATE_S = 4.0  # or shows its own all the same, where no neighbour is longer: oscillators differ by 1 %
WINDOW_S = 2.0  # of whose packets the earliest counts
_COARSE_S = 10.0  # windows of the first line: long enough to hold early packets of the slowest link
# Waves this long are followed by half: the oscillator's temperature, as little as possible of the beat
# between packets and connection events.
_STIFF_S = 300.0
_FEWEST_WINDOWS = 10  # that show how a line bends
_LATE_WEIGHT = 0.005  # of a window above the line, against one below
_STALL_S = 0.15  # without a packet, and three times what is usual: only then a sensor's buffer overflows
_BACKLOG_S = 1.0  # after a stall, in which what waited arrives at once
_BESIDE_S = 4.0  # before a stall and after, from which the level is taken
_MIN_BESIDE = 20  # packets there
_FASTEST_DRIFT = 1e-3  # of any oscillator: lateness that goes back faster was a backlog of the computer
_BACKLOG_FROM_S = 0.25  # behind what such a drift explains: packets that say nothing of when they were sent
_WHOLE_PACKET = 0.7  # of a packet's time: a step that large is a lost packet, not a wait
_THIRD_DIFFERENCE = (-1.0, 3.0, -3.0, 1.0)  # leaves any steady warming alone
# Of the stiffness, towards the round before: above what rounding takes from the smallest eigenvalue, so a
# line is found also where packets say hardly anything, and far below what any packet says.
_HELD = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class EarliestLine:
    """When samples were taken, by their index, and what the line was laid along."""

    timeline: Timeline
    late_s: NDArray[np.float64]  # (k,) of those packets, against it
    apart_s: float  # by which the earliest of its windows usually differ, as either may have waited or lost


def earliest_line(
    index: NDArray[np.float64], arrival_s: NDArray[np.float64], *, interval_s: float, bends: bool
) -> EarliestLine:
    """The line along the earliest packets of one unbroken stretch, each the earliest of two seconds.

    index (n,) of each packet's last sample, ascending; arrival_s (n,). `bends`: with the oscillator's warmth,
    where there are packets enough; else it is straight.
    """
    late_s = arrival_s - index * interval_s
    window = WINDOW_S / interval_s
    rows, number = _earliest(index, late_s, window=window)
    early_s = late_s[rows]
    prompt = early_s < _soonest_s(early_s, index[rows] * interval_s) + _BACKLOG_FROM_S
    line_s = np.full(max(2, number[-1] + 1), early_s.min())
    if bends and prompt.sum() >= _FEWEST_WINDOWS:
        line_s = _lower_line(early_s[prompt], number[prompt], n=len(line_s))
    x = index[0] + (np.arange(len(line_s)) + 0.5) * window
    late_s = early_s - line_s[number]
    apart_s = float(np.quantile(late_s, 0.75) - np.quantile(late_s, 0.05))
    return EarliestLine(Timeline(x, x * interval_s + line_s), late_s[prompt], apart_s)


def silent_losses(
    index: NDArray[np.float64], arrival_s: NDArray[np.float64], *, per_packet: int, rate_hz: float,
    interval_s: float | None = None,
) -> NDArray[np.int64]:  # fmt: skip
    """(n,) samples that are missing before each packet, where neither side counted.

    After a stall that cost packets, all that follow are late by whole ones, for good, and by no more than the
    stall lasted: a computer that is behind catches up. Arguments as of `fit_arrivals`.
    """
    lost = np.zeros(len(index), np.int64)
    pauses_s = np.diff(arrival_s, prepend=arrival_s[0])
    stalls = np.flatnonzero(pauses_s > max(_STALL_S, 3 * float(np.quantile(pauses_s, 0.99))))
    if (index[-1] - index[0]) / rate_hz >= OWN_RATE_S:
        interval_s = _interval_between(stalls, index, arrival_s, 1 / rate_hz)
    if interval_s is None or not len(stalls):
        return lost
    late_s = arrival_s - index * interval_s
    lasting_s = _least_from_here_s(late_s, arrival_s)
    for stall, following in zip(stalls, [*stalls[1:], len(index)], strict=True):
        first, begin, end = np.searchsorted(
            arrival_s,
            [
                arrival_s[stall - 1] - _BESIDE_S,
                arrival_s[stall] + _BACKLOG_S,
                arrival_s[stall] + _BACKLOG_S + _BESIDE_S,
            ],
        )
        before_s, after_s = late_s[first:stall], late_s[begin : min(end, following)]
        if min(len(before_s), len(after_s)) < _MIN_BESIDE:
            continue
        step_s = min(min(after_s.min(), lasting_s[begin]) - before_s.min(), pauses_s[stall])
        whole = int(np.floor(step_s / (per_packet * interval_s) + 1 - _WHOLE_PACKET))
        if whole > 0:
            lost[stall] = whole * per_packet
            late_s[stall:] -= whole * per_packet * interval_s
            lasting_s[stall:] -= whole * per_packet * interval_s
    return lost


def _interval_between(
    stalls: NDArray[np.intp], index: NDArray[np.float64], arrival_s: NDArray[np.float64], interval_s: float
) -> float:
    """Mean time between samples where none can have been lost: what was lost would tilt the rate that it is
    seen against. Of the whole where no piece between stalls is long enough.
    """
    begins = [0, *np.searchsorted(arrival_s, arrival_s[stalls] + _BACKLOG_S).tolist()]
    pieces = [
        slice(begin, end)
        for begin, end in zip(begins, [*stalls.tolist(), len(index)], strict=True)
        if end - begin > 1
        and arrival_s[end - 1] - arrival_s[begin] >= ALONE_RATE_S
        and (index[end - 1] - index[begin]) * interval_s >= ALONE_RATE_S  # else a backlog that came late
    ]
    if not pieces:
        return even_interval(index, arrival_s, interval_s)
    rates = np.array([even_interval(index[here], arrival_s[here], interval_s) for here in pieces])
    lasting_s = np.array([np.ptp(arrival_s[here]) for here in pieces])
    order = np.argsort(rates)
    summed_s = np.cumsum(lasting_s[order])
    return float(rates[order][np.searchsorted(summed_s, summed_s[-1] / 2)])


def even_interval(index: NDArray[np.float64], arrival_s: NDArray[np.float64], interval_s: float) -> float:
    """Mean time between samples: the median slope between the earliest packets of windows far apart."""
    coarse_s = min(_COARSE_S, (index[-1] - index[0]) * interval_s / 4)
    for _ in range(3):  # a rate off by 1 % tilts the windows of the first round by 100 ms
        late_s = arrival_s - index * interval_s
        rows, _ = _earliest(index, late_s, window=coarse_s / interval_s)
        half = len(rows) // 2
        steps_s = late_s[rows[-half:]] - late_s[rows[:half]]
        interval_s += float(np.median(steps_s / (index[rows[-half:]] - index[rows[:half]])))
    return interval_s


def _least_from_here_s(late_s: NDArray[np.float64], time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) the least lateness that each packet can have had, by those after it and what a clock can drift."""
    least: NDArray[np.float64] = np.minimum.accumulate((late_s + _FASTEST_DRIFT * time_s)[::-1])[::-1]
    return least - _FASTEST_DRIFT * time_s


def _soonest_s(late_s: NDArray[np.float64], time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) the same, from those before it as well."""
    before_s = np.minimum.accumulate(late_s - _FASTEST_DRIFT * time_s) + _FASTEST_DRIFT * time_s
    return np.minimum(before_s, _least_from_here_s(late_s, time_s))


def _earliest(
    index: NDArray[np.float64], late_s: NDArray[np.float64], *, window: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of the least late packets, one per window of so many samples, and the windows' numbers."""
    number = ((index - index[0]) // window).astype(np.intp)
    starts = np.flatnonzero(np.diff(number, prepend=-1))
    order = np.lexsort((late_s, number))  # within each window the earliest comes first
    return order[starts], number[starts]


def _lower_line(late_s: NDArray[np.float64], number: NDArray[np.intp], *, n: int) -> NDArray[np.float64]:
    """A smooth line of `n` values, one per window, below what was seen in the windows of these numbers.

    Penalised least squares in which late values hardly count: P. H. C. Eilers, A perfect smoother, Anal.
    Chem. 75 (2003) 3631, with the asymmetric weights of the same author's baselines.
    """
    order = len(_THIRD_DIFFERENCE) - 1
    stiffness = (_STIFF_S / WINDOW_S / (2 * np.pi)) ** (2 * order)
    penalty = np.zeros((order + 1, n))  # upper bands of D'D
    for shift in range(order + 1):
        for m in range(order + 1 - shift):
            product = _THIRD_DIFFERENCE[m] * _THIRD_DIFFERENCE[m + shift]
            penalty[order - shift, m + shift : m + shift + n - order] += stiffness * product
    level_s = float(np.mean(late_s))  # so stiff a line is exact to a ten-thousandth of what it is fitted to
    above_s = late_s - level_s
    penalty[order] += _HELD * stiffness
    line_s, weights = np.zeros(n), np.ones(len(number))
    for _ in range(50):  # settles in about ten
        bands, weighted_s = penalty.copy(), _HELD * stiffness * line_s
        bands[order, number] += weights
        weighted_s[number] += weights * above_s
        line_s = solveh_banded(bands, weighted_s)
        changed = np.where(above_s > line_s[number], _LATE_WEIGHT, 1.0)
        if np.array_equal(changed, weights):
            break
        weights = changed
    return np.asarray(level_s + line_s)
