"""An export takes its place whole, and over nothing that was not to be replaced."""

from pathlib import Path

import pytest

from imu.errors import RecordingError
from imu.followup.placing import placed


def contents(folder: Path) -> dict[str, str]:
    return {str(one.relative_to(folder)): one.read_text() for one in folder.rglob("*") if one.is_file()}


def write(place: Path, words: str) -> None:
    (place / "inner").mkdir(parents=True)
    (place / "a").write_text(words)
    (place / "inner" / "b").write_text(words)


def two_files(place: Path) -> None:
    place.write_text("new")
    place.with_suffix(".dictionary.csv").write_text("new")


def half_done(place: Path) -> None:
    place.write_text("half")
    raise ZeroDivisionError


def test_a_folder_appears_with_all_that_is_in_it(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    with placed(out, as_folder=True, force=False) as place:
        write(place, "new")
        assert not out.exists()
    assert contents(tmp_path) == {"deep/out/a": "new", "deep/out/inner/b": "new"}


def test_with_force_only_files_of_the_same_name_are_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "a").write_text("old")
    (out / "mine").write_text("old")
    with pytest.raises(RecordingError, match="--force"), placed(out, as_folder=True, force=False):
        pytest.fail("nothing is written where something stands")
    with placed(out, as_folder=True, force=True) as place:
        write(place, "new")
    assert contents(out) == {"a": "new", "inner/b": "new", "mine": "old"}


def test_an_error_leaves_everything_as_it_was(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("old")
    with pytest.raises(ZeroDivisionError), placed(out, as_folder=False, force=True) as place:
        half_done(place)
    assert contents(tmp_path) == {"out": "old"}
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("as_folder", [True, False])
def test_a_file_takes_no_folders_place_nor_a_folder_a_files(tmp_path: Path, as_folder: bool) -> None:
    out = tmp_path / "out"
    if as_folder:
        out.write_text("mine")
    else:
        out.mkdir()
    refused = pytest.raises(RecordingError, match="choose another --out")
    with refused, placed(out, as_folder=as_folder, force=True):
        pytest.fail("nothing is written")
    assert out.is_dir() != as_folder


def test_a_file_beside_it_that_is_in_the_way_stops_all(tmp_path: Path) -> None:
    (tmp_path / "a.dictionary.csv").mkdir()
    out = tmp_path / "a.csv"
    with pytest.raises(RecordingError, match="folder"), placed(out, as_folder=False, force=True) as place:
        two_files(place)
    assert not out.exists()
