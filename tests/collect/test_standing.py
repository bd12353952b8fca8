"""Quiet standing is recognised, and what is not quiet is said."""

import numpy as np
from scipy import constants

from imu.collect.shaken import Movement, movement
from imu.collect.standing import stillness

N = 1000
RNG = np.random.default_rng(1)
UPRIGHT = np.tile([0.1, 9.8, 0.3], (N, 1)) + 0.05 * RNG.standard_normal((N, 3))
CALM = np.radians(1.0) * RNG.standard_normal((N, 3))


def test_standing_is_quiet_in_any_mounting() -> None:
    assert stillness(UPRIGHT, CALM).quiet
    assert stillness(UPRIGHT[:, [2, 0, 1]], CALM).quiet


def test_a_gyroscope_offset_is_no_movement() -> None:
    assert stillness(UPRIGHT, CALM + np.radians([0, 20, 0])).quiet


def test_shifting_weight_is_not_quiet_and_said() -> None:
    swaying = CALM + np.radians(40) * np.sin(np.linspace(0, 30, N))[:, None]
    found = stillness(UPRIGHT, swaying)
    assert not found.quiet
    assert "deg/s" in found.sentence


def test_without_a_gyroscope_the_force_decides() -> None:
    assert stillness(UPRIGHT, None).quiet
    bouncing = UPRIGHT + 3 * np.sin(np.linspace(0, 60, N))[:, None]
    assert not stillness(bouncing, None).quiet


def test_nothing_received_is_not_quiet() -> None:
    assert not stillness(np.empty((0, 3)), None).quiet


def shaking(g: float) -> np.ndarray:
    return UPRIGHT + g * constants.g * np.sign(np.sin(np.linspace(0, 60, N)))[:, None] * [0, 1, 0]


def test_the_shaken_one_is_recognised() -> None:
    assert movement({"a": UPRIGHT, "b": shaking(1.0), "c": shaking(0.1)}) == Movement(("b",), "b")


def test_nobody_shakes() -> None:
    assert movement({"a": UPRIGHT, "b": UPRIGHT}) == Movement((), None)
    assert movement({}) == Movement((), None)


def test_two_shaken_at_once_are_not_told_apart() -> None:
    assert movement({"a": shaking(0.9), "b": shaking(1.0)}) == Movement(("b", "a"), None)
