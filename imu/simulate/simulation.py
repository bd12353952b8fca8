"""A run on request: a plan in, a recording and its truth out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from imu.errors import RestrideError
from imu.recording import Body, Recording, SensorTrack
from imu.simulate.course import lay_out
from imu.simulate.exercise import perform
from imu.simulate.kinematics import Kinematics, move
from imu.simulate.plan import Piece, parse_injection, parse_pattern
from imu.simulate.runner import STRIKES, Runner, step_out
from imu.simulate.sensors import PRESETS, Mounting, SensorDraw, SensorErrors, Worn
from imu.simulate.tissue import Tissue, strength
from imu.simulate.truth import Truth, seconds, series, stride_table

Floats = NDArray[np.float64]

_PLACEMENTS = ("shank_left", "shank_right", "pelvis")
_FIXED_MOUNTINGS: dict[str, Floats] = {"aligned": np.eye(3), "upside_down": np.diag([1.0, -1.0, -1.0])}
_PLANT_STRENGTH = 0.25  # of a foot put down in the marching drill
_HOP_STRENGTH = 0.7  # of a landing on both feet, against running at 3.5 m/s on one
_TAPE_SD_M = 0.005  # a tape measure on a leg; at most a centimetre


@dataclass(frozen=True, slots=True)
class Slip:
    """A strap that slips: by so many degrees about the segment's long axis (or another) at this moment."""

    placement: str
    at_s: float
    degrees: float
    axis: str = "up"  # forward, up, right


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationConfig:
    """What to simulate. Everything random comes from `seed`; the same config gives the same recording."""

    pattern: str = "stand:6,run:60@3,stand:6"  # see imu.simulate.plan, or the name of a scenario
    injections: tuple[str, ...] = ()
    seed: int = 1
    height_m: float = 1.76
    mass_kg: float = 70.0
    strike: str = "heel"
    runner: Runner | None = None  # instead of one drawn
    placements: tuple[str, ...] = _PLACEMENTS
    errors: str | SensorErrors = "field"  # or "ideal"
    mounting: str = "random"  # random, aligned, upside_down
    leg_side: str = "medial"  # where on the shank: medial, lateral
    slips: tuple[Slip, ...] = ()
    swapped: bool = False  # left and right shank sensors on the wrong legs
    gyroscope: bool = True
    rate_hz: float = 200.0
    ramp_s: float = 1.2
    treadmill: bool = False  # one running speed, kept exactly and written into the recording
    start: datetime | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Outing:
    """A runner who has been out with sensors strapped on, before anything is measured."""

    config: SimulationConfig
    runner: Runner
    motion: Kinematics
    worn: Mapping[str, Worn]  # by placement, as strapped on
    streams: Mapping[str, np.random.Generator]  # by placement: all further chance
    shank_length_m: float  # as taped

    def truth(self, sensors: Mapping[str, Mapping[str, Any]]) -> Truth:
        """What happened; `sensors` as the truth tells them."""
        course = self.motion.course
        return Truth(
            strides=stride_table(self.motion),
            bouts=course.bouts,
            seconds=seconds(course.bouts, ramp_s=course.ramp_s),
            sensors=sensors,
            series=series(self.motion),
            exercises=self.motion.exercises.sets,
            ramp_s=course.ramp_s,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """A simulated run: what the sensors recorded, and what happened."""

    config: SimulationConfig
    runner: Runner
    recording: Recording
    truth: Truth
    motion: Kinematics  # the exact paths behind it

    def save(self, out: Path | str) -> None:
        """Write the recording into folder `out` and its truth into `out/truth`."""
        from imu.recording import save

        out = Path(out)
        save(self.recording, out)
        self.truth.save(out / "truth")


def simulate(config: SimulationConfig = SimulationConfig()) -> Simulation:
    """Run `config` and record it."""
    outing = go_out(config)
    tracks, sensors = _record(outing)
    recording = Recording(
        tracks=tracks,
        start=config.start,
        notes=f"simulated: {config.pattern}",
        body=Body(outing.runner.height_m, outing.runner.mass_kg, outing.shank_length_m),
        reference_speed_mps=_belt_speed(parse_pattern(config.pattern)) if config.treadmill else None,
    )
    return Simulation(config, outing.runner, recording, outing.truth(sensors), outing.motion)


def go_out(config: SimulationConfig) -> Outing:
    """Run `config` without recording it."""
    _check(config)
    plan_rng, _, step_rng, sway_rng, sensor_rng, exercise_rng = _streams(config)
    injections = [parse_injection(text) for text in config.injections]
    pieces = parse_pattern(config.pattern)
    duration_s = sum(piece.duration_s for piece in pieces)
    for text, injection in zip(config.injections, injections, strict=True):
        if injection.start_s >= duration_s:
            raise RestrideError(
                f"injection {text!r}: begins after the end of the run at minute {duration_s / 60:.1f}"
            )
    if config.treadmill:
        _belt_speed(pieces)  # refuses a plan without one
    course = lay_out(pieces, injections, ramp_s=config.ramp_s, steady=config.treadmill, rng=plan_rng)
    runner = drawn_runner(config)
    steps = step_out(course, runner, step_rng)
    exercises = perform(
        course.doings, height_m=runner.height_m, stand_deg=runner.stand_lean_deg, rng=exercise_rng
    )
    motion = move(course, runner, steps, sway_rng, exercises=exercises)
    streams = dict(zip(_PLACEMENTS, sensor_rng.spawn(len(_PLACEMENTS)), strict=True))
    return Outing(
        config=config,
        runner=runner,
        motion=motion,
        worn={
            placement: _strap_on(placement, config, motion, stream)
            for placement, stream in streams.items()
            if placement in config.placements
        },
        streams=streams,
        shank_length_m=_taped(runner.shank_length_m, sensor_rng),
    )


def drawn_runner(config: SimulationConfig) -> Runner:
    """Who runs `config`."""
    _, body_rng, *_ = _streams(config)
    return config.runner or Runner.draw(
        body_rng, height_m=config.height_m, mass_kg=config.mass_kg, strike=config.strike
    )


def _streams(config: SimulationConfig) -> list[np.random.Generator]:
    """Of plan, body, steps, sway, sensors and exercises: another sensor must not change how he moves."""
    return np.random.default_rng(config.seed).spawn(6)


def _check(config: SimulationConfig) -> None:
    choices: tuple[tuple[str, str, tuple[str, ...]], ...] = (
        ("strike", config.strike, tuple(STRIKES)),
        ("mounting", config.mounting, ("random", *_FIXED_MOUNTINGS)),
        ("leg_side", config.leg_side, ("medial", "lateral")),
        ("errors", config.errors if isinstance(config.errors, str) else "field", tuple(PRESETS)),
        *(("placement", placement, _PLACEMENTS) for placement in config.placements),
        *(("slip of", slip.placement, config.placements) for slip in config.slips),
    )
    for name, value, known in choices:
        if value not in known:
            raise RestrideError(f"simulation: {name} {value!r} is not one of {', '.join(known)}")
    if not config.placements:
        raise RestrideError("simulation: name at least one placement")
    if not 20 <= config.rate_hz <= 2000:
        raise RestrideError(f"simulation: {config.rate_hz:g} Hz is outside 20 to 2000 Hz")


def _belt_speed(pieces: Sequence[Piece]) -> float:
    speeds = {
        speed
        for piece in pieces
        if piece.activity == "run"
        for speed in (piece.speed_mps, piece.end_speed_mps)
    }
    if len(speeds) != 1:
        raise RestrideError("simulation: a treadmill run needs one running speed in its pattern")
    return speeds.pop()


def _record(outing: Outing) -> tuple[dict[str, SensorTrack], dict[str, Mapping[str, Any]]]:
    config = outing.config
    tracks: dict[str, SensorTrack] = {}
    told: dict[str, Mapping[str, Any]] = {}
    for placement, worn in outing.worn.items():
        stream = outing.streams[placement]
        samples, losses = worn.record(outing.motion.course.duration_s, gyroscope=config.gyroscope, rng=stream)
        name = _swapped(placement) if config.swapped else placement
        height = worn.mounting.lever_m[1]
        tracks[name] = SensorTrack.from_samples(
            name,
            samples,
            device="simulated",
            rate_hz=config.rate_hz,
            acc_range_g=worn.errors.acc_range_g,
            gyr_range_dps=worn.errors.gyr_range_dps if config.gyroscope else None,
            mount_height_m=None if placement == "pelvis" else _taped(height, stream),
        )
        told[name] = {**worn.told(), **losses}
    return tracks, told


def _strap_on(placement: str, config: SimulationConfig, motion: Kinematics, rng: np.random.Generator) -> Worn:
    errors = PRESETS[config.errors] if isinstance(config.errors, str) else config.errors
    pelvis = placement == "pelvis"
    side = placement.removeprefix("shank_")
    slip = next((slip for slip in config.slips if slip.placement == placement), None)
    mounting = Mounting(
        rotation=_rotation(config.mounting, rng),
        lever_m=np.zeros(3) if pelvis else _on_shank(side, config.leg_side, rng),
        slip_deg=slip.degrees if slip else 0.0,
        slip_at_s=slip.at_s if slip else 0.0,
        slip_axis=np.eye(3)[("forward", "up", "right").index(slip.axis if slip else "up")],
    )
    steps = motion.steps
    contact_s = steps.ic_time_s if pelvis else steps.ic_time_s[steps.of(side)]
    gait = motion.course.gait(contact_s)
    impact = motion.course.effort(contact_s) * strength(gait.run, gait.speed_mps)
    landing_s = motion.course.hops.landing_s("pelvis" if pelvis else side)
    plant_s = motion.exercises.planted_s("pelvis" if pelvis else side)
    contact_s = np.concatenate([contact_s, landing_s, plant_s])
    order = np.argsort(contact_s)
    impact = np.concatenate(
        [impact, np.full(len(landing_s), _HOP_STRENGTH), np.full(len(plant_s), _PLANT_STRENGTH)]
    )
    contact_s, impact = contact_s[order], impact[order]
    return Worn(
        segment=motion.pelvis if pelvis else motion.shanks[side],
        mounting=mounting,
        errors=errors,
        draw=SensorDraw.draw(errors, rate_hz=config.rate_hz, rng=rng),
        tissue=Tissue.draw(contact_s, impact, pelvis=pelvis, strike=motion.runner.landing, rng=rng)
        if errors.tissue
        else None,
    )


def _rotation(mounting: str, rng: np.random.Generator) -> Floats:
    random = Rotation.random(rng=rng).as_matrix()  # drawn in any case: the same errors for every mounting
    return _FIXED_MOUNTINGS.get(mounting, random)


def _on_shank(side: str, leg_side: str, rng: np.random.Generator) -> Floats:
    """Ahead of, above and beside the ankle centre: on the flat of the shin bone or on the muscle outside."""
    outward = 1.0 if side == "right" else -1.0
    beside = outward * (1.0 if leg_side == "lateral" else -1.0) * rng.uniform(0.025, 0.035)
    return np.array([rng.uniform(0.015, 0.03), rng.uniform(0.12, 0.18), beside])


def _taped(length_m: float, rng: np.random.Generator) -> float:
    return round(float(length_m + np.clip(_TAPE_SD_M * rng.standard_normal(), -0.01, 0.01)), 3)


def _swapped(placement: str) -> str:
    return {"shank_left": "shank_right", "shank_right": "shank_left"}.get(placement, placement)
