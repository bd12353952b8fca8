"""Values that only a sensor told which is not to be trusted: lists, pages, FIT, FHIR, REDCap and OpenSim do
not tell them, and charts and baselines do not see its angles.

That is what depends on how the sensor sat, or how well it measured force: angles, impact and vertical
oscillation; a strap that slips rattles. When feet met the ground does not: contact and stride time and
cadence stay. So do speed and stride length, which the analysis itself withholds where a sensor contradicts
itself.

The table of strides keeps them, with its flags, for whoever looks into what went wrong.
"""

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from imu.followup.trust import judge

SHANK_ANGLES = ("shank_angle_ic_deg", "shank_angle_max_deg")
OF_SHANK = (*SHANK_ANGLES, "peak_tibial_acc_g", "peak_tibial_acc_axial_g")
OF_PELVIS = ("pelvic_drop_deg", "pelvic_drop_abs_deg", "pelvic_tilt_deg", "vertical_oscillation_m")
_SIDES = ("left", "right", "unknown")  # of strides; a pelvis alone may not tell the feet apart


def withheld(side: str, unsound: Collection[str]) -> frozenset[str]:
    """Columns of a leg, or of both. unsound: placements, as `imu.followup.trust` judges them."""
    legs = (side,) if side in ("left", "right") else ("left", "right")
    of_shank = OF_SHANK if any(f"shank_{leg}" in unsound for leg in legs) else ()
    of_pelvis = OF_PELVIS if "pelvis" in unsound else ()
    return frozenset((*of_shank, *of_pelvis))


def sound_numbers(summary: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What a summary tells of running, by side and column, without them."""
    unsound = judge(summary).unsound
    return {
        side: {name: value for name, value in numbers.items() if name not in withheld(side, unsound)}
        for side, numbers in summary["running"].items()
    }


def sound(strides: pd.DataFrame, unsound: Collection[str]) -> pd.DataFrame:
    """The strides without them."""
    left = strides.copy()
    for side in _SIDES:
        columns = [name for name in withheld(side, unsound) if name in left]
        left.loc[left["side"] == side, columns] = float("nan")
    return left
