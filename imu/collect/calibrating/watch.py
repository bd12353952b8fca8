"""What one sensor feels while it is laid on a table and turned there: rests, and the turns between them."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from imu.collect.arrivals import fit_arrivals
from imu.devices.sensor import Block, Coding

Floats = NDArray[np.float64]
Face = Literal["x", "-x", "y", "-y", "z", "-z"]  # the axis of the chip that points up
FACES: tuple[Face, ...] = get_args(Face)
_TURNING_SD = 10.0  # of what counts as rest: no noise of a chip reaches it
_SKIPPED_INTERVALS = 1.5  # between two samples: then one is missing, however far off an oscillator is
_FLAT_DEG = 25.0  # from a face, at most: cases are round, and chips not square in them


@dataclass(frozen=True, slots=True)
class RestParameters:
    """What counts as lying still. Chips of this kind are at rest within 2 mg and 0.1 deg/s."""

    rest_s: float = 1.5  # looked at, and averaged
    acc_sd_g: float = 0.015  # per axis; a table that somebody leans on stays below
    gyr_sd_dps: float = 0.5  # per axis; no hand holds or turns so evenly
    knows_rate_s: float = 10.0  # before that, the rate is the one that was set
    late_s: float = 0.1  # packets between two rests, against the samples in them: then some were lost
    silence_s: float = 0.25  # between two packets: a sensor that does not count them may have dropped some


@dataclass(frozen=True, slots=True, eq=False)
class Rest:
    """The averages of some seconds in which nothing moved."""

    acc_g: Floats  # (3,)
    gyr_dps: Floats  # (3,)
    rows: tuple[int, int]  # first, and one after the last
    at_end: bool = False  # of the accelerometer's range

    @property
    def up(self) -> Floats:
        """(3,) unit vector, in the chip's axes."""
        return np.asarray(self.acc_g / np.linalg.norm(self.acc_g))

    def face(self) -> Face | None:
        """Which one is up; None where it leans, or nothing can be felt."""
        size = float(np.linalg.norm(self.acc_g))
        axis = int(np.abs(self.acc_g).argmax())
        if size == 0.0 or abs(self.acc_g[axis]) < size * np.cos(np.radians(_FLAT_DEG)):
            return None
        return FACES[2 * axis + (1 if self.acc_g[axis] < 0 else 0)]


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """A movement from one rest to another."""

    before: Rest
    after: Rest
    angle_deg: Floats  # (3,) integrated rate of each axis, without its bias, as the chip has it
    seconds: float
    is_whole: bool  # no sample of it is missing

    @property
    def up(self) -> Floats:
        mean = self.before.up + self.after.up
        return np.asarray(mean / np.linalg.norm(mean))

    @property
    def about_up_deg(self) -> float:
        """Counter-clockwise where positive."""
        return float(self.angle_deg @ self.up)

    @property
    def tilted_deg(self) -> float:
        """What it turned about other axes, on balance."""
        return float(np.linalg.norm(self.angle_deg - self.about_up_deg * self.up))


class Watch:
    """Keeps all that a sensor streams, in g and degrees per second, as the chip has it."""

    def __init__(self, coding: Coding, *, parameters: RestParameters = RestParameters()) -> None:
        assert coding.gyr_lsb_per_dps is not None
        self.parameters = parameters
        self._coding = coding
        self._per = {"acc": coding.acc_lsb_per_g, "gyr": coding.gyr_lsb_per_dps}
        self._counts: dict[str, list[NDArray[np.int16]]] = {"acc": [], "gyr": []}
        self._rows = {"acc": 0, "gyr": 0}
        self._arrivals: list[tuple[int, float]] = []  # rows of acceleration so far, when
        self._gaps: list[int] = []  # rows before which the sensor said that some are missing
        self._last_tick: dict[str, int] = {}  # of each stream, where samples carry their time

    def hear(self, block: Block) -> None:
        if block.stream == "stamped" or not len(block.counts):
            return
        streams = ("acc", "gyr") if block.stream == "both" else (block.stream,)
        skips = self._skips(block)
        if block.lost or skips:
            self._gaps.append(self._rows[streams[0]])
        for number, stream in enumerate(streams):
            self._counts[stream].append(block.counts[:, 3 * number : 3 * number + 3])
            self._rows[stream] += len(block.counts)
        if "acc" in streams:
            self._arrivals.append((self._rows["acc"], block.arrival_ns * 1e-9))

    def _skips(self, block: Block) -> bool:
        """Whether by its time a sample is missing before it; some decoders tell times and no losses."""
        if block.ticks is None or self._coding.tick_s is None:
            return False
        before = self._last_tick.get(block.stream)
        self._last_tick[block.stream] = int(block.ticks[-1])
        if before is None:
            return False
        samples = (int(block.ticks[0]) - before) * self._coding.tick_s * self._coding.rate_hz
        return samples > _SKIPPED_INTERVALS

    @property
    def rows(self) -> int:
        """Of which there are both acceleration and rate."""
        return min(self._rows.values())

    @property
    def interval_s(self) -> float:
        """True time between two samples: oscillators of chips are off by 1 %, and so would be every turn."""
        set_s = 1.0 / self._coding.rate_hz
        index, arrival_s = self._longest_unbroken()
        if len(index) == 0 or (index[-1] - index[0]) * set_s < self.parameters.knows_rate_s:
            return set_s
        fit = fit_arrivals(index, arrival_s - arrival_s[0], rate_hz=self._coding.rate_hz)
        return set_s / (1.0 + 1e-6 * fit.skew_ppm)

    def rest(self) -> Rest | None:
        """The last moments, if nothing moved in them."""
        wanted = round(self.parameters.rest_s * self._coding.rate_hz)
        first, last = self.rows - wanted, self.rows
        if first < 0:
            return None
        acc, gyr = self._measured("acc", first, last), self._measured("gyr", first, last)
        p = self.parameters
        if acc.std(axis=0).max() > p.acc_sd_g or gyr.std(axis=0).max() > p.gyr_sd_dps:
            return None
        end_g = 0.99 * self._coding.acc_range_g
        return Rest(acc.mean(axis=0), gyr.mean(axis=0), (first, last), at_end=bool(np.abs(acc).max() > end_g))

    def moved(self, before: Rest, after: Rest) -> bool:
        """Whether it was turned between two rests; nobody needs to have looked meanwhile."""
        first, last = before.rows[1], after.rows[0]
        if last <= first:
            return False
        turning = self._measured("gyr", first, last) - before.gyr_dps
        return bool(np.abs(turning).max() > _TURNING_SD * self.parameters.gyr_sd_dps)

    def turn(self, before: Rest, after: Rest) -> Turn:
        """What happened between two rests. The bias is taken out as it was in both."""
        first, last = (round(sum(rest.rows) / 2) for rest in (before, after))
        gyr = self._measured("gyr", first, last)
        share = np.linspace(0.0, 1.0, last - first)[:, None]
        moving = gyr - (before.gyr_dps + share * (after.gyr_dps - before.gyr_dps))
        interval_s = self.interval_s
        return Turn(
            before,
            after,
            angle_deg=moving.sum(axis=0) * interval_s,
            seconds=(last - first) * interval_s,
            is_whole=self._is_whole(first, last, interval_s),
        )

    def _is_whole(self, first: int, last: int, interval_s: float) -> bool:
        """By what the sensor says, and by when packets came: some lose samples without a word."""
        rows, arrival_s = np.array(self._arrivals).T
        ends = np.searchsorted(rows, [first, last])
        (began, ended), (began_s, ended_s) = rows[ends], arrival_s[ends]
        if self._breaks(rows, arrival_s)[ends[0] + 1 : ends[1] + 1].any():
            return False
        if self._tells_losses:
            return True
        return bool(ended_s - began_s - (ended - began) * interval_s < self.parameters.late_s)

    @property
    def _tells_losses(self) -> bool:
        """Samples that carry their time show what is missing; of others only arrivals give a hint."""
        return self._coding.tick_s is not None

    def _breaks(self, rows: Floats, arrival_s: Floats) -> NDArray[np.bool_]:
        """(n,) before which packets some samples are missing, or may be.

        A radio repeats what was not heard. What is lost is lost where a sensor has no more room to let it
        wait, and then nothing was heard of it for long; one packet fewer would pass for a slower turn.
        """
        silent = np.diff(arrival_s, prepend=arrival_s[:1]) >= self.parameters.silence_s
        silent &= not self._tells_losses
        after_gap = np.searchsorted(rows, self._gaps, side="right")
        silent[after_gap[after_gap < len(rows)]] = True
        return np.asarray(silent)

    def _longest_unbroken(self) -> tuple[Floats, Floats]:
        """Rows and arrivals (n,) of the packets between two breaks that span the most samples."""
        if not self._arrivals:
            return np.empty(0), np.empty(0)
        rows, arrival_s = np.array(self._arrivals).T
        stretches = np.split(np.arange(len(rows)), np.flatnonzero(self._breaks(rows, arrival_s)))
        longest = max(stretches, key=lambda each: np.ptp(rows[each]) if len(each) else -1.0)
        return rows[longest], arrival_s[longest]

    def _measured(self, stream: str, first: int, last: int) -> Floats:
        """(last - first, 3)"""
        pieces, row = [], self._rows[stream]
        for counts in reversed(self._counts[stream]):
            row -= len(counts)
            if row < last:
                pieces.append(counts[max(first - row, 0) : last - row])
            if row <= first:
                break
        return np.concatenate(pieces[::-1]) / self._per[stream]
