"""Runs of rows without a gap: what was measured together, in order of time, none over another."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from imu.collect.decode import Part, Segment
from imu.collect.stretches import Stretch
from imu.recording import Samples
from imu.recording.signal_check import STANDARD_GRAVITY_MPS2


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
        """All its rows in SI units."""
        coding, count = self.segment.coding, self.stretch.count
        counts = self.acc.counts[self.acc_row : self.acc_row + count]
        acc = counts[:, :3] * np.float32(STANDARD_GRAVITY_MPS2 / coding.acc_lsb_per_g)
        if not self.has_gyr:
            return Samples(self.stretch.time_s(0, count), acc, None)
        assert coding.gyr_lsb_per_dps is not None
        rates = counts[:, 3:] if self.gyr is None else self.gyr.counts[self.gyr_row : self.gyr_row + count]
        gyr = rates * np.float32(np.pi / 180 / coding.gyr_lsb_per_dps)
        return Samples(self.stretch.time_s(0, count), acc, gyr)


def single(stretches: list[Stretch], part: Part, segment: Segment) -> Iterator[Run]:
    """Runs of a stream that holds all there is."""
    for stretch in stretches:
        yield Run(segment, part, None, stretch.row, 0, stretch)


def paired(
    acc: list[Stretch], gyr: list[Stretch], *, acc_part: Part, gyr_part: Part, segment: Segment
) -> Iterator[Run]:
    """Runs in which acceleration and rate were both measured.

    Both sides of a chip sample by one oscillator, but may begin and end a sample apart and lose different
    ones: their lines of time say which row belongs to which, to the nearest sample.
    """
    a = g = 0
    while a < len(acc) and g < len(gyr):
        one, other = acc[a], gyr[g]
        middle_s = (max(one.start_s, other.start_s) + min(one.end_s, other.end_s)) / 2
        shift = round(other.row_at(middle_s) - one.row_at(middle_s))  # row of gyr minus row of acc
        first = max(0, -shift)
        stop = min(one.count, other.count - shift)
        if stop > first:
            stretch = one.cut(first, stop)
            yield Run(segment, acc_part, gyr_part, stretch.row, other.row + first + shift, stretch)
        if one.end_s < other.end_s:
            a += 1
        else:
            g += 1


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
