"""From a course and its steps to the paths of shanks and pelvis: shapes become keyframes become splines."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline, make_interp_spline
from scipy.ndimage import gaussian_filter1d

from imu.simulate import shapes
from imu.simulate.course import MARGIN_S, Course
from imu.simulate.exercise import Performance
from imu.simulate.motion import STANDARD_GRAVITY_MPS2, Segment
from imu.simulate.runner import SIDES, Runner, Steps
from imu.simulate.shapes import Gait, ease

Floats = NDArray[np.float64]

_FORWARD, _UP, _RIGHT = 0, 1, 2
# Attitudes: heading, then sagittal, then frontal, then twist. So the sagittal angle is exactly the
# inclination of the long axis in the plane of progression, and the pelvis' frontal one its roll by gravity.
_SHANK_AXES = (_UP, _RIGHT, _FORWARD, _UP)
_PELVIS_AXES = (_UP, _RIGHT, _FORWARD)

# Keyframes per stance and swing: about 12 ms apart in running, so the content ends near 30 Hz.
_STANCE_KEYS, _SWING_KEYS = 18, 30
_STEP_KEYS = 28

_ANKLE_HEIGHT_M = 0.08
_STANCE_HALF_WIDTH_M = {"stand": 0.09, "walk": 0.05, "run": 0.03}
_STAND_SHANK_LEAN_DEG = -5.0  # feet wider than knees
_STAND_SHANK_TWIST_DEG = -15.0  # toes out, a little less than in the air
_LEAN_DEG_PER_MPS2 = 3.5  # of shank into an acceleration: somewhat over half of what would balance it
_WALK_TILT_DEG = -1.0
# Height of the pelvis in walking, harmonics of the step: lowest just after contact, highest over the foot.
_WALK_BOUNCE = (-0.6 + 0.8j, -0.04 - 0.07j, -0.07 + 0.1j)


@dataclass(frozen=True, slots=True, eq=False)
class Kinematics:
    """A runner on his course. Shanks have their origin in the ankle centre, the pelvis in its sensor."""

    course: Course
    runner: Runner
    steps: Steps
    shanks: dict[str, Segment]  # left, right
    pelvis: Segment
    exercises: Performance


def move(
    course: Course,
    runner: Runner,
    steps: Steps,
    rng: np.random.Generator,
    *,
    exercises: Performance = Performance(),
) -> Kinematics:
    """The motion along this course with these steps, and exercises on top of standing."""
    return Kinematics(
        course=course,
        runner=runner,
        steps=steps,
        shanks={
            side: replace(
                _shank(side, course, runner, steps, _Sway.draw(course, rng)), exercise=exercises.on(side)
            )
            for side in SIDES
        },
        pelvis=replace(
            _pelvis(course, runner, steps, _Sway.draw(course, rng)), exercise=exercises.on("pelvis")
        ),
        exercises=exercises,
    )


@dataclass(frozen=True, slots=True)
class _Sway:
    """Slow wandering of posture, most visible in quiet standing: three independent unit noises."""

    noise: CubicSpline

    @classmethod
    def draw(cls, course: Course, rng: np.random.Generator) -> "_Sway":
        knots = np.arange(-MARGIN_S - 1, course.duration_s + MARGIN_S + 2, 0.5)
        noise = gaussian_filter1d(rng.standard_normal((len(knots), 3)), 1.5, axis=0)
        return cls(CubicSpline(knots, noise * np.sqrt(2 * np.sqrt(np.pi) * 1.5)))

    def __call__(self, time_s: Floats) -> Floats:
        result: Floats = np.moveaxis(self.noise(time_s), -1, 0)
        return result


@dataclass(frozen=True, slots=True)
class _Way:
    """The course at the keyframes of a segment."""

    time_s: Floats
    gait: Gait
    effort: Floats
    heading_rad: Floats
    acceleration_mps2: Floats
    size: Floats  # stride length over that of the shapes

    @classmethod
    def along(cls, course: Course, runner: Runner, time_s: Floats) -> "_Way":
        gait = course.gait(time_s)
        stride_s = 120 / (runner.cadence_spm(gait) * course.cadence_factor(time_s))
        return cls(
            time_s=time_s,
            gait=gait,
            effort=course.effort(time_s),
            heading_rad=course.heading_rad(time_s),
            acceleration_mps2=course.speed_mps.derivative()(time_s),
            size=gait.speed_mps * stride_s / gait.stride_m,
        )


def _shank(side: str, course: Course, runner: Runner, steps: Steps, sway: _Sway) -> Segment:
    outward = 1.0 if side == "right" else -1.0
    which = steps.of(side)
    time_s, phase = _stride_keyframes(steps, side)
    way = _Way.along(course, runner, time_s)
    leg = shapes.leg(phase, way.gait)
    sagittal = _shank_angle(side, course, runner, steps, leg["shank_angle_deg"], phase, way)
    lean = _from_standing(_STAND_SHANK_LEAN_DEG, leg["shank_lean_deg"], way)
    twist = _from_standing(_STAND_SHANK_TWIST_DEG, leg["shank_twist_deg"], way)
    wobble_deg = 0.15 * sway(time_s)

    prints = _footprints(side, course, steps, which)
    roll, up = _landing(runner, phase, way)
    forward = way.effort * (way.size * leg["ankle_forward_m"] - roll)
    out = outward * way.effort * leg["ankle_out_m"]
    cos, sin = np.cos(way.heading_rad), np.sin(way.heading_rad)
    spot = prints[:-1, None] + leg["advance"][..., None] * np.diff(prints, axis=0)[:, None]
    return Segment.through(
        time_s.ravel(),
        [
            (spot[..., 0] + forward * cos + out * sin).ravel(),
            (_ANKLE_HEIGHT_M + way.effort * (leg["ankle_height_m"] + up)).ravel(),
            (spot[..., 1] - forward * sin + out * cos).ravel(),
            way.heading_rad.ravel(),
            np.radians(sagittal + wobble_deg[0]).ravel(),
            np.radians(outward * lean + wobble_deg[1]).ravel(),
            np.radians(outward * twist + wobble_deg[2]).ravel(),
        ],
        _SHANK_AXES,
        lift=course.hops.lift(side),
    )


def _stride_keyframes(steps: Steps, side: str) -> tuple[Floats, Floats]:
    """Times and shape phases of the keyframes, one row per stride.

    Phase runs through every contact and toe-off on one spline: a step that comes early must not show as a
    kink at its contact, which no real signal has.
    """
    ic, to, end = steps.strides(side)
    duty = steps.shape_duty[steps.of(side)][:-1]
    stance, swing = np.arange(_STANCE_KEYS) / _STANCE_KEYS, np.arange(_SWING_KEYS) / _SWING_KEYS
    time_s = np.hstack([ic[:, None] + np.outer(to - ic, stance), to[:, None] + np.outer(end - to, swing)])
    count = np.arange(len(ic), dtype=float)
    knots = np.append(np.stack([ic, to], axis=1).ravel(), end[-1])
    phases = np.append(np.stack([count, count + duty], axis=1).ravel(), len(ic))
    total = make_interp_spline(knots, phases, k=5)(time_s)
    return time_s, np.clip(total - count[:, None], 0.0, 1.0)


def _shank_angle(
    side: str, course: Course, runner: Runner, steps: Steps, shape_deg: Floats, phase: Floats, way: _Way
) -> Floats:
    i = SIDES.index(side)
    which = steps.of(side)
    ic_time_s = steps.ic_time_s[which]
    duty = way.gait.duty
    swing = (phase - duty) / (1 - duty)
    # What is particular to one contact holds from the late swing before it to mid-stance.
    habit = course.gait(ic_time_s).run * runner.tau_offset_deg[i] + course.shank_deg[side](ic_time_s)
    contact_deg = (habit + steps.tau_jitter_deg[which])[:, None]
    fading, coming = 1 - ease(phase / (0.6 * duty)), ease((swing - 0.45) / 0.4)
    around_contact = contact_deg[:-1] * fading + contact_deg[1:] * coming
    late_swing = np.sin(np.pi * np.clip((swing - 0.78) / 0.22, 0, 1)) ** 4
    overshoot = runner.overshoot_deg[i] * way.gait.run * late_swing
    lifted = (runner.swing_scale - 1) * (shape_deg + 35) * np.sin(np.pi * np.clip(swing / 0.9, 0, 1)) ** 4
    # Short walking steps swing the leg less.
    shorter = (1 - way.gait.run) * 0.5 * (way.size - 1) * (shape_deg + 12)
    leaning = -_LEAN_DEG_PER_MPS2 * way.acceleration_mps2
    moving = shape_deg + around_contact + overshoot + lifted + shorter + leaning
    return _from_standing(runner.stand_lean_deg[i], moving, way)


def _landing(runner: Runner, phase: Floats, way: _Way) -> tuple[Floats, Floats]:
    """How far behind and above that of a heel landing this runner's ankle is."""
    duty = way.gait.duty
    held = ease(phase / (0.4 * duty)) - ease((phase - duty) / 0.45)
    swing = (phase - duty) / (1 - duty)
    high = 1 - ease(phase / (0.45 * duty)) + ease((swing - 0.5) / 0.45)
    return runner.landing.less_roll_m * way.gait.run * held, runner.landing.ankle_up_m * way.gait.run * high


def _from_standing(standing: float, moving: Floats, way: _Way) -> Floats:
    return standing + way.effort * (moving - standing)


def _footprints(side: str, course: Course, steps: Steps, which: NDArray[np.intp]) -> Floats:
    """(k, 2) where each contact puts the ankle on the ground, world x and z."""
    time_s = steps.ic_time_s[which]
    gait, effort, heading = course.gait(time_s), course.effort(time_s), course.heading_rad(time_s)
    ahead = effort * (0.08 + 0.06 * gait.speed_mps + steps.reach_jitter_m[which])
    moving = gait.run * _STANCE_HALF_WIDTH_M["run"] + (1 - gait.run) * _STANCE_HALF_WIDTH_M["walk"]
    beside = effort * moving + (1 - effort) * _STANCE_HALF_WIDTH_M["stand"]
    beside *= 1.0 if side == "right" else -1.0
    cos, sin = np.cos(heading), np.sin(heading)
    return np.column_stack(
        [
            course.forward_m(time_s) + ahead * cos + beside * sin,
            course.right_m(time_s) - ahead * sin + beside * cos,
        ]
    )


def _pelvis(course: Course, runner: Runner, steps: Steps, sway: _Sway) -> Segment:
    ic = steps.ic_time_s
    time_s = ic[:-1, None] + np.outer(np.diff(ic), np.arange(_STEP_KEYS) / _STEP_KEYS)
    count = np.arange(len(ic), dtype=float)
    step_phase = make_interp_spline(ic, count, k=5)(time_s) - count[:-1, None]
    stride_phase = (step_phase + np.where(steps.is_right[:-1], 0.0, 1.0)[:, None]) / 2
    way = _Way.along(course, runner, time_s)
    shape = shapes.pelvis(stride_phase, way.gait)
    usual_deg = runner.obliquity_scale * shape["obliquity_deg"]
    obliquity = usual_deg + _extra_drop(course, runner, steps, step_phase, way)
    tilt_mean = way.gait.run * runner.run_tilt_deg + (1 - way.gait.run) * _WALK_TILT_DEG
    tilt = tilt_mean + shape["tilt_deg"] - _LEAN_DEG_PER_MPS2 * way.acceleration_mps2
    jitter = steps.bounce_jitter[:-1, None] + np.diff(steps.bounce_jitter)[:, None] * ease(step_phase)
    bounce = runner.bounce_scale * (1 + jitter) * _bounce(course, runner, step_phase, way)
    cos, sin = np.cos(way.heading_rad), np.sin(way.heading_rad)
    slow = sway(time_s)
    forward = way.effort * shape["forward_m"] + 0.004 * slow[0]
    right = way.effort * shape["right_m"] + 0.003 * slow[1]
    return Segment.through(
        time_s.ravel(),
        [
            (course.forward_m(time_s) + forward * cos + right * sin).ravel(),
            (1.06 * runner.hip_height_m + way.effort * (bounce - 0.02 * way.gait.run)).ravel(),
            (course.right_m(time_s) - forward * sin + right * cos).ravel(),
            (way.heading_rad + np.radians(way.effort * shape["yaw_deg"] + 0.2 * slow[2])).ravel(),
            np.radians(way.effort * tilt + 0.15 * slow[0]).ravel(),
            np.radians(-way.effort * obliquity + (0.1 + 0.3 * way.effort) * slow[1]).ravel(),
        ],
        _PELVIS_AXES,
        lift=course.hops.lift("pelvis"),
    )


def _extra_drop(course: Course, runner: Runner, steps: Steps, step_phase: Floats, way: _Way) -> Floats:
    """What this runner, minute and step add to the sinking of the swing side; nothing at contact."""
    ic = steps.ic_time_s[:-1]
    extra = np.where(
        steps.is_right[:-1],
        runner.drop_offset_deg[1] + course.drop_deg["right"](ic),
        -runner.drop_offset_deg[0] - course.drop_deg["left"](ic),
    )
    extra += np.where(steps.is_right[:-1], 1.0, -1.0) * steps.drop_jitter_deg[:-1]
    # The usual obliquity peaks at about 0.27 of a running step.
    bump = np.sin(np.pi * np.clip(step_phase / 0.54, 0, 1)) ** 2
    result: Floats = extra[:, None] * bump * way.gait.run
    return result


def _bounce(course: Course, runner: Runner, step_phase: Floats, way: _Way) -> Floats:
    """Height of the pelvis over its mean, from the vertical force of contacts that repeat every step.

    The force is a sum of bell-shaped lobes (fitted to pelvis accelerations at 2.5-4.5 m/s): impact, two for
    the active part, and the sensor's downward overswing before contact. Lobes of both feet add up, so running
    with and without flight is one formula.
    """
    step_s = 60 / (runner.cadence_spm(way.gait) * course.cadence_factor(way.time_s))
    contact_s = 2 * step_s * runner.duty(way.gait)
    impact = runner.landing.impact_share
    lobes = (  # centre s, width s, share of the impulse
        (0.243 * contact_s, 0.016, impact),
        (0.41 * contact_s, 0.16 * contact_s, 0.64 - impact),
        (0.66 * contact_s, 0.225 * contact_s, 0.53),
        (-0.04, 0.027, -0.17),
    )
    running = np.zeros_like(step_phase)
    for n in range(1, 9):  # harmonics of the step, up to about 25 Hz
        w = 2 * np.pi * n
        force = sum(
            share * np.exp(-0.5 * (w * width / step_s) ** 2) * np.exp(1j * w * (step_phase - centre / step_s))
            for centre, width, share in lobes
        )
        running -= 2 * np.real(force) * STANDARD_GRAVITY_MPS2 * step_s**2 / w**2
    turn = np.exp(2j * np.pi * step_phase)
    walking = np.real(sum(c * turn**n for n, c in enumerate(_WALK_BOUNCE, start=1)))
    walking *= 0.008 + 0.005 * way.gait.speed_mps**2
    result: Floats = way.gait.run * running + (1 - way.gait.run) * walking
    return result
