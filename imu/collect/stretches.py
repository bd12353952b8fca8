"""When the samples of a part were taken: unbroken stretches, each on a line from index to time."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from imu.collect.arrivals import fit_arrivals
from imu.collect.clocks import WRAP_TICKS, ClockFit
from imu.collect.decode import Part, Segment
from imu.signal.earliest import silent_losses
from imu.signal.timeline import Timeline

_KNOT_S = 1.0  # of ticks averaged: what a coarse clock rounds off is gone, what temperature does is not
_BROKEN_INTERVALS = 1.5  # a longer step between two ticks is a gap


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Rows of a part that follow each other without a gap."""

    row: int
    count: int
    x: float  # of the first row on the timeline; one further per row
    timeline: Timeline

    def time_s(self, first: int, stop: int) -> NDArray[np.float64]:
        """Seconds of the session of the rows first <= row < stop of this stretch."""
        return self.timeline.at(self.x + np.arange(first, stop, dtype=np.float64))

    def cut(self, first: int, stop: int) -> "Stretch":
        """Its rows first <= row < stop."""
        return Stretch(self.row + first, stop - first, self.x + first, self.timeline)

    def rows(self, start_s: float, end_s: float) -> tuple[int, int]:
        """Which of its rows have start_s <= time < end_s, found without looking at all of them."""
        first = 0 if start_s <= self.start_s else self._first_at(start_s)
        stop = self.count if end_s > self.end_s else self._first_at(end_s)
        return first, max(first, stop)

    def row_at(self, time_s: float) -> float:
        """The row, with its fraction, whose time this is; also beyond the ends."""
        inverse = Timeline(self.timeline.time_s, self.timeline.x)
        return float(inverse.at(np.array([time_s]))[0]) - self.x

    @property
    def start_s(self) -> float:
        return float(self.time_s(0, 1)[0])

    @property
    def end_s(self) -> float:
        return float(self.time_s(self.count - 1, self.count)[0])

    @property
    def interval_s(self) -> float:
        """The usual time between two of its samples, for one sample between the nearest knots."""
        ends_s = self.timeline.at(np.array([self.x, self.x + max(self.count - 1, 1)]))
        return float(ends_s[1] - ends_s[0]) / max(self.count - 1, 1)

    def _first_at(self, time_s: float) -> int:
        """The first row that is not earlier."""
        low = max(0, min(self.count, int(self.row_at(time_s)) - 1))
        while low < self.count and float(self.time_s(low, low + 1)[0]) < time_s:
            low += 1
        return low


def by_ticks(part: Part, segment: Segment, clock: ClockFit, *, start_ns: int) -> list[Stretch]:
    """Stretches of samples that carry the device's time, between the gaps that it shows."""
    assert part.ticks is not None
    assert segment.coding.tick_s is not None
    tick_s, rate_hz = segment.coding.tick_s, segment.coding.rate_hz
    ticks = part.ticks + turns(int(part.ticks[0]), segment, clock, tick_s=tick_s, start_ns=start_ns)
    steps = np.diff(ticks)
    steady = steps * tick_s < _BROKEN_INTERVALS / rate_hz
    interval = float(steps[steady].mean()) if steady.any() else 1 / (rate_hz * tick_s)
    edges = np.concatenate([[0], np.flatnonzero(steps > _BROKEN_INTERVALS * interval) + 1, [len(ticks)]])
    return [
        _on_clock(ticks[first:stop], int(first), interval, tick_s=tick_s, clock=clock)
        for first, stop in pairwise(edges)
    ]


def clock_by_arrivals(part: Part, segment: Segment, *, start_ns: int) -> ClockFit:
    """The device's clock from when its time stamps arrived, where no exchange was possible."""
    assert part.ticks is not None
    assert segment.coding.tick_s is not None
    # The device's clock is an index too, of samples taken exactly at the rate that was set.
    rate_hz = segment.coding.rate_hz
    index = np.asarray(part.ticks[part.end_row - 1] * (segment.coding.tick_s * rate_hz), np.float64)
    fit = fit_arrivals(index, _seconds(part.arrival_ns, start_ns), rate_hz=rate_hz)
    return replace(fit, timeline=Timeline(fit.timeline.x / rate_hz, fit.timeline.time_s))


@dataclass(frozen=True, slots=True, eq=False)
class Indexed:
    """A part whose samples carry no time, placed by its packets' arrivals."""

    clock: ClockFit  # from index to session
    index: NDArray[np.float64]  # of each packet's last sample, losses counted
    lost: NDArray[np.int64]  # samples missing before each packet
    inferred: int  # of them, that neither side counted


def indexed(part: Part, segment: Segment, *, start_ns: int, interval_s: float | None) -> Indexed:
    """Place a part by its arrivals; `interval_s` of another part serves one too short to tell its own."""
    rate_hz, arrival_s = segment.coding.rate_hz, _seconds(part.arrival_ns, start_ns)
    told = (part.end_row - 1 + np.cumsum(part.lost)).astype(np.float64)
    per_packet = int(np.median(np.diff(part.end_row, prepend=0)))
    silent = silent_losses(told, arrival_s, per_packet=per_packet, rate_hz=rate_hz, interval_s=interval_s)
    index = told + np.cumsum(silent)
    clock = fit_arrivals(index, arrival_s, rate_hz=rate_hz, interval_s=interval_s)
    return Indexed(clock, index, part.lost + silent, int(silent.sum()))


def by_index(part: Part, placed: Indexed) -> list[Stretch]:
    """Stretches of samples that carry no time, between losses."""
    index = placed.index
    first_row = np.concatenate([[0], part.end_row[:-1]])
    breaks = np.flatnonzero((placed.lost > 0) | (first_row == 0))
    edges = np.concatenate([first_row[breaks], [len(part.counts)]])
    first_x = index[breaks] - (part.end_row[breaks] - 1 - first_row[breaks])
    return [
        Stretch(int(first), int(stop - first), float(x), placed.clock.timeline)
        for first, stop, x in zip(edges[:-1], edges[1:], first_x, strict=True)
    ]


def _on_clock(
    ticks: NDArray[np.int64], row: int, interval: float, *, tick_s: float, clock: ClockFit
) -> Stretch:
    """Ticks averaged over a second each, and the clock's line through them."""
    n_knots = int(max(1, len(ticks) * interval * tick_s // _KNOT_S))
    edges = np.linspace(0, len(ticks), n_knots + 1).astype(np.intp)
    counts = np.diff(edges)
    # Against the first, so that the sum of a day of microseconds stays exact.
    mean = np.add.reduceat(ticks - ticks[0], edges[:-1]) / counts + float(ticks[0])
    x = (edges[:-1] + edges[1:] - 1) / 2
    if n_knots == 1:
        x, mean = np.array([x[0], x[0] + 1.0]), np.array([mean[0], mean[0] + interval])
    return Stretch(row, len(ticks), 0.0, Timeline(x, clock.timeline.at(mean * tick_s)))


def turns(first_tick: int, segment: Segment, clock: ClockFit, *, tick_s: float, start_ns: int) -> int:
    """Ticks, whole turns of the counter, between the samples' count and the exchanges'.

    Streamed samples begin at their coding. A log was written before its clock was read the last time, if
    need be a turn before; how long ago it began, nobody knows.
    """
    inverse = Timeline(clock.timeline.time_s, clock.timeline.x)
    if segment.coding.mode == "log":
        ahead = first_tick - clock.last_s / tick_s
        return -WRAP_TICKS * max(0, round(ahead / WRAP_TICKS))
    expected_s = float(inverse.at(np.array([(segment.coded_ns - start_ns) * 1e-9]))[0])
    return WRAP_TICKS * round((expected_s / tick_s - first_tick) / WRAP_TICKS)


def _seconds(times_ns: NDArray[np.int64], start_ns: int) -> NDArray[np.float64]:
    return np.asarray((times_ns - start_ns) * 1e-9)
