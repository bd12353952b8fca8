"""Ticks lie on one grid of time, whatever else happens."""

import time

import numpy as np
import pytest
from hypothesis import given, strategies as st

from imu.collect.metronome import Metronome, next_tick_s


@given(st.floats(0, 1e5), st.floats(0, 1e4), st.floats(0.2, 2.0))
def test_the_next_tick_is_ahead_by_one_period_at_most(
    began_s: float, after_s: float, period_s: float
) -> None:
    due_s = next_tick_s(began_s + after_s, began_s=began_s, period_s=period_s)
    assert -1e-9 <= due_s - (began_s + after_s) <= period_s + 1e-9


def ticked(pace_spm: float, seconds: float, *, hang: int | None = None) -> list[float]:
    ticks: list[float] = []

    def tick() -> None:
        ticks.append(time.perf_counter())
        if len(ticks) == hang:
            time.sleep(0.5)

    with Metronome(tick) as metronome:
        metronome.beat(pace_spm)
        time.sleep(seconds)
    return ticks


@pytest.mark.slow
def test_ticks_are_steady_and_do_not_drift() -> None:
    ticks = np.array(ticked(180.0, 5.0))
    assert 13 <= len(ticks) <= 15
    step = np.round((ticks - ticks[0]) * 3.0)
    late_s = ticks - ticks[0] - step / 3.0
    assert np.median(np.abs(late_s)) < 0.005
    assert len(set(step)) == len(step)


def test_after_a_hang_it_goes_on_in_the_same_rhythm() -> None:
    ticks = np.array(ticked(300.0, 2.2, hang=3))
    offset = (ticks - ticks[0]) / 0.2
    assert np.abs(offset - np.round(offset)).max() < 0.3  # no burst to make up for what was missed
    assert np.diff(ticks).max() > 0.5


def test_silence_is_silent() -> None:
    ticks: list[float] = []
    with Metronome(lambda: ticks.append(0.0)) as metronome:
        metronome.beat(600.0)
        metronome.beat(None)
        time.sleep(0.3)
    assert ticks == []
