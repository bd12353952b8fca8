"""What people do in each movement: postures, tempo and how both differ from person to person.

Geometry follows the descriptions of the programme: heels on the edge of a chair and the pelvis raised until
it is in line with the trunk; heels walked out on the floor with the pelvis up; both ends of the running
stride held in standing; high knees in turn. The movements after these are none of the programme, only near
to it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from imu.simulate.exercise.body import SIDES, STANDING_ANKLE_M, Build, Leg, Pose

_FLOOR_HIP_M = 0.10  # hip above the floor in lying


@dataclass(frozen=True, slots=True)
class Beat:
    """Go into a posture, and stay there."""

    pose: Pose
    move_s: float
    stay_s: float
    holds: bool = False  # staying is the exercise's hold
    plants: str | None = None  # the foot that meets the ground at the end of the move


@dataclass(frozen=True, slots=True)
class Movement:
    """One kind of movement; `repetitions` gives the beats of one after another, for ever."""

    exercise: str | None  # the programme's id; None: none of the programme
    lying: bool
    repetitions: Callable[["Person", str | None], Iterator[list[Beat]]]
    start: Callable[["Person", str | None], Pose]
    sided: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Body and manner of one person."""

    build: Build
    standing: Pose
    rng: np.random.Generator
    chair_m: tuple[float, float]  # edge ahead of the hip of somebody lying, and height
    lying_tilt_deg: float
    raise_m: float  # of the pelvis in a bridge
    flat_back_deg: float  # tilted back before it is raised
    hold_s: float
    rise_s: float
    lower_s: float
    rest_s: float
    free_leg_bent: bool  # in a single-leg bridge
    push_deg: float  # lean of the stance shank in the power position, against standing
    drive_deg: tuple[float, float]  # thigh and shank of the leg held up
    elongation_deg: float
    step_s: float  # of the marching drill

    @classmethod
    def draw(cls, build: Build, standing: Pose, rng: np.random.Generator) -> "Person":
        """Somebody; the hold is what the programme asks for, give or take."""
        return cls(
            build=build,
            standing=standing,
            rng=rng,
            chair_m=(rng.uniform(0.25, 0.50), rng.uniform(0.40, 0.50) + 0.05),
            lying_tilt_deg=rng.uniform(82, 95),
            raise_m=rng.uniform(0.12, 0.28),
            flat_back_deg=rng.uniform(2, 7),
            hold_s=rng.uniform(2.5, 6.5),
            rise_s=rng.uniform(0.8, 2.0),
            lower_s=rng.uniform(0.8, 2.0),
            rest_s=rng.uniform(0.3, 3.0),
            free_leg_bent=bool(rng.random() < 0.5),
            push_deg=rng.uniform(9, 26),
            drive_deg=(rng.uniform(65, 95), rng.uniform(-35, 5)),
            elongation_deg=rng.uniform(2, 8),
            step_s=rng.uniform(0.55, 1.05),
        )

    def about(self, value: float, share: float = 0.12) -> float:
        """The same once more, as nobody repeats anything exactly."""
        return float(value * np.clip(1 + share * self.rng.standard_normal(), 0.6, 1.5))


def _on_back(
    person: Person, ankle_m: tuple[float, float], *, raise_m: float = 0.0, flat: float = 0.0
) -> Pose:
    """On the back with both feet at one place, the pelvis raised about the shoulders."""
    trunk = person.build.trunk_m
    up = np.arcsin(np.clip(raise_m / trunk, 0, 0.9))
    hip = (float(trunk * (np.cos(up) - 1)), _FLOOR_HIP_M + raise_m)
    leg = Leg.planted(person.build, hip, ankle_m)
    return Pose(hip, person.lying_tilt_deg + float(np.degrees(up)) + flat, leg, leg)


def _free(person: Person, pose: Pose, side: str) -> Pose:
    """The leg of this side off the chair, held as the trunk is held."""
    up_deg = pose.tilt_deg - person.lying_tilt_deg
    share = 0.6  # of the pelvis' turn that the hip does not take back
    thigh, shank = (172.0, 95.0) if person.free_leg_bent else (135.0, 130.0)
    leg = Leg.swung(
        person.build, pose.hip_m, thigh_deg=thigh + share * up_deg, shank_deg=shank + share * up_deg
    )
    return pose.with_leg(side, leg)


def _bridge_pose(person: Person, side: str | None, raise_m: float, *, floor: bool = False) -> Pose:
    place = (0.42 * person.build.thigh_m / 0.43, STANDING_ANKLE_M) if floor else person.chair_m
    pose = _on_back(person, place, raise_m=raise_m, flat=person.flat_back_deg * (raise_m > 0))
    return pose if side is None else _free(person, pose, SIDES[1 - SIDES.index(side)])


def _bridges(*, floor: bool = False) -> Callable[[Person, str | None], Iterator[list[Beat]]]:
    def repetitions(person: Person, side: str | None) -> Iterator[list[Beat]]:
        low = _bridge_pose(person, side, 0.0, floor=floor)
        while True:
            high = _bridge_pose(person, side, person.about(person.raise_m, 0.08), floor=floor)
            sag = replace(high, tilt_deg=high.tilt_deg - abs(1.0 * person.rng.standard_normal()))
            hold_s = person.about(person.hold_s)
            yield [
                Beat(high, person.about(person.rise_s), 0.0, holds=True),
                Beat(sag, hold_s, 0.0, holds=True),
                Beat(low, person.about(person.lower_s), person.about(person.rest_s, 0.3)),
            ]

    return repetitions


def _walk_outs(person: Person, _side: str | None) -> Iterator[list[Beat]]:
    """Pelvis up, heels out in turn until the legs are nearly straight, and back; then down."""
    near, far = 0.38 * person.build.thigh_m / 0.43, 0.92 * (person.build.thigh_m + person.build.shank_m)
    raise_m, steps, step_s = (
        person.rng.uniform(0.10, 0.15),
        int(person.rng.integers(4, 6)),
        0.8 * person.step_s,
    )
    low = _on_back(person, (near, STANDING_ANKLE_M))
    while True:
        raised = _on_back(person, (near, STANDING_ANKLE_M), raise_m=person.about(raise_m, 0.08), flat=4.0)
        beats = [Beat(raised, person.about(person.rise_s), 0.3)]
        place, pose = {"left": near, "right": near}, raised
        width = (far - near) / steps
        for direction in (1, -1):
            for _ in range(steps):
                for side in SIDES:
                    lift = place[side] + direction * width / 2
                    place[side] += direction * width
                    for x, up in ((lift, 0.04), (place[side], 0.0)):
                        leg = Leg.planted(person.build, pose.hip_m, (x, STANDING_ANKLE_M + up))
                        sway = (2.0 if side == "left" else -2.0) * (up > 0)
                        pose = replace(pose.with_leg(side, leg), roll_deg=sway)
                        beats.append(Beat(pose, person.about(step_s / 2), 0.1 * (up == 0)))
        yield [*beats, Beat(low, person.about(person.lower_s), person.about(person.rest_s, 0.3))]


def _power(person: Person, side: str | None) -> Iterator[list[Beat]]:
    """Stance leg long behind the hip, the other thigh high; both held."""
    stance = side or "right"
    drive = SIDES[1 - SIDES.index(stance)]
    while True:
        pose = _stride_pose(person, stance, person.about(person.push_deg, 0.1))
        thigh, shank = (angle + 3 * person.rng.standard_normal() for angle in person.drive_deg)
        leg = Leg.swung(person.build, pose.hip_m, thigh_deg=float(thigh), shank_deg=float(shank))
        pose = pose.with_leg(drive, leg)
        yield [
            Beat(
                pose, person.about(0.6 * person.rise_s + 0.4), person.about(1.2 * person.hold_s), holds=True
            ),
            Beat(
                person.standing, person.about(0.6 * person.lower_s + 0.3), person.about(person.rest_s + 0.5)
            ),
        ]


def _stride_pose(person: Person, stance: str, push_deg: float) -> Pose:
    own = getattr(person.standing, stance)
    shank_deg = own.shank_deg - push_deg
    reach = person.build.thigh_m + person.build.shank_m
    lean = np.radians(shank_deg + 2)
    hip = (float(-reach * np.sin(lean)), STANDING_ANKLE_M + 0.03 + float(0.998 * reach * np.cos(lean)))
    leg = Leg((0.0, STANDING_ANKLE_M + 0.03), shank_deg)
    low = -1.0 if stance == "right" else 1.0
    return replace(
        person.standing.with_leg(stance, leg),
        hip_m=hip,
        tilt_deg=float(person.rng.normal(0, 3)),
        roll_deg=low * person.elongation_deg,
    )


def _marches(person: Person, _side: str | None) -> Iterator[list[Beat]]:
    """High knees in turn, right and left as one repetition each."""
    roll = person.rng.uniform(0, 8)  # of the stance shank, as one creeps forward a little
    while True:
        for drive in SIDES[::-1]:
            stance = SIDES[1 - SIDES.index(drive)]
            step_s = person.about(person.step_s, 0.05)
            hip = (0.0, person.build.hip_m + 0.015)
            thigh, shank = (angle + 4 * person.rng.standard_normal() for angle in person.drive_deg)
            high = Leg.swung(person.build, hip, thigh_deg=float(thigh), shank_deg=float(shank))
            held = getattr(person.standing, stance)
            pose = replace(person.standing, hip_m=hip, roll_deg=-2.0 if stance == "right" else 2.0)
            pose = pose.with_leg(drive, high).with_leg(
                stance, replace(held, shank_deg=held.shank_deg - roll / 2)
            )
            down = getattr(person.standing, drive)
            rest = person.standing.with_leg(drive, replace(down, shank_deg=down.shank_deg + roll / 2))
            yield [
                Beat(pose, 0.42 * step_s, 0.08 * step_s),
                Beat(rest, 0.38 * step_s, 0.12 * step_s, plants=drive),
            ]


def _cycle(
    low: Callable[[Person, str | None], Pose],
    high: Callable[[Person, str | None], Pose],
    *,
    move_s: float,
    stay_s: float,
    rest_s: float = 0.8,
) -> Callable[[Person, str | None], Iterator[list[Beat]]]:
    """Between two postures, to and fro."""

    def repetitions(person: Person, side: str | None) -> Iterator[list[Beat]]:
        while True:
            yield [
                Beat(high(person, side), person.about(move_s), person.about(stay_s, 0.2)),
                Beat(low(person, side), person.about(move_s), person.about(rest_s, 0.3)),
            ]

    return repetitions


def _stand(person: Person, _side: str | None) -> Pose:
    return person.standing


def _lie(person: Person, _side: str | None) -> Pose:
    return _bridge_pose(person, None, 0.0, floor=True)


def _squat(person: Person, _side: str | None) -> Pose:
    hip = (-0.22, 0.55 * person.build.hip_m)
    leg = Leg.planted(person.build, hip, (0.0, STANDING_ANKLE_M))
    return Pose(hip, -35.0, leg, leg)


def _seat(person: Person, _side: str | None) -> Pose:
    hip = (-person.build.thigh_m, STANDING_ANKLE_M + person.build.shank_m)
    leg = Leg((0.0, STANDING_ANKLE_M), 3.0)
    return Pose(hip, 12.0, leg, leg)


def _one_leg_up(thigh_deg: float, shank_deg: float) -> Callable[[Person, str | None], Pose]:
    def pose(person: Person, side: str | None) -> Pose:
        hip = person.standing.hip_m
        leg = Leg.swung(person.build, hip, thigh_deg=thigh_deg, shank_deg=shank_deg)
        return person.standing.with_leg(SIDES[1 - SIDES.index(side or "right")], leg)

    return pose


def _sat_up(person: Person, _side: str | None) -> Pose:
    return replace(_lie(person, None), tilt_deg=48.0)


def _legs_raised(person: Person, _side: str | None) -> Pose:
    pose = _lie(person, None)
    leg = Leg.swung(person.build, pose.hip_m, thigh_deg=150.0, shank_deg=148.0)
    return replace(pose, left=leg, right=leg, tilt_deg=pose.tilt_deg + 4)


def _legs_flat(person: Person, _side: str | None) -> Pose:
    pose = _lie(person, None)
    leg = Leg.swung(person.build, pose.hip_m, thigh_deg=88.0, shank_deg=88.0)
    return replace(pose, left=leg, right=leg)


def _planked(_person: Person, _side: str | None) -> Pose:
    leg = Leg((-0.8, 0.15), -80.0)
    return Pose((0.0, 0.3), -78.0, leg, leg)


def _piked(_person: Person, _side: str | None) -> Pose:
    leg = Leg((-0.8, 0.15), -62.0)
    return Pose((-0.1, 0.6), -112.0, leg, leg)


def _on_side(_person: Person, _side: str | None) -> Pose:
    legs = (Leg((0.0, 0.1), -5.0, -88.0), Leg((0.0, 0.25), -5.0, 88.0))
    return Pose((0.0, 0.2), 0.0, *legs, roll_deg=84.0)


def _side_raised(_person: Person, _side: str | None) -> Pose:
    legs = (Leg((0.0, 0.1), -5.0, -80.0), Leg((0.0, 0.3), -5.0, 80.0))
    return Pose((0.0, 0.42), 0.0, *legs, roll_deg=66.0)


MOVEMENTS = {
    "chair_bridge": Movement(
        "chair_bridge", True, _bridges(), lambda person, side: _bridge_pose(person, side, 0.0), sided=True
    ),
    "bridge_walkout": Movement("bridge_walkout", True, _walk_outs, _lie),
    "power_position_hold": Movement("power_position_hold", False, _power, _stand, sided=True),
    "march_skip_drill": Movement("march_skip_drill", False, _marches, _stand),
    "lie": Movement(None, True, _cycle(_lie, _lie, move_s=2.0, stay_s=2.0), _lie),
    "floor_bridge": Movement(
        None, True, _bridges(floor=True), lambda person, side: _bridge_pose(person, side, 0.0, floor=True)
    ),
    "sit_up": Movement(None, True, _cycle(_lie, _sat_up, move_s=1.1, stay_s=0.6), _lie),
    "leg_raise": Movement(None, True, _cycle(_legs_flat, _legs_raised, move_s=1.4, stay_s=1.5), _legs_flat),
    "plank_pike": Movement(None, True, _cycle(_planked, _piked, move_s=1.2, stay_s=2.5), _planked),
    "side_plank": Movement(None, True, _cycle(_on_side, _side_raised, move_s=1.0, stay_s=3.0), _on_side),
    "squat": Movement(None, False, _cycle(_stand, _squat, move_s=1.2, stay_s=1.0), _stand),
    "sit": Movement(None, False, _cycle(_stand, _seat, move_s=1.2, stay_s=6.0, rest_s=3.0), _stand),
    "single_leg_stand": Movement(
        None, False, _cycle(_stand, _one_leg_up(12.0, -75.0), move_s=0.9, stay_s=8.0), _stand, sided=True
    ),
    "knee_hug": Movement(
        None, False, _cycle(_stand, _one_leg_up(105.0, -12.0), move_s=0.9, stay_s=4.0), _stand, sided=True
    ),
    "quad_stretch": Movement(
        None, False, _cycle(_stand, _one_leg_up(-3.0, -138.0), move_s=1.2, stay_s=12.0), _stand, sided=True
    ),
    "heel_on_chair": Movement(
        None, False, _cycle(_stand, _one_leg_up(75.0, 72.0), move_s=1.2, stay_s=10.0), _stand, sided=True
    ),
}
