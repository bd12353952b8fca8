"""Reconnecting: a schedule that can be looked at."""

from itertools import islice
from random import Random

from imu.radio.again import BackOff


def test_waits_double_to_a_limit() -> None:
    assert list(islice(BackOff(jitter=0.0).delays_s(Random(1)), 7)) == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


def test_jitter_stays_within_its_share_and_keeps_sensors_apart() -> None:
    back_off = BackOff(first_s=1.0, longest_s=1.0, jitter=0.25)
    one = list(islice(back_off.delays_s(Random(1)), 200))
    other = list(islice(back_off.delays_s(Random(2)), 200))
    assert all(0.75 <= delay <= 1.25 for delay in one + other)
    assert len(set(one) & set(other)) == 0
