"""What samples show of the sensor: steps of its numbers, its clock, and grades exactly at their limits."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.signal.quality import QualityLimits, judge_sensor, limited_by_rate, spoken
from imu.signal.sensor_statistics import SensorStatistics, sensor_statistics

Array = NDArray[np.float64]

WHOLE = SensorStatistics(
    samples=12_001,
    first_s=0.0,
    last_s=60.0,
    period_s=0.005,
    periods=12_000,
    intervals=12_000,
    interval_sum_s=60.0,
    interval_sum_sq_s2=0.3,
    gaps=0,
    longest_gap_s=0.0,
    clipped_samples=0,
)


def quantized(step: float, *, n: int = 3000) -> Array:
    values = np.random.default_rng(1).normal((0.0, 9.8, 0.0), 5.0, (n, 3))
    return np.round(values / step) * step if step else values


@pytest.mark.parametrize(("step", "told"), [(0.1, 0.1), (1.0, 1.0), (0.03, 0.03), (0.01, 0.0), (0.0, 0.0)])
def test_the_step_of_coarse_accelerations_is_seen(step: float, told: float) -> None:
    found = sensor_statistics(np.arange(3000) / 200, quantized(step))
    assert found.acc_step_mps2 == pytest.approx(told, abs=1e-9)
    assert found.level_step_deg == pytest.approx(np.degrees(told / np.sqrt(12) / 9.80665), abs=1e-6)


def test_a_signal_that_hardly_varies_shows_no_step_and_the_coarsest_axis_counts() -> None:
    time_s = np.arange(900) / 200
    flat = np.tile([0.0, 9.8, 0.0], (900, 1))
    assert np.isnan(sensor_statistics(time_s, flat).acc_step_mps2)
    assert sensor_statistics(time_s, flat).level_step_deg == 0.0
    mixed = quantized(0.05, n=900)
    mixed[:, 1] = quantized(0.5, n=900)[:, 1]
    assert sensor_statistics(time_s, mixed).acc_step_mps2 == pytest.approx(0.5)
    nine = np.zeros((900, 3))
    nine[:, 0] = np.arange(900) % 9
    assert np.isnan(sensor_statistics(time_s, nine).acc_step_mps2)
    nine[:, 0] = np.arange(900) % 10  # ten values show nine steps
    assert sensor_statistics(time_s, nine).acc_step_mps2 == pytest.approx(1.0)


def test_intervals_are_counted_by_periods_and_gaps_apart() -> None:
    time_s = np.array([0.0, 1.0, 2.0, 3.0, 4.7, 6.5, 7.5, 10.5])  # 1.75 periods and more are a gap
    found = sensor_statistics(time_s, np.zeros((8, 3)))
    assert (found.samples, found.period_s, found.periods) == (8, 1.0, 3 + 2 + 2 + 1 + 3)
    assert (found.intervals, found.gaps, found.longest_gap_s) == (5, 2, 3.0)
    assert found.interval_sum_s == pytest.approx(5.7)
    assert found.interval_sum_sq_s2 == pytest.approx(4 + 1.7**2)
    assert found.rate_hz == pytest.approx(11 / 10.5)
    assert found.jitter_s == pytest.approx(np.std([1, 1, 1, 1.7, 1]))
    assert found.missing_share() == pytest.approx(1 - 8 / 12)
    assert found.missing_share(beyond_s=10.5) == pytest.approx(1 - 8 / 23)


def test_one_sample_has_no_rate_and_the_extremes_are_of_what_was_measured() -> None:
    one = sensor_statistics(np.array([3.0]), np.zeros((1, 3)), None, np.array([20.5]))
    assert (one.samples, one.first_s, one.last_s, one.rate_hz, one.jitter_s) == (1, 3.0, 3.0, 0.0, 0.0)
    assert (one.coldest_degc, one.warmest_degc) == (20.5, 20.5)
    more = sensor_statistics(np.array([4.0, 5.0]), np.zeros((2, 3)), None, np.array([np.nan, 19.0]))
    both = one + more
    assert (both.samples, both.coldest_degc, both.warmest_degc) == (3, 19.0, 20.5)
    assert (both.periods, both.intervals, both.period_s) == (2, 2, 1.0)
    assert np.isnan(sensor_statistics(np.array([0.0]), np.zeros((1, 3))).coldest_degc)


@pytest.mark.parametrize(
    ("changed", "grade"),
    [
        ({"samples": round(12_001 * 0.9801)}, "good"),
        ({"samples": round(12_001 * 0.9799)}, "fair"),
        ({"samples": round(12_001 * 0.9001)}, "fair"),
        ({"samples": round(12_001 * 0.8999)}, "poor"),
        ({"clipped_samples": 12}, "good"),
        ({"clipped_samples": 13}, "fair"),
        ({"clipped_samples": 84}, "fair"),
        ({"clipped_samples": 85}, "poor"),
        ({"acc_step_mps2": 0.29}, "good"),
        ({"acc_step_mps2": 0.30}, "fair"),
        ({"acc_step_mps2": 0.88}, "fair"),
        ({"acc_step_mps2": 0.90}, "poor"),
        ({"longest_gap_s": 500.0}, "good"),
    ],
)
def test_a_recording_is_graded_at_its_limits(changed: dict[str, float], grade: str) -> None:
    assert judge_sensor(replace(WHOLE, **changed)).grade == grade  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("share", "grade"), [(0.2499, "good"), (0.2501, "fair"), (0.3999, "fair"), (0.4001, "poor")]
)
def test_uneven_stamps_are_graded_in_shares_of_the_period(share: float, grade: str) -> None:
    uneven = replace(WHOLE, interval_sum_sq_s2=12_000 * 0.005**2 * (1 + share**2))
    assert uneven.jitter_s == pytest.approx(0.005 * share)
    (judged,) = judge_sensor(uneven).remarks or (None,)
    assert (judged.grade if judged else "good") == grade
    if judged is not None:
        assert judged.sentence == (
            f"Its time stamps are uneven by {5 * share:.1f} ms (1 sd); so are all events."
        )
        assert judged.measure is not None
        assert judged.measure.value == pytest.approx(5 * share)
        assert (judged.measure.unit, judged.measure.needed) == ("ms", "less than 2.0 ms (1 sd)")


@pytest.mark.parametrize(
    ("declared_hz", "grade"),
    [
        (200.0, "good"),
        (194.3, "good"),
        (194.1, "fair"),
        (206.1, "good"),
        (206.3, "fair"),
        (181.9, "fair"),
        (181.7, "poor"),
        (222.1, "fair"),
        (222.4, "poor"),
        (None, "good"),
    ],
)
def test_a_clock_is_held_to_the_rate_that_was_set(declared_hz: float | None, grade: str) -> None:
    assert judge_sensor(WHOLE, declared_rate_hz=declared_hz).grade == grade


@pytest.mark.parametrize(
    ("confidence", "shifts", "grade"),
    [
        (0.61, 0, "good"),
        (0.59, 0, "fair"),
        (0.31, 0, "fair"),
        (0.29, 0, "poor"),
        (0.9, 1, "fair"),
        (0.9, 3, "fair"),
        (0.9, 4, "poor"),
        (None, 4, "poor"),
    ],
)
def test_sitting_is_graded_at_its_limits(confidence: float | None, shifts: int, grade: str) -> None:
    found = judge_sensor(WHOLE, alignment_confidence=confidence, mount_shifts=shifts)
    assert (found.grade, found.mount_shifts) == (grade, shifts)
    assert found.alignment_grade == (None if confidence is None else grade)
    times = {0: None, 1: "once"}.get(shifts, f"{shifts} times")
    shifted = [one for one in found.sentences if "shifted" in one]
    assert shifted == (
        [] if times is None else [f"It shifted {times}; angles before and after are aligned apart."]
    )


def test_without_standing_an_aligned_sensor_has_no_zero() -> None:
    words = "Its angles have no zero from quiet standing; only their changes can be read."
    assert judge_sensor(WHOLE, alignment_confidence=0.9, relative=True).sentences == (words,)
    assert judge_sensor(WHOLE, relative=True).sentences == ()


@pytest.mark.parametrize(
    ("recording_s", "sentence", "missing_s"),
    [
        ((0.0, 60.0), None, 0.0),
        ((-5.0, 65.0), None, 0.0),
        ((-5.1, 60.0), "It recorded only 0:05 to 1:05 of 1:05.", 5.1),
        ((0.0, 3700.0), "It recorded only 0:00 to 1:00 of 1:01:40.", 3640.0),
        ((-60.0, 120.0), "It recorded only 1:00 to 2:00 of 3:00.", 120.0),
    ],
)
def test_what_others_recorded_and_it_did_not_is_missing(
    recording_s: tuple[float, float], sentence: str | None, missing_s: float
) -> None:
    found = judge_sensor(WHOLE, recording_s=recording_s)
    assert found.missing_share == pytest.approx(missing_s / (60.0 + missing_s), abs=1e-4)
    assert [one for one in found.sentences if one.startswith("It recorded")] == (
        [sentence] if sentence else []
    )


@pytest.mark.parametrize(
    ("gap_s", "told"),
    [
        (1.99, None),
        (2.0, "2.0 s"),
        (119.9, "119.9 s"),
        (120.0, "2 min"),
        (7199.0, "120 min"),
        (7200.0, "2.0 h"),
    ],
)
def test_the_longest_gap_is_told_in_the_unit_that_suits_it(gap_s: float, told: str | None) -> None:
    found = judge_sensor(replace(WHOLE, longest_gap_s=gap_s))
    assert found.sentences == (() if told is None else (f"Its longest gap lasts {told}.",))


@pytest.mark.parametrize(("warmest", "is_told"), [(34.9, False), (35.0, True)])
def test_a_sensor_that_warms_by_fifteen_degrees_is_told(warmest: float, is_told: bool) -> None:
    found = judge_sensor(replace(WHOLE, coldest_degc=20.0, warmest_degc=warmest))
    assert bool(found.sentences) is is_told
    assert found.temperature_degc == (20.0, warmest)


@pytest.mark.parametrize(("periods", "grade"), [(79_200, "good"), (79_199, "poor")])
def test_contacts_need_eighty_hertz_but_for_a_hundredth(periods: int, grade: str) -> None:
    slow = replace(WHOLE, periods=periods, samples=periods + 1, last_s=1000.0)
    even = replace(slow, intervals=periods, interval_sum_s=1000.0, interval_sum_sq_s2=1000.0**2 / periods)
    found = judge_sensor(even)
    assert found.grade == grade
    if grade == "poor":
        (remark,) = found.remarks
        assert remark.sentence == "It recorded at 79 Hz; contacts need 100 Hz or more."
        assert remark.measure is not None
        assert (remark.measure.unit, remark.measure.needed) == ("Hz", "100 Hz or more")
        assert remark.measure.advice == "Set it to 200 Hz before the next run."


@pytest.mark.parametrize(
    ("placement", "rate_hz", "limited"),
    [
        ("shank_left", 190.0, {}),
        (
            "shank_left",
            189.9,
            {
                "peak_tibial_acc_g": "left shank: 190 Hz misses the top of the shock (0.5-1.4 g at 102 Hz); "
                "record at 200 Hz"
            },
        ),
        ("pelvis", 79.2, {}),
        ("pelvis", 79.1, {"strides": "pelvis: 79 Hz is too slow to find contacts; record at 100 Hz or more"}),
    ],
)
def test_what_a_rate_cannot_tell_is_said_at_its_limit(
    placement: str, rate_hz: float, limited: dict[str, str]
) -> None:
    assert limited_by_rate(placement, rate_hz) == limited
    assert spoken("foot_right") == "right foot"


def test_a_measure_is_what_its_sentence_says() -> None:
    bad = replace(WHOLE, samples=10_000, clipped_samples=100, acc_step_mps2=1.0)
    told = {one.measure.unit: one for one in judge_sensor(bad).remarks if one.measure is not None}
    percent = [one for one in judge_sensor(bad).remarks if one.measure and one.measure.unit == "%"]
    assert [one.sentence for one in percent] == [
        "16.7 % of its samples are missing; strides with a gap are not judged.",
        "100 samples are at the sensor's limit; those peaks are lower bounds.",
    ]
    assert [round(one.measure.value, 2) for one in percent if one.measure] == [16.67, 1.0]
    assert [one.measure.needed for one in percent if one.measure] == [
        "less than 10 % of its samples missing",
        "less than 0.7 % of its samples at its limit",
    ]
    assert told["deg"].sentence == (
        "Its accelerations come in steps of 1 m/s²: the zero of its angles is uncertain by 1.7°."
    )
    assert told["deg"].measure is not None
    assert told["deg"].measure.value == pytest.approx(1.687, abs=0.001)
    assert told["deg"].measure.needed == "less than 1.5° from the steps of its accelerations"
    slow = judge_sensor(replace(WHOLE, periods=4000, intervals=4000, samples=4001, interval_sum_sq_s2=0.9))
    assert slow.sentences[0] == "It recorded at 67 Hz; contacts need 100 Hz or more."
    assert QualityLimits().mount_shifts == (1, 4)
