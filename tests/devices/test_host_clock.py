"""The clock that all packets are stamped with."""

import time

import pytest

from imu.devices.host_clock import HostClock


@pytest.mark.parametrize("ahead_s", [0.0, 3600.0, -1.5])
def test_it_shows_the_time_of_day_it_was_started_at_and_goes_on_evenly(ahead_s: float) -> None:
    before_ns = time.time_ns()
    clock = HostClock.start(ahead_s=ahead_s)
    readings = [clock.now_ns() for _ in range(3)]
    after_ns = time.time_ns()
    # The system may pull its time of day meanwhile, by far less than a second.
    assert before_ns - 1e9 <= readings[0] - ahead_s * 1e9 <= readings[2] - ahead_s * 1e9 <= after_ns + 1e9
    assert readings == sorted(readings)


def test_it_counts_from_where_it_began_whatever_the_time_of_day_is_set_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = HostClock.start()
    first_ns = clock.now_ns()
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    assert 0 <= clock.now_ns() - first_ns < 60e9
    assert HostClock(clock.began_ns + 5).now_ns() - clock.now_ns() < 60e9
