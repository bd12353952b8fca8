"""Values that only a sensor told which is not to be trusted: what is told of a run leaves them out, in text,
lists, pages, reports, FIT, FHIR, REDCap and OpenSim, and charts and baselines do not see its angles.

That is what depends on how the sensor sat, or how well it measured force: angles, impact and vertical
oscillation; a strap that slips rattles. When feet met the ground does not: contact and stride time and
cadence stay. So do speed and stride length, which the analysis itself withholds where a sensor contradicts
itself.

Tables and summary.json keep them, with flags and with what is not told, for whoever looks into what went
wrong.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from imu.analysis.columns import IMPACT, OF_PELVIS, SHANK_ANGLE
from imu.analysis.trust import judge, unsound_in
from imu.signal.quality import spoken

OF_SHANK = (*SHANK_ANGLE, "shank_angle_change_deg", "shank_angle_sd_deg", *IMPACT)
WHAT = MappingProxyType(
    {
        "shank_left": "angles and impact",
        "shank_right": "angles and impact",
        "pelvis": "drop, tilt and vertical oscillation",
    }
)
NONE_TOLD = "No change is told; what a sensor measured that is not to be trusted is left out."
# By which sensor a curve, and a warning of a change, was told.
_CURVES = {"shank_angle_deg": "shank_{side}", "pelvic_obliquity_deg": "pelvis"}
_CHANGES = {
    "shank_angle_changed": "shank_{side}",
    "strap_or_landing_changed": "shank_{side}",
    "pelvic_drop_changed": "pelvis",
}
_SIDES = ("left", "right", "unknown")  # of strides; a pelvis alone may not tell the feet apart


@dataclass(frozen=True, slots=True)
class NotTold:
    """A sensor whose own values are left out."""

    placement: str
    what: str
    why: str

    @property
    def sentence(self) -> str:
        return f"{spoken(self.placement)}: {self.what} are not told, because {self.why}"


def withheld(side: str, unsound: Collection[str]) -> frozenset[str]:
    """Columns of a leg, or of both. unsound: placements, as `imu.analysis.trust` judges them."""
    legs = (side,) if side in ("left", "right") else ("left", "right")
    of_shank = OF_SHANK if any(f"shank_{leg}" in unsound for leg in legs) else ()
    of_pelvis = OF_PELVIS if "pelvis" in unsound else ()
    return frozenset((*of_shank, *of_pelvis))


def not_told(summary: Mapping[str, Any]) -> tuple[NotTold, ...]:
    """What is left out of a run, sensor by sensor, and why; nothing where no sensor was."""
    if "sensors" not in summary:
        return ()
    judged = judge(summary)
    return tuple(
        NotTold(placement, what, judged.why_not(placement))
        for placement, what in WHAT.items()
        if placement in judged.unsound
    )


def with_not_told(summary: Mapping[str, Any]) -> dict[str, Any]:
    """A summary as it is handed out: with what must not be read from it; also one of a program that said
    nothing of that."""
    return {**summary, "not_told": [asdict(one) for one in not_told(summary)]} if summary else {}


def as_told(summary: Mapping[str, Any]) -> dict[str, Any]:
    """A summary as it is told: without the numbers, differences, sums and changes that only such a sensor
    told."""
    unsound = unsound_in(summary)
    of_both = withheld("overall", unsound)
    lost = {placement.removeprefix("shank_") for placement in unsound if placement.startswith("shank_")}
    return {
        **summary,
        "running": sound_numbers(summary),
        "asymmetry": {
            name: found for name, found in summary.get("asymmetry", {}).items() if name not in of_both
        },
        "load": {name: found for name, found in summary.get("load", {}).items() if name not in lost},
        "warnings": [
            found
            for found in summary["warnings"]
            if _CHANGES.get(found["code"], "").format(side=found.get("side")) not in unsound
        ],
    }


def sound_numbers(summary: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What a summary tells of running, by side and column, without them."""
    unsound = unsound_in(summary)
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


def tells_curve(signal: str, side: str) -> str | None:
    """The placement whose sensor told the average stride of a signal and side."""
    placement = _CURVES.get(signal)
    return None if placement is None else placement.format(side=side)


def sound_rows(curves: pd.DataFrame, unsound: Collection[str]) -> pd.DataFrame:
    """The rows of average strides without theirs."""
    told_by = [tells_curve(*one) for one in zip(curves["signal"], curves["side"], strict=True)]
    return curves.loc[np.array([placement not in unsound for placement in told_by], bool)]
