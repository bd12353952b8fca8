"""What will not last is said before the run, with what would."""

import pytest

from imu.collect.enough import (
    battery_fault,
    disk_fault,
    disk_need,
    log_disk_need,
    log_size,
    memory_fault,
)
from imu.devices.sensor import Battery, LogStatus, Settings

FULL_RATE = Settings(rate_hz=200)


def test_an_hour_of_six_axes_takes_720000_samples() -> None:
    assert log_size("metamotion", Settings(rate_hz=100), 60) == 1_440_000  # entries
    assert log_size("metamotion", Settings(rate_hz=100, gyr_range_dps=None), 60) == 720_000
    assert log_size("esp32", FULL_RATE, 60) == pytest.approx(9.1e6, rel=0.02)  # bytes


def test_a_memory_that_is_too_small_says_for_how_long_it_lasts() -> None:
    status = LogStatus(running=False, used=0, capacity=480_000, unit="entries", coding=None)
    fault = memory_fault("metamotion", FULL_RATE, 20, status)
    assert fault is not None
    assert "960,000" in fault
    assert "10 min" in fault
    assert memory_fault("metamotion", FULL_RATE, 10, status) is None


def test_what_is_used_already_counts() -> None:
    status = LogStatus(running=False, used=400_000, capacity=480_000, unit="entries", coding=None)
    assert memory_fault("metamotion", FULL_RATE, 10, status)


def test_a_memory_of_unknown_size_is_not_judged() -> None:
    status = LogStatus(running=False, used=0, capacity=None, unit="entries", coding=None)
    assert memory_fault("metamotion", FULL_RATE, 600, status) is None


def test_battery() -> None:
    assert battery_fault("metamotion", Battery(80), 60, logging=True) is None
    fault = battery_fault("esp32", Battery(12), 60, logging=False)
    assert fault is not None
    assert "12 %" in fault
    assert "30 %" in fault


def test_an_hour_of_a_metamotion_takes_what_its_packets_do() -> None:
    hour = disk_need(["metamotion"], 200.0, 60.0, logged=False)
    assert 15e6 < hour.session_bytes < 35e6  # 15 MB of journal (docs/collecting.md), and what is made of it
    three = disk_need(["metamotion"] * 3, 200.0, 60.0, logged=False)
    assert three.session_bytes == pytest.approx(3 * hour.session_bytes)


def test_what_was_fetched_needs_no_room_in_the_journal_again() -> None:
    new = log_disk_need("esp32", used=10_000_000, held=0)
    half = log_disk_need("esp32", used=10_000_000, held=5_000_000)
    assert half.recording_bytes == new.recording_bytes
    assert half.session_bytes < new.session_bytes
    forgetting = log_disk_need("metamotion", used=400_000, held=400_000)
    assert forgetting.recording_bytes == log_disk_need("metamotion", used=800_000, held=0).recording_bytes


def test_a_disk_that_is_too_full_says_for_how_long_it_lasts() -> None:
    assert disk_fault(80_000_000, 100_000_000, what="90 min", minutes=90.0) is None
    fault = disk_fault(300_000_000, 100_000_000, what="90 min of 3 sensors", minutes=90.0)
    assert fault == (
        "100 MB are free (20 of them for the results), 90 min of 3 sensors need 300 MB: enough for 24 min"
    )
