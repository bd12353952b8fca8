"""What a treadmill session tells its runner: both shanks, changes, cues and the pace of the metronome.

Nothing here says what is safe. A number is compared with the runner's own first minutes, or with the limit
that the runner has set.
"""

from collections import deque
from dataclasses import dataclass
from statistics import median

import numpy as np
import pandas as pd

from imu.collect.cue import Cue, CueRule

SHOWN_STRIDES = 5  # of a side, whose median is shown: single ones jump by degrees
SHOWN_FOR_S = 10.0  # without a new stride a number is old
PACE_FROM_S = 120.0  # of running, whose cadence is the runner's own
_NEVER = float("-inf")


@dataclass(frozen=True, slots=True)
class SideNow:
    """One shank at contact, over the last strides."""

    angle_deg: float | None  # None where nobody stood still, so that it has no zero
    change_deg: float | None  # from this run's first three minutes; None where that is not known
    above_limit: bool


class Coach:
    """Follows a session stride by stride. Times are those of the strides."""

    def __init__(
        self,
        *,
        limit_deg: float | None = None,
        rule: CueRule | None = None,
        cadence_change: float | None = None,
    ) -> None:
        """limit_deg is shown, `rule` gives cues; cadence_change 0.05 is a metronome 5 % above one's own."""
        self._limit_deg = limit_deg
        self._cue = None if rule is None else Cue(rule)
        self._cadence_change = cadence_change
        self._recent: dict[str, deque[tuple[float, float, float]]] = {}
        self._paces_spm: list[float] = []
        self._paced_sides: set[str] = set()
        self._paced_s = 0.0
        self._pace_spm: float | None = None
        self._ran_at_s = _NEVER

    def hear(self, strides: pd.DataFrame) -> None:
        """Strides that were just finished."""
        running = strides[(strides["activity"] == "run") & strides["valid"]]
        columns = ("side", "next_ic_time_s", "stride_time_s", "shank_angle_ic_deg", "shank_angle_change_deg")
        for side, time_s, stride_s, angle_deg, change_deg in zip(*(running[c] for c in columns), strict=True):
            self._ran_at_s = max(self._ran_at_s, time_s)
            self._measure_pace(side, stride_s)
            if side not in ("left", "right") or np.isnan([angle_deg, change_deg]).all():
                continue
            self._recent.setdefault(side, deque(maxlen=SHOWN_STRIDES)).append((time_s, angle_deg, change_deg))
            if self._cue is not None and not np.isnan(angle_deg):
                self._cue.hear(side, time_s, angle_deg)

    def now(self, time_s: float) -> dict[str, SideNow]:
        """Both sides, as far as they are known and not old."""
        return {
            side: self._side(list(recent))
            for side, recent in self._recent.items()
            if recent[-1][0] > time_s - SHOWN_FOR_S
        }

    def cue_due(self, time_s: float) -> str | None:
        """The side to give a cue for now, or None; to be asked a few times a second."""
        return None if self._cue is None or not self.runs(time_s) else self._cue.due(time_s)

    def notes(self, time_s: float) -> list[str]:
        """What is to be known about sounds at this moment."""
        notes = []
        if self._cadence_change is not None:
            beat = f"measuring your own cadence ({self._paced_s / PACE_FROM_S:.0%})"
            if self._pace_spm is not None:
                beat = f"{self._pace_spm:.0f} steps/min"
            notes.append(f"metronome: {beat}")
        if self._cue is not None and self.runs(time_s) and not self._cue.sounding(time_s):
            notes.append("no cues for now: keep to it on your own")
        return notes

    def pace_spm(self, time_s: float) -> float | None:
        """What a metronome should beat now; None while it is measured, and while nobody runs."""
        return self._pace_spm if self.runs(time_s) else None

    def runs(self, time_s: float) -> bool:
        return self._ran_at_s > time_s - SHOWN_FOR_S

    def _side(self, recent: list[tuple[float, float, float]]) -> SideNow:
        angle_deg = _median([angle for _, angle, _ in recent])
        change_deg = _median([change for _, _, change in recent])
        above = angle_deg is not None and self._limit_deg is not None and angle_deg > self._limit_deg
        return SideNow(angle_deg, change_deg, above)

    def _measure_pace(self, side: str, stride_s: float) -> None:
        if self._cadence_change is None or self._pace_spm is not None:
            return
        self._paced_sides.add(side)
        self._paces_spm.append(120.0 / stride_s)
        self._paced_s += stride_s / len(self._paced_sides)  # both legs bring strides of the same seconds
        if self._paced_s >= PACE_FROM_S:
            self._pace_spm = median(self._paces_spm) * (1.0 + self._cadence_change)


def _median(values: list[float]) -> float | None:
    known = [value for value in values if not np.isnan(value)]
    return median(known) if known else None
