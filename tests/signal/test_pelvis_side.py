"""Left and right from the roll of the pelvis: right, or unknown, never a silent mix-up."""

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.signal.pelvis_side import SideParameters, StepSides, step_sides
from imu.signal.step_rhythm import StepRhythm, rhythm_of

Complex = NDArray[np.complex128]

PATTERN = np.array(SideParameters().pattern)
RIGHT = np.array([PATTERN[0] + 1j * PATTERN[1], PATTERN[2] + 1j * PATTERN[3]])
PERIOD = 72.0


def rhythm(steps: int, *, without: tuple[int, ...] = ()) -> StepRhythm:
    return rhythm_of(np.delete(np.arange(float(steps)), without) * PERIOD + 100.0)


def rolls(feet: NDArray[np.float64], *, noise: float = 0.2) -> Complex:
    """Roll harmonics (k, 2) of steps on these feet, 1 right, -1 left."""
    random = np.random.default_rng(7)
    parts = random.normal(scale=noise, size=(2, len(feet), 2))
    return np.asarray(feet[:, None] * RIGHT + parts[0] + 1j * parts[1])


def alternating(steps: int) -> NDArray[np.float64]:
    return np.where(np.arange(steps) % 2 == 0, 1.0, -1.0)


def judged(roll: Complex, steps: StepRhythm) -> StepSides:
    return step_sides(roll, steps, np.ones(len(steps), bool))


@pytest.mark.parametrize("first", [1.0, -1.0])
def test_both_feet_are_told_whichever_comes_first(first: float) -> None:
    feet = first * alternating(40)
    sides = judged(rolls(feet), rhythm(40))
    np.testing.assert_array_equal(sides.side, feet)
    np.testing.assert_array_equal(np.sign(sides.log_odds), feet)


def test_a_missed_step_does_not_turn_the_sides_around() -> None:
    feet = np.delete(alternating(60), (20, 33, 34))
    sides = judged(rolls(feet), rhythm(60, without=(20, 33, 34)))
    np.testing.assert_array_equal(sides.side, feet)


def test_after_a_long_gap_the_feet_are_told_anew() -> None:
    middle = np.concatenate([np.arange(20.0), 60.4 + np.arange(20.0)]) * PERIOD
    feet = np.concatenate([alternating(20), -alternating(20)])
    sides = judged(rolls(feet), rhythm_of(middle))
    np.testing.assert_array_equal(sides.side, feet)


def test_where_the_feet_change_over_unnoticed_the_smaller_part_stays_unknown() -> None:
    feet = alternating(150)
    feet[100:] *= -1  # two steps taken for one would do this
    sides = judged(rolls(feet), rhythm(150))
    assert (sides.side[:85] == feet[:85]).all()
    assert (sides.side[115:] == 0).all()
    assert not (sides.side[85:115] * feet[85:115] < 0).sum() > 15


def test_a_runner_who_rolls_like_nobody_else_stays_unknown() -> None:
    across = np.array([1j * RIGHT[0], 1j * RIGHT[1]])  # a quarter turn from the pattern
    sides = judged(alternating(60)[:, None] * across, rhythm(60))
    assert (sides.side == 0).all()
    assert np.abs(sides.log_odds).max() < np.log(50)


def test_noise_alone_stays_unknown() -> None:
    random = np.random.default_rng(11)
    known = 0
    for _ in range(300):
        parts = random.normal(size=(2, 40, 2))
        known += bool(judged(parts[0] + 1j * parts[1], rhythm(40)).side.any())
    assert known <= 2


def test_a_few_steps_stay_unknown() -> None:
    feet = alternating(3)
    assert (judged(rolls(feet), rhythm(3)).side == 0).all()


def test_steps_with_gaps_have_no_vote() -> None:
    feet = alternating(40)
    roll = rolls(feet)
    whole = np.ones(40, bool)
    roll[10:16], whole[10:16] = np.nan, False
    sides = step_sides(roll, rhythm(40), whole)
    np.testing.assert_array_equal(sides.side, feet)


def test_no_steps_have_no_sides() -> None:
    sides = judged(np.zeros((0, 2), complex), rhythm_of(np.zeros(0)))
    assert len(sides.side) == len(sides.log_odds) == 0
