"""REDCap takes what we write: the 18 columns, names it allows, a row a run of a repeating instrument."""

import csv
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from imu.followup.redcap_rows import variables
from imu.formats.redcap import DATA, DICTIONARY, DICTIONARY_COLUMNS, LONGEST_NAME, Row, write_redcap
from imu.signal.quality import GRADES
from imu.training.history import Trust


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_dictionary_declares_every_column_of_the_data(tmp_path: Path) -> None:
    begun = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
    values = {
        "run_start": begun,
        "surface": "track",
        "shank_angle_ic_deg_l": 9.5,
        "shank_angle_ic_deg_l_n": 268,
    }
    rows = [
        Row(record="anna1", instance=1, values=values),
        Row(record="anna1", instance=2, values={"run_key": "abc"}),
    ]
    write_redcap(rows, variables(), tmp_path / "out")
    declared, (first, second) = rows_of(tmp_path / "out" / DICTIONARY), rows_of(tmp_path / "out" / DATA)
    assert tuple(declared[0]) == DICTIONARY_COLUMNS
    assert len(DICTIONARY_COLUMNS) == 18
    fields = [one["Variable / Field Name"] for one in declared]
    added = {"redcap_repeat_instrument", "redcap_repeat_instance", "restride_run_complete"}
    assert fields[0] == "record_id"
    assert set(first) == {*fields, *added}
    assert (first["record_id"], first["redcap_repeat_instrument"]) == ("anna1", "restride_run")
    assert [one["redcap_repeat_instance"] for one in (first, second)] == ["1", "2"]
    assert first["run_start"] == "2026-03-02 07:30:00"
    assert (first["surface"], first["shank_angle_ic_deg_l"]) == ("track", "9.5")
    assert second["surface"] == second["shank_angle_ic_deg_l"] == ""
    assert first["restride_run_complete"] == "2"
    forms = {one["Variable / Field Name"]: one["Form Name"] for one in declared}
    assert forms.pop("record_id") == "participant"
    assert set(forms.values()) == {"restride_run"}


def test_names_labels_and_kinds_are_such_as_redcap_allows() -> None:
    names = [one.name for one in variables()]
    assert len(set(names)) == len(names)
    for one in variables():
        assert re.fullmatch("[a-z][a-z0-9_]*[a-z0-9]", one.name), one.name
        assert "__" not in one.name
        assert len(one.name) <= LONGEST_NAME, one.name
        assert one.label
        assert one.validation in ("", "number", "integer", "datetime_seconds_ymd")
    assert [one.name for one in variables() if one.identifies] == ["run_key", "run_start"]


def test_choices_are_a_list_of_words_with_themselves_as_codes(tmp_path: Path) -> None:
    write_redcap([], variables(), tmp_path / "out")
    declared = {one["Variable / Field Name"]: one for one in rows_of(tmp_path / "out" / DICTIONARY)}
    surface = declared["surface"]
    assert surface["Field Type"] == "dropdown"
    assert surface["Choices, Calculations, OR Slider Labels"].startswith("road, road | track, track | ")


def test_two_runs_at_one_place_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="same record"):
        write_redcap([Row(record="a", instance=1, values={})] * 2, variables(), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_every_grade_of_a_recording_is_a_choice_of_the_list() -> None:
    """REDCap refuses a whole import for one value that its list does not name."""
    choices = {one.name: set(one.choices) for one in variables()}
    assert choices["data_grade"] == set(GRADES)
    assert choices["data_trust"] == set(get_args(Trust))
