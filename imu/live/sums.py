"""Sums per second of one sensor since its strap last slipped, in bounded memory.

What an alignment needs of the past are sums, so old seconds can be added up. Only quiet seconds are kept one
by one, because standing is a median over them.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from imu.signal.activity import RUN, UNKNOWN, WALK
from imu.signal.alignment import AlignmentParameters, quiet_seconds, slips
from imu.signal.moments import Moments, joined

ROWS_KEPT = 300  # seconds that stay single, and quiet ones that stay at all: five minutes each
OLD_ROWS = 8  # what older seconds of an activity become; alignment asks for five to believe in running
# A slip shows best once the strap's new place fills the seconds compared: only then is its time known.
SLIP_MARGIN_ROWS = 3


@dataclass(frozen=True, slots=True)
class Sums:
    """Ascending in time: recent seconds one by one, older ones of the same activity together."""

    rows: Moments
    label: NDArray[np.int8]  # (r,) activity of each row
    second: NDArray[np.intp]  # (r,) the second, on the recording's clock, or the last one of several

    def __len__(self) -> int:
        return len(self.label)

    def __getitem__(self, chosen: slice | NDArray[np.bool_]) -> "Sums":
        return Sums(self.rows[chosen], self.label[chosen], self.second[chosen])

    def then(self, later: "Sums") -> "Sums":
        return Sums(
            joined([self.rows, later.rows]),
            np.concatenate([self.label, later.label]),
            np.concatenate([self.second, later.second]),
        )

    def condensed(self) -> "Sums":
        """The same sums in fewer rows."""
        if len(self) < 2 * ROWS_KEPT:
            return self
        old, kept = self[:-ROWS_KEPT], self[-ROWS_KEPT:]
        quiet = quiet_seconds(old.rows)
        thinned = old[quiet][:: 2 if quiet.sum() > ROWS_KEPT else 1]
        parts = [_added(old[~quiet & (old.label == activity)]) for activity in (RUN, WALK)]
        together = thinned.then(parts[0]).then(parts[1])
        order = np.argsort(together.second, kind="stable")
        return Sums(together.rows[order], together.label[order], together.second[order]).then(kept)

    def slip_s(self, parameters: AlignmentParameters) -> int | None:
        """The second from which the strap sits elsewhere; None while no slip is certain."""
        half = parameters.shift_window_s
        running = self[self.label == RUN][-4 * half :]
        found = slips(running.rows, np.ones(len(running), bool), parameters=parameters)
        certain = [row for row in found if len(running) - row >= half + SLIP_MARGIN_ROWS]
        return int(running.second[certain[-1]]) if certain else None

    def since(self, second: int) -> "Sums":
        """What counts after a slip: all from then on, and for the gyroscope's offset the quiet before."""
        after = self.second >= second
        kept = self[after | quiet_seconds(self.rows)]
        return replace(kept, label=np.where(kept.second >= second, kept.label, UNKNOWN).astype(np.int8))


def _added(sums: Sums) -> Sums:
    """At most `OLD_ROWS` rows that hold the same sums."""
    if len(sums) <= OLD_ROWS:
        return sums
    first = np.linspace(0, len(sums), OLD_ROWS, endpoint=False).astype(np.intp)
    rows = Moments(*(np.add.reduceat(getattr(sums.rows, f.name), first, axis=0) for f in fields(Moments)))
    last = np.append(first[1:], len(sums)) - 1
    return Sums(rows, sums.label[last], sums.second[last])
