"""Angles that only a sensor told which is not to be trusted: rules do not see them, and FIT, FHIR and REDCap
do not tell them.

The table of strides keeps them, with its flags, for whoever looks into what went wrong.
"""

from collections.abc import Collection

import pandas as pd

SHANK_ANGLES = ("shank_angle_ic_deg", "shank_angle_max_deg")
PELVIC_ANGLES = ("pelvic_drop_deg", "pelvic_drop_abs_deg", "pelvic_tilt_deg")


def withheld(side: str, unsound: Collection[str]) -> frozenset[str]:
    """Columns of a leg. unsound: placements, as `imu.followup.trust` judges them."""
    of_shank = SHANK_ANGLES if f"shank_{side}" in unsound else ()
    of_pelvis = PELVIC_ANGLES if "pelvis" in unsound else ()
    return frozenset((*of_shank, *of_pelvis))


def sound(strides: pd.DataFrame, unsound: Collection[str]) -> pd.DataFrame:
    """The strides without them."""
    left = strides.copy()
    for side in ("left", "right"):
        columns = [name for name in withheld(side, unsound) if name in left]
        left.loc[left["side"] == side, columns] = float("nan")
    return left
