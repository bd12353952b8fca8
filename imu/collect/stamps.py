"""Streams without time, of which now and then some samples come a second time, stamped by the device's clock.

The same sample is found in both by what it holds: noise makes every sample another one. So the device says
when it was taken, and how long packets wait for the radio does not matter.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from imu.collect.clocks import ClockFit
from imu.collect.decode import Part, Segment
from imu.collect.stretches import Indexed, turns
from imu.signal.timeline import Timeline

_BURST_GAP_S = 1.0  # between two stamped bursts at least
_BESIDE_NS = 1_500_000_000  # by which a sample and its twin may arrive apart
_LEAST = 8  # samples of a burst that are found again
_LEAST_SHARE = 0.5
_CLEARER = 1.5  # than any other way to lay a burst over the stream


def clock_by_stamps(
    part: Part, placed: Indexed, segment: Segment, clock: ClockFit, *, start_ns: int
) -> ClockFit | None:
    """The arrivals' line moved to where stamped samples say; None where none of them is found again.

    clock: the device's, by exchanges. Between bursts the line keeps its shape.
    """
    tick_s = segment.coding.stamp_tick_s
    if tick_s is None:
        return None
    shifts, centres, scatter_s, found, of = [], [], [], 0, 0
    for stamped in segment.stamped:
        assert stamped.ticks is not None
        of += len(stamped.counts)
        whole = turns(int(stamped.ticks[0]), segment, clock, tick_s=tick_s, start_ns=start_ns)
        for twins in _bursts(part, stamped, rate_hz=segment.coding.rate_hz, tick_s=tick_s):
            packet = np.searchsorted(part.end_row, twins.row, side="right")
            before_end = part.end_row[packet] - 1 - twins.row
            index = np.asarray(placed.index[packet] - before_end, np.float64)
            device_s = np.asarray((twins.tick + whole) * tick_s, np.float64)
            late_s = placed.clock.timeline.at(index) - clock.timeline.at(device_s)
            shifts.append(float(np.mean(late_s)))
            centres.append(float(np.mean(index)))
            scatter_s.append(float(np.std(late_s) / np.sqrt(len(late_s))))
            found += len(index)
    if not shifts:
        return None
    line = placed.clock.timeline
    order = np.argsort(centres)
    at, shift_s = np.array(centres)[order], np.array(shifts)[order]
    x = np.union1d(line.x, at)
    timeline = Timeline(x, line.at(x) - np.interp(x, at, shift_s))
    # One burst says when the stretch was, but not how it went on.
    own_ms = 1.96e3 * max(scatter_s) if len(shifts) > 1 else placed.clock.uncertainty_ms
    return replace(
        placed.clock,
        method="stamps",
        timeline=timeline,
        offset_s=float(timeline.at(np.zeros(1))[0]),
        uncertainty_ms=float(np.hypot(own_ms, clock.uncertainty_ms)),
        read_s=clock.read_s,
        skew_uncertainty_ppm=clock.skew_uncertainty_ppm,
        bends=clock.bends,
        used=found,
        of=of,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Twins:
    """Samples of one burst that were found in the stream."""

    row: NDArray[np.intp]
    tick: NDArray[np.int64]


def _bursts(part: Part, stamped: Part, *, rate_hz: float, tick_s: float) -> Iterator[_Twins]:
    assert stamped.ticks is not None
    ticks = np.asarray(stamped.ticks)
    packets = np.searchsorted(stamped.end_row, np.arange(len(ticks)), side="right")
    for burst in np.split(np.arange(len(ticks)), np.flatnonzero(np.diff(ticks) * tick_s > _BURST_GAP_S) + 1):
        arrived_ns = stamped.arrival_ns[packets[burst]]
        ends = np.searchsorted(part.arrival_ns, [arrived_ns[0] - _BESIDE_NS, arrived_ns[-1] + _BESIDE_NS])
        first, stop = (0 if end == 0 else int(part.end_row[end - 1]) for end in ends)
        twins = _twins(
            np.asarray(part.counts[first:stop, :3]), np.asarray(stamped.counts[burst]),
            np.round((ticks[burst] - ticks[burst[0]]) * tick_s * rate_hz).astype(np.intp),
        )  # fmt: skip
        if twins is not None:
            rows, which = twins
            yield _Twins(first + rows, ticks[burst[which]])


def _twins(
    stream: NDArray[np.int16], burst: NDArray[np.int16], steps: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]] | None:
    """Rows of the stream and of the burst that are the same samples; None where that is not clear.

    steps: of the burst's samples after its first, by their ticks, to a sample.
    """
    same = (burst[:, None] == stream[None]).all(axis=2)
    which, rows = np.nonzero(same)
    if len(which) < _LEAST:
        return None
    lag = rows - steps[which]
    votes = np.convolve(np.bincount(lag - lag.min(), minlength=3), np.ones(3, np.intp), "same")
    best = int(np.argmax(votes))
    others = votes.copy()
    others[max(0, best - 3) : best + 4] = 0
    if votes[best] < max(_LEAST, _LEAST_SHARE * len(burst)) or votes[best] < _CLEARER * others.max():
        return None
    right = np.abs(lag - lag.min() - best) <= 1
    which, rows = which[right], rows[right]
    alone = (np.bincount(which)[which] == 1) & (np.bincount(rows)[rows] == 1)
    return (rows[alone], which[alone]) if alone.sum() >= _LEAST else None
