"""When the foot is on the ground, from the shape of the pelvis' movement: two small linear models.

A pelvis sensor does not feel the ground itself but what legs, soft tissue and muscles pass on, so no
threshold finds toe-off alike in all runners (standard deviation between them 21 ms for 1 g, samples). What
the whole step looks like tells more. Contact and toe-off are placed relative to the middle of the step:

    time = middle + period * (constant + sum of weight * shape)

Shapes are low harmonics (below about 10 Hz) averaged over the neighbouring steps. Downward force is taken
as none: in flight the pelvis is thrown about by the swinging legs, and some recorders cut it off.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imu.signal.lowpass import lowpass
from imu.signal.search import Positions, highest, refined, slope
from imu.signal.step_rhythm import StepRhythm

Array = NDArray[np.float64]

FORCE_SHAPES = (
    "step_rate",  # steps per 0.3 s
    "swing",  # g: amplitude of the vertical force, first step harmonic
    "press",  # g: mean of the vertical force without its downward part; 1 and what the flight adds
    "skew",  # g: vertical force, cosine of the third step harmonic
    "thrust",  # g: forward force, sine of the second
    "ripple",  # g: forward force, cosine of the third
    "loading",  # steps: where the force turns upward and backward fastest, after the middle
)
ROLL_SHAPES = ("roll_1_cos", "roll_1_sin", "roll_3_cos", "roll_3_sin")  # rad/s, over the standing leg
SHAPE_ORDERS = (0, 2, 4, 6)  # cycles per stride
USUAL_STEP_S = 0.3
LOADING_LOWPASS_HZ = 12.0  # motion capture carries little above, and a loose belt rings there
EARLIEST_LOADING, LATEST_LOADING = -0.42, -0.05  # steps after the middle; samples: -0.35 to -0.1


@dataclass(frozen=True, slots=True)
class Linear:
    constant: float
    weights: Mapping[str, float]  # per shape


@dataclass(frozen=True, slots=True)
class TimingModel:
    """Where contact and toe-off lie, in steps after the middle.

    Weights are a ridge regression on the means of each trial of `samples/`: shapes standardised, penalty
    `ridge`, each trial weighing one over the square root of the number of its runner's trials.
    tests/signal/test_pelvis_timing.py repeats the fit. The shapes were chosen on the same runners, by what
    held up when one of them was left out.
    """

    initial_contact: Linear
    toe_off: Linear
    ridge: float


# Seven treadmill runners from motion capture (RBDS 011, 012, 015, 017, 018, 022 and one of Hamner), 2-5
# m/s, clean and field; an eighth with a real sacral accelerometer, 15 trials uphill and downhill
# (Alcantara).
FORCE_ONLY = TimingModel(
    initial_contact=Linear(
        -0.5757, {"step_rate": 0.1245, "swing": 0.1678, "ripple": 0.1899, "loading": 0.3176}
    ),
    toe_off=Linear(
        0.8300,
        {
            "step_rate": -0.0680,
            "swing": -0.1566,
            "press": -0.2437,
            "skew": -0.1516,
            "thrust": 0.0997,
            "ripple": 0.0782,
            "loading": -0.3740,
        },
    ),
    ridge=0.1,
)
# The seven whose roll was measured.
WITH_ROLL = TimingModel(
    initial_contact=Linear(
        -0.5643,
        {
            "step_rate": 0.1080,
            "swing": 0.1006,
            "press": 0.0563,
            "skew": 0.0724,
            "thrust": -0.0176,
            "ripple": 0.0539,
            "loading": 0.1279,
            "roll_1_cos": -0.0189,
            "roll_1_sin": 0.0477,
            "roll_3_cos": 0.0259,
            "roll_3_sin": -0.0483,
        },
    ),
    toe_off=Linear(
        0.8939,
        {
            "step_rate": -0.0542,
            "swing": -0.2357,
            "press": -0.1258,
            "skew": -0.0814,
            "thrust": 0.0652,
            "ripple": 0.1010,
            "loading": -0.1222,
            "roll_1_cos": -0.0831,
            "roll_1_sin": -0.0270,
            "roll_3_cos": 0.0012,
            "roll_3_sin": 0.0176,
        },
    ),
    ridge=0.05,
)
# Outside what any of the trials shows the model is only a straight line drawn on (steps after the middle).
CONTACT_LIMITS = (-0.45, -0.15)
TOE_OFF_LIMITS = (0.22, 0.55)


def loading(force_g: Array, forward_g: Array, rhythm: StepRhythm, *, sampling_rate_hz: float) -> Positions:
    """(k,) where the push upward and backward grows fastest: shortly after contact in every runner."""
    push = lowpass(force_g - forward_g, LOADING_LOWPASS_HZ, sampling_rate_hz=sampling_rate_hz)
    growth = slope(push)
    first, last = (
        np.rint(rhythm.middle + share * rhythm.period).astype(np.intp)
        for share in (EARLIEST_LOADING, LATEST_LOADING)
    )
    return refined(growth, highest(growth, first, last))


def force_shapes(
    waves: NDArray[np.complex128], rhythm: StepRhythm, loaded: Positions, *, sampling_rate_hz: float
) -> Array:
    """(k, 7) the `FORCE_SHAPES` of each step.

    waves (2 or 3, k, len(SHAPE_ORDERS)): harmonics of vertical and forward force over the stride around it.
    """
    vertical, forward = (dict(zip(SHAPE_ORDERS, wave.T, strict=True)) for wave in waves[:2])
    return np.stack(
        [
            USUAL_STEP_S * sampling_rate_hz / rhythm.period,
            vertical[2].real,
            0.5 * vertical[0].real,
            vertical[6].real,
            forward[4].imag,
            forward[6].real,
            (loaded - rhythm.middle) / rhythm.period,
        ],
        axis=1,
    )


def roll_shapes(roll: NDArray[np.complex128], right: Array) -> Array:
    """(k, 4) the `ROLL_SHAPES`: roll harmonics (k, 2), mirrored to a right stance; right (k,) is +1 or -1."""
    parts = np.stack([roll[:, 0].real, roll[:, 0].imag, roll[:, 1].real, roll[:, 1].imag], axis=1)
    return right[:, None] * parts


def offsets(shapes: Array) -> tuple[Array, Array]:
    """Initial contact and toe-off (k,), in steps after the middle, from shapes (k, 7) or with roll (k, 11).

    Where roll is known, the mean of both models: each errs in its own way, and one has seen a real sensor.
    """
    models = (FORCE_ONLY,) if shapes.shape[1] == len(FORCE_SHAPES) else (FORCE_ONLY, WITH_ROLL)
    contact = np.mean([_evaluated(model.initial_contact, shapes) for model in models], axis=0)
    off = np.mean([_evaluated(model.toe_off, shapes) for model in models], axis=0)
    return np.clip(contact, *CONTACT_LIMITS), np.clip(off, *TOE_OFF_LIMITS)


def _evaluated(linear: Linear, shapes: Array) -> Array:
    names = (FORCE_SHAPES + ROLL_SHAPES)[: shapes.shape[1]]
    weights = np.array([linear.weights.get(name, 0.0) for name in names])
    return np.asarray(linear.constant + shapes @ weights)
