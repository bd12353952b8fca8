"""MetaBase exports become the recording they were made from."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import imu
from imu.errors import RecordingError
from imu.formats import Answers, SensorFile, read_all
from imu.formats.content import Refused
from imu.formats.matching import by_outing, placed
from imu.formats.pairing import recorded
from imu.recording import Body, Recording
from imu.simulate import SimulationConfig, simulate
from tests.formats.foreign import START, metabase, metabase_pair

# 95 % of strides: thousandths of g and deg/s, and milliseconds, through the whole analysis.
WITHIN = {
    "contact_time_s": 0.002,
    "speed_mps": 0.02,
    "shank_angle_ic_deg": 0.3,
    "pelvic_drop_deg": 0.03,
    "peak_tibial_acc_g": 0.005,
}


@pytest.fixture(scope="module")
def run() -> Recording:
    """A minute of running with three sensors, and gaps; of the body nothing is known, as in any export."""
    recording = simulate(SimulationConfig(pattern="stand:8,run:60@3,stand:4")).recording
    tracks = {name: replace(track, mount_height_m=None) for name, track in recording.tracks.items()}
    return replace(recording, tracks=tracks, body=Body())


@pytest.fixture(scope="module")
def strides(run: Recording) -> pd.DataFrame:
    return imu.analyze(run).strides


def imported(files: list[Path], answers: Answers = Answers(), **wear: str) -> Recording:
    content = [one for one in read_all(files, answers) if isinstance(one, SensorFile)]
    (outing,) = by_outing(placed(content, wear))
    return recorded(outing)


def off(strides: pd.DataFrame, again: pd.DataFrame, name: str) -> pd.Series:
    """By how much a column differs, stride by stride: both tables have the same strides in the same order."""
    assert list(again.side) == list(strides.side)
    return (again[name].reset_index(drop=True) - strides[name].reset_index(drop=True)).abs()


@pytest.mark.unhurried
@pytest.mark.parametrize(
    "made",
    [
        lambda run, folder: metabase_pair(run, folder),
        lambda run, folder: metabase_pair(run, folder, android=True, offset=timedelta(hours=-7)),
        lambda run, folder: metabase_pair(run, folder, streamed=True),
    ],
    ids=["logged", "android", "streamed"],
)
def test_strides_are_those_of_the_recording_it_was_made_from(
    run: Recording, strides: pd.DataFrame, tmp_path: Path, made: Callable[[Recording, Path], list[Path]]
) -> None:
    again = imu.analyze(imported(made(run, tmp_path))).strides
    assert len(again) == len(strides)
    late_s = again.ic_time_s.to_numpy() - strides.ic_time_s.to_numpy()
    assert np.ptp(late_s) < 0.004  # the recording begins a little later, and that is all
    for name, within in WITHIN.items():
        difference = off(strides, again, name)
        assert difference.notna().sum() == strides[name].notna().sum(), name
        assert difference.quantile(0.95) < within, name


@pytest.mark.unhurried
def test_samples_stay_where_they_were_and_gaps_stay_open(run: Recording, tmp_path: Path) -> None:
    again = imported(metabase_pair(run, tmp_path))
    before, after = (one.tracks["shank_left"].samples() for one in (run, again))
    gaps_before = np.flatnonzero(np.diff(before.time_s) > 0.05)
    gaps_after = np.flatnonzero(np.diff(after.time_s) > 0.05)
    assert len(gaps_before) == len(gaps_after) == 2
    length_before, length_after = np.diff(before.time_s)[gaps_before], np.diff(after.time_s)[gaps_after]
    assert np.allclose(
        length_before, length_after, atol=0.006
    )  # a gyroscope's sample ends each a moment later
    told = again.collection or {}
    assert told["sensors"]["shank_left"]["gaps"] == 2


@pytest.mark.unhurried
def test_start_and_zone_are_those_of_the_telephone_whatever_the_header_says(
    run: Recording, tmp_path: Path
) -> None:
    files = metabase_pair(run, tmp_path, offset=timedelta(hours=-7))
    wrong = files[0].read_text().replace("(-0700)", "(-13:00)")
    files[0].write_text(wrong)
    start = imported(files).start
    assert start is not None
    assert abs((start - START).total_seconds()) < 0.1
    assert start.utcoffset() == timedelta(hours=-7)


@pytest.mark.unhurried
def test_a_zone_that_was_given_counts(run: Recording, tmp_path: Path) -> None:
    zone = timezone(timedelta(hours=9))
    start = imported(metabase_pair(run, tmp_path), Answers(zone=zone)).start
    assert start is not None
    assert start.utcoffset() == timedelta(hours=9)


@pytest.mark.unhurried
def test_where_a_sensor_was_worn_is_asked_by_the_option_that_answers(run: Recording, tmp_path: Path) -> None:
    one = replace(run, tracks={"shank_left": run.tracks["shank_left"]})
    files = metabase_pair(one, tmp_path, named=False)
    with pytest.raises(RecordingError, match="does not say where it was worn; give --wear shank_left="):
        imported(files)
    assert list(imported(files, shank_right=files[1].name).tracks) == ["shank_right"]
    assert list(imported(files, pelvis="c10f6b5ac415").tracks) == ["pelvis"]


@pytest.mark.parametrize("by", ["name", "path", "serial"])
def test_what_is_said_of_one_file_holds_for_the_other_of_its_sensor(
    run: Recording, tmp_path: Path, by: str
) -> None:
    """Whatever their names say: giving both is impossible, as each place is given once."""
    pair = metabase_pair(replace(run, tracks={"shank_left": run.tracks["shank_left"]}), tmp_path)
    called = {"name": pair[0].name, "path": str(pair[0]), "serial": "C10F6B5AC415"}
    assert set(imported(pair, pelvis=called[by]).tracks) == {"pelvis"}


@pytest.mark.unhurried
def test_an_accelerometer_alone_is_accepted_and_says_what_is_missing(run: Recording, tmp_path: Path) -> None:
    files = [file for file in metabase_pair(run, tmp_path) if "Accelerometer" in file.name]
    again = imported(files)
    assert not any(track.has_gyroscope for track in again.tracks.values())
    assert "shank_left has no angular rate" in (again.notes or "")
    assert imu.analyze(again).strides.shank_angle_ic_deg.isna().all()


@pytest.mark.unhurried
def test_a_gyroscope_alone_is_refused(run: Recording, tmp_path: Path) -> None:
    files = [file for file in metabase_pair(run, tmp_path) if "Gyroscope" in file.name]
    with pytest.raises(RecordingError, match="has no acceleration, and no file with it lies beside"):
        imported(files)


@pytest.mark.unhurried
def test_runs_of_several_days_in_one_folder_are_told_apart(run: Recording, tmp_path: Path) -> None:
    first = metabase_pair(run, tmp_path)
    later = []
    for file in first:
        stamps = file.read_text().splitlines()
        moved = [stamps[0], *(f"{int(row[:13]) + 86_400_000}{row[13:]}" for row in stamps[1:])]
        later.append(file.with_name(file.name.replace("2026-03-02", "2026-03-03")))
        later[-1].write_text("\n".join(moved))
    content = [one for one in read_all([*first, *later]) if isinstance(one, SensorFile)]
    outings = by_outing(content)
    assert [len(outing) for outing in outings] == [3, 3]
    days = [recorded(outing).start for outing in outings]
    assert [day.day for day in days if day is not None] == [2, 3]


def _text(**changes: object) -> str:
    time_s = np.arange(600) / 100
    values = np.column_stack([np.sin(time_s), np.cos(7 * time_s), 1 + 0.1 * np.sin(3 * time_s)])
    return metabase(time_s, values, unit="g", **changes)  # type: ignore[arg-type]


def _read(
    tmp_path: Path, text: str, answers: Answers = Answers(), name: str = "a_C10F6B5AC415.csv"
) -> SensorFile:
    file = tmp_path / name
    file.write_text(text)
    (content,) = read_all([file], answers)
    assert isinstance(content, SensorFile)
    return content


@pytest.mark.parametrize(
    "kept", [(0, 3, 4, 5), (1, 3, 4, 5), (2, 3, 4, 5)], ids=["epoch", "clock", "elapsed"]
)
def test_older_exports_with_one_column_of_time_are_read(tmp_path: Path, kept: tuple[int, ...]) -> None:
    rows = [row.split(",") for row in _text().splitlines()]
    content = _read(tmp_path, "\n".join(",".join(row[at] for at in kept) for row in rows))
    assert np.allclose(np.diff(content.time_s), 0.01, atol=1e-6)
    assert (content.start is None) == (kept[0] == 2)
    if content.start is not None:
        assert content.start.astimezone(UTC).replace(microsecond=0) == datetime(2026, 3, 2, 6, 30, tzinfo=UTC)


def _lossy(
    folder: Path, *, every_s: float, lost_s: tuple[float, float], name: str
) -> tuple[SensorFile, float]:
    """Four minutes of a stream that loses something so often; by how much its times are off, peak to peak."""
    random = np.random.default_rng(2)
    time_s = np.arange(24_000) / 100
    packet = np.arange(len(time_s)) // 3
    late_s = random.geometric(0.9, packet[-1] + 1) * 0.03
    stamp_s = np.maximum.accumulate((packet * 3 + 2) / 100 + late_s[packet])
    held = time_s % every_s >= random.uniform(*lost_s, len(time_s))[(time_s // every_s).astype(int)]
    values = np.column_stack([np.sin(time_s), np.cos(7 * time_s), 1 + 0.1 * np.sin(3 * time_s)])
    content = _read(folder, metabase(stamp_s[held], values[held], unit="g"), name=name)
    return content, float(np.ptp(content.time_s - time_s[held]))


@pytest.mark.parametrize("every_s", [1.0, 2.0, 5.0, 60.0])
def test_losses_of_a_stream_are_seen_through_however_often_they_come(tmp_path: Path, every_s: float) -> None:
    lost_s = (0.1, 0.6) if every_s > 1 else (0.1, 0.1)
    content, off_s = _lossy(tmp_path, every_s=every_s, lost_s=lost_s, name="a_100.000Hz.csv")
    assert off_s < 0.25
    (note,) = content.notes
    assert "doubtful" not in note


def test_a_stream_that_lost_too_much_is_read_and_its_times_are_said_to_be_doubtful(tmp_path: Path) -> None:
    content, off_s = _lossy(tmp_path, every_s=0.3, lost_s=(0.15, 0.3), name="a.csv")
    assert (np.diff(content.time_s) > 0).all()
    assert off_s > 1
    (note,) = content.notes
    assert "doubtful" in note


def test_losses_as_short_as_waits_are_told_by_the_rate_in_the_file_s_name(tmp_path: Path) -> None:
    for name, is_doubtful in (("a.csv", False), ("a_100.000Hz.csv", True)):
        content, _ = _lossy(tmp_path, every_s=1.0, lost_s=(0.06, 0.06), name=name)
        (note,) = content.notes
        assert ("doubtful" in note) == is_doubtful


def test_a_spreadsheet_that_saved_it_with_decimal_commas_does_no_harm(tmp_path: Path) -> None:
    plain = _read(tmp_path, _text())
    lines = _text().splitlines()
    rows = [line.replace(",", ";").replace(".", ",") for line in lines[1:]]
    again = _read(tmp_path, "\r\n".join(["\ufeff" + lines[0].replace(",", ";"), *rows]), name="b.csv")
    assert plain.acc_mps2 is not None
    assert again.acc_mps2 is not None
    assert np.array_equal(again.acc_mps2, plain.acc_mps2)


def test_a_file_cut_in_its_last_line_is_read_to_there(tmp_path: Path) -> None:
    text = _text().rstrip().rsplit(",", 1)[0]
    content = _read(tmp_path, text)
    assert len(content.time_s) == 599
    assert content.notes == ("line 601 is cut short and was left out",)


def test_rows_written_twice_count_once(tmp_path: Path) -> None:
    lines = _text().splitlines()
    content = _read(tmp_path, "\n".join([*lines[:101], lines[100], *lines[101:]]))
    assert len(content.time_s) == 600
    assert content.notes == ("1 rows stand there twice and were taken once",)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        (lambda t: t.replace("x-axis (g)", "x-axis (furlongs)"), r"line 1: counts its axes in 'furlongs'"),
        (lambda t: t.replace(" (g)", ""), r"line 1: does not say in what unit; give --unit acc=g"),
        (lambda t: t.replace(",1.000,", ",one,", 1), r"line 2: y-axis \(g\) is 'one', not a number"),
        (lambda t: "\n".join(t.splitlines()[:1]), r"line 1: has names of columns, but no rows"),
        (lambda t: t.replace(",0.030,", ",0.030,,"), r"line 5: 7 values, expected 6 as in line 1"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(
    tmp_path: Path, change: Callable[[str], str], refused: str
) -> None:
    with pytest.raises(RecordingError, match=refused) as error:
        _read(tmp_path, change(_text()))
    assert str(error.value).startswith(str(tmp_path))


_UNITS = {"acc": "g", "gyr": "deg/s", "time": "ms"}


@pytest.mark.parametrize(
    ("name", "said", "is_acc"),
    [
        ("a_Accelerometer.csv", ("acc", "gyr"), True),
        ("a_Gyroscope.csv", ("acc", "gyr"), False),
        ("a_ACC1F6B5AC41_gyro.csv", ("gyr", "time"), False),  # a serial number, no acceleration
        ("a.csv", ("gyr",), False),
    ],
)
def test_a_unit_is_given_for_what_the_file_s_name_says_that_it_holds(
    tmp_path: Path, name: str, said: tuple[str, ...], is_acc: bool
) -> None:
    answers = Answers(units={what: _UNITS[what] for what in said})
    content = _read(tmp_path, _text().replace(" (g)", ""), answers, name)
    assert (content.acc_mps2 is not None, content.gyr_radps is not None) == (is_acc, not is_acc)


@pytest.mark.parametrize(
    ("name", "said", "advice"),
    [
        ("a_Gyroscope.csv", ("acc",), "give --unit gyr=deg/s"),
        ("a_Accelerometer.csv", ("time",), "give --unit acc=g"),
        ("a.csv", ("time",), "give --unit acc=g or --unit gyr=deg/s"),
        ("a.csv", ("acc", "gyr"), "put acc or gyr into its name"),
    ],
)
def test_a_unit_that_says_nothing_of_this_file_is_asked_by_what_answers(
    tmp_path: Path, name: str, said: tuple[str, ...], advice: str
) -> None:
    with pytest.raises(RecordingError, match=f"{advice}$"):
        _read(tmp_path, _text().replace(" (g)", ""), Answers(units={w: _UNITS[w] for w in said}), name)


def test_a_clock_that_goes_back_is_refused_with_its_line(tmp_path: Path) -> None:
    lines = _text().splitlines()
    back = [f"{int(row[:13]) - 60_000}{row[13:]}" for row in lines[301:]]
    without_elapsed = [
        row.split(",")[0] + "," + ",".join(row.split(",")[3:]) for row in [*lines[:301], *back]
    ]
    with pytest.raises(RecordingError, match=r"line 302: time goes back by 59\.990 s; split the file there"):
        _read(tmp_path, "\n".join(without_elapsed))


@pytest.mark.parametrize(
    ("name", "unit"),
    [("a_Magnetometer.csv", "T"), ("a_Linear Acceleration_100Hz.csv", "g"), ("a_Gravity.csv", "g")],
)
def test_what_is_no_raw_signal_is_left_out(tmp_path: Path, name: str, unit: str) -> None:
    file = tmp_path / name
    file.write_text(_text().replace("(g)", f"({unit})"))
    (content,) = read_all([file])
    assert isinstance(content, Refused)
    assert not content.is_known
