"""What a watch would say of the simulated runner: pulse, speed and steps, at any moment."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from imu.simulate.kinematics import Kinematics

Floats = NDArray[np.float64]

# A middling runner, for plausible numbers: the pulse follows the pace with a time constant of half a minute.
_STANDING_BPM, _BPM_PER_MPS, _FOLLOWS_S = 76.0, 27.0, 30.0
_STEP_S = 0.25
_MOVING = 0.5  # of the course's effort, 0 standing to 1 moving
_RECENT_STEPS = 4


@dataclass(frozen=True)
class Pace:
    """One runner in the time of the virtual world; `begins_s` is when the run begins."""

    motion: Kinematics
    begins_s: float

    def speed_mps(self, now_s: float) -> float:
        """Over the ground; none while standing."""
        run_s = now_s - self.begins_s
        if not self._moves(run_s):
            return 0.0
        return max(float(self.motion.course.speed_mps(run_s)), 0.0)

    def cadence_spm(self, now_s: float) -> float:
        """Steps a minute, over the last few of them; none while standing."""
        run_s = now_s - self.begins_s
        if not self._moves(run_s):
            return 0.0
        contacts_s = self.motion.steps.ic_time_s
        last = int(np.searchsorted(contacts_s, run_s, side="right")) - 1
        first = max(last - _RECENT_STEPS, 0)
        return 60.0 * (last - first) / float(contacts_s[last] - contacts_s[first]) if last > first else 0.0

    def heart_rate_bpm(self, now_s: float) -> float:
        """At rest before the run; after it, slowly back to it."""
        times_s, bpm = self._pulse
        ends_s = times_s[-1]
        run_s = now_s - self.begins_s
        if run_s <= ends_s:
            return float(np.interp(run_s, times_s, bpm))
        return _STANDING_BPM + (float(bpm[-1]) - _STANDING_BPM) * float(np.exp((ends_s - run_s) / _FOLLOWS_S))

    def _moves(self, run_s: float) -> bool:
        course = self.motion.course
        return 0.0 <= run_s <= course.duration_s and float(course.effort(run_s)) > _MOVING

    @cached_property
    def _pulse(self) -> tuple[Floats, Floats]:
        course = self.motion.course
        times_s = np.arange(0.0, course.duration_s + _STEP_S, _STEP_S)
        pace_mps = np.maximum(course.effort(times_s) * course.speed_mps(times_s), 0.0)
        aims = _STANDING_BPM + _BPM_PER_MPS * pace_mps
        # First order, from rest: each step goes the same share of the way to where the pace wants it.
        kept = np.exp(-_STEP_S / _FOLLOWS_S)
        bpm = np.empty_like(aims)
        bpm[0] = _STANDING_BPM
        for step in range(1, len(aims)):
            bpm[step] = aims[step] + (bpm[step - 1] - aims[step]) * kept
        return times_s, bpm
