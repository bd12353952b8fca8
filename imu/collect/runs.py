"""Runs of rows without a gap: what was measured together, in order of time, none over another."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from imu.collect.decode import Part, Segment
from imu.collect.in_si import in_si
from imu.collect.stretches import Stretch
from imu.recording import Samples


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Rows with everything that was measured, without a gap: acceleration, and rate if there is any."""

    segment: Segment
    acc: Part
    gyr: Part | None
    acc_row: int
    gyr_row: int
    stretch: Stretch  # of the acceleration, which gives the time

    @property
    def has_gyr(self) -> bool:
        return self.gyr is not None or self.acc.counts.shape[1] == 6

    def between(self, start_s: float, end_s: float) -> "Run | None":
        """Its rows with start_s <= time < end_s, if there are any."""
        first, stop = self.stretch.rows(start_s, end_s)
        if first == stop:
            return None
        rows = self.stretch.cut(first, stop)
        return replace(self, acc_row=self.acc_row + first, gyr_row=self.gyr_row + first, stretch=rows)

    def samples(self) -> Samples:
        """All its rows in SI units, calibrated where the sensor was."""
        count = self.stretch.count
        counts = self.acc.counts[self.acc_row : self.acc_row + count]
        rates = None
        if self.has_gyr:
            apart = self.gyr
            rates = counts[:, 3:] if apart is None else apart.counts[self.gyr_row : self.gyr_row + count]
        return Samples(self.stretch.time_s(0, count), *in_si(counts[:, :3], rates, self.segment.coding))


def single(stretches: list[Stretch], part: Part, segment: Segment) -> Iterator[Run]:
    """Runs of a stream that holds all there is."""
    for stretch in stretches:
        yield Run(segment, part, None, stretch.row, 0, stretch)


def paired(
    acc: list[Stretch], gyr: list[Stretch], *, acc_part: Part, gyr_part: Part, segment: Segment
) -> Iterator[Run]:
    """Runs in which acceleration and rate were both measured.

    Both sides of a chip sample by one oscillator, but may begin and end a sample apart and lose different
    ones: which row belongs to which is one number for as long as neither loses any.
    """
    a = g = 0
    while a < len(acc) and g < len(gyr):
        one, other = acc[a], gyr[g]
        shift = _shift(one, other, acc_part, gyr_part)
        first = max(0, -shift)
        stop = min(one.count, other.count - shift)
        if stop > first:
            stretch = one.cut(first, stop)
            yield Run(segment, acc_part, gyr_part, stretch.row, other.row + first + shift, stretch)
        if one.end_s < other.end_s:
            a += 1
        else:
            g += 1


def _shift(one: Stretch, other: Stretch, acc: Part, gyr: Part) -> int:
    """Row of a rate minus row of the acceleration of the same moment, each of its stretch."""
    if acc.ticks is None and (apart := _rows_apart(one, other, acc, gyr)) is not None:
        return round(apart)
    middle_s = (max(one.start_s, other.start_s) + min(one.end_s, other.end_s)) / 2
    return round(other.row_at(middle_s) - one.row_at(middle_s))


def _rows_apart(one: Stretch, other: Stretch, acc: Part, gyr: Part) -> float | None:
    """How many more rows of rates than of accelerations had come, on average; None without a common time.

    Both wait for the same radio in the same queue, so what delays one delays the other: better than their
    lines of time, each of which knows only its own packets.
    """
    came = [_came(stretch, part) for stretch, part in ((one, acc), (other, gyr))]
    start_ns = max(arrival_ns[0] for arrival_ns, _ in came)
    end_ns = min(arrival_ns[-1] for arrival_ns, _ in came)
    if end_ns <= start_ns:
        return None
    acc_rows, gyr_rows = (_mean_rows(*each, start_ns, end_ns) for each in came)
    return gyr_rows - acc_rows


def _came(stretch: Stretch, part: Part) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """When the packets of a stretch arrived, and how many of its rows had come with each."""
    first, stop = np.searchsorted(part.end_row, [stretch.row, stretch.row + stretch.count], side="right")
    return part.arrival_ns[first:stop], part.end_row[first:stop] - stretch.row


def _mean_rows(arrival_ns: NDArray[np.int64], rows: NDArray[np.int64], start_ns: int, end_ns: int) -> float:
    """Rows that had come, averaged over a time from the first packet to the last at most."""
    lasted_ns = np.diff(np.clip(np.append(arrival_ns, end_ns), start_ns, end_ns))
    return float(rows @ (lasted_ns / (end_ns - start_ns)))


def untangled(runs: Iterable[Run]) -> tuple[list[Run], int]:
    """Runs in order of time, and rows left out: where two claim the same time, the earlier run keeps it."""
    kept: list[Run] = []
    free_s, left_out = -np.inf, 0
    for run in sorted(runs, key=lambda run: run.stretch.start_s):
        later = run.between(free_s, np.inf)
        left_out += run.stretch.count - (later.stretch.count if later else 0)
        if later is not None:
            kept.append(later)
            free_s = later.stretch.end_s + later.stretch.interval_s / 2
    return kept, left_out


def within(runs: Sequence[Run], start_s: float, end_s: float) -> list[Run]:
    """What of the runs lies in start_s <= time < end_s."""
    cut = (run.between(start_s, end_s) for run in runs)
    return [run for run in cut if run is not None]
