"""What can be wrong with accelerations and angular rates."""

import numpy as np
from numpy.typing import NDArray

from tests.bad_input.corpus import ACC, GRAVITY_MPS2, GYR, Columns, Draft, spoiled

ANGLES = ("shank_angle_ic_deg", "shank_angle_max_deg", "pelvic_drop_deg")
PELVIC = ("pelvic_drop_deg", "pelvic_drop_abs_deg", "vertical_oscillation_m")
TIBIAL = ("shank_angle_ic_deg", "shank_angle_max_deg", "peak_tibial_acc_g")


def _scale(columns: Columns, names: tuple[str, ...], factor: float) -> None:
    for name in names:
        columns[name] = columns[name] * np.float32(factor)


def _set(columns: Columns, names: tuple[str, ...], value: float) -> None:
    for name in names:
        columns[name] = np.full(len(columns["time"]), value, np.float32)


def _with(column: NDArray[np.float32], row: int, value: float) -> NDArray[np.float64]:
    changed = column.astype(np.float64)
    changed[row - 1] = value
    return changed


@spoiled(r"pelvis\.parquet: columns acc_y, acc_z are missing; the file has time, acc_x, gyr_x")
def columns_are_missing(run: Draft) -> None:
    del run.pelvis["acc_y"], run.pelvis["acc_z"]


@spoiled(r"column time is missing; the file has t, acc_x")
def time_has_another_name(run: Draft) -> None:
    run.sensors["pelvis"] = {"t" if name == "time" else name: column for name, column in run.pelvis.items()}


@spoiled(r"column gyr_y is missing")
def gyroscope_lacks_an_axis(run: Draft) -> None:
    del run.pelvis["gyr_y"]


@spoiled(r"acc_x has no number in row 1235 \(nan\); leave rows of lost samples out")
def acceleration_is_not_a_number(run: Draft) -> None:
    run.pelvis["acc_x"] = _with(run.pelvis["acc_x"], 1235, np.nan)


@spoiled(r"gyr_z has no number in row 6000 \(-inf\)")
def angular_rate_is_infinite(run: Draft) -> None:
    run.pelvis["gyr_z"] = _with(run.pelvis["gyr_z"], 6000, -np.inf)


@spoiled(r"gyr_x has no number in row 1 ")
def gyroscope_is_all_nan(run: Draft) -> None:
    _set(run.pelvis, GYR, np.nan)


@spoiled(r"acc_y is 1e\+09 in row 2000; no sensor reaches 3923 m/s²")
def acceleration_is_a_billion(run: Draft) -> None:
    run.pelvis["acc_y"] = _with(run.pelvis["acc_y"], 2000, 1e9)


@spoiled(r"acc_y has no number in row 2000 \(inf\)")
def acceleration_does_not_fit_single_precision(run: Draft) -> None:
    run.pelvis["acc_y"] = _with(run.pelvis["acc_y"], 2000, 1e300)


@spoiled(r"shank_left\.parquet: acceleration averages 1\.0\d where .* if it is in g, multiply it by")
def acceleration_is_in_g(run: Draft) -> None:
    run.every_sensor(lambda columns: _scale(columns, ACC, 1 / GRAVITY_MPS2))


@spoiled(r"acc_. is .* no sensor reaches 3923 m/s²")
def acceleration_is_in_milli_g(run: Draft) -> None:
    run.every_sensor(lambda columns: _scale(columns, ACC, 1000 / GRAVITY_MPS2))


@spoiled(
    r"no sensor reaches 3923 m/s²; if these are raw counts, convert them|convert it from mg or raw counts"
)
def acceleration_is_in_raw_counts(run: Draft) -> None:
    for name in ACC:
        run.pelvis[name] = np.round(run.pelvis[name] / GRAVITY_MPS2 * 2048).astype(np.int16)


@spoiled(r"acceleration averages .* if gravity was removed, export it with gravity")
def gravity_was_removed(run: Draft) -> None:
    for name in ACC:
        run.pelvis[name] = run.pelvis[name] - run.pelvis[name].mean()


@spoiled(r"shank_left\.parquet: gyr_. is .* if it is in deg/s, multiply it by pi/180")
def angular_rate_is_in_degrees(run: Draft) -> None:
    run.every_sensor(lambda columns: _scale(columns, GYR, 180 / np.pi))


@spoiled(r"pelvis\.parquet: angular rate is above 35 rad/s \d+% of the time, .* if it is in deg/s")
def angular_rate_of_a_calm_pelvis_is_in_degrees(run: Draft) -> None:
    _scale(run.pelvis, GYR, 0.5 * 180 / np.pi)


@spoiled(r"pelvis\.parquet: acceleration averages \d+ where gravity .*convert it from mg")
def acceleration_is_in_centimetres(run: Draft) -> None:
    _scale(run.pelvis, ACC, 100)


@spoiled(r"pelvis\.parquet: angular rate reaches .* says gyr_range_dps 2000; if it is in deg/s")
def angular_rate_exceeds_its_range(run: Draft) -> None:
    run.pelvis["gyr_x"] = _with(run.pelvis["gyr_x"], 3000, 50.0)


@spoiled(r"acceleration reaches .* g, but recording\.json says acc_range_g 1; correct one of them")
def acceleration_exceeds_its_range(run: Draft) -> None:
    run.manifest["sensors"]["shank_left"]["acc_range_g"] = 1


@spoiled(r"acc_x is 0 and acc_y is 0 and acc_z is 0 in every row; the sensor was off or stuck")
def everything_is_zero(run: Draft) -> None:
    _set(run.pelvis, (*ACC, *GYR), 0.0)


@spoiled(r"acc_x is 9\.81 and acc_y is 9\.81 and acc_z is 9\.81 in every row")
def everything_is_stuck(run: Draft) -> None:
    _set(run.pelvis, ACC, 9.81)


@spoiled(r"acc_z is 4\.2 in every row; that axis is stuck")
def one_axis_is_stuck(run: Draft) -> None:
    _set(run.pelvis, ("acc_z",), 4.2)


@spoiled(r"acc_x is 0 and acc_z is 0 in every row; one axis alone cannot be judged")
def two_axes_were_not_measured(run: Draft) -> None:
    _set(run.pelvis, ("acc_x", "acc_z"), 0.0)


@spoiled(r"gyr_x is 0 and gyr_y is 0 and gyr_z is 0 in every row; the gyroscope was off: remove gyr_x")
def gyroscope_was_off(run: Draft) -> None:
    _set(run.pelvis, GYR, 0.0)


@spoiled(r"gyr_y is 0 in every row; that axis is stuck")
def one_axis_of_the_gyroscope_is_dead(run: Draft) -> None:
    _set(run.pelvis, ("gyr_y",), 0.0)


@spoiled(r"acceleration stands at its limits \(156\.9 m/s²\) most of the time; it was clipped")
def acceleration_is_all_clipped(run: Draft) -> None:
    for name in ACC:
        run.pelvis[name] = np.where(run.pelvis[name] > run.pelvis[name].mean(), 156.9, -78.0).astype(
            np.float32
        )


@spoiled(r"angular rate stands at its limits \(34\.91 rad/s\) most of the time; it was clipped")
def angular_rate_is_all_clipped(run: Draft) -> None:
    for name in GYR:
        run.pelvis[name] = (np.sign(run.pelvis[name]) * 34.906).astype(np.float32)


@spoiled(r"column acc_x holds string, not numbers; write plain numbers")
def acceleration_is_text(run: Draft) -> None:
    run.pelvis["acc_x"] = run.pelvis["acc_x"].astype(str)


@spoiled(r"column acc_x holds bool, not numbers")
def acceleration_is_yes_or_no(run: Draft) -> None:
    run.pelvis["acc_x"] = run.pelvis["acc_x"] > 0


@spoiled(r"column temperature holds string")
def temperature_is_text(run: Draft) -> None:
    run.pelvis["temperature"] = np.full(6000, "warm")


@spoiled(absent=(*ANGLES, *PELVIC))
def sensors_are_accelerometers_alone(run: Draft) -> None:
    for columns in run.sensors.values():
        for name in GYR:
            del columns[name]


@spoiled(absent=("pelvic_drop_deg", "pelvic_drop_abs_deg"))
def one_axis_was_not_measured(run: Draft) -> None:
    run.keep("pelvis")
    lateral = min(ACC, key=lambda name: abs(float(run.pelvis[name].mean())))
    for name in GYR:
        del run.pelvis[name]
    _set(run.pelvis, (lateral,), 0.0)


@spoiled(r"shank_left does not swing like a shank and pelvis swings like a leg while running", loads=True)
def pelvis_and_shank_are_exchanged(run: Draft) -> None:
    run.sensors["shank_left"], run.sensors["pelvis"] = run.sensors["pelvis"], run.sensors["shank_left"]


@spoiled(r"pelvis swings like a leg while running; were sensors swapped\?", loads=True)
def pelvis_sensor_sat_on_a_leg(run: Draft) -> None:
    run.sensors["pelvis"] = dict(run.sensors["shank_right"])


@spoiled(absent=TIBIAL)
def only_the_pelvis_was_worn(run: Draft) -> None:
    run.keep("pelvis")


@spoiled(absent=PELVIC)
def only_a_shank_was_worn(run: Draft) -> None:
    run.keep("shank_left")


@spoiled(absent=(*TIBIAL, *PELVIC))
def only_a_foot_was_worn(run: Draft) -> None:
    run.sensors["foot_left"] = run.sensors.pop("shank_left")
    run.manifest["sensors"]["foot_left"] = run.manifest["sensors"].pop("shank_left")
    run.keep("foot_left")


@spoiled()
def some_samples_are_clipped(run: Draft) -> None:
    run.manifest["sensors"]["shank_left"]["acc_range_g"] = 2
    columns = run.sensors["shank_left"]
    for name in ACC:
        columns[name] = np.clip(columns[name], -2 * GRAVITY_MPS2, 2 * GRAVITY_MPS2)


@spoiled()
def temperature_is_there_now_and_then(run: Draft) -> None:
    run.pelvis["temperature"] = np.where(np.arange(6000) % 200 == 0, 31.5, np.nan)


@spoiled()
def there_are_more_columns(run: Draft) -> None:
    run.pelvis.update({"mag_x": np.zeros(6000), "comment": np.full(6000, "ok"), "": np.zeros(6000)})


@spoiled()
def signals_are_in_double_precision(run: Draft) -> None:
    run.every_sensor(
        lambda columns: columns.update({name: columns[name].astype(float) for name in (*ACC, *GYR)})
    )


@spoiled()
def nothing_but_standing(run: Draft) -> None:
    for columns in run.sensors.values():
        columns.update({name: column[:1000] for name, column in columns.items()})


@spoiled()
def sensor_freezes_halfway(run: Draft) -> None:
    for name in (*ACC, *GYR):
        run.pelvis[name] = np.where(np.arange(6000) < 4000, run.pelvis[name], run.pelvis[name][4000])


@spoiled()
def lost_samples_are_filled_with_zeros(run: Draft) -> None:
    lost = (np.arange(6000) // 100) % 7 == 3
    for columns in run.sensors.values():
        columns.update({name: np.where(lost, np.float32(0), columns[name]) for name in (*ACC, *GYR)})


@spoiled()
def a_third_of_the_run_is_zeros(run: Draft) -> None:
    for columns in run.sensors.values():
        columns.update({name: np.where(np.arange(6000) < 4000, columns[name], 0) for name in (*ACC, *GYR)})


@spoiled()
def lost_samples_repeat_the_last(run: Draft) -> None:
    rows = np.arange(6000)
    last = np.where((rows // 100) % 7 == 3, rows // 100 * 100, rows)
    for columns in run.sensors.values():
        columns.update({name: columns[name][last] for name in (*ACC, *GYR)})


@spoiled()
def there_is_a_single_spike(run: Draft) -> None:
    run.pelvis["acc_y"] = _with(run.pelvis["acc_y"], 3000, 150.0).astype(np.float32)
