"""How one sensor sits, decided again from all seconds since its strap last slipped."""

import numpy as np

from imu.analysis.survey import FEWEST_MOVING_S, PELVIS_SLIP, PelvisMount, pelvis_mount
from imu.live.sums import Sums
from imu.signal.activity import RUN, WALK
from imu.signal.alignment import AlignmentParameters, ShankMount, carried_over, shank_mounts
from imu.signal.pelvis_alignment import PelvisMoments

PARTS_KEPT = 32  # of a few seconds each; older ones are added up


class ShankSitting:
    """One shank sensor."""

    def __init__(self) -> None:
        self.shifts = 0
        self.mount: ShankMount | None = None
        self._sums: Sums | None = None
        self._before: ShankMount | None = None
        self._slipped = False  # since the last decision

    def add(self, settled: Sums) -> None:
        """Take seconds whose activity is certain."""
        self._sums = self._sums.then(settled).condensed() if self._sums else settled
        slip_s = self._sums.slip_s(AlignmentParameters())
        self._slipped = slip_s is not None
        if slip_s is not None:
            self._before = self._mount(self._sums[self._sums.second < slip_s]) or self._before
            self._sums = self._sums.since(slip_s)
            self.shifts += 1

    def decide(self, latest: Sums) -> float:
        """Decide with the latest seconds too, as far as their activity is known yet.

        Returns by how many degrees inclinations have grown by what was learned about the same sitting.
        """
        before, self.mount = self.mount, self._mount(self._sums.then(latest) if self._sums else latest)
        if before is None or self.mount is None or self._slipped:
            return 0.0
        return _line_turned_deg(before, self.mount)

    def _mount(self, sums: Sums) -> ShankMount | None:
        if _seconds_moving(sums) < FEWEST_MOVING_S:
            return None
        mounts = shank_mounts(sums.rows, sums.label, slipped=())
        if not mounts or self._before is None:
            return mounts[0] if mounts else None
        return carried_over(self._before, mounts[0])


class PelvisSitting:
    """The pelvis sensor."""

    def __init__(self) -> None:
        self.shifts = 0
        self.mount: PelvisMount | None = None
        self._sums: Sums | None = None
        self._parts: list[tuple[int, PelvisMoments]] = []  # by the second they begin with

    def add(self, settled: Sums) -> None:
        """Take seconds whose activity is certain."""
        self._sums = self._sums.then(settled).condensed() if self._sums else settled
        slip_s = self._sums.slip_s(PELVIS_SLIP)
        if slip_s is not None:
            self._sums = self._sums.since(slip_s)
            self._parts = [(second, part) for second, part in self._parts if second >= slip_s]
            self.shifts += 1

    def add_part(self, second: int, part: PelvisMoments) -> None:
        """Take the sums of running of some seconds whose activity is certain."""
        if part.strides == 0:
            return
        self._parts.append((second, part))
        if len(self._parts) > PARTS_KEPT:
            (first, oldest), (_, older) = self._parts[:2]
            self._parts[:2] = [(first, oldest + older)]

    def decide(self, latest: Sums, part: PelvisMoments) -> None:
        """Decide with the latest seconds too, as far as their activity is known yet."""
        sums = self._sums.then(latest) if self._sums else latest
        total = sum((old for _, old in self._parts), start=part)
        if _seconds_moving(sums) >= FEWEST_MOVING_S:
            self.mount = pelvis_mount(sums.rows, sums.label, total, start=0, end=len(sums))


def _seconds_moving(sums: Sums) -> int:
    """Of those in which the sensor was heard."""
    moving = (sums.label == RUN) | (sums.label == WALK)
    return int((moving & (sums.rows.samples > 0)).sum())


def _line_turned_deg(before: ShankMount, after: ShankMount) -> float:
    old, new, axis = before.line, after.line, after.sagittal_axis
    old, new = old - (old @ axis) * axis, new - (new @ axis) * axis
    return float(np.degrees(np.arctan2(np.cross(old, new) @ axis, old @ new)))
