"""From repetitions to sets, and what a set is called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imu.signal.exercises.bridges import CHAIR_BRIDGE, WALK_OUT, chair_bridges, walk_outs
from imu.signal.exercises.carriage import RATE_HZ, Carriage
from imu.signal.exercises.repetition import Repetition, Side
from imu.signal.exercises.upright import MARCH, POWER, marches, power_holds
from imu.signal.stretches import long_gaps, stretches


@dataclass(frozen=True, slots=True)
class SetConfig:
    """When repetitions are a set."""

    fewest: Mapping[str, int]
    longest_break_s: Mapping[str, float]  # from the end of one repetition to the start of the next
    lying_deg: float = 50.0
    shortest_lying_s: float = 8.0
    turned_over_s: float = 2.0
    settled_dps: float = 15.0
    unsigned: float = 0.7  # confidence where nobody walked, so that front and back cannot be told
    doubtful_share: float = 0.34  # of what looked like repetitions of a set; more, and nothing is named


SETS = SetConfig(
    fewest={CHAIR_BRIDGE: 3, WALK_OUT: 2, POWER: 3, MARCH: 8},
    longest_break_s={CHAIR_BRIDGE: 10.0, WALK_OUT: 12.0, POWER: 14.0, MARCH: 2.0},
)


@dataclass(frozen=True, slots=True)
class ExerciseSet:
    """Repetitions of one exercise without a longer rest; seconds since the first sample."""

    exercise: str  # the programme's id
    side: Side | None  # the leg that carries, where one alone does
    start_s: float
    end_s: float
    reps: int
    doubtful: int  # movements in between that looked like a repetition and were not counted
    hold_s: NDArray[np.float64]  # (reps,) of each repetition; empty where the exercise has no hold
    confidence: float  # 0-1


def find_exercises(
    pelvis: Carriage | None, shanks: Mapping[Side, Carriage], *, config: SetConfig = SETS
) -> list[ExerciseSet]:
    """The sets in one stretch that was recorded without running, by time; all carriages on the same samples.

    What does not fit in posture and pattern is not named: an unknown movement is no entry in anybody's log.
    """
    found: list[ExerciseSet] = []
    n = len(pelvis) if pelvis is not None else max((len(s) for s in shanks.values()), default=0)
    down = np.zeros(n, bool)
    if pelvis is not None and shanks:
        down = _lying(pelvis, config)
        for start, end in zip(*stretches(~down), strict=True):
            first, last = _settled(pelvis, int(start), int(end), config)
            here = {side: shank.within(first, last) for side, shank in shanks.items()}
            for repetitions in (
                chair_bridges(pelvis.within(first, last), here),
                walk_outs(pelvis.within(first, last), here),
            ):
                found += _sets(repetitions, first, shanks, config)
    for start, end in zip(*stretches(down), strict=True):
        here = {side: shank.within(start, end) for side, shank in shanks.items()}
        above = None if pelvis is None else pelvis.within(start, end)
        for repetitions in (power_holds(above, here), marches(above, here)):
            found += _sets(repetitions, int(start), shanks, config)
    return sorted(found, key=lambda one: one.start_s)


def _lying(pelvis: Carriage, config: SetConfig) -> NDArray[np.bool_]:
    """(n,) the pelvis lies, and has for a while."""
    lies = np.nan_to_num(pelvis.angle_deg, nan=90.0) > config.lying_deg
    upright = long_gaps(~lies, longer_than=config.turned_over_s * RATE_HZ)
    return long_gaps(~upright, longer_than=config.shortest_lying_s * RATE_HZ)


def _settled(pelvis: Carriage, start: int, end: int, config: SetConfig) -> tuple[int, int]:
    """Without getting down and up: from the first to the last moment at rest."""
    rests = start + np.flatnonzero(pelvis.rate_dps[start:end] < config.settled_dps)
    return (int(rests[0]), int(rests[-1]) + 1) if len(rests) else (start, start)


def _sets(
    repetitions: Sequence[Repetition], first: int, shanks: Mapping[Side, Carriage], config: SetConfig
) -> list[ExerciseSet]:
    found = []
    kinds = {(one.exercise, one.side) for one in repetitions if one.exercise is not None}
    for exercise, side in sorted(kinds, key=str):
        own = [one for one in repetitions if (one.exercise, one.side) == (exercise, side)]
        for group in _without_breaks(own, config.longest_break_s[str(exercise)]):
            start, end = group[0].start, group[-1].end
            doubtful = sum(
                one.exercise is None and start <= (one.start + one.end) / 2 <= end for one in repetitions
            )
            if len(group) < config.fewest[str(exercise)] or doubtful > config.doubtful_share * (
                len(group) + doubtful
            ):
                continue
            signed = all(shank.is_signed for shank in shanks.values())
            fit = float(np.mean([one.fit for one in group])) * len(group) / (len(group) + doubtful)
            holds = np.array([(one.hold_end - one.hold_start) / RATE_HZ for one in group])
            found.append(
                ExerciseSet(
                    exercise=str(exercise),
                    side=side,
                    start_s=(first + start) / RATE_HZ,
                    end_s=(first + end) / RATE_HZ,
                    reps=len(group),
                    doubtful=doubtful,
                    hold_s=holds if exercise in (CHAIR_BRIDGE, POWER) else np.empty(0),
                    confidence=(0.5 + 0.5 * fit) * (1.0 if signed else config.unsigned),
                )
            )
    return found


def _without_breaks(repetitions: Sequence[Repetition], longest_s: float) -> list[list[Repetition]]:
    groups: list[list[Repetition]] = []
    for one in repetitions:
        if groups and (one.start - groups[-1][-1].end) / RATE_HZ <= longest_s:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups
