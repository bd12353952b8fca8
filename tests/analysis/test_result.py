"""Results appear whole or not at all."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from imu.analysis import RunAnalysis
from imu.calibration import Calibration, load_calibration
from imu.errors import RestrideError
from imu.report import write_page

CALIBRATION = Calibration({"left": 1.02}, {"left": 0.01}, 3.0, {"left": 40}, "treadmill")
FILES = {"strides.csv", "strides.parquet", "summary.json", "curves.csv", "seconds.csv"}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_saved_analysis_reads_back_as_it_was(easy_run: RunAnalysis, tmp_path: Path) -> None:
    out = tmp_path / "not yet" / "there"
    easy_run.save(out)
    assert names(out) == FILES
    pd.testing.assert_frame_equal(
        pd.read_parquet(out / "strides.parquet"), easy_run.strides, check_dtype=False
    )
    assert "True" in (out / "strides.csv").read_text("utf-8")
    csv = pd.read_csv(out / "strides.csv").fillna({"flags": ""})
    pd.testing.assert_frame_equal(csv, easy_run.strides, check_dtype=False, atol=1e-5, rtol=0)
    assert json.loads((out / "summary.json").read_text("utf-8")) == easy_run.summary


def test_a_folder_may_be_named_by_a_text(easy_run: RunAnalysis, tmp_path: Path) -> None:
    easy_run.save(f"{tmp_path}/out")
    assert names(tmp_path / "out") == FILES


def test_saving_again_replaces_everything(easy_run: RunAnalysis, tmp_path: Path) -> None:
    out = tmp_path / "out"
    replace(easy_run, calibration=replace(CALIBRATION, reference_speed_mps=2.5)).save(out)
    other = replace(
        easy_run,
        strides=easy_run.strides.iloc[:3],
        summary={"format": "other"},
        calibration=CALIBRATION,
    )
    other.save(out)
    assert len(pd.read_csv(out / "strides.csv")) == 3
    assert json.loads((out / "summary.json").read_text()) == {"format": "other"}
    assert load_calibration(out / "calibration.json") == CALIBRATION
    assert names(tmp_path) == {"out"}


def test_a_calibration_is_never_lost_to_an_analysis_without_one(
    easy_run: RunAnalysis, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    replace(easy_run, calibration=CALIBRATION).save(out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    with pytest.raises(RestrideError, match=r"out/calibration\.json: is of an earlier analysis"):
        easy_run.save(out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_write_that_fails_leaves_nothing(easy_run: RunAnalysis, tmp_path: Path) -> None:
    broken = replace(easy_run, summary={"no number": float("nan")})
    with pytest.raises(ValueError, match="JSON"):
        broken.save(tmp_path / "out")
    assert names(tmp_path) == set()


def test_a_write_that_fails_leaves_the_last_result(easy_run: RunAnalysis, tmp_path: Path) -> None:
    out = tmp_path / "out"
    easy_run.save(out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    with pytest.raises(ValueError, match="JSON"):
        replace(easy_run, strides=easy_run.strides.iloc[:3], summary={"no number": float("inf")}).save(out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert names(tmp_path) == {"out"}


@pytest.mark.unhurried
@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_is_told_with_the_folder_that_was_asked_for(
    easy_run: RunAnalysis, tmp_path: Path
) -> None:
    with pytest.raises(RestrideError, match=re.escape(f"{tmp_path / 'out'}: cannot be written (")):
        easy_run.save(tmp_path / "out")
    assert names(tmp_path) == set()
    with pytest.raises(RestrideError, match=re.escape(f"{tmp_path / 'page.html'}: cannot be written (")):
        write_page(easy_run, tmp_path / "page.html")
    assert names(tmp_path) == set()


def test_a_folder_that_takes_no_files_is_named_and_not_the_one_made_beside(
    easy_run: RunAnalysis, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RestrideError, match=re.escape(f"{tmp_path / 'file' / 'out'}: cannot be written")):
        easy_run.save(tmp_path / "file" / "out")
