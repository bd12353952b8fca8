"""How the numbers of one runner come about: his own answers to speed, slope and time, and chance on top.

The one model of runs as the charts see them; `tests.benchmarks.warned_runners` studies the charts on it. Its
spreads are choices (docs/simulator.md), not measurements of runners.
"""

from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from imu.training.history import Side
from imu.training.metrics import MetricName

Floats = NDArray[np.float64]

LEG_METRICS: tuple[MetricName, ...] = ("shank_angle_ic_deg", "shank_angle_max_deg", "pelvic_drop_deg")
SIDES: tuple[Side, ...] = get_args(Side)
KEYS = tuple((metric, side) for metric in LEG_METRICS for side in SIDES)  # rows of every array here
DAY_SD_DEG = {"shank_angle_ic_deg": 1.5, "shank_angle_max_deg": 1.5, "pelvic_drop_deg": 1.1}
SEGMENT_SD_DEG = {"shank_angle_ic_deg": 1.0, "shank_angle_max_deg": 0.8, "pelvic_drop_deg": 0.5}
DAY_CORRELATION = 0.2
SEGMENT_CORRELATION = 0.3
SPEED_SD_MPS = 0.08  # from segment to segment at one pace
GRADE_SD_PERCENT = 0.5  # on a road that is called level
CENTER_MPS = 3.0

_DAY_SD = np.array([DAY_SD_DEG[metric] for metric, _ in KEYS])
_SEGMENT_SD = np.array([SEGMENT_SD_DEG[metric] for metric, _ in KEYS])
# Levels at 3 m/s: about what the bodies of `imu.simulate.runner` do, spread over people and over their legs.
_AT_CONTACT_DEG, _REACH_DEG, _DROP_DEG = 11.0, 3.5, 4.0
_AT_CONTACT_SD, _REACH_SD, _DROP_SD = (2.0, 0.9), (0.5, 0.2), (0.8, 0.4)
_ANSWER_MEAN, _ANSWER_SD = [1.0, 0.0, 0.1, 0.3], [1.0, 0.3, 0.2, 0.3]
_MORE_SHOES = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """One runner's constants; plain values, so that two are equal where their numbers are.

    answers_deg: per row of `KEYS` the level at 3 m/s, then degrees per m/s, (m/s)^2, % of slope and unit of
    log(1 + minutes of running).
    """

    answers_deg: tuple[tuple[float, ...], ...]
    shoes_deg: tuple[float, ...]  # what each pair adds to everything; the first adds nothing
    treadmill_deg: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Habits":
        answers = [rng.normal(_ANSWER_MEAN, _ANSWER_SD) for _ in KEYS]
        shoe_deg, treadmill_deg = rng.normal(0, 1, 2)
        levels_rng, shoes_rng = rng.spawn(2)  # apart: more shoes make no other runner
        levels = _levels_deg(levels_rng)
        return cls(
            answers_deg=tuple((of, *own.tolist()) for of, own in zip(levels, answers, strict=True)),
            shoes_deg=(0.0, float(shoe_deg), *shoes_rng.normal(0, 1, _MORE_SHOES).tolist()),
            treadmill_deg=float(treadmill_deg),
        )

    def expected_deg(self, minute: Floats, speed_mps: Floats, grade_percent: Floats) -> Floats:
        """(rows of `KEYS`, segments) what he does on a usual day in his first pair."""
        faster = speed_mps - CENTER_MPS
        terms = np.stack([np.ones_like(minute), faster, faster**2, grade_percent, np.log1p(minute)])
        return np.asarray(np.array(self.answers_deg) @ terms, float)


def _levels_deg(rng: np.random.Generator) -> list[float]:
    """Per row of `KEYS`."""

    def legs(mean: float, spread: tuple[float, float]) -> Floats:
        return np.asarray(mean + spread[0] * _bounded(rng, 1) + spread[1] * _bounded(rng, 2), float)

    at_contact = legs(_AT_CONTACT_DEG, _AT_CONTACT_SD)
    late_swing = at_contact + legs(_REACH_DEG, _REACH_SD)
    return [*at_contact.tolist(), *late_swing.tolist(), *legs(_DROP_DEG, _DROP_SD).tolist()]


def _bounded(rng: np.random.Generator, n: int) -> Floats:
    return np.clip(rng.standard_normal(n), -2, 2)


def days_deg(rng: np.random.Generator, runs: int) -> Floats:
    """(rows of `KEYS`, runs) how far each run lies from the usual one as a whole."""
    return _DAY_SD[:, None] * series(rng, (len(KEYS), runs), DAY_CORRELATION)


def segments_deg(rng: np.random.Generator, segments: int) -> Floats:
    """(rows of `KEYS`, segments) how far each segment lies from its run."""
    return _SEGMENT_SD[:, None] * series(rng, (len(KEYS), segments), SEGMENT_CORRELATION)


def series(rng: np.random.Generator, shape: tuple[int, int], correlation: float) -> Floats:
    """Rows of deviations of sd 1, each correlated with the one before."""
    steps = rng.standard_normal(shape)
    steps[:, 1:] *= (1 - correlation**2) ** 0.5
    return np.asarray(lfilter([1.0], [1.0, -correlation], steps, axis=1), float)
