"""What can be wrong with recording.json."""

import math
from pathlib import Path

from tests.bad_input.corpus import Draft, broken, spoiled


def _rewrite(run: Path, text: str | bytes) -> None:
    content = text.encode() if isinstance(text, str) else text
    (run / "recording.json").write_bytes(content)


def _text(run: Path) -> str:
    return (run / "recording.json").read_text(encoding="utf-8")


@broken(r"recording\.json: does not exist")
def no_recording_json(run: Path) -> None:
    (run / "recording.json").unlink()


@broken(r"recording\.json: is empty")
def recording_json_is_empty(run: Path) -> None:
    _rewrite(run, "")


@broken(r"recording\.json: is not valid JSON: .* in line 1, column \d+")
def recording_json_is_cut_short(run: Path) -> None:
    _rewrite(run, _text(run)[:100])


@broken(r"recording\.json: must hold a JSON object")
def recording_json_is_a_list(run: Path) -> None:
    _rewrite(run, "[1, 2, 3]")


@broken(r"recording\.json: is not UTF-8 text")
def recording_json_is_utf_16(run: Path) -> None:
    _rewrite(run, _text(run).encode("utf-16"))


@broken(r"recording\.json: is not UTF-8 text")
def recording_json_is_bytes(run: Path) -> None:
    _rewrite(run, bytes(range(128, 256)) * 4)


@broken(r"recording\.json: is larger than 1 MB")
def recording_json_is_a_gigabyte(run: Path) -> None:
    with (run / "recording.json").open("wb") as file:
        file.truncate(1 << 30)  # a sparse file: costs no disk


@broken(r"recording\.json: is not usable JSON: too deeply nested")
def recording_json_is_nested_too_deep(run: Path) -> None:
    _rewrite(run, "[" * 200_000)


@broken(r"recording\.json: is not usable JSON: the key 'pelvis' stands there twice")
def recording_json_names_a_sensor_twice(run: Path) -> None:
    _rewrite(run, _text(run).replace('"pelvis": {', '"pelvis": {}, "pelvis": {', 1))


@broken(r"recording\.json: is a folder, not a file")
def recording_json_is_a_folder(run: Path) -> None:
    (run / "recording.json").unlink()
    (run / "recording.json").mkdir()


@broken(r"recording\.json: cannot be read \(Too many levels of symbolic links\)")
def recording_json_is_a_symlink_loop(run: Path) -> None:
    (run / "recording.json").unlink()
    (run / "recording.json").symlink_to(run / "recording.json")


@broken()
def recording_json_has_a_byte_order_mark(run: Path) -> None:
    _rewrite(run, b"\xef\xbb\xbf" + _text(run).encode())


@spoiled(r'recording\.json: has no "format"')
def format_is_missing(run: Draft) -> None:
    del run.manifest["format"]


@spoiled(r"format is 'gpx', expected \"restride-recording/1\"")
def format_is_foreign(run: Draft) -> None:
    run.manifest["format"] = "gpx"


@spoiled(r"format 'restride-recording/9' is newer than restride-recording/1; update restride")
def format_is_from_the_future(run: Draft) -> None:
    run.manifest["format"] = "restride-recording/9"


@spoiled(r"sensors is missing")
def sensors_are_missing(run: Draft) -> None:
    del run.manifest["sensors"]


@spoiled(r"sensors names no sensor")
def sensors_are_none(run: Draft) -> None:
    run.manifest["sensors"] = {}


@spoiled(r"sensors must be an object, is \['pelvis'\]")
def sensors_are_a_list(run: Draft) -> None:
    run.manifest["sensors"] = ["pelvis"]


@spoiled(r"sensors\.pelvis must be an object")
def sensor_is_null(run: Draft) -> None:
    run.manifest["sensors"]["pelvis"] = None


@spoiled(r"unknown placement 'wrist_left'; known are shank_left, shank_right, pelvis, foot_left, foot_right")
def placement_is_unknown(run: Draft) -> None:
    run.manifest["sensors"]["wrist_left"] = {}


@spoiled(r"unknown placement '\.\./\.\./secret'")
def placement_climbs_out_of_the_folder(run: Draft) -> None:
    run.manifest["sensors"]["../../secret"] = {}


@spoiled(r"unknown placement '/etc/passwd'")
def placement_is_an_absolute_path(run: Draft) -> None:
    run.manifest["sensors"]["/etc/passwd"] = {}


@spoiled(r"unknown placement 'shank_left\\nshank_right\\x1b\[31m'")
def placement_has_a_line_break(run: Draft) -> None:
    run.manifest["sensors"]["shank_left\nshank_right\x1b[31m"] = {}


@spoiled(r"recording\.json: names foot_left, but there is no foot_left\.parquet or foot_left\.csv")
def sensor_has_no_file(run: Draft) -> None:
    run.manifest["sensors"]["foot_left"] = {}


@spoiled(r"body\.height_m is 178, expected 0\.9 to 2\.5 m; if it is in cm, write 1\.78")
def height_is_in_centimetres(run: Draft) -> None:
    run.manifest["body"]["height_m"] = 178


@spoiled(r"body\.height_m must be a number, is '1,78'")
def height_is_text(run: Draft) -> None:
    run.manifest["body"]["height_m"] = "1,78"


@spoiled(r"body\.mass_kg is -70, expected 20 to 300 kg")
def mass_is_negative(run: Draft) -> None:
    run.manifest["body"]["mass_kg"] = -70


@spoiled(r"body\.mass_kg is inf, expected")
def mass_is_infinite(run: Draft) -> None:
    run.manifest["body"]["mass_kg"] = math.inf


@spoiled(r"body\.shank_length_m is 43, expected 0\.2 to 0\.7 m; if it is in cm, write 0\.43")
def shank_length_is_in_centimetres(run: Draft) -> None:
    run.manifest["body"]["shank_length_m"] = 43


@spoiled(r"body must be an object, is 'tall'")
def body_is_text(run: Draft) -> None:
    run.manifest["body"] = "tall"


@spoiled(r"sensors\.shank_left\.mount_height_m is 15, expected 0\.01 to 0\.6 m; if it is in cm, write 0\.15")
def mount_height_is_in_centimetres(run: Draft) -> None:
    run.manifest["sensors"]["shank_left"]["mount_height_m"] = 15


@spoiled(r"sensors\.shank_left\.mount_height_m is 0, expected 0\.01 to 0\.6 m, or leave it out")
def mount_height_is_zero(run: Draft) -> None:
    run.manifest["sensors"]["shank_left"]["mount_height_m"] = 0


@spoiled(r"sensors\.shank_left\.mount_height_m is 0\.5, longer than body\.shank_length_m 0\.43")
def mount_height_is_above_the_knee(run: Draft) -> None:
    run.manifest["sensors"]["shank_left"]["mount_height_m"] = 0.5


@spoiled(r"reference_speed_mps is 14, expected 0\.2 to 12\.5 m/s; if it is in km/h, write 3\.889")
def reference_speed_is_in_kilometres_per_hour(run: Draft) -> None:
    run.manifest["reference_speed_mps"] = 14


@spoiled(r"reference_speed_mps is -3, expected")
def reference_speed_is_negative(run: Draft) -> None:
    run.manifest["reference_speed_mps"] = -3


@spoiled(r"sensors\.pelvis\.rate_hz is 0, expected")
def declared_rate_is_zero(run: Draft) -> None:
    run.manifest["sensors"]["pelvis"]["rate_hz"] = 0


@spoiled(r"sensors\.pelvis\.rate_hz must be a number, is True")
def declared_rate_is_true(run: Draft) -> None:
    run.manifest["sensors"]["pelvis"]["rate_hz"] = True


@spoiled(r"sensors\.pelvis\.rate_hz is inf, expected")
def declared_rate_has_four_hundred_digits(run: Draft) -> None:
    run.manifest["sensors"]["pelvis"]["rate_hz"] = int("1" * 400)


@spoiled(
    r"sensors\.pelvis\.gyr_range_dps is 34\.9, expected 50 to 20000 deg/s; if it is in rad/s, write 2000"
)
def declared_gyroscope_range_is_in_radians(run: Draft) -> None:
    run.manifest["sensors"]["pelvis"]["gyr_range_dps"] = 34.9


@spoiled(r"start is 'yesterday', expected a time like 2026-11-22T07:30:00\+01:00")
def start_is_no_time(run: Draft) -> None:
    run.manifest["start"] = "yesterday"


@spoiled(r"start is '1777873800', expected a time like")
def start_is_a_number(run: Draft) -> None:
    run.manifest["start"] = 1777873800


@spoiled(r"athlete must be text, is '\\ud800'")
def athlete_is_half_a_character(run: Draft) -> None:
    run.manifest["athlete"] = "\ud800"


@spoiled(r"notes must be text, is \['long', 'run'\]")
def notes_are_a_list(run: Draft) -> None:
    run.manifest["notes"] = ["long", "run"]


@spoiled()
def body_is_not_a_number(run: Draft) -> None:
    run.manifest["body"] = {"height_m": math.nan, "mass_kg": math.nan, "shank_length_m": None}


@spoiled()
def only_what_is_required_is_given(run: Draft) -> None:
    run.manifest = {"format": run.manifest["format"], "sensors": {name: {} for name in run.sensors}}


@spoiled()
def unknown_keys_are_there(run: Draft) -> None:
    run.manifest["weather"] = {"rain": True, "wind": [1, 2, {"gusts": None}]}
    run.manifest["sensors"]["pelvis"]["colour"] = "red"


@spoiled()
def start_has_no_offset(run: Draft) -> None:
    run.manifest["start"] = "2026-05-04T07:30:00"


@spoiled()
def texts_are_in_many_scripts(run: Draft) -> None:
    run.manifest |= {"athlete": "Σίσυφος 走者 🏃‍♀️", "notes": "ветер\nи дождь\x00<script>alert(1)</script>"}


@spoiled()
def declared_rate_is_wrong(run: Draft) -> None:
    run.manifest["sensors"]["pelvis"]["rate_hz"] = 50
