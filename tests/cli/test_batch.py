"""Several recordings at once: which are meant, and where each result goes."""

from pathlib import Path

import pytest

from imu.cli.batch import Job, jobs
from imu.errors import RestrideError

OUT = Path("results")


def recording(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "recording.json").touch()
    return folder


def test_one_recording_goes_into_the_output_folder_itself(tmp_path: Path) -> None:
    run = recording(tmp_path / "monday")
    assert jobs([run], OUT) == [Job(run, OUT)]


def test_several_recordings_get_a_folder_each(tmp_path: Path) -> None:
    monday, friday = recording(tmp_path / "monday"), recording(tmp_path / "friday")
    assert jobs([monday, friday], OUT) == [Job(monday, OUT / "monday"), Job(friday, OUT / "friday")]


def test_a_folder_means_all_recordings_below_it_in_order(tmp_path: Path) -> None:
    second, first = recording(tmp_path / "2026" / "b"), recording(tmp_path / "2026" / "a")
    assert jobs([tmp_path], OUT) == [Job(first, OUT / "2026" / "a"), Job(second, OUT / "2026" / "b")]


def test_a_recording_is_named_after_its_folder_however_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monday, friday = recording(tmp_path / "monday"), recording(tmp_path / "friday")
    out = tmp_path / "results"
    monkeypatch.chdir(monday)
    assert [job.out for job in jobs([Path(), friday / "." / ".." / "friday"], out)] == [
        out / "monday",
        out / "friday",
    ]


def test_what_is_no_recording_stays_a_job_so_that_reading_it_says_why(tmp_path: Path) -> None:
    assert jobs([tmp_path / "nothing"], OUT) == [Job(tmp_path / "nothing", OUT)]


def test_two_recordings_never_share_a_result_folder(tmp_path: Path) -> None:
    clean, field = recording(tmp_path / "clean" / "run7"), recording(tmp_path / "field" / "run7")
    with pytest.raises(RestrideError, match=r"results/run7: would take the results of 2 recordings"):
        jobs([clean, field], OUT)


@pytest.mark.parametrize("place", [".", "out", "results/deeper", "other/results"])
def test_results_never_go_into_a_recording(tmp_path: Path, place: str) -> None:
    run = recording(tmp_path / "run7")
    with pytest.raises(RestrideError, match=r"is in the recording .*run7, in which nothing is written but"):
        jobs([run], run / place)


def test_several_results_do_not_go_into_the_recordings_they_are_of(tmp_path: Path) -> None:
    recording(tmp_path / "run7")
    with pytest.raises(RestrideError, match="in which nothing is written but results"):
        jobs([tmp_path], tmp_path)


def test_results_in_a_recording_are_where_its_own_analysis_belongs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, other = recording(tmp_path / "run7"), recording(tmp_path / "run8")
    assert jobs([run], run / "results") == [Job(run, run / "results")]
    assert jobs([run / "recording.json"], run / "results") == [Job(run / "recording.json", run / "results")]
    monkeypatch.chdir(run)
    assert jobs([Path()], Path("results")) == [Job(Path(), Path("results"))]
    with pytest.raises(RestrideError, match="its own analysis"):
        jobs([other], run / "results")
