"""What can be wrong with the time column."""

from typing import Any

import numpy as np

from tests.bad_input.corpus import RATE_HZ, Draft, spoiled

ANGLES = ("shank_angle_ic_deg", "shank_angle_max_deg", "speed_mps", "pelvic_drop_deg")


def _rows(run: Draft, rows: Any) -> None:
    for columns in run.sensors.values():
        columns.update({name: column[rows] for name, column in columns.items()})


def _retimed(run: Draft, factor: float, offset_s: float = 0.0) -> None:
    for columns in run.sensors.values():
        columns["time"] = columns["time"] * factor + offset_s


@spoiled(r"pelvis\.parquet: time goes back at row 1001 \(4\.02 after 5\.015\)")
def time_goes_back(run: Draft) -> None:
    run.pelvis["time"] = np.where(np.arange(6000) < 1000, run.pelvis["time"], run.pelvis["time"] - 1.0)


@spoiled(r"pelvis\.parquet: time repeats at row 501 \(2\.515 twice\)")
def time_repeats(run: Draft) -> None:
    run.pelvis["time"] = run.pelvis["time"].copy()
    run.pelvis["time"][500] = run.pelvis["time"][499]


@spoiled(r"time goes back at row \d+")
def rows_are_shuffled(run: Draft) -> None:
    _rows(run, np.random.default_rng(0).permutation(6000))


@spoiled(r"time goes back at row 2 ")
def rows_are_in_reverse(run: Draft) -> None:
    _rows(run, slice(None, None, -1))


@spoiled(r"time repeats at row 2 ")
def time_stands_still(run: Draft) -> None:
    run.pelvis["time"] = np.zeros(6000)


@spoiled(r"pelvis\.parquet: time has no number in row 3001 \(nan\)")
def time_has_a_hole_in_a_row(run: Draft) -> None:
    run.pelvis["time"] = np.where(np.arange(6000) == 3000, np.nan, run.pelvis["time"])


@spoiled(r"time has no number in row 6000 \(inf\)")
def time_ends_in_infinity(run: Draft) -> None:
    run.pelvis["time"] = np.where(np.arange(6000) == 5999, np.inf, run.pelvis["time"])


@spoiled(r"time advances by 5 per sample; time looks like milliseconds; divide it by 1000")
def time_is_in_milliseconds(run: Draft) -> None:
    _retimed(run, 1e3)


@spoiled(r"time looks like microseconds; divide it by 1000000")
def time_is_in_microseconds(run: Draft) -> None:
    _retimed(run, 1e6)


@spoiled(r"time looks like milliseconds")
def time_is_in_milliseconds_since_1970(run: Draft) -> None:
    _retimed(run, 1e3, 1.7e12)


@spoiled(
    r"time starts at 1777873800\.02, as if since 1970 \(2026-05-04\); count it from the recording's start"
)
def time_is_in_seconds_since_1970(run: Draft) -> None:
    _retimed(run, 1, 1777873800)


@spoiled(r"time starts at 200000 s; count it from the recording's start")
def time_starts_two_days_late(run: Draft) -> None:
    _retimed(run, 1, 2e5)


@spoiled(r"time advances by 8\.33e-05 per sample; write it in seconds")
def time_is_in_minutes(run: Draft) -> None:
    _retimed(run, 1 / 60)


@spoiled(r"column time holds timestamp\[us\], not numbers; write seconds since the recording's start")
def time_is_a_date(run: Draft) -> None:
    run.pelvis["time"] = (run.pelvis["time"] * 1e6).astype("datetime64[us]")


@spoiled(r"column time holds duration\[us\], not numbers")
def time_is_a_duration(run: Draft) -> None:
    run.pelvis["time"] = (run.pelvis["time"] * 1e6).astype("timedelta64[us]")


@spoiled(r"column time holds string, not numbers")
def time_is_text(run: Draft) -> None:
    run.pelvis["time"] = run.pelvis["time"].astype(str)


@spoiled(r"10 Hz is too slow to tell a step; record at 100 Hz or more")
def rate_is_ten_hertz(run: Draft) -> None:
    _rows(run, slice(None, None, 20))


@spoiled(r"1 Hz is too slow|time looks like")
def rate_is_one_hertz(run: Draft) -> None:
    _rows(run, slice(None, None, 200))


@spoiled(absent=ANGLES)
def rate_is_thirty_hertz(run: Draft) -> None:
    _rows(run, np.unique(np.round(np.arange(0, 6000, RATE_HZ / 30)).astype(int)).clip(max=5999))


@spoiled(r"lasts 0\.995 s \(200 rows\); at least 2 s are needed")
def recording_lasts_a_second(run: Draft) -> None:
    _rows(run, slice(2000, 2200))


@spoiled()
def recording_lasts_three_seconds(run: Draft) -> None:
    _rows(run, slice(3000, 3600))


@spoiled(r"lasts 0 s \(1 rows?\)")
def there_is_one_row(run: Draft) -> None:
    _rows(run, slice(0, 1))


@spoiled(r"pelvis\.parquet: has no rows")
def there_are_no_rows(run: Draft) -> None:
    for name, column in run.pelvis.items():
        run.pelvis[name] = column[:0]


@spoiled(r"run: shank_left \(0\.02 to 30\.015 s\) and pelvis \(40\.02 to 70\.015 s\) never overlap")
def clocks_do_not_overlap(run: Draft) -> None:
    run.pelvis["time"] = run.pelvis["time"] + 40


@spoiled(r"spans 4\.\d+e\+05 h, and time jumps by 4\.\d+e\+05 h at row 3001; if the clock was reset")
def clock_jumps_to_1970_halfway(run: Draft) -> None:
    run.pelvis["time"] = np.where(np.arange(6000) < 3000, run.pelvis["time"], run.pelvis["time"] + 1.7e9)


@spoiled(r"time advances by|too slow")
def time_is_absurdly_large(run: Draft) -> None:
    run.pelvis["time"] = np.linspace(-1, 1, 6000) * 1e308


@spoiled(r"time advances by 1e-3\d\d per sample; write it in seconds")
def time_hardly_moves(run: Draft) -> None:
    run.pelvis["time"] = np.arange(6000) * 1e-310


@spoiled()
def there_is_a_hole_of_ten_minutes(run: Draft) -> None:
    for columns in run.sensors.values():
        columns["time"] = np.where(np.arange(6000) < 4000, columns["time"], columns["time"] + 600)


@spoiled()
def half_of_the_samples_are_lost(run: Draft) -> None:
    kept = np.random.default_rng(1).random(6000) > 0.5
    _rows(run, kept)


@spoiled()
def rate_halves_midway(run: Draft) -> None:
    _rows(run, np.concatenate([np.arange(3000), np.arange(3000, 6000, 2)]))


@spoiled()
def every_second_has_a_gap(run: Draft) -> None:
    _rows(run, np.arange(6000) % 200 >= 30)


@spoiled()
def sensors_have_different_rates(run: Draft) -> None:
    for name, column in run.pelvis.items():
        run.pelvis[name] = column[::2]


@spoiled()
def one_sensor_ends_early(run: Draft) -> None:
    for name, column in run.pelvis.items():
        run.pelvis[name] = column[:3000]


@spoiled()
def time_is_in_single_precision(run: Draft) -> None:
    for columns in run.sensors.values():
        columns["time"] = columns["time"].astype(np.float32)


@spoiled()
def time_begins_before_zero(run: Draft) -> None:
    _retimed(run, 1, -0.05)


@spoiled()
def time_jitters(run: Draft) -> None:
    shift = np.random.default_rng(2).uniform(-0.0024, 0.0024, 6000)
    for columns in run.sensors.values():
        columns["time"] = columns["time"] + shift


@spoiled()
def sensor_runs_at_a_kilohertz(run: Draft) -> None:
    fine = np.linspace(0, 5999, 5999 * 5 + 1)
    for name, column in run.pelvis.items():
        run.pelvis[name] = np.interp(fine, np.arange(6000), column).astype(column.dtype)
