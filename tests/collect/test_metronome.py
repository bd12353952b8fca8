"""Ticks lie on one grid of time, whatever else happens."""

import threading
import time

import numpy as np
import pytest
from hypothesis import given, strategies as st
from numpy.typing import NDArray

from imu.collect.metronome import LATE_S, Metronome, next_tick_s


@given(st.floats(0, 1e5), st.floats(0, 1e4), st.floats(0.2, 2.0))
def test_the_next_tick_is_ahead_by_one_period_at_most(
    began_s: float, after_s: float, period_s: float
) -> None:
    due_s = next_tick_s(began_s + after_s, began_s=began_s, period_s=period_s)
    assert -1e-9 <= due_s - (began_s + after_s) <= period_s + 1e-9


def ticked(pace_spm: float, seconds: float, *, hang: tuple[int, float] = (0, 0.0)) -> list[float]:
    """Seconds after the first beat of the grid; after one of them, all hangs for so long."""
    ticks: list[float] = []

    def tick() -> None:
        ticks.append(time.perf_counter() - began_s)
        if len(ticks) == hang[0]:
            time.sleep(hang[1])

    with Metronome(tick) as metronome:
        began_s = time.perf_counter()
        metronome.beat(pace_spm)
        time.sleep(seconds)
    return ticks


def woken(period_s: float, ticks: list[float], stop: threading.Event) -> None:
    """As punctual as this machine lets a thread be."""
    began_s = time.perf_counter()
    while not stop.wait(period_s - (time.perf_counter() - began_s) % period_s):
        ticks.append(time.perf_counter())


def late_s(ticks: list[float], period_s: float) -> NDArray[np.float64]:
    """Of each, on the grid of the most punctual."""
    since_s = np.array(ticks) - ticks[0]
    late: NDArray[np.float64] = since_s - np.round(since_s / period_s) * period_s
    return late - float(late.min())


@pytest.mark.slow
def test_ticks_are_steady_and_do_not_drift() -> None:
    own: list[float] = []
    stop = threading.Event()
    beside = threading.Thread(target=woken, args=(1 / 3, own, stop))
    beside.start()
    ticks = ticked(180.0, 5.0)
    stop.set()
    beside.join()
    assert len(ticks) <= 15
    assert len(ticks) >= 14 - np.count_nonzero(late_s(own, 1 / 3) > 0.5 * LATE_S) - 2
    assert np.median(late_s(ticks, 1 / 3)) < 0.005 + np.median(late_s(own, 1 / 3))
    step = np.round((np.array(ticks) - ticks[0]) * 3.0)
    assert len(set(step)) == len(step)


@pytest.mark.unhurried
def test_after_a_hang_it_goes_on_in_the_same_rhythm() -> None:
    ticks = np.array(ticked(150.0, 3.0, hang=(3, 0.6)))
    assert np.diff(ticks).max() > 0.6
    assert np.diff(ticks).min() > 0.4 - 2 * LATE_S  # no burst to make up for what was missed
    into_s = ticks % 0.4  # half a period, had the rhythm begun anew with the end of the hang
    assert np.median(into_s) < 0.1
    assert np.mean(into_s < 0.15) > 0.7  # a busy machine may wake it late


@pytest.mark.unhurried
def test_silence_is_silent() -> None:
    ticks: list[float] = []
    with Metronome(lambda: ticks.append(0.0)) as metronome:
        metronome.beat(600.0)
        metronome.beat(None)
        time.sleep(0.3)
    assert ticks == []


def test_an_end_at_the_worst_moment_is_an_end() -> None:
    """Just before it forgets that something has changed: it must not wait for another change, for ever."""

    class Forgetting(threading.Event):
        def __init__(self) -> None:
            super().__init__()
            self.begins, self.may_go_on = threading.Event(), threading.Event()

        def clear(self) -> None:
            self.begins.set()
            self.may_go_on.wait(30)
            super().clear()

        def set(self) -> None:
            super().set()
            self.may_go_on.set()

    metronome = Metronome(lambda: None)
    metronome._changed = changed = Forgetting()
    metronome.__enter__()
    assert changed.begins.wait(30)
    leaving = threading.Thread(target=metronome.__exit__, args=(None, None, None), daemon=True)
    leaving.start()
    leaving.join(30)
    assert not leaving.is_alive()
