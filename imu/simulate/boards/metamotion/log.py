"""The flash of a virtual MetaMotion: what was logged, told by sample numbers, and its bytes on demand.

A two-hour log is a few numbers: which sensor's samples, from which to which, at which settings. The entries
are made when they are read, from the samples that the wearer's chip gives again.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imu.simulate.boards.metamotion.clock import Clock
from imu.simulate.boards.metamotion.models import PAGE_ENTRIES, SensorName
from imu.simulate.boards.worn import Chip, ChipSettings

ENTRY_BYTES = 9
_DATA_BYTES = 4

Rows = NDArray[np.uint8]  # (n, 9): id and reset, tick, data
ChipFor = Callable[[ChipSettings], Chip]


@dataclass(frozen=True, slots=True)
class Logger:
    """Keeps some bytes of every sample of one source."""

    id: int
    offset: int
    length: int


@dataclass(slots=True)
class Tap:
    """The samples [first, last) of one sensor, and who keeps what of them."""

    sensor: SensorName
    settings: ChipSettings
    loggers: Sequence[Logger]
    first: int
    last: int

    @property
    def entries(self) -> int:
        return (self.last - self.first) * len(self.loggers)


@dataclass(slots=True)
class Segment:
    """A stretch of logging during which nothing was changed."""

    clock: Clock
    taps: Sequence[Tap]
    kept: int | None = None  # entries, where the flash was full before its end

    @property
    def entries(self) -> int:
        entries = sum(tap.entries for tap in self.taps)
        return entries if self.kept is None else min(self.kept, entries)

    def rows(self, first: int, last: int, chip_for: ChipFor) -> Rows:
        """The entries [first, last), by time; of one moment, the accelerometer's before the gyroscope's."""
        # All rates are powers of two apart and start together, so moments are whole numbers of the finest.
        finest_hz = max(tap.settings.rate_hz for tap in self.taps)
        shifts = [round(log2(finest_hz / tap.settings.rate_hz)) for tap in self.taps]

        def samples(tap: Tap, shift: int, begin: int, end: int) -> tuple[int, int]:
            low, high = (min(max(-(-moment >> shift), tap.first), tap.last) for moment in (begin, end))
            return low, high

        def before(moment: int) -> int:
            return sum(
                (samples(tap, shift, 0, moment)[1] - tap.first) * len(tap.loggers)
                for tap, shift in zip(self.taps, shifts, strict=True)
            )

        moments = range(1 + max(tap.last << shift for tap, shift in zip(self.taps, shifts, strict=True)))
        begin = bisect_right(moments, first, key=before) - 1
        end = bisect_left(moments, last, key=before)
        parts, orders = [], []
        for number, (tap, shift) in enumerate(zip(self.taps, shifts, strict=True)):
            low, high = samples(tap, shift, begin, end)
            index = np.arange(low, high)
            parts.append(self._rows_of(tap, index, chip_for(tap.settings)))
            per_sample = len(tap.loggers)
            moment = np.repeat(index << shift, per_sample)
            orders.append(np.column_stack([moment, np.full_like(moment, number)]))
        order = np.concatenate(orders)
        rows = np.concatenate(parts)[np.lexsort((order[:, 1], order[:, 0]))]  # stable: loggers stay in order
        skipped = first - before(begin)
        return rows[skipped : skipped + last - first]

    def _rows_of(self, tap: Tap, index: NDArray[np.int64], chip: Chip) -> Rows:
        rows = np.zeros((len(index), len(tap.loggers), ENTRY_BYTES), np.uint8)
        if not len(index):
            return rows.reshape(-1, ENTRY_BYTES)
        ticks = self.clock.ticks(chip.time_s(index)).astype("<u4").view(np.uint8).reshape(-1, 4)
        sample = sample_bytes(tap.sensor, chip.counts(int(index[0]), int(index[-1]) + 1))
        for row, logger in zip(rows.transpose(1, 0, 2), tap.loggers, strict=True):
            kept = sample[:, logger.offset : logger.offset + logger.length]
            row[:, 0] = logger.id | (self.clock.reset_uid & 7) << 5
            row[:, 1:5] = ticks
            row[:, 5 : 5 + kept.shape[1]] = kept
        return rows.reshape(-1, ENTRY_BYTES)


def sample_bytes(sensor: SensorName, counts: NDArray[np.int16]) -> Rows:
    """(n, 6) one sensor's samples as in its data register."""
    columns = counts[:, :3] if sensor == "acc" else counts[:, 3:]
    return np.ascontiguousarray(columns, "<i2").view(np.uint8)


@dataclass(slots=True)
class Log:
    """Entries are numbered since the board was made; those [begin, end) are in the flash.

    Assumed: entries stay until they are cleared, also when they were read out; a board that may not
    overwrite stops at the last entry that fits, one that may forgets entry by entry. Either cuts samples.
    """

    capacity: int
    ram_page: bool
    overwrite: bool = False
    segments: list[Segment] = field(default_factory=list)
    running: bool = False  # the last segment is still growing
    origin: int = 0  # number of the first entry of the first segment
    begin: int = 0
    flushed: int = 0  # end when the memory's page was last written, from which pages are counted

    @property
    def end(self) -> int:
        return self.origin + sum(segment.entries for segment in self.segments)

    @property
    def written(self) -> int:
        """The end of what is in the flash itself, all that can be read out."""
        if not self.ram_page:
            return self.end
        return self.flushed + (self.end - self.flushed) // PAGE_ENTRIES * PAGE_ENTRIES

    @property
    def full(self) -> bool:
        return not self.overwrite and self.end - self.begin >= self.capacity

    def open(self, clock: Clock, taps: Sequence[Tap]) -> None:
        if taps and not self.full:
            self.segments.append(Segment(clock, taps))
            self.running = True

    def extend(self, now_s: float, chip_for: ChipFor) -> None:
        """Log up to now."""
        if not self.running:
            return
        last = self.segments[-1]
        for tap in last.taps:
            tap.last = max(chip_for(tap.settings).taken(now_s), tap.last)
        if self.full:
            last.kept = last.entries - (self.end - self.begin - self.capacity)
            self.running = False
        if self.overwrite:
            self._forget(self.end - self.capacity)

    def close(self) -> None:
        if self.running and not self.segments[-1].entries:
            self.segments.pop()
        self.running = False

    def clear(self, entries: int) -> None:
        """Forget the oldest ones."""
        self._forget(min(self.begin + entries, self.end))
        self.flushed = max(self.flushed, self.begin)

    def lose_ram(self) -> None:
        """What was not yet written is gone."""
        end = self.written
        while self.segments and self.end > end:
            last = self.segments[-1]
            last.kept = max(last.entries - (self.end - end), 0)
            if not last.kept:
                self.segments.pop()

    def rows(self, first: int, last: int, chip_for: ChipFor) -> Rows:
        """The entries numbered [first, last)."""
        parts, number = [np.empty((0, ENTRY_BYTES), np.uint8)], self.origin
        for segment in self.segments:
            low, high = max(first - number, 0), min(last - number, segment.entries)
            if low < high:
                parts.append(segment.rows(low, high, chip_for))
            number += segment.entries
        return np.concatenate(parts)

    def _forget(self, begin: int) -> None:
        self.begin = max(self.begin, begin)
        # The growing segment stays: what comes is appended to it.
        while self.segments and not (self.running and len(self.segments) == 1):
            first = self.segments[0].entries
            if self.origin + first > self.begin:
                break
            self.origin += first
            self.segments.pop(0)

    @classmethod
    def restored(cls, state: Mapping[str, Any]) -> "Log":
        segments = [
            Segment(Clock(**one["clock"]), [_tap(tap) for tap in one["taps"]], one["kept"])
            for one in state["segments"]
        ]
        return cls(**{**state, "segments": segments})


def _tap(state: Mapping[str, Any]) -> Tap:
    loggers = [Logger(**logger) for logger in state["loggers"]]
    return Tap(**{**state, "settings": ChipSettings(**state["settings"]), "loggers": loggers})


def logger(number: int, packed: int) -> Logger:
    """A logger as its trigger byte describes it. Assumed: more than an entry holds is cut."""
    return Logger(number, packed & 0x1F, min((packed >> 5) + 1, _DATA_BYTES))
