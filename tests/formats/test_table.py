"""Tables of anybody's own: what their names and a map say is read, and what they leave open is asked."""

import json
from pathlib import Path

import numpy as np
import pytest

import imu
from imu.errors import RecordingError, RestrideError
from imu.formats import Answers, SensorFile, read_all
from imu.formats.column_file import load_columns, save_columns
from imu.formats.column_guess import guessed
from imu.formats.content import ColumnMap
from imu.formats.text_table import Layout
from imu.recording import Samples
from imu.simulate import SimulationConfig, simulate
from tests.formats.foreign import G, plain

PHYPHOX = ",".join(
    [
        "Time (s)",
        *(f"Acceleration {axis} (m/s^2)" for axis in "xyz"),
        *(f"Gyroscope {axis} (rad/s)" for axis in "xyz"),
    ]
)
OURS = "time,acc_x,acc_y,acc_z,gyr_x,gyr_y,gyr_z"


@pytest.fixture(scope="module")
def shank() -> Samples:
    recording = simulate(SimulationConfig(pattern="stand:3,run:6@3", errors="ideal")).recording
    return recording.tracks["shank_left"].samples()


def _read(folder: Path, text: str, answers: Answers = Answers(), name: str = "t.csv") -> SensorFile:
    file = folder / name
    file.write_text(text)
    (content,) = read_all([file], answers)
    assert isinstance(content, SensorFile)
    return content


def _is(content: SensorFile, samples: Samples) -> bool:
    assert content.acc_mps2 is not None
    assert content.gyr_radps is not None
    assert samples.gyr_radps is not None
    return (
        np.allclose(content.acc_mps2, samples.acc_mps2, atol=1e-3)
        and np.allclose(content.gyr_radps, samples.gyr_radps, atol=1e-3)
        and np.allclose(np.diff(content.time_s), np.diff(samples.time_s), atol=1e-3)
    )


@pytest.mark.parametrize("odd", ["\v", "\f", "\x1c", "\x85", "\u2028"])
def test_a_comment_before_the_names_costs_no_row_and_shifts_no_line(tmp_path: Path, odd: str) -> None:
    rows = [f"{row / 100:.2f},{row % 7},{row % 5},9.8" for row in range(400)]
    text = "\n".join([f"made by{odd}somebody", "time_s,acc_x_mps2,acc_y_mps2,acc_z_mps2", *rows, ""])
    assert len(_read(tmp_path, text).time_s) == 400
    with pytest.raises(RecordingError, match="line 3: acc_x_mps2 is 'none'"):
        _read(tmp_path, text.replace("0.00,0,", "0.00,none,", 1))


@pytest.mark.parametrize("names", [OURS, "n,a,b,c,d,e,f"])
def test_a_map_that_does_not_fit_is_told_which_column_is_missing(
    shank: Samples, tmp_path: Path, names: str
) -> None:
    columns = ColumnMap(time=names.split(",")[0], acc=("p", "q", "r"), acc_unit="g")
    with pytest.raises(
        RecordingError, match=r"has no column 'p' of the map, but '.*'; make another by --map"
    ):
        _read(tmp_path, plain(shank, names=names), Answers(columns=columns))


def test_a_unit_that_is_not_known_is_refused_in_a_script_too(tmp_path: Path) -> None:
    with pytest.raises(RestrideError, match="--unit acc=G: known are acc=m/s2 or"):
        imu.formats.load([tmp_path / "t.csv"], units={"acc": "G"})


@pytest.mark.parametrize(("encoding", "ends"), [("utf-16", "\r\n"), ("utf-8", "\r")])
def test_a_table_that_a_spreadsheet_saved_unreadably_is_told_how_to_save_it(
    tmp_path: Path, encoding: str, ends: str
) -> None:
    rows = [f"{row / 100:.2f}\t0\t0\t9.8" for row in range(400)]
    file = tmp_path / "t.csv"
    file.write_bytes(ends.join(["time_s\tacc_x_g\tacc_y_g\tacc_z_g", *rows]).encode(encoding))
    with pytest.raises(RecordingError, match=r"save it as CSV \(UTF-8\)$"):
        list(read_all([file]))


@pytest.mark.parametrize(
    ("names", "factors"),
    [
        ("time_ms,ax_g,ay_g,az_g,gx_dps,gy_dps,gz_dps", {"acc": 1 / G, "gyr": np.degrees(1), "time": 1e3}),
        ("t [us],AccX [m/s²],AccY [m/s²],AccZ [m/s²],GyrX [rad/s],GyrY [rad/s],GyrZ [rad/s]", {"time": 1e6}),
        (PHYPHOX, {}),
    ],
)
def test_a_table_whose_names_say_everything_is_read(
    shank: Samples, tmp_path: Path, names: str, factors: dict[str, float]
) -> None:
    content = _read(tmp_path, plain(shank, names=names, **factors))
    assert _is(content, shank)
    assert content.notes[0].startswith("its columns were read as time")


@pytest.mark.parametrize(
    ("names", "asked"),
    [
        (OURS, "in what unit is acc_x\\? give --unit acc=g or --unit acc=m/s2"),
        ("time,acc_x_g,acc_y_g,acc_z_g,gyr_x,gyr_y,gyr_z", "in what unit is gyr_x\\? give --unit gyr=deg/s"),
        ("n,acc_x_g,acc_y_g,acc_z_g,gx_dps,gy_dps,gz_dps", "which column is time\\? give --map"),
        ("a,b,c,d,e,f,g", "is of no kind known here .*; for a table of samples give --map"),
    ],
)
def test_what_is_left_open_is_asked_by_the_option_that_answers(
    shank: Samples, tmp_path: Path, names: str, asked: str
) -> None:
    with pytest.raises(RecordingError, match=asked):
        _read(tmp_path, plain(shank, names=names))


@pytest.mark.parametrize(("underscores", "is_known"), [(1, True), (200, False)])
def test_a_name_longer_than_any_column_has_is_not_pondered(underscores: int, is_known: bool) -> None:
    names = tuple(f"acc{'_' * underscores}{axis}" for axis in "xyz")
    layout = Layout(names=names, line=1, delimiter=",", decimal=".", quoted=False, rows=(("1", "2", "3"),))
    assert guessed(layout, {}).acc == (names if is_known else None)


def test_a_count_of_samples_is_not_taken_for_milliseconds(shank: Samples, tmp_path: Path) -> None:
    rows = plain(shank, names="time,ax_g,ay_g,az_g,gx_dps,gy_dps,gz_dps", acc=1 / G).splitlines()
    counted = [rows[0], *(f"{at},{row.split(',', 1)[1]}" for at, row in enumerate(rows[1:]))]
    with pytest.raises(RecordingError, match="what does time count\\? give --unit time=s, ms"):
        _read(tmp_path, "\n".join(counted))
    columns = ColumnMap(
        time="time", acc=("ax_g", "ay_g", "az_g"), acc_unit="g", time_unit="samples", rate_hz=200
    )
    assert np.allclose(np.diff(_read(tmp_path, "\n".join(counted), Answers(columns=columns)).time_s), 0.005)


def test_units_that_were_given_are_used(shank: Samples, tmp_path: Path) -> None:
    text = plain(shank, names=OURS, acc=1 / G, gyr=np.degrees(1))
    assert _is(_read(tmp_path, text, Answers(units={"acc": "g", "gyr": "deg/s"})), shank)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_semicolons_tabs_and_decimal_commas_are_told_from_the_file(
    shank: Samples, tmp_path: Path, delimiter: str
) -> None:
    text = plain(shank, names=OURS).replace(",", delimiter).replace(".", ",")
    lines = ["recorded with a logger", "", *text.splitlines()]
    answers = Answers(units={"acc": "m/s2", "gyr": "rad/s"})
    assert _is(_read(tmp_path, "\r\n".join(lines), answers), shank)


def test_a_map_reads_what_no_name_explains(shank: Samples, tmp_path: Path) -> None:
    columns = ColumnMap(
        time="a", acc=("b", "c", "d"), gyr=("e", "f", "g"), acc_unit="mg", gyr_unit="rad/s", time_unit="ms"
    )
    save_columns(columns, tmp_path / "map.json")
    assert load_columns(tmp_path / "map.json") == columns
    text = plain(shank, names="a,b,c,d,e,f,g", acc=1e3 / G, time=1e3)
    content = _read(tmp_path, text, Answers(columns=load_columns(tmp_path / "map.json")))
    assert _is(content, shank)
    assert content.notes == ()


def test_dates_tell_the_start_and_need_a_zone(shank: Samples, tmp_path: Path) -> None:
    rows = plain(shank, names="timestamp,ax_g,ay_g,az_g,gx_dps,gy_dps,gz_dps", acc=1 / G).splitlines()
    dates = np.datetime64("2026-03-02T06:30:00") + (shank.time_s * 1e6).astype("timedelta64[us]")
    told = [rows[0], *(f"{d},{row.split(',', 1)[1]}" for d, row in zip(dates, rows[1:], strict=True))]
    with pytest.raises(RecordingError, match="clock times without a zone; give --zone"):
        _read(tmp_path, "\n".join(told))
    zoned = [told[0], *(row.replace(",", "+02:00,", 1) for row in told[1:])]
    start = _read(tmp_path, "\n".join(zoned)).start
    assert start is not None
    assert start.isoformat().startswith("2026-03-02T06:30:00")
    assert start.isoformat().endswith("+02:00")


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"acc": ["b", "c"]}, "acc must name three columns"),
        ({"acc_unit": "stone"}, "acc_unit is 'stone'; known are m/s2"),
        ({"colour": "red"}, "has the unknown key 'colour'"),
        ({"format": "other"}, 'does not say "format": "restride-columns/1"'),
        ({"time": None}, "needs rate_hz"),
        ({"rate_hz": True}, "rate_hz is 'True', expected 1 to 100000"),
    ],
)
def test_a_map_that_cannot_be_is_refused(tmp_path: Path, change: dict[str, object], refused: str) -> None:
    file = tmp_path / "map.json"
    file.write_text(
        json.dumps({"format": "restride-columns/1", "time": "a", "acc": ["b", "c", "d"]} | change)
    )
    with pytest.raises(RecordingError, match=refused):
        load_columns(file)
