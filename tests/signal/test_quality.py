"""What the samples of a sensor show, and how it is graded."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.signal.quality import (
    judge_sensor,
    limited_by_rate,
    worst_grade,
)
from imu.signal.sensor_statistics import SensorStatistics, sensor_statistics

Array = NDArray[np.float64]

GRAVITY = 9.80665


def clock(rate_hz: float = 200.0, seconds: float = 60.0, jitter_s: float = 0.0) -> Array:
    time = np.arange(0.0, seconds, 1 / rate_hz)
    return time + jitter_s * np.random.default_rng(3).standard_normal(len(time))


def statistics(time: Array, **given: Any) -> SensorStatistics:
    rng = np.random.default_rng(5)
    acc = GRAVITY * (np.array([0.0, 1.0, 0.0]) + rng.standard_normal((len(time), 3)))
    arguments: dict[str, Any] = {"acc_mps2": acc, "acc_range_g": 16.0}
    return sensor_statistics(time, **(arguments | given))


def test_a_whole_recording_is_good_and_needs_no_sentence() -> None:
    quality = judge_sensor(statistics(clock(199.3)), declared_rate_hz=200.0, alignment_confidence=0.9)
    assert quality.rate_hz == pytest.approx(199.3)
    assert quality.jitter_s == pytest.approx(0.0, abs=1e-6)
    assert quality.missing_share == quality.clipped_share == 0.0
    assert quality.temperature_degc is None
    assert (quality.grade, quality.alignment_grade, quality.sentences) == ("good", "good", ())


def test_lost_samples_are_missing_and_do_not_slow_the_rate() -> None:
    time = clock()
    kept = ((time % 10.0) >= 0.5) | (time < 1.0)  # five bursts of half a second
    found = statistics(time[kept])
    assert found.rate_hz == pytest.approx(200.0)
    assert found.gaps == 5
    assert found.missing_share() == pytest.approx(2.5 / 60.0, rel=1e-3)
    assert found.longest_gap_s == pytest.approx(0.505, abs=1e-6)
    quality = judge_sensor(found)
    assert quality.grade == "fair"
    assert quality.sentences == ("4.2 % of its samples are missing; strides with a gap are not judged.",)


def test_one_long_gap_is_told_but_does_not_lower_the_grade() -> None:
    time = clock(seconds=3600.0)
    quality = judge_sensor(statistics(time[(time < 100.0) | (time > 110.0)]))
    assert quality.grade == "good"
    assert quality.sentences == ("Its longest gap lasts 10.0 s.",)


@pytest.mark.parametrize(("jitter_s", "grade"), [(0.0005, "good"), (0.0012, "fair"), (0.002, "poor")])
def test_uneven_time_stamps_lower_the_grade(jitter_s: float, grade: str) -> None:
    # Each interval holds the error of both its ends.
    quality = judge_sensor(statistics(np.sort(clock(jitter_s=jitter_s))))
    assert quality.grade == grade
    assert quality.rate_hz == pytest.approx(200.0, rel=0.01)
    assert quality.missing_share < 0.001


def test_clipping_of_either_signal_is_counted_once_per_sample() -> None:
    time = clock()
    acc = np.tile([0.0, GRAVITY, 0.0], (len(time), 1))
    gyr = np.zeros_like(acc)
    acc[100:110, 0] = -16.0 * GRAVITY
    gyr[105:125, 2] = np.radians(2000.0)
    found = statistics(time, acc_mps2=acc, gyr_radps=gyr, gyr_range_dps=2000.0)
    assert found.clipped_samples == 25
    quality = judge_sensor(found)
    assert quality.grade == "fair"
    assert "25 samples are at the sensor's limit" in quality.sentences[0]
    assert statistics(time, acc_mps2=acc, gyr_radps=gyr, acc_range_g=None).clipped_samples == 25


def test_temperature_is_reported_where_it_was_measured() -> None:
    time = clock()
    warming = np.where(np.arange(len(time)) % 100 == 0, np.linspace(18.0, 36.0, len(time)), np.nan)
    quality = judge_sensor(statistics(time, temperature_degc=warming))
    assert quality.temperature_degc == pytest.approx((18.0, 36.0), abs=0.2)
    assert quality.grade == "good"
    assert quality.sentences == ("Its temperature changed by 18 °C; gyroscope offsets drift with it.",)


def test_blocks_add_up_to_the_whole_even_when_cut_at_a_gap() -> None:
    time = clock(jitter_s=0.0003)
    time = time[(time < 20.0) | (time > 20.3)]
    temperature = 20.0 + time / 10
    whole = statistics(time, temperature_degc=temperature)
    cuts = [0, 1, 4000, 7000, len(time)]  # one block of a single sample, one cut at the gap, an empty one
    parts = [
        statistics(time[first:last], temperature_degc=temperature[first:last])
        for first, last in zip(cuts, [*cuts[1:], len(time)], strict=True)
    ]
    joined = sum(parts[1:], start=parts[0])
    # The period is that of the first block; clipping of made-up noise is not asked.
    kept = asdict(whole).keys() - {"period_s", "clipped_samples"}
    assert {name: asdict(joined)[name] for name in kept} == pytest.approx(
        {name: asdict(whole)[name] for name in kept}, rel=1e-4
    )


def test_a_rate_that_is_not_the_declared_one_is_told() -> None:
    quality = judge_sensor(statistics(clock(190.0)), declared_rate_hz=200.0)
    assert quality.grade == "fair"
    assert quality.sentences == ("It was set to 200 Hz, its time stamps say 190.0 Hz.",)


@pytest.mark.parametrize(
    ("given", "grade"),
    [
        ({"alignment_confidence": 0.5}, "fair"),
        ({"alignment_confidence": 0.1}, "poor"),
        ({"alignment_confidence": 0.9, "relative": True}, "fair"),
        ({"alignment_confidence": 0.9, "mount_shifts": 1}, "fair"),
        ({"alignment_confidence": 0.9, "mount_shifts": 6}, "poor"),
        ({}, "good"),
    ],
)
def test_how_the_sensor_sat_enters_its_grade(given: dict[str, Any], grade: str) -> None:
    quality = judge_sensor(statistics(clock()), **given)
    assert quality.grade == grade
    assert len(quality.sentences) == (grade != "good")
    assert quality.alignment_grade == (grade if "alignment_confidence" in given else None)


def test_the_run_is_as_good_as_its_worst_sensor() -> None:
    assert worst_grade(["good", "poor", "fair"]) == "poor"
    assert worst_grade([]) == "good"


@pytest.mark.parametrize(
    ("time", "given", "value", "unit", "needed"),
    [
        (clock(50.0), {}, 50.0, "Hz", "100 Hz or more"),
        (clock(), {"mount_shifts": 6}, 6, "shifts", "fewer than 4 shifts"),
        (clock(), {"alignment_confidence": 0.1}, 0.1, "", "a confidence above 0.3 in how it sat"),
        (clock()[(clock() % 10.0) >= 2.0], {}, 17.2, "%", "less than 10 % of its samples missing"),
        (clock(150.0), {"declared_rate_hz": 200.0}, 150.0, "Hz", "within 10 % of the 200 Hz it was set to"),
    ],
)
def test_what_makes_a_sensor_poor_is_measured_against_what_is_needed_and_can_be_mended(
    time: Array, given: dict[str, Any], value: float, unit: str, needed: str
) -> None:
    (poor,) = (remark for remark in judge_sensor(statistics(time), **given).remarks if remark.grade == "poor")
    assert poor.measure is not None
    assert poor.measure.value == pytest.approx(value, rel=0.05)
    assert (poor.measure.unit, poor.measure.needed) == (unit, needed)
    assert poor.measure.advice.endswith(".")


def test_a_gap_of_hours_is_told_in_hours() -> None:
    time = np.concatenate([clock(), clock() + 3 * 3600.0])
    assert "Its longest gap lasts 3.0 h." in judge_sensor(statistics(time)).sentences


@pytest.mark.parametrize(
    ("placement", "rate_hz", "limited"),
    [
        ("shank_left", 198.0, set()),
        ("shank_left", 100.0, {"peak_tibial_acc_g"}),
        ("pelvis", 100.0, set()),
        ("shank_right", 50.0, {"strides"}),
        ("pelvis", 79.999, set()),
        ("pelvis", 79.0, {"strides"}),
        ("pelvis", 25.0, {"strides"}),
    ],
)
def test_a_slow_sensor_is_not_asked_for_what_it_cannot_tell(
    placement: str, rate_hz: float, limited: set[str]
) -> None:
    assert set(limited_by_rate(placement, rate_hz)) == limited


def test_no_samples_at_all_is_no_error() -> None:
    nothing = statistics(np.array([]))
    assert (nothing.rate_hz, nothing.missing_share(), nothing.clipped_share) == (0.0, 0.0, 0.0)
    assert judge_sensor(nothing).grade == "poor"
