"""How far a strap may have moved unnoticed in a run, from how the mean force lay in the sensor.

A strap that slips along the swing and a runner who lands differently change the angle at contact alike. But a
slip turns the force of the whole stride as far as the angle; a landing turns it by about a third of that.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imu.analysis.survey import Survey
from imu.signal.activity import RUN

LANDING_SHARE = 0.38  # of a change at contact that the mean force shows: 0.33 to 0.42 in simulated landings


@dataclass(frozen=True, slots=True)
class Strap:
    """One shank sensor; an entry per second of running."""

    time_s: NDArray[np.float64]  # (s,) on the recording's clock
    ahead: NDArray[np.float64]  # (s, 2) mean force along and ahead of the line whose inclination is reported
    slips_s: tuple[float, ...]  # when a slip was found

    def slipped(self, before_s: float, after_s: float) -> bool:
        """Whether a slip was found between two times."""
        return any(before_s < at < after_s for at in self.slips_s)

    def unnoticed_deg(
        self, change_deg: float, *, first: tuple[float, float], last: tuple[float, float]
    ) -> float:
        """How much of a change of inclination between two spans of time a slip explains."""
        leans_deg = []
        for start_s, end_s in (first, last):
            along, ahead = self.ahead[(self.time_s >= start_s) & (self.time_s <= end_s)].sum(axis=0)
            leans_deg.append(np.degrees(np.arctan2(ahead, along)))
        turned_deg = float(leans_deg[0] - leans_deg[1])
        return (turned_deg - LANDING_SHARE * change_deg) / (1 - LANDING_SHARE)


def straps(found: Survey) -> Mapping[str, Strap]:
    """Every shank sensor that ran, by side."""
    sides = {}
    for placement, mounts in found.shanks.items():
        moments = found.moments[placement]
        ahead = np.full((len(found.seconds), 2), np.nan)
        for mount in mounts:
            here = slice(mount.start_s, mount.end_s)
            line = mount.line - (mount.line @ mount.sagittal_axis) * mount.sagittal_axis
            frame = np.column_stack([line, np.cross(mount.sagittal_axis, line)])
            ahead[here] = moments.acc[here] @ (frame / np.linalg.norm(line))
        runs = np.flatnonzero((found.seconds == RUN) & (moments.samples > 0) & np.isfinite(ahead[:, 0]))
        slips_s = tuple(float(found.start_s + mount.start_s) for mount in mounts[1:])
        sides[placement.removeprefix("shank_")] = Strap(
            (found.start_s + 0.5) + runs.astype(np.float64), ahead[runs], slips_s
        )
    return sides
