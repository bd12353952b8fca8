"""Is a sensor's time column seconds since the recording's start, ascending, at a rate that can be judged?"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imu.errors import RecordingError

MIN_RATE_HZ = 25.0  # walking's own content ends near 12 Hz; below twice that not even steps can be counted
MAX_RATE_HZ = 10_000.0  # no worn sensor is faster; 200 Hz with time in minutes would be 12 kHz
MIN_SPAN_S = 2.0  # two walking strides
MAX_SPAN_S = 100 * 3600.0  # a race over several days; more means a clock that jumped
MIN_START_S = -10.0  # a fitted clock may begin a little before zero
MAX_START_S = 24 * 3600.0  # armed the evening before
_EPOCH_S = 1e8  # as seconds since 1970 this is 1973
_MAX_EPOCH_S = 1e11  # the year 5138: dates end soon after

_UNITS = (("milliseconds", 1e3), ("microseconds", 1e6), ("nanoseconds", 1e9))


class ClockCheck:
    """The running judgement over one time column: `look` at every piece in order, then `conclude`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.n_samples = 0
        self.start_s = np.nan
        self.end_s = np.nan
        self._intervals_s: list[float] = []  # the median of each piece
        self._largest_step_s = 0.0
        self._largest_step_row = 0

    def look(self, time_s: NDArray[np.float64]) -> None:
        """Take in the next piece; rows in messages count from 1 over the whole file."""
        finite = np.isfinite(time_s)
        if not finite.all():
            row = int(np.argmin(finite))
            reason = f"time has no number in row {self.n_samples + row + 1} ({time_s[row]})"
            raise RecordingError(self._path, f"{reason}; leave rows of lost samples out")
        if self.n_samples == 0:
            self.start_s = float(time_s[0])
        else:
            time_s = np.concatenate(([self.end_s], time_s))
        first_row = max(self.n_samples, 1)  # of the first step's earlier sample
        self._check_ascending(time_s, first_row)
        self._note_steps(time_s, first_row)
        self.n_samples = first_row + len(time_s) - 1
        self.end_s = float(time_s[-1])

    @property
    def interval_s(self) -> float:
        """The usual time between two samples, as far as seen."""
        return float(np.median(self._intervals_s)) if self._intervals_s else np.inf

    def conclude(self) -> None:
        """Refuse what only the whole shows."""
        if reason := self._reason_against():
            raise RecordingError(self._path, reason)

    def _check_ascending(self, time_s: NDArray[np.float64], first_row: int) -> None:
        ascending = time_s[1:] > time_s[:-1]
        if ascending.all():
            return
        index = int(np.argmin(ascending))
        row, before, after = first_row + index + 1, time_s[index], time_s[index + 1]
        if before == after:
            reason = f"time repeats at row {row} ({after:.12g} twice); every sample needs its own time"
        else:
            reason = (
                f"time goes back at row {row} ({after:.12g} after {before:.12g}); sort or export it again"
            )
        raise RecordingError(self._path, reason)

    def _note_steps(self, time_s: NDArray[np.float64], first_row: int) -> None:
        if len(time_s) < 2:
            return
        with np.errstate(over="ignore"):  # absurd times are refused at the end, with their unit
            steps_s = np.diff(time_s)
        self._intervals_s.append(float(np.median(steps_s)))
        largest = int(np.argmax(steps_s))
        if steps_s[largest] > self._largest_step_s:
            self._largest_step_s = float(steps_s[largest])
            self._largest_step_row = first_row + largest + 1

    def _reason_against(self) -> str | None:
        if self.n_samples == 0:
            return "has no rows"
        if self.n_samples > 1 and not 1 / MAX_RATE_HZ <= self.interval_s <= 1 / MIN_RATE_HZ:
            return _strange_interval(self.interval_s)
        span_s = self.end_s - self.start_s
        if span_s < MIN_SPAN_S:
            return f"lasts {span_s:.3g} s ({self.n_samples} rows); at least {MIN_SPAN_S:g} s are needed"
        from_start = "count it from the recording's start"
        if self.start_s > _EPOCH_S:
            day = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=min(self.start_s, _MAX_EPOCH_S))
            return f"time starts at {self.start_s:.12g}, as if since 1970 ({day:%Y-%m-%d}); {from_start}"
        if not MIN_START_S <= self.start_s <= MAX_START_S:
            return f"time starts at {self.start_s:.6g} s; {from_start}"
        if span_s > MAX_SPAN_S:
            jump = f"time jumps by {self._largest_step_s / 3600:.4g} h at row {self._largest_step_row}"
            return f"spans {span_s / 3600:.4g} h, and {jump}; if the clock was reset, split the file there"
        return None


def _strange_interval(interval_s: float) -> str:
    """What to say of a time column whose usual step is no sensor's sampling interval in seconds."""
    if interval_s > 1:
        for unit, per_second in _UNITS:
            if interval_s / per_second <= 1 / MIN_RATE_HZ:
                advice = f"time looks like {unit}; divide it by {per_second:.0f}"
                return f"time advances by {interval_s:.4g} per sample; {advice}"
    if interval_s < 1 / MAX_RATE_HZ:
        return f"time advances by {interval_s:.3g} per sample; write it in seconds"
    return f"{1 / interval_s:.3g} Hz is too slow to tell a step; record at 100 Hz or more"
