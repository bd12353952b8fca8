"""The inclination of both shanks over time, as the stride table takes it at contact."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imu.analysis.legs import SIDES
from imu.analysis.measure import measure
from imu.analysis.survey import Survey, survey
from imu.analysis.window import Blocks, Window, whole_seconds
from imu.recording import Recording
from imu.signal.grid import GRID_HZ

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ShankAngles:
    """At GRID_HZ; degrees against quiet standing, ankle ahead of the knee positive; NaN where not known."""

    time_s: Floats  # (n,) on the recording's clock
    angle_deg: Mapping[str, Floats]  # (n,) by side, of the legs that have a sensor with a standing line


def shank_angles(
    recording: Recording, *, progress: Callable[[float], None] = lambda _share: None
) -> ShankAngles:
    """The angles of a whole recording: known while walking and running, and where quiet standing was seen."""
    blocks = Blocks(recording)
    found = survey(recording, blocks, progress=lambda share: progress(0.4 * share))
    first, last = whole_seconds(recording)
    n = round((last - first) * GRID_HZ)
    angles: dict[str, Floats] = {}
    for block in blocks:
        for side, motion in measure(block, found, recording).shanks:
            placement = next(name for name, sign in SIDES.items() if sign == side)
            known = _with_standing(found, block, placement) & np.isfinite(motion.inclination_deg)
            time_s = block.start_s + np.arange(block.n) / GRID_HZ
            own = known & (time_s >= block.own_start_s) & (time_s < block.own_end_s)
            if own.any():
                angle = angles.setdefault(placement.removeprefix("shank_"), np.full(n, np.nan))
                at = np.rint((time_s[own] - first) * GRID_HZ).astype(int)
                inside = at < n
                angle[at[inside]] = motion.inclination_deg[own][inside]
        progress(0.4 + 0.6 * min((block.own_end_s - first) / max(last - first, 1), 1.0))
    return ShankAngles(first + np.arange(n) / GRID_HZ, dict(sorted(angles.items())))


def _with_standing(found: Survey, block: Window, placement: str) -> NDArray[np.bool_]:
    """(n,) where a mount rules whose zero is quiet standing; without one only changes would mean anything."""
    rules = np.zeros(block.n, bool)
    for mount in found.shanks[placement]:
        if mount.standing_line is not None:
            rules |= found.within(block, mount)
    return rules
