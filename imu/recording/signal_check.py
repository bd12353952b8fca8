"""Can these be the specific force and angular rate of a worn sensor, in the contract's units?"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imu.errors import RecordingError
from imu.recording.columns import ACC, GYR
from imu.recording.model import SensorFacts

STANDARD_GRAVITY_MPS2 = 9.80665

MAX_ACC_MPS2 = 400 * STANDARD_GRAVITY_MPS2  # twice the range of high-g sensors
MAX_GYR_RADPS = 100.0  # MEMS gyroscopes end at 4000 deg/s = 70 rad/s
# Even a sprinter's shank passes 2000 deg/s only for moments; in deg/s, a walker's pelvis passes 35 for long.
_FAST_RADPS = 35.0
_FAST_SHARE = 0.02

# Averaged over whole steps, the specific force on a body that stays on the ground is gravity, plus what a
# swinging shank adds: 7 to 25 m/s² in any 2 s of the sample recordings, standing to 5 m/s. So 1 to 5 when
# the columns are in g, near 0 when gravity was removed, about 1000 in mg or cm/s².
_LEVEL_WINDOW_S = 2.0
_MAX_WINDOW_ROWS = 20_000  # at the highest rate; time in another unit is refused in the end
_LEVEL_QUANTILE = 0.1  # a sensor that tumbles for a moment is no reason, a tenth of the time is
_MIN_LEVEL_MPS2 = 0.5 * STANDARD_GRAVITY_MPS2
_MAX_LEVEL_MPS2 = 15 * STANDARD_GRAVITY_MPS2

_BEYOND_RANGE = 1.2  # scale errors stay within a few per cent
_CLIPPED_SHARE = 0.5  # of an axis' samples at its two extremes: beyond what an analysis could flag
_CLIPPED_ACC_MPS2 = (
    1.5 * STANDARD_GRAVITY_MPS2
)  # few distinct values nearer to zero are only a resting sensor
_CLIPPED_GYR_RADPS = 2.0

_DEGREES = "if it is in deg/s, multiply it by pi/180"


class SignalCheck:
    """The running judgement over one sensor's signals: `look` at every piece in order, then `conclude`."""

    def __init__(self, path: Path, facts: SensorFacts) -> None:
        self._path = path
        self._facts = facts
        self._acc = _Axes(ACC)
        self._gyr = _Axes(GYR)
        self._n_fast = 0
        self._levels_mps2: list[NDArray[np.float32]] = []
        self._unfinished = np.empty((3, 0), np.float32)  # start of a window that the next piece completes

    def look(
        self, acc: NDArray[np.float32], gyr: NDArray[np.float32] | None, *, sampling_interval_s: float
    ) -> None:
        """Take in the next piece, (n, 3) each."""
        by_axis = self._take(self._acc, acc, MAX_ACC_MPS2, "m/s²; if these are raw counts, convert them")
        self._note_levels(by_axis, window_rows=_window_rows(sampling_interval_s))
        if gyr is not None:
            by_axis = self._take(self._gyr, gyr, MAX_GYR_RADPS, f"rad/s; {_DEGREES}")
            self._n_fast += int((np.square(by_axis).sum(axis=0) > _FAST_RADPS**2).sum())

    def conclude(self) -> None:
        """Refuse what only the whole shows."""
        reason = self._reason_against_acc() or (self._reason_against_gyr() if self._gyr.n_rows else None)
        if reason:
            raise RecordingError(self._path, reason)

    def _take(
        self, axes: "_Axes", values: NDArray[np.float32], limit: float, unit_and_advice: str
    ) -> NDArray[np.float32]:
        by_axis = np.ascontiguousarray(values.T)  # NumPy reduces long rows forty times faster than short ones
        low, high = by_axis.min(axis=1), by_axis.max(axis=1)
        if not ((-limit <= low) & (high <= limit)).all():  # of NaN neither is true
            index, axis = np.argwhere(~(np.abs(values) <= limit))[0]
            name, value, row = axes.names[axis], values[index, axis], axes.n_rows + index + 1
            reason = f"{name} is {value:.4g} in row {row}; no sensor reaches {limit:.0f} {unit_and_advice}"
            if not np.isfinite(value):
                reason = f"{name} has no number in row {row} ({value}); leave rows of lost samples out"
            raise RecordingError(self._path, reason)
        axes.add(by_axis, low, high)
        return by_axis

    def _note_levels(self, by_axis: NDArray[np.float32], *, window_rows: int) -> None:
        by_axis = np.concatenate([self._unfinished, by_axis], axis=1)
        n_whole = by_axis.shape[1] // window_rows * window_rows
        self._unfinished = by_axis[:, n_whole:]
        if n_whole:
            windows = by_axis[:, :n_whole].reshape(3, -1, window_rows)
            self._levels_mps2.append(_length(windows.mean(axis=2)))

    def _level_mps2(self) -> float:
        if not self._levels_mps2:  # a short recording with gaps
            return float(_length(self._unfinished.mean(axis=1, keepdims=True))[0])
        levels_mps2 = np.concatenate(self._levels_mps2)
        filled = levels_mps2 == 0  # zeros that were put into a hole say nothing about the unit
        return float(np.quantile(levels_mps2[~filled], _LEVEL_QUANTILE)) if not filled.all() else 0.0

    def _reason_against_acc(self) -> str | None:
        acc, stuck = self._acc, self._acc.stuck()
        if stuck.all():
            return f"{acc.described(stuck)} in every row; the sensor was off or stuck"
        if (stuck & (acc.low != 0)).any():
            return f"{acc.described(stuck & (acc.low != 0))} in every row; that axis is stuck"
        if stuck.sum() > 1:  # one axis that was never measured is common and leaves the others usable
            return f"{acc.described(stuck)} in every row; one axis alone cannot be judged"
        level = self._level_mps2()
        if not _MIN_LEVEL_MPS2 <= level <= _MAX_LEVEL_MPS2:
            return _strange_level(level)
        if (acc.mostly_at_extremes(beyond=_CLIPPED_ACC_MPS2) | stuck).all():
            limits = f"{acc.peak():.4g} m/s²"
            return f"acceleration stands at its limits ({limits}) most of the time; it was clipped"
        range_g, peak_g = self._facts.get("acc_range_g"), acc.peak() / STANDARD_GRAVITY_MPS2
        if range_g is not None and peak_g > _BEYOND_RANGE * range_g:
            reason = f"acceleration reaches {peak_g:.3g} g, but recording.json says acc_range_g {range_g:g}"
            return f"{reason}; correct one of them"
        return None

    def _reason_against_gyr(self) -> str | None:
        gyr, stuck = self._gyr, self._gyr.stuck()
        if stuck.all():
            advice = f"remove {', '.join(GYR)} to use the acceleration alone"
            return f"{gyr.described(stuck)} in every row; the gyroscope was off: {advice}"
        if stuck.any():
            return f"{gyr.described(stuck)} in every row; that axis is stuck"
        if gyr.mostly_at_extremes(beyond=_CLIPPED_GYR_RADPS).all():
            limits = f"{gyr.peak():.4g} rad/s"
            return f"angular rate stands at its limits ({limits}) most of the time; it was clipped"
        if self._n_fast > _FAST_SHARE * gyr.n_rows:
            share = f"{self._n_fast / gyr.n_rows:.0%} of the time"
            return f"angular rate is above {_FAST_RADPS:g} rad/s {share}, too fast for a runner; {_DEGREES}"
        range_dps, peak_dps = self._facts.get("gyr_range_dps"), float(np.degrees(gyr.peak()))
        if range_dps is not None and peak_dps > _BEYOND_RANGE * range_dps:
            reads = f"angular rate reaches {gyr.peak():.4g} rad/s = {peak_dps:.0f} deg/s"
            reason = f"{reads}, but recording.json says gyr_range_dps {range_dps:g}"
            return f"{reason}; {_DEGREES}"
        return None


class _Axes:
    """The smallest and largest value of three columns, and how often each was reached."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.n_rows = 0
        self.low = np.full(3, np.inf, np.float32)
        self.high = np.full(3, -np.inf, np.float32)
        self._n_low = np.zeros(3, np.int64)
        self._n_high = np.zeros(3, np.int64)

    def add(self, by_axis: NDArray[np.float32], low: NDArray[np.float32], high: NDArray[np.float32]) -> None:
        """Take in the next piece, (3, n), whose extremes are `low` and `high`."""
        self._n_low = np.where(low < self.low, 0, self._n_low)
        self._n_high = np.where(high > self.high, 0, self._n_high)
        self.low, self.high = np.minimum(low, self.low), np.maximum(high, self.high)
        self._n_low += (by_axis == self.low[:, None]).sum(axis=1)
        self._n_high += (by_axis == self.high[:, None]).sum(axis=1)
        self.n_rows += by_axis.shape[1]

    def stuck(self) -> NDArray[np.bool_]:
        return np.asarray(self.low == self.high)

    def mostly_at_extremes(self, *, beyond: float) -> NDArray[np.bool_]:
        """Axes that move, but mostly between two extremes further out than `beyond`."""
        share = (self._n_low + self._n_high) / self.n_rows
        return (share > _CLIPPED_SHARE) & (np.maximum(self.high, -self.low) > beyond) & ~self.stuck()

    def peak(self) -> float:
        """The largest magnitude on any axis."""
        return float(max(self.high.max(), -self.low.min()))

    def described(self, which: NDArray[np.bool_]) -> str:
        return " and ".join(f"{self.names[axis]} is {self.low[axis]:.4g}" for axis in range(3) if which[axis])


def _window_rows(sampling_interval_s: float) -> int:
    return int(np.clip(_LEVEL_WINDOW_S / sampling_interval_s, 1, _MAX_WINDOW_ROWS))


def _length(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,) lengths of (3, n)."""
    return np.asarray(np.sqrt(np.square(vectors).sum(axis=0)))


def _strange_level(level_mps2: float) -> str:
    reason = f"acceleration averages {level_mps2:.3g} where gravity makes about 9.8 m/s²"
    if level_mps2 > _MAX_LEVEL_MPS2:
        return f"{reason}; convert it from mg or raw counts to m/s²"
    return f"{reason}; if it is in g, multiply it by 9.80665; if gravity was removed, export it with gravity"
