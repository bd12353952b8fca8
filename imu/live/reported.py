"""Which strides were handed out: each exactly once, though the next look may move its contacts a little."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imu.analysis.flags import SPOILING
from imu.analysis.stride_columns import Columns, joined
from imu.analysis.table import REFERENCE_S, SIDE_NAMES, finished, told
from imu.calibration import Calibration

REMEMBERED_S = 30.0  # longer than any window: what is older cannot be found again
SAME_SHARE = 0.5  # strides of one foot whose middles are nearer, in stride times, are the same
SAME_UNSIDED_SHARE = 0.25  # where a side is not known: the other foot's stride is half a stride away
CADENCE_STRIDES = 4
CADENCE_HOLDS_S = 3.0  # without a new stride nobody walks or runs any more


class Reported:
    """Strides handed out: what the next windows show again, and the minutes that changes are told from."""

    def __init__(self, calibration: Calibration | None) -> None:
        self._calibration = calibration
        self._known: Columns = {}

    def take(self, columns: Columns, ready: NDArray[np.bool_]) -> pd.DataFrame | None:
        """The rows of a window that are ready and new, finished; None if there are none.

        The others serve as neighbours: one leg's speed may be read from the other's.
        """
        new = ~self.again(columns)
        columns, ready = {name: values[new] for name, values in columns.items()}, ready[new]
        if not ready.any():
            return None
        everything = joined([self._known, columns]) if self._known else columns
        fresh = np.zeros(len(everything["side"]), bool)
        fresh[-len(ready) :] = ready
        done = finished(everything | {"fresh": fresh.astype(np.float64)}, self._calibration)
        self._remember({name: values[ready] for name, values in columns.items()})
        return told({name: values[done["fresh"] > 0] for name, values in done.items()})

    def again(self, columns: Columns) -> NDArray[np.bool_]:
        """(k,) strides that were handed out before, by their sides and times."""
        if not self._known:
            return np.zeros(len(columns["side"]), bool)
        side, known_side = columns["side"][:, None], self._known["side"]
        same = np.where(side == known_side, SAME_SHARE, 0.0)
        share = np.where((side == 0) | (known_side == 0), SAME_UNSIDED_SHARE, same)
        distance = np.abs(_middle(columns)[:, None] - _middle(self._known))
        return np.asarray((distance < share * columns["stride_time_s"][:, None]).any(axis=1))

    def turn(self, side: int, degrees: float) -> None:
        """The line that inclinations of a side are counted from turned: count the known ones from it too."""
        if self._known:
            angle, here = self._known["relative_angle_deg"], self._known["side"] == side
            self._known["relative_angle_deg"] = np.where(here, angle + degrees, angle)

    def cadence_spm(self, time_s: float) -> float | None:
        """Of the last strides at that time."""
        if not self._known:
            return None
        lately = self._known["next_ic_time_s"] > time_s - CADENCE_HOLDS_S
        last = self._known["cadence_spm"][lately][-CADENCE_STRIDES:]
        return float(np.median(last)) if len(last) else None

    def last(self, name: str) -> dict[str, float]:
        """The newest value of each side, where it is known."""
        found = {}
        for code, side in SIDE_NAMES.items():
            values = self._known[name][self._known["side"] == code] if self._known else np.zeros(0)
            if len(values) and np.isfinite(values[-1]):
                found[side] = float(values[-1])
        return found

    def _remember(self, rows: Columns) -> None:
        known = joined([self._known, rows]) if self._known else rows
        keep = known["ic_time_s"] > known["ic_time_s"].max() - REMEMBERED_S
        for side in (-1, 1):
            counts = (
                (known["side"] == side) & (known["running"] > 0) & np.isfinite(known["relative_angle_deg"])
            )
            counts &= (known["flags"].astype(np.int64) & int(SPOILING)) == 0
            keep |= counts & (np.cumsum(counts * known["stride_time_s"]) <= REFERENCE_S)
        self._known = {name: values[keep] for name, values in known.items()}


def _middle(columns: Columns) -> NDArray[np.float64]:
    return 0.5 * (columns["ic_time_s"] + columns["next_ic_time_s"])
