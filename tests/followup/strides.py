"""Stride tables written by hand: two legs half a stride apart, and what one wants to go wrong."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

STRIDE_S = 0.72
Piece = tuple[float, float]  # seconds, m/s


def strides(
    pieces: Sequence[Piece], *, start_s: float = 0.0, noise: float = 0.0, seed: int = 1
) -> pd.DataFrame:
    """Running without a pause, from one speed to the next at once. noise: of a stride's speed, 1 sd as a
    share."""
    rng = np.random.default_rng(seed)
    ends_s = start_s + np.cumsum([seconds for seconds, _ in pieces])
    speeds = np.array([speed for _, speed in pieces])
    legs = []
    for side, late_s in (("left", 0.0), ("right", STRIDE_S / 2)):
        begin = np.arange(start_s + late_s, ends_s[-1] - STRIDE_S, STRIDE_S)
        speed = speeds[np.searchsorted(ends_s, begin + STRIDE_S / 2)]
        legs.append(
            pd.DataFrame(
                {
                    "side": side,
                    "ic_time_s": begin,
                    "next_ic_time_s": begin + STRIDE_S,
                    "speed_mps": speed * (1 + noise * rng.standard_normal(len(begin))),
                    "shank_angle_ic_deg": 8 + rng.standard_normal(len(begin)),
                    "shank_angle_max_deg": 14 + rng.standard_normal(len(begin)),
                    "pelvic_drop_deg": 5 + rng.standard_normal(len(begin)),
                    "cadence_spm": 166 + rng.standard_normal(len(begin)),
                }
            )
        )
    table = pd.concat(legs).sort_values("ic_time_s", ignore_index=True)
    return table.assign(activity="run", valid=True, flags="")


def flagged(table: pd.DataFrame, rows: Sequence[int], words: str, *, valid: bool) -> pd.DataFrame:
    """Some strides with a flag; a lost one has no values."""
    spoiled = table.copy()
    spoiled.loc[list(rows), "flags"] = words
    spoiled.loc[list(rows), "valid"] = valid
    if "gap" in words:
        spoiled.loc[list(rows), ["speed_mps", "shank_angle_ic_deg"]] = np.nan
    return spoiled
