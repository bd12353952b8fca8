"""When to give a cue on the treadmill: pure rules on a stream of strides.

A cue that always sounds becomes noise, and a runner who only runs well with it has learned nothing. So it
sounds only while the shank angle stays above the runner's own limit, and it fades: in the later part of a
session, and of a series of sessions, stretches without any feedback grow longer.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

MIN_STRIDES = 5  # of a side, before anything is said about it


@dataclass(frozen=True, slots=True)
class CueRule:
    """What the runner, with coach or clinician, has set."""

    limit_deg: float  # own baseline at this speed plus what is allowed, never a number from a book
    hold_s: float = 60.0  # the median of so long must lie above it
    repeat_s: float = 5.0  # between two cues
    # Share of each cycle in which cues may sound, by minute of the session: all, then less and less.
    fading: Sequence[tuple[float, float]] = ((0.0, 1.0), (10.0, 0.5), (20.0, 0.25))
    cycle_s: float = 120.0


class Cue:
    """Follows both legs through a session."""

    def __init__(self, rule: CueRule) -> None:
        self._rule = rule
        self._angles: dict[str, deque[tuple[float, float]]] = {}
        self._began_s: float | None = None
        self._last_s = float("-inf")

    def hear(self, side: str, time_s: float, angle_deg: float) -> None:
        """One finished running stride; times ascend per side."""
        if self._began_s is None:
            self._began_s = time_s
        angles = self._angles.setdefault(side, deque())
        angles.append((time_s, angle_deg))
        while angles[0][0] < time_s - self._rule.hold_s:
            angles.popleft()

    def due(self, now_s: float) -> str | None:
        """The side to give a cue for now, or None; to be asked a few times a second."""
        if self._began_s is None or now_s - self._last_s < self._rule.repeat_s or not self.sounding(now_s):
            return None
        above = {side: value for side in self._angles if (value := self._above_deg(side, now_s)) is not None}
        if not above:
            return None
        self._last_s = now_s
        return max(above, key=lambda side: above[side])

    def sounding(self, now_s: float) -> bool:
        """Whether feedback is given in this part of the cycle."""
        elapsed_s = now_s - (self._began_s if self._began_s is not None else now_s)
        share = [share for minute, share in self._rule.fading if elapsed_s >= 60 * minute][-1:]
        return (elapsed_s % self._rule.cycle_s) < (share[0] if share else 1.0) * self._rule.cycle_s

    def _above_deg(self, side: str, now_s: float) -> float | None:
        """By how much the recent median lies above the limit, once it has done so long enough."""
        recent = [(t, angle) for t, angle in self._angles[side] if t >= now_s - self._rule.hold_s]
        heard_s = now_s - self._began_s if self._began_s is not None else 0.0
        if len(recent) < MIN_STRIDES or heard_s < self._rule.hold_s:
            return None
        excess_deg = median(angle for _, angle in recent) - self._rule.limit_deg
        return excess_deg if excess_deg > 0 else None
