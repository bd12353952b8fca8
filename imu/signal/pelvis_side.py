"""Which foot: the pelvis rolls over the standing leg, in a pattern that all runners share.

The roll rate about the forward axis changes sign from foot to foot. Its first and third stride harmonics,
taken at the middle of stance, point the same way in every runner of the samples; which way tells the foot.
Sides alternate, so a whole stretch of running carries one bit, and all its steps vote.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ive

from imu.signal.step_rhythm import StepRhythm

Array = NDArray[np.float64]

ROLL_ORDERS = (1, 3)  # cycles per stride


@dataclass(frozen=True, slots=True)
class SideParameters:
    """How runners scatter around the common pattern: von Mises-Fisher on the sphere in four dimensions."""

    # Right stances: real and imaginary part of the first, then of the third harmonic, as a direction. Mean
    # over seven runners at 2-5 m/s (six of RBDS, one of Hamner), each counted once.
    pattern: tuple[float, float, float, float] = (0.363, -0.407, -0.278, -0.791)
    concentration: float = (
        15.0  # fits the seven (mean cosine 0.92), a little wider because they are only seven
    )
    unlike_share: float = 0.02  # of runners may roll in any way at all: bounds what the pattern can prove
    clear_odds: float = 50.0  # against one; below, the side stays unknown, so under 2 % of bouts can be wrong
    fewest_steps: int = 4
    # Squared length of the mean pattern over its variance: chi-squared with four degrees of freedom if there
    # is no pattern, so 18.5 is passed by chance once in a thousand bouts.
    least_significance: float = 18.5
    local_steps_sd: float = 8.0  # a lost step shows within about so many


@dataclass(frozen=True, slots=True)
class StepSides:
    side: NDArray[np.int8]  # (k,) 1 right, -1 left, 0 unknown
    log_odds: Array  # (k,) natural logarithm of the odds of right, before the vote of the neighbours
    likelier: Array  # (k,) +1 or -1, never unknown: for what only needs the feet told apart


def step_sides(
    roll: NDArray[np.complex128],
    rhythm: StepRhythm,
    whole: NDArray[np.bool_],
    *,
    parameters: SideParameters = SideParameters(),
) -> StepSides:
    """The foot of each step, or unknown.

    roll (k, 2): harmonics `ROLL_ORDERS` of the roll rate around each step's middle, right-handed about
    forward; whole (k,) steps whose stride has no gap. A forward axis that points backward turns every side
    around.

    Strategy: 1. steps are signed in turn, so that both feet give one pattern, and summed over each stretch
    in which the count of steps is sure; 2. the cosine with the common pattern gives the odds; 3. steps
    whose neighbourhood contradicts their stretch stay unknown: there a step was lost or made up unnoticed.
    """
    if not len(rhythm):
        return StepSides(np.zeros(0, np.int8), np.zeros(0), np.zeros(0))
    p = parameters
    parts = np.stack([roll[:, 0].real, roll[:, 0].imag, roll[:, 1].real, roll[:, 1].imag], axis=1)
    signed = rhythm.parity[:, None] * parts
    pattern = np.array(p.pattern) / np.linalg.norm(p.pattern)

    stretches = rhythm.stretch[-1] + 1
    steps = np.bincount(rhythm.stretch[whole], minlength=stretches)
    mean, scatter = (
        np.stack([np.bincount(rhythm.stretch[whole], part[whole], stretches) for part in parts.T], axis=1)
        / np.maximum(steps, 1)[:, None]
        for parts in (signed, signed**2)
    )
    cosine = _cosine(mean, pattern)
    strength = (mean**2).sum(axis=1)
    variance = (scatter.sum(axis=1) - strength) / (mean.shape[1] * np.maximum(steps - 1, 1))
    judged = (steps >= p.fewest_steps) & (strength > p.least_significance * variance)
    odds = np.zeros(stretches)
    odds[judged] = _log_odds(cosine[judged], variance[judged] / strength[judged], p)
    odds = odds[rhythm.stretch]
    first_is_right = np.where(cosine < 0, -1.0, 1.0)[rhythm.stretch]

    nearby = rhythm.averaged(signed, whole, steps_sd=p.local_steps_sd)
    agrees = _cosine(nearby, pattern) * first_is_right > 0
    clear = (np.abs(odds) >= np.log(p.clear_odds)) & agrees
    likelier = first_is_right * rhythm.parity
    return StepSides(np.where(clear, likelier, 0).astype(np.int8), odds * rhythm.parity, likelier)


def _cosine(vectors: Array, direction: Array) -> Array:
    """Of (k, 4) with a unit vector (4,); 0 where there is no vector."""
    length = np.linalg.norm(vectors, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(length > 0, vectors @ direction / length, 0.0)


def _log_odds(cosine: Array, noise: Array, p: SideParameters) -> Array:
    """Of the pattern against its mirror image, `unlike_share` of runners lying anywhere on the sphere.

    noise: variance of the mean direction from few or uneven steps, rad2; it adds to the scatter of runners.
    """
    kappa = 1.0 / (1.0 / p.concentration + noise)

    def density(towards: Array) -> Array:
        fisher = kappa * np.exp(kappa * (towards - 1.0)) / (2.0 * ive(1, kappa))  # uniform: 1
        return (1.0 - p.unlike_share) * fisher + p.unlike_share

    odds: Array = np.log(density(cosine) / density(-cosine))
    return odds
