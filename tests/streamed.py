"""Which samples of a virtual sensor's chip the rows of a recording are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import constants

from imu.recording import Samples
from imu.simulate.boards.worn import Chip, ChipSettings

CHIP = ChipSettings(rate_hz=200.0, acc_lsb_per_g=2048.0, gyr_lsb_per_dps=16.4)  # of both kinds, as set here
# Samples by which rates may stand beside accelerations where neither carries time (MetaMotion) and a stream
# lasted for seconds only: connection events have then not yet told which belong together.
MOST_APART = 3
NEVER = -1  # the number of a row that no chip measured

Counts = NDArray[np.int16]
ALL_AXES = slice(0, 6)

_AT_A_TIME = 4096
_SEARCHES = 20  # in vain: rows of another chip are not looked for one by one
_TELLING = 8  # rows in a row: while standing, single ones may be alike
_LONGEST_GAP = 120 * 200  # samples; a row that is not among these is of no sample


@dataclass(frozen=True, slots=True, eq=False)
class Streamed:
    """Rows of one sensor as samples of the chip that made them."""

    number: NDArray[np.int64]  # of the chip's sample, for every row; `NEVER` where it is none

    @property
    def different(self) -> int:
        """Rows that no chip measured, or not after the row before."""
        return int((self.number == NEVER).sum())

    def within(self, first: int, last: int) -> int:
        """How many of the chip's samples [first, last) are there."""
        return int(((self.number >= first) & (self.number < last)).sum())


def streamed(rows: Counts, chip: Chip, *, columns: slice = ALL_AXES, after: int = 0, until: int) -> Streamed:
    """Find every row (n, 6 or 3) among the chip's samples, in order: all its integers must be the same.

    columns: of the chip's six that rows hold. The first row is one of the samples [after, until). Needs the
    memory of a block.
    """
    number = np.full(len(rows), NEVER, np.int64)
    row, sample, searches = 0, after, _SEARCHES
    while row < len(rows):
        block = rows[row : row + _AT_A_TIME]
        same = (chip.counts(sample, sample + len(block))[:, columns] == block).all(axis=1)
        alike = len(block) if same.all() else int(same.argmin())
        number[row : row + alike] = sample + np.arange(alike)
        row, sample = row + alike, sample + alike
        if alike:
            until = sample + _LONGEST_GAP
        if alike < len(block):
            further = _next(chip, rows[row : row + _TELLING], columns, sample, until) if searches else None
            searches -= further is None and searches > 0
            row, sample = (row + 1, sample + (not searches)) if further is None else (row, further)
    return Streamed(number)


def counts(samples: Samples) -> Counts:
    """(n, 6) what the chip gave, back from SI units."""
    assert samples.gyr_radps is not None
    acc = samples.acc_mps2.astype(np.float64) / constants.g * CHIP.acc_lsb_per_g
    gyr = np.degrees(samples.gyr_radps.astype(np.float64)) * CHIP.gyr_lsb_per_dps
    return np.rint(np.column_stack([acc, gyr])).astype(np.int16)


def _next(chip: Chip, rows: Counts, columns: slice, first: int, last: int) -> int | None:
    """The first sample of [first, last) from which most of the rows follow; at least one."""
    best, place = 0, None
    for begin in range(first, last, _AT_A_TIME):
        made = chip.counts(begin, min(begin + _AT_A_TIME, last) + len(rows) - 1)[:, columns]
        for start in np.flatnonzero((made[: len(made) - len(rows) + 1] == rows[0]).all(axis=1)):
            same = (made[start : start + len(rows)] == rows).all(axis=1)
            alike = len(rows) if same.all() else int(same.argmin())
            if alike > best:
                best, place = alike, begin + int(start)
        if best == len(rows):
            break
    return place
