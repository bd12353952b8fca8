"""Who runs: body, habits, and the timing of every step."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from imu.simulate.course import MARGIN_S, Course
from imu.simulate.shapes import Gait

Floats = NDArray[np.float64]
SIDES = ("left", "right")

# Steps per minute by speed; running after Fukuchi 2017 (28 runners), sprint and walking from published means.
_RUN_CADENCE_SPM = PchipInterpolator(
    [1.5, 2.5, 3.5, 4.5, 6.0, 8.0, 10.0], [152, 162, 171, 183, 205, 240, 270]
)
_WALK_CADENCE_SPM = PchipInterpolator([0.4, 0.8, 1.25, 1.6, 1.8, 2.4], [62, 90, 111, 124, 132, 150])
# Contact over stride time. The shapes carry their own duty; the runner's habit comes on top.
_WALK_DUTY = PchipInterpolator([0.4, 0.8, 1.25, 1.8, 2.4], [0.72, 0.67, 0.643, 0.61, 0.57])

_STRIDE_TIME_CV = 0.015
_HURST = 0.75  # stride times wander: long-range correlated, not white
_CONTACT_TIME_CV = 0.02
_TAU_JITTER_DEG = 1.2
_TAU_SHARED = 0.5  # share of the jitter's variance that both legs have in common
_DROP_JITTER_DEG = 0.5
_BOUNCE_JITTER = 0.06
_REACH_JITTER_M = 0.01


@dataclass(frozen=True, slots=True)
class Strike:
    """How a foot lands, against a heel landing."""

    shank_deg: float  # the knee comes over the foot
    less_roll_m: float  # the ankle has no heel to roll over
    ankle_up_m: float  # while the heel is still in the air
    impact_share: float  # of the vertical impulse
    shake_hz: tuple[float, float]  # of sensor and soft tissue at 3.5 m/s
    shake_g: tuple[float, float]  # peak


STRIKES = {
    "heel": Strike(0.0, 0.0, 0.0, 0.30, (20.0, 35.0), (4.0, 10.0)),
    "midfoot": Strike(-3.0, 0.015, 0.010, 0.25, (16.0, 28.0), (3.5, 8.0)),
    "forefoot": Strike(-6.0, 0.03, 0.022, 0.17, (12.0, 18.0), (2.0, 5.0)),
}


@dataclass(frozen=True, slots=True)
class Runner:
    """One person's body and habits; pairs are (left, right)."""

    height_m: float = 1.76
    mass_kg: float = 70.0
    strike: str = "heel"
    cadence_offset_spm: float = 0.0
    duty_offset: float = 0.0
    tau_offset_deg: tuple[float, float] = (0.0, 0.0)
    overshoot_deg: tuple[float, float] = (0.0, 0.0)  # late-swing maximum above the usual one
    swing_scale: float = 1.0  # heel to buttocks
    stand_lean_deg: tuple[float, float] = (-4.0, -4.0)  # shank angle in quiet standing: knees ahead of ankles
    obliquity_scale: float = 1.0
    drop_offset_deg: tuple[float, float] = (0.0, 0.0)
    run_tilt_deg: float = -6.0  # of the pelvis against standing, forward < 0
    bounce_scale: float = 1.0
    step_time_asymmetry: float = 0.0  # left steps longer than right ones, share of a step

    @property
    def landing(self) -> Strike:
        return STRIKES[self.strike]

    @property
    def shank_length_m(self) -> float:
        return 0.246 * self.height_m  # Winter's segment proportions

    @property
    def hip_height_m(self) -> float:
        return 0.53 * self.height_m

    @classmethod
    def draw(cls, rng: np.random.Generator, *, height_m: float, mass_kg: float, strike: str) -> "Runner":
        """Somebody with these measures; habits spread as among treadmill runners."""

        def pair(mean: float, shared_sd: float, side_sd: float) -> tuple[float, float]:
            left, right = mean + shared_sd * rng.standard_normal() + side_sd * rng.standard_normal(2)
            return float(left), float(right)

        return cls(
            height_m=height_m,
            mass_kg=mass_kg,
            strike=strike,
            cadence_offset_spm=6.0 * float(np.clip(rng.standard_normal(), -2, 2)),
            duty_offset=0.015 * float(np.clip(rng.standard_normal(), -2, 2)),
            tau_offset_deg=pair(STRIKES[strike].shank_deg, 2.0, 0.9),
            overshoot_deg=pair(1.0, 1.5, 0.7),
            swing_scale=float(np.clip(rng.normal(1.0, 0.06), 0.85, 1.15)),
            stand_lean_deg=pair(-4.0, 2.0, 0.8),
            obliquity_scale=float(np.clip(rng.normal(1.0, 0.2), 0.5, 1.5)),
            drop_offset_deg=pair(0.2, 0.6, 1.0),
            run_tilt_deg=float(rng.normal(-6.0, 3.0)),
            bounce_scale=float(np.clip(rng.normal(1.0, 0.08), 0.8, 1.2)),
            step_time_asymmetry=float(0.006 * rng.standard_normal()),
        )

    def cadence_spm(self, gait: Gait) -> Floats:
        running = _RUN_CADENCE_SPM(np.clip(gait.speed_mps, 1.5, 10.0)) + self.cadence_offset_spm
        walking = _WALK_CADENCE_SPM(np.clip(gait.speed_mps, 0.6, 2.4)) + 0.5 * self.cadence_offset_spm
        result: Floats = gait.run * running + (1 - gait.run) * walking
        return result

    def duty(self, gait: Gait) -> Floats:
        running = gait.duty + self.duty_offset
        walking = _WALK_DUTY(np.clip(gait.speed_mps, 0.4, 2.4)) + 0.5 * self.duty_offset
        result: Floats = gait.run * running + (1 - gait.run) * walking
        return result


@dataclass(frozen=True, slots=True)
class Steps:
    """Every step from before the start to after the end, right and left in turn.

    Standing has them too: steps on the spot, of no size.
    """

    is_right: NDArray[np.bool_]
    ic_time_s: Floats
    contact_time_s: Floats
    shape_duty: Floats  # toe-off phase of the shapes meant at this step
    tau_jitter_deg: Floats
    drop_jitter_deg: Floats
    bounce_jitter: Floats  # share
    reach_jitter_m: Floats  # footprint ahead of where it was meant

    def of(self, side: str) -> NDArray[np.intp]:
        return np.flatnonzero(self.is_right == (side == "right"))

    def strides(self, side: str) -> tuple[Floats, Floats, Floats]:
        """Contact, toe-off and next contact of every stride of one foot."""
        which = self.of(side)
        contact, following = self.ic_time_s[which][:-1], self.ic_time_s[which][1:]
        toe_off = contact + np.minimum(self.contact_time_s[which][:-1], 0.85 * (following - contact))
        return contact, toe_off, following


def step_out(course: Course, runner: Runner, rng: np.random.Generator) -> Steps:
    """When the feet meet and leave the ground along this course."""
    grid = np.arange(-MARGIN_S, course.duration_s + MARGIN_S, 0.02)
    gait = course.gait(grid)
    steps_per_s = runner.cadence_spm(gait) * course.cadence_factor(grid) / 60
    phase = np.concatenate([[0.0], np.cumsum((steps_per_s[1:] + steps_per_s[:-1]) / 2 * np.diff(grid))])
    n = int(phase[-1] * 1.05) + 10  # more than fit; what comes too late is dropped
    is_right = np.arange(n) % 2 == 0
    wander = fractional_noise(n, _HURST, rng)
    uneven = np.where(is_right, -0.5, 0.5) * runner.step_time_asymmetry
    thresholds = np.cumsum(1 + _STRIDE_TIME_CV * wander + uneven)
    is_right, thresholds = is_right[thresholds < phase[-1]], thresholds[thresholds < phase[-1]]
    n = len(thresholds)
    ic_time_s = np.interp(thresholds, phase, grid)
    at_contact = course.gait(ic_time_s)
    stride_s = 120 / (runner.cadence_spm(at_contact) * course.cadence_factor(ic_time_s))
    shared, own = rng.standard_normal((2, n))
    return Steps(
        is_right=is_right,
        ic_time_s=ic_time_s,
        contact_time_s=runner.duty(at_contact) * stride_s * (1 + _CONTACT_TIME_CV * _bounded(rng, n)),
        shape_duty=at_contact.duty,
        tau_jitter_deg=_TAU_JITTER_DEG
        * (np.sqrt(_TAU_SHARED) * np.repeat(shared, 2)[:n] + np.sqrt(1 - _TAU_SHARED) * own),
        drop_jitter_deg=_DROP_JITTER_DEG * rng.standard_normal(n),
        bounce_jitter=_BOUNCE_JITTER * _bounded(rng, n),
        reach_jitter_m=_REACH_JITTER_M * rng.standard_normal(n),
    )


def _bounded(rng: np.random.Generator, n: int) -> Floats:
    return np.clip(rng.standard_normal(n), -2.5, 2.5)


def fractional_noise(n: int, hurst: float, rng: np.random.Generator) -> Floats:
    """Fractional Gaussian noise of unit variance, by shaping a white spectrum; half is kept: no wrap."""
    length = 2 * n + 16
    frequency = np.fft.rfftfreq(length)[1:]
    gain = frequency ** (0.5 - hurst)
    white = rng.standard_normal((len(frequency), 2)) @ np.array([1, 1j])
    noise = np.fft.irfft(np.append(0, gain * white), length)[:n]
    result: Floats = noise * length / np.sqrt(4 * np.sum(gain**2))
    return result
