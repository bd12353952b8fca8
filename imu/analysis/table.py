"""From columns of arrays to the stride table: what needs all strides of a recording at once."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imu.analysis.columns import COLUMN_NAMES
from imu.analysis.flags import SPOILING, Flag, flag_words
from imu.analysis.legs import LENGTH_SD_SHARE
from imu.analysis.stride_columns import Columns, Mask, raise_flag
from imu.calibration import Calibration

SIDE_NAMES = {-1: "left", 0: "unknown", 1: "right"}
REFERENCE_S = 180.0  # of running: "the first three minutes"
OTHER_LEG_REACH = 0.75  # of a stride time, between the middles of both legs' strides
OTHER_LEG_SD = 0.03  # two legs differ by 1-2 % in one stride


def stride_table(columns: Columns, calibration: Calibration | None) -> pd.DataFrame:
    """One row per stride, ascending; see `imu.analysis.columns`."""
    return told(finished(columns, calibration))


def finished(columns: Columns, calibration: Calibration | None) -> Columns:
    """The columns ascending, with what a stride's neighbours and the whole recording say about it."""
    if not columns:
        return columns
    order = np.argsort(columns["ic_time_s"], kind="stable")
    c = {name: values[order] for name, values in columns.items()}
    _scale(c, calibration)
    raise_flag(c, Flag.OTHER_LEG, _take_from_other_leg(c))
    c["shank_angle_change_deg"] = _change(c)
    return c


def told(c: Columns) -> pd.DataFrame:
    """Finished columns as a table, sides and flags in words."""
    if not c:
        return pd.DataFrame({name: pd.Series(dtype=_dtype(name)) for name in COLUMN_NAMES})
    words = {
        "side": [SIDE_NAMES[int(side)] for side in c["side"].tolist()],
        "activity": np.where(c["running"] > 0, "run", "walk"),
        "valid": _valid(c),
        "flags": flag_words(c["flags"].astype(np.int64)),
    }
    return pd.DataFrame({name: words.get(name, c.get(name)) for name in COLUMN_NAMES})


def _valid(c: Columns) -> Mask:
    return np.asarray((c["flags"].astype(np.int64) & int(SPOILING)) == 0)


def _dtype(name: str) -> str:
    return {"side": "str", "activity": "str", "flags": "str", "valid": "bool"}.get(name, "float64")


def _scale(c: Columns, calibration: Calibration | None) -> None:
    if calibration is None:
        return
    for code, side in SIDE_NAMES.items():
        if side not in calibration.scale:
            continue
        here = c["side"] == code
        c["speed_mps"] = np.where(here, c["speed_mps"] * calibration.scale[side], c["speed_mps"])
        length = np.where(here, c["stride_length_m"] * calibration.scale[side], c["stride_length_m"])
        sd = length * calibration.scale_sd[side]
        c["stride_length_m"] = length
        c["stride_length_sd_m"] = np.where(here, sd, c["stride_length_sd_m"])


def _take_from_other_leg(c: Columns) -> Mask:
    """Fill speed and length where a gap hides them: one body has one speed. True where that was done."""
    middle = 0.5 * (c["ic_time_s"] + c["next_ic_time_s"])
    filled = np.zeros(len(middle), bool)
    speeds = c["speed_mps"].copy()
    for side in (-1, 1):
        other = (c["side"] == -side) & np.isfinite(c["speed_mps"])
        lacking = np.flatnonzero((c["side"] == side) & np.isnan(c["speed_mps"]))
        if other.sum() < 2 or not len(lacking):
            continue
        theirs, speed = middle[other], c["speed_mps"][other]
        after = np.clip(np.searchsorted(theirs, middle[lacking]), 1, len(theirs) - 1)
        reach = OTHER_LEG_REACH * c["stride_time_s"][lacking]
        near = (np.abs(theirs[after] - middle[lacking]) < reach) & (
            np.abs(theirs[after - 1] - middle[lacking]) < reach
        )
        speeds[lacking[near]] = 0.5 * (speed[after] + speed[after - 1])[near]
        filled[lacking[near]] = True
    c["speed_mps"] = speeds
    c["stride_length_m"] = np.where(filled, speeds * c["stride_time_s"], c["stride_length_m"])
    sd = np.hypot(OTHER_LEG_SD, LENGTH_SD_SHARE) * c["stride_length_m"]
    c["stride_length_sd_m"] = np.where(filled, sd, c["stride_length_sd_m"])
    return filled


def _change(c: Columns) -> NDArray[np.float64]:
    """Angle at contact against the median of this side's first three minutes of running."""
    angle, valid = c["relative_angle_deg"], _valid(c)
    change = np.full(len(angle), np.nan)
    for side in (-1, 1):
        counts = valid & (c["running"] > 0) & (c["side"] == side) & np.isfinite(angle)
        rows = np.flatnonzero(counts)
        if not len(rows):
            continue
        run_s = np.cumsum(c["stride_time_s"][rows])
        reference = float(np.median(angle[rows[run_s <= max(REFERENCE_S, run_s[0])]]))
        runs = (c["side"] == side) & (c["running"] > 0)
        change[runs] = angle[runs] - reference
    return change
