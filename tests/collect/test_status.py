"""What a sensor's clock has gained is told with a bound that holds."""

import pytest
from hypothesis import given, strategies as st

from imu.collect.status import ClockSeen
from imu.devices.sensor import Exchange

TICK_S = 1e-6
START_NS = 1_700_000_000_000_000_000


def reading(at_s: float, *, skew_ppm: float, out_ms: float, back_ms: float, first_tick: int) -> Exchange:
    """The sensor reads its clock at `at_s`; the request was on its way before, the answer after."""
    ticks = first_tick + round(at_s * (1 + skew_ppm * 1e-6) / TICK_S)
    at_ns = START_NS + round(at_s * 1e9)
    return Exchange(at_ns - round(out_ms * 1e6), ticks % (1 << 32), at_ns + round(back_ms * 1e6), 1)


@given(
    skew_ppm=st.floats(-100, 100),
    first_tick=st.integers(0, (1 << 32) - 1),
    delays_ms=st.lists(st.tuples(st.floats(0, 40), st.floats(0, 40)), min_size=4, max_size=40),
)
def test_the_offset_lies_within_its_bound(
    skew_ppm: float, first_tick: int, delays_ms: list[tuple[float, float]]
) -> None:
    clock = ClockSeen()
    for number, (out_ms, back_ms) in enumerate(delays_ms):
        at_s = 300.0 * number  # three hours and more: the counter wraps
        one = reading(at_s, skew_ppm=skew_ppm, out_ms=out_ms, back_ms=back_ms, first_tick=first_tick)
        clock.hear([one], tick_s=TICK_S)
    assert clock.offset_ms is not None
    assert clock.within_ms is not None
    true_ms = 300.0 * (len(delays_ms) - 1) * skew_ppm * 1e-3
    assert abs(clock.offset_ms - true_ms) <= clock.within_ms + 0.01


def test_a_reset_begins_anew() -> None:
    clock = ClockSeen()
    clock.hear([Exchange(0, 5_000_000, 2_000_000, 1)], tick_s=TICK_S)
    clock.hear([Exchange(10**9, 0, 10**9 + 4_000_000, 2)], tick_s=TICK_S)
    assert clock.offset_ms == 0.0
    assert clock.within_ms == pytest.approx(4.0)


def test_a_clock_that_no_sample_hangs_on_has_only_a_bound() -> None:
    clock = ClockSeen()
    clock.hear([Exchange(0, 1, 30_000_000), Exchange(0, 1, 20_000_000)], tick_s=None)
    clock.hear([Exchange(0, 2, 26_000_000)], tick_s=None)
    assert (clock.offset_ms, clock.within_ms) == (None, 10.0)
