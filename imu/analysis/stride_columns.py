"""Strides of one foot as columns of arrays, all with the same names, whatever sensor they come from."""

import numpy as np
from numpy.typing import NDArray

from imu.analysis.flags import Flag
from imu.signal.activity import RUN
from imu.signal.grid import GRID_HZ
from imu.signal.medians import running_median
from imu.signal.search import Positions, touched

Columns = dict[str, NDArray[np.float64]]
Mask = NDArray[np.bool_]

IRREGULAR_SHARE = 0.25  # of the stride time of the nine around it
PLAUSIBLE_DUTY = (0.10, 0.62)  # contact over stride time in running; sprinters 0.22, slow joggers 0.5

# What no running or walking person does; beyond it a value is absent, not merely doubted.
PLAUSIBLE = {
    "speed_mps": (0.1, 12.5),
    "stride_length_m": (0.1, 6.0),
    "relative_angle_deg": (-60.0, 75.0),
    "shank_angle_ic_deg": (-40.0, 60.0),
    "shank_angle_max_deg": (-40.0, 75.0),
    "pelvic_drop_deg": (-1e-6, 25.0),
    "pelvic_drop_abs_deg": (-30.0, 30.0),
    "pelvic_tilt_deg": (-60.0, 60.0),
    "vertical_oscillation_m": (0.0, 0.3),
    # Ordinary landings peak near 8 g (Waite 2021), and a sensor of 16 g ends at 28; twice that is no leg.
    "peak_tibial_acc_g": (0.0, 60.0),
    "peak_tibial_acc_axial_g": (-60.0, 60.0),
}
TIMES = ("ic_time_s", "to_time_s", "next_ic_time_s")  # samples of the window until the very end
UNKNOWN_AT_FIRST = (
    "speed_mps",
    "stride_length_m",
    "stride_length_sd_m",
    "shank_angle_ic_deg",
    "shank_angle_max_deg",
    "shank_angle_sd_deg",
    "relative_angle_deg",
    "turn_dps",
    "gravity_ratio",
    "peak_tibial_acc_g",
    "peak_tibial_acc_axial_g",
    "pelvic_drop_deg",
    "pelvic_drop_abs_deg",
    "pelvic_tilt_deg",
    "vertical_oscillation_m",
)


def stride_columns(
    start: Positions,
    off: Positions,
    end: Positions,
    *,
    side: NDArray[np.float64] | float,
    label: NDArray[np.int8],
    missing: Mask,
) -> Columns:
    """Columns of k strides of one foot, ascending, from contact to next contact; all else is still NaN.

    start, off, end (k,) sample positions; side 1 right, -1 left, 0 unknown; label, missing (n,) at every
    sample.
    """
    stride_s, contact_s = (end - start) / GRID_HZ, (off - start) / GRID_HZ
    middle = np.clip(0.5 * (start + end), 0, len(label) - 1).astype(np.intp)
    running = label[middle] == RUN
    usual = running_median(stride_s, size=9) if len(stride_s) else stride_s
    duty = contact_s / stride_s
    with np.errstate(invalid="ignore"):
        flags = (
            Flag.GAP * touched(missing, start, end)
            + Flag.IRREGULAR * (np.abs(stride_s / usual - 1) > IRREGULAR_SHARE)
            + Flag.IMPLAUSIBLE * (running & ((duty < PLAUSIBLE_DUTY[0]) | (duty > PLAUSIBLE_DUTY[1])))
        )
    nothing = np.full(len(start), np.nan)
    return {
        "side": np.broadcast_to(np.asarray(side, np.float64), start.shape).copy(),
        "ic_time_s": start,
        "to_time_s": off,
        "next_ic_time_s": end,
        "running": running.astype(np.float64),
        "stride_time_s": stride_s,
        "contact_time_s": contact_s,
        "cadence_spm": 120.0 / stride_s,
        "flags": flags.astype(np.float64),
        **dict.fromkeys(UNKNOWN_AT_FIRST, nothing),
    }


def raise_flag(table: Columns, flag: Flag, where: Mask) -> None:
    """Set a flag in the rows `where`."""
    bits = table["flags"].astype(np.int64)
    table["flags"] = (bits | np.where(where, int(flag), 0)).astype(np.float64)


def withhold_implausible(table: Columns) -> None:
    """Make values absent that nobody can have, and say so."""
    for name, (low, high) in PLAUSIBLE.items():
        with np.errstate(invalid="ignore"):
            beyond = (table[name] < low) | (table[name] > high)
        if beyond.any():
            table[name] = np.where(beyond, np.nan, table[name])
            raise_flag(table, Flag.IMPLAUSIBLE, beyond)


def joined(tables: list[Columns]) -> Columns:
    """Tables of the same columns, one after another."""
    if not tables:
        return {}
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
