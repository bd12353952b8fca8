"""When everything happens: pieces of a plan become keyframes, and the sets that were truly done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imu.simulate.exercise.body import SIDES, Build, Pose
from imu.simulate.exercise.overlay import Key, Overlay
from imu.simulate.exercise.routine import MOVEMENTS, Movement, Person

Floats = NDArray[np.float64]

_SETTLE_S = 1.0  # standing before and after, clear of the cross-fade from walking
_GET_DOWN_S, _GET_UP_S = 4.5, 4.0
_GET_SET_S = 2.0  # from one posture on the floor to another
_HEAD_TO_TOE_DEG = 60.0  # who lies otherwise gets up in between


@dataclass(frozen=True, slots=True)
class Doing:
    """A movement somebody is asked for: from when to when."""

    movement: str
    side: str | None
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class DoneSet:
    """What was truly done: repetitions without a longer rest, seconds since the recording's start.

    hold_s of each repetition, from the moment the posture was reached until it was left; empty for movements
    without a hold. A repetition of the marching drill is one lifted knee.
    """

    exercise: str
    side: str | None  # the leg that carries
    start_s: float
    end_s: float
    reps: int
    hold_s: tuple[float, ...]

    def told(self) -> dict[str, Any]:
        return {
            "exercise": self.exercise,
            "side": self.side,
            "start_s": round(self.start_s, 3),
            "end_s": round(self.end_s, 3),
            "reps": self.reps,
            "hold_s": [round(hold, 3) for hold in self.hold_s],
        }


@dataclass(frozen=True, slots=True, eq=False)
class Performance:
    """All exercises of one recording."""

    overlay: Overlay | None = None
    sets: tuple[DoneSet, ...] = ()
    plants_s: Mapping[str, tuple[float, ...]] = field(default_factory=dict)  # left, right: a foot put down

    def on(self, segment: str) -> Callable[[Floats, int], Floats] | None:
        """What comes on top of this segment's path; None where nothing does."""
        return None if self.overlay is None else partial(self.overlay.on, segment)

    def planted_s(self, segment: str) -> Floats:
        """When this segment feels a foot put down."""
        sides = SIDES if segment == "pelvis" else (segment,)
        return np.sort(np.array([s for side in sides for s in self.plants_s.get(side, ())], float))


@dataclass(slots=True)
class _Script:
    """Keyframes so far; the pose last reached and when."""

    pose: Pose
    now_s: float
    keys: list[Key] = field(default_factory=list)
    plants_s: dict[str, list[float]] = field(default_factory=lambda: {"left": [], "right": []})

    def go(self, pose: Pose, move_s: float, stay_s: float = 0.0) -> None:
        change = pose.channels() - self.pose.channels()
        self.keys.append(Key(self.now_s, move_s, change))
        self.pose = pose
        self.now_s += move_s + stay_s


def perform(
    doings: Sequence[Doing],
    *,
    height_m: float,
    stand_deg: tuple[float, float],
    rng: np.random.Generator,
) -> Performance:
    """Do one after another, as many repetitions of each as fit."""
    build = Build(height_m)
    standing = Pose.standing(build, stand_deg)
    if not doings:
        return Performance()
    person = Person.draw(build, standing, rng)
    script, done = _Script(standing, doings[0].start_s), []
    for doing, following in zip(doings, [*doings[1:], None], strict=True):
        movement = MOVEMENTS[doing.movement]
        begins = script.now_s = max(script.now_s, doing.start_s)
        _get_ready(script, movement, doing, person, first=begins == doing.start_s and script.pose == standing)
        stays = (
            following is not None
            and following.start_s - doing.end_s < 0.01
            and movement.lying
            and _lies_alike(movement, MOVEMENTS[following.movement], person)
        )
        until_s = doing.end_s - (0.0 if stays else (_GET_UP_S if movement.lying else _SETTLE_S))
        one = _repeat(script, movement, doing, person, until_s=until_s)
        if one is not None:
            done.append(one)
        if not stays and script.pose != standing:
            script.go(standing, _GET_UP_S - _SETTLE_S if movement.lying else 1.0)
    overlay = Overlay.through(script.keys, standing.channels(), until_s=script.now_s, rng=rng)
    plants = {side: tuple(times) for side, times in script.plants_s.items()}
    return Performance(overlay, tuple(done), plants)


def _get_ready(script: _Script, movement: Movement, doing: Doing, person: Person, *, first: bool) -> None:
    start = movement.start(person, doing.side)
    if first:
        script.now_s += _SETTLE_S
    if script.pose != start:
        script.go(start, _GET_DOWN_S if first else _GET_SET_S, 1.0)


def _lies_alike(one: Movement, other: Movement, person: Person) -> bool:
    apart = abs(one.start(person, "left").tilt_deg - other.start(person, "left").tilt_deg)
    return other.lying and apart < _HEAD_TO_TOE_DEG


def _repeat(
    script: _Script, movement: Movement, doing: Doing, person: Person, *, until_s: float
) -> DoneSet | None:
    start_s, end_s, reps, holds = script.now_s, script.now_s, 0, []
    for beats in movement.repetitions(person, doing.side):
        if script.now_s + sum(beat.move_s + beat.stay_s for beat in beats) > until_s:
            break
        held_s = 0.0
        for i, beat in enumerate(beats):
            script.go(beat.pose, beat.move_s, beat.stay_s)
            # Of beats that hold, the first leads into the posture, the others are part of the hold.
            held_s += beat.holds * (beat.stay_s + (beat.move_s if i else 0.0))
            if beat.plants:
                script.plants_s[beat.plants].append(script.now_s - beat.stay_s)
        end_s = script.now_s - beats[-1].stay_s
        reps += 1
        if held_s:
            holds.append(held_s)
    if movement.exercise is None or not reps:
        return None
    return DoneSet(movement.exercise, doing.side, start_s, end_s, reps, tuple(holds))
