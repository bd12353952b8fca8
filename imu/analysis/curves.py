"""The average running stride from 0 to 100 %, summed block by block."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imu.signal.search import Positions, value_at

PHASE_PERCENT = np.arange(101)
SHANK_ANGLE, OBLIQUITY = "shank_angle_deg", "pelvic_obliquity_deg"
CURVE_COLUMNS = ("signal", "side", "phase_percent", "mean", "sd", "n")


class CurveSums:
    """Running sums of a signal over the phases of all strides of one side."""

    def __init__(self) -> None:
        self.n = np.zeros(len(PHASE_PERCENT))
        self.total = np.zeros(len(PHASE_PERCENT))
        self.square = np.zeros(len(PHASE_PERCENT))

    def add(self, series: NDArray[np.float64], start: Positions, end: Positions) -> None:
        """Strides from start to end (sample positions of series); strides with a gap do not count."""
        values = value_at(series, start[:, None] + (end - start)[:, None] * PHASE_PERCENT / 100.0)
        values = values[np.isfinite(values).all(axis=1)]
        self.n += len(values)
        self.total += values.sum(axis=0)
        self.square += (values**2).sum(axis=0)

    def rows(self, signal: str, side: str) -> pd.DataFrame:
        mean = self.total / self.n
        variance = np.maximum(self.square / self.n - mean**2, 0.0)
        columns = (signal, side, PHASE_PERCENT, mean, np.sqrt(variance), self.n.astype(int))
        return pd.DataFrame(dict(zip(CURVE_COLUMNS, columns, strict=True)))


def own_side_up(curves: pd.DataFrame) -> pd.DataFrame:
    """The table with obliquity, which is positive where the right side is high, turned for left strides: both
    feet read alike, up where the pelvis is higher on the side of this foot. So it is drawn; files keep it."""
    turned = (curves["side"] == "left") & (curves["signal"] == OBLIQUITY)
    return curves.assign(mean=curves["mean"].where(~turned, -curves["mean"]))


def curve_table(sums: Iterable[tuple[str, str, CurveSums]]) -> pd.DataFrame:
    """All curves with at least one stride, one under the other."""
    parts = [found.rows(signal, side) for signal, side, found in sums if found.n[0]]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(CURVE_COLUMNS))
