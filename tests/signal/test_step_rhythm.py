"""Steps as the pelvis feels them, on forces whose every step is known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.signal.step_rhythm import StepRhythm, harmonics, rhythm_of, running_rhythm, walking_middles

Array = NDArray[np.float64]
RATE_HZ = 200.0


def bouncing(steps_hz: float, seconds: float, *, swing_g: float = 0.8) -> Array:
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    wave: Array = 1.0 + swing_g * np.cos(2 * np.pi * steps_hz * time_s)
    return wave


@pytest.mark.parametrize("steps_hz", [2.2, 2.8, 4.4])
def test_each_bounce_is_a_step_with_its_middle_where_the_force_is_highest(steps_hz: float) -> None:
    force = bouncing(steps_hz, 10.0)
    found = running_rhythm(force, np.zeros(len(force), bool), sampling_rate_hz=RATE_HZ)
    period = RATE_HZ / steps_hz
    assert len(found) == pytest.approx(10.0 * steps_hz, abs=2)
    inner = slice(2, -2)
    off = found.middle[inner] / period
    assert off == pytest.approx(np.rint(off), abs=0.02)
    assert found.period[inner] == pytest.approx(np.full(len(off), period), rel=0.01)
    assert np.diff(found.slot).tolist() == [1] * (len(found) - 1)
    assert found.stretch.tolist() == [0] * len(found)
    assert (found.parity[1:] == -found.parity[:-1]).all()


@pytest.mark.parametrize(("swing_g", "is_running"), [(0.15, False), (0.25, True)])
def test_who_hardly_bounces_does_not_run(swing_g: float, is_running: bool) -> None:
    force = bouncing(2.8, 10.0, swing_g=swing_g)
    found = running_rhythm(force, np.zeros(len(force), bool), sampling_rate_hz=RATE_HZ)
    assert (len(found) > 20) is is_running


def test_a_step_whose_crest_was_lost_leaves_its_place_empty() -> None:
    force, period = bouncing(2.5, 12.0), RATE_HZ / 2.5
    missing = np.zeros(len(force), bool)
    lost = round(10 * period)
    missing[lost - 15 : lost + 16] = True
    found = running_rhythm(force, missing, sampling_rate_hz=RATE_HZ)
    assert not (np.abs(found.middle - lost) < period / 2).any()
    assert sorted(np.diff(found.slot).tolist())[-2:] == [1, 2]
    assert set(found.stretch.tolist()) == {0}


def test_too_little_for_two_steps_has_none() -> None:
    for n in (0, 1, 299, 320):
        found = running_rhythm(np.ones(n), np.zeros(n, bool), sampling_rate_hz=RATE_HZ)
        assert len(found) == 0


@pytest.mark.parametrize(
    ("middle", "slot", "stretch"),
    [
        ([0, 10, 20, 30, 40, 50], [0, 1, 2, 3, 4, 5], [0] * 6),
        ([0, 10, 20, 40, 50, 60], [0, 1, 2, 4, 5, 6], [0] * 6),  # one was missed
        ([0, 10, 20, 32.9, 42.9, 52.9], [0, 1, 2, 3, 4, 5], [0] * 6),  # uneven
        ([0, 10, 20, 33.1, 43.1, 53.1], [0, 1, 2, 3, 4, 5], [0, 0, 0, 1, 1, 1]),  # a stumble
        ([0, 10, 20, 36.9, 46.9, 56.9], [0, 1, 2, 4, 5, 6], [0, 0, 0, 1, 1, 1]),
        ([0, 10, 20, 37.1, 47.1, 57.1], [0, 1, 2, 4, 5, 6], [0] * 6),
        ([0, 10, 20, 70, 80, 90], [0, 1, 2, 7, 8, 9], [0] * 6),  # five steps away can be counted
        ([0, 10, 20, 80, 90, 100], [0, 1, 2, 7, 8, 9], [0, 0, 0, 1, 1, 1]),  # six not
    ],
)
def test_steps_are_counted_over_what_was_missed(
    middle: list[float], slot: list[int], stretch: list[int]
) -> None:
    found = rhythm_of(np.array(middle, float))
    assert found.slot.tolist() == slot
    assert found.stretch.tolist() == stretch
    assert found.period == pytest.approx(np.full(6, 10.0))
    assert found.parity.tolist() == [1.0 if one % 2 == 0 else -1.0 for one in slot]


def test_a_changing_pace_is_followed_from_step_to_step() -> None:
    found = rhythm_of(np.array([0.0, 10.0, 20.0, 30.0, 50.0, 70.0, 90.0]))
    assert found.period.tolist()[:3] == [10.0, 10.0, 10.0]
    assert found.period.tolist()[-2:] == [20.0, 20.0]
    assert len(rhythm_of(np.array([0.0, 10.0]))) == 0


def rhythm(slots: list[int], stretch: list[int]) -> StepRhythm:
    k = len(slots)
    return StepRhythm(np.arange(0.0, 10.0 * k, 10.0), np.full(k, 10.0), np.array(slots), np.array(stretch))


def test_what_steps_show_is_averaged_with_gaussian_weights_of_whole_neighbours() -> None:
    steps = rhythm([0, 1, 2, 4, 5, 6], [0, 0, 0, 0, 1, 1])
    values = np.array([[0.0, 1.0], [1.0, 1.0], [99.0, 99.0], [4.0, 1.0], [7.0, 2.0], [9.0, 2.0]])
    whole = np.array([True, True, False, True, True, True])
    found = steps.averaged(values, whole, steps_sd=2.0)
    slots = np.array([0, 1, 4])
    for row, slot in ((0, 0), (1, 1), (2, 2), (3, 4)):
        weight = np.exp(-0.5 * ((slots - slot) / 2.0) ** 2)
        expected = weight @ values[[0, 1, 3]] / weight.sum()
        assert found[row] == pytest.approx(expected, rel=1e-6)
    assert found[4:, 1].tolist() == pytest.approx([2.0, 2.0])  # of its own stretch alone
    assert 7.0 < found[4, 0] < 8.0 < found[5, 0] < 9.0


def test_nothing_whole_near_is_not_known() -> None:
    steps = rhythm([0, 1, 9], [0, 0, 0])
    found = steps.averaged(np.array([[1.0], [2.0], [3.0]]), np.array([True, True, False]), steps_sd=1.0)
    assert np.isnan(found[2, 0])
    assert np.isfinite(found[:2]).all()


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("phase", [0.0, 1.0, -2.5])
def test_a_wave_is_its_own_harmonic_and_no_other(order: int, phase: float) -> None:
    period, middle = 60.0, np.array([200.0, 260.5])
    cycles = np.arange(500.0)[None] / (2 * period)  # of a stride
    at_middle = 2 * np.pi * order * middle / (2 * period)
    signal = 0.7 * np.cos(2 * np.pi * order * cycles + phase)
    found = harmonics(signal, middle, np.full(2, period), (0, 1, 2, 3, 4))
    assert found.shape == (1, 2, 5)
    expected = 0.7 * np.exp(1j * (phase + at_middle))
    assert found[0, :, order] == pytest.approx(expected, abs=0.01)
    assert np.abs(np.delete(found[0], order, axis=1)).max() < 0.01


def test_a_constant_is_twice_its_mean_and_one_step_has_step_harmonics() -> None:
    found = harmonics(np.full((2, 300), 1.5), np.array([150.0]), np.array([60.0]), (0, 2), steps=1)
    assert found[:, 0, 0] == pytest.approx([3.0, 3.0])
    assert np.abs(found[:, 0, 1]).max() < 1e-9


@pytest.mark.parametrize("step_s", [0.45, 0.55, 0.9])
def test_walking_steps_are_found_where_the_force_rises(step_s: float) -> None:
    time_s = np.arange(round(20 * RATE_HZ)) / RATE_HZ
    force = 1.0 + 0.3 * np.sin(2 * np.pi * time_s / step_s)
    sway = 0.1 * np.sin(np.pi * time_s / step_s)  # once a stride, to the sides
    level = np.stack([0.05 * np.cos(2 * np.pi * time_s / step_s), sway])
    rising, period = walking_middles(force, level, np.zeros(len(force), bool), sampling_rate_hz=RATE_HZ)
    inner = (rising > 3 * RATE_HZ) & (rising < 17 * RATE_HZ)
    steps = rising[inner] / (step_s * RATE_HZ)
    assert inner.sum() == pytest.approx(14 / step_s, abs=1)
    assert rising[inner] == pytest.approx(np.rint(steps) * step_s * RATE_HZ, abs=1.0)  # of 5 ms
    assert period[inner] == pytest.approx(np.full(inner.sum(), step_s * RATE_HZ), rel=0.03)


def test_a_moment_of_walking_has_no_rhythm() -> None:
    rising, period = walking_middles(
        np.ones(280), np.zeros((2, 280)), np.zeros(280, bool), sampling_rate_hz=RATE_HZ
    )
    assert (len(rising), len(period)) == (0, 0)
