"""`restride analyze` as a user has it: one recording, several, bad ones, and Ctrl-C."""

import json
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import imu
from imu.recording import Recording, Samples, SensorTrack
from tests.conftest import COMMAND, Restride

SAVED = {"strides.csv", "strides.parquet", "summary.json", "curves.csv", "seconds.csv"}


@pytest.fixture(scope="module")
def a_minute() -> Recording:
    return imu.simulate.simulate(imu.simulate.SimulationConfig(pattern="stand:6,run:50@3,stand:4")).recording


@pytest.fixture
def run(a_minute: Recording, tmp_path: Path) -> Path:
    imu.save(a_minute, tmp_path / "run")
    return tmp_path / "run"


@pytest.mark.unhurried
def test_one_recording_becomes_a_folder_of_results_and_a_short_text(
    restride: Restride, run: Path, tmp_path: Path
) -> None:
    done = restride("analyze", run, "--out", tmp_path / "deep" / "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert {path.name for path in (tmp_path / "deep" / "out").iterdir()} == SAVED
    strides = pd.read_csv(tmp_path / "deep" / "out" / "strides.csv")
    assert 100 < len(strides) < 180
    assert "of running in 60 s recorded" in done.stdout
    assert done.stdout.endswith(f"Results: {tmp_path / 'deep' / 'out'}\n")


def test_json_is_the_summary_that_was_written(restride: Restride, run: Path, tmp_path: Path) -> None:
    done = restride("analyze", run, "--out", tmp_path / "out", "--json")
    assert json.loads(done.stdout) == json.loads((tmp_path / "out" / "summary.json").read_text())


@pytest.mark.unhurried
def test_the_page_is_written_on_request(restride: Restride, run: Path, tmp_path: Path) -> None:
    assert restride("analyze", run, "--out", tmp_path / "out", "--html").returncode == 0
    assert (tmp_path / "out" / "report.html").read_text().startswith("<!doctype html>")


def test_a_known_speed_gives_a_calibration_that_serves_another_run(
    restride: Restride, run: Path, tmp_path: Path
) -> None:
    known = restride("analyze", run, "--out", tmp_path / "known", "--speed", "3.3", "--json")
    assert known.returncode == 0
    constants = tmp_path / "known" / "calibration.json"
    applied = restride("analyze", run, "--out", tmp_path / "applied", "--calibration", constants, "--json")
    speed = json.loads(applied.stdout)["running"]["overall"]["speed_mps"]["median"]
    assert speed == pytest.approx(3.3, rel=0.01)
    assert not (tmp_path / "applied" / "calibration.json").exists()


@pytest.mark.parametrize("speed", ["0", "-3", "40", "nan", "inf"])
def test_a_speed_that_nobody_runs_is_refused(
    restride: Restride, run: Path, tmp_path: Path, speed: str
) -> None:
    done = restride("analyze", run, "--out", tmp_path / "out", "--speed", speed)
    assert done.returncode == 2
    assert "is not a speed of walking or running" in done.stderr


@pytest.mark.parametrize("as_json", [False, True])
def test_a_bad_recording_is_one_line_and_leaves_nothing(
    restride: Restride, run: Path, tmp_path: Path, as_json: bool
) -> None:
    (run / "pelvis.parquet").write_bytes(b"PAR1 and nothing more")
    done = restride("analyze", run, "--out", tmp_path / "out", *(["--json"] if as_json else []))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"restride: {run / 'pelvis.parquet'}: ")
    assert done.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_bad_recording_does_not_stop_the_others(restride: Restride, run: Path, tmp_path: Path) -> None:
    bad = tmp_path / "week" / "a_bad"
    bad.mkdir(parents=True)
    (bad / "recording.json").write_text("{}")
    run.rename(tmp_path / "week" / "b_good")
    done = restride("analyze", tmp_path / "week", "--out", tmp_path / "out")
    assert done.returncode == 2
    reason, end = done.stderr.splitlines()
    assert reason.startswith(f"restride: {bad / 'recording.json'}: ")
    assert end == "restride: 1 of 2 recordings could not be analysed"
    _, first, second = done.stdout.splitlines()
    assert first.split() == ["a_bad", "not", "analysed"]
    assert second.startswith("b_good")
    assert {path.name for path in (tmp_path / "out" / "b_good").iterdir()} == SAVED
    assert not (tmp_path / "out" / "a_bad").exists()


def test_resume_does_only_what_is_missing(restride: Restride, run: Path, tmp_path: Path) -> None:
    week = tmp_path / "week"
    week.mkdir()
    run.rename(week / "monday")
    imu.save(imu.load(week / "monday"), week / "friday")
    restride("analyze", week / "monday", "--out", tmp_path / "out" / "monday")
    strides = tmp_path / "out" / "monday" / "strides.csv"
    before = strides.stat().st_mtime_ns
    done = restride("analyze", week, "--out", tmp_path / "out", "--resume", "--json")
    assert done.returncode == 0
    assert done.stderr == f"{tmp_path / 'out' / 'monday'}: already there, skipped\n"
    friday, monday = json.loads(done.stdout)
    assert (friday["name"], monday["name"]) == ("friday", "monday")
    assert friday["summary"] == monday["summary"]
    assert strides.stat().st_mtime_ns == before


@pytest.mark.unhurried
def test_resume_does_again_what_was_done_otherwise(restride: Restride, run: Path, tmp_path: Path) -> None:
    out, known = tmp_path / "out", tmp_path / "known"

    def resumed(*options: str | Path) -> str:
        done = restride("analyze", run, "--out", out, "--resume", *options)
        assert done.returncode == 0
        return done.stderr

    skipped = f"{out}: already there, skipped\n"
    assert restride("analyze", run, "--out", known, "--speed", "3.2").returncode == 0
    assert resumed() == ""
    assert (resumed(), resumed("--html"), resumed("--html")) == (skipped, "", skipped)
    constants = ("--calibration", known / "calibration.json")
    assert (resumed(*constants), resumed(*constants)) == ("", skipped)
    assert resumed() == "", "calibrated numbers were not asked for"
    assert (resumed("--speed", "3.3"), resumed("--speed", "3.3")) == ("", skipped)
    assert resumed("--speed", "3.4") == ""
    assert json.loads((out / "calibration.json").read_text())["reference_speed_mps"] == 3.4


@pytest.mark.unhurried
def test_a_page_of_an_earlier_analysis_does_not_stay(restride: Restride, run: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    restride("analyze", run, "--out", out, "--html")
    assert restride("analyze", run, "--out", out).returncode == 0
    assert {path.name for path in out.iterdir()} == SAVED


@pytest.mark.unhurried
def test_a_calibration_outlives_the_commands_that_could_lose_it(
    restride: Restride, run: Path, tmp_path: Path
) -> None:
    out = tmp_path / "known"
    constants = out / "calibration.json"
    restride("analyze", run, "--out", out, "--speed", "3.3")
    before = constants.read_bytes()
    for options in (["--calibration", constants], []):
        done = restride("analyze", run, "--out", out, *options)
        assert done.returncode == 2
        assert done.stderr.startswith(f"restride: {constants}: is of an earlier analysis")
        assert constants.read_bytes() == before


def test_a_speed_and_a_calibration_together_are_refused(
    restride: Restride, run: Path, tmp_path: Path
) -> None:
    done = restride("analyze", run, "--out", tmp_path / "out", "--speed", "3", "--calibration", "any.json")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "give one of them" in done.stderr


def test_an_output_folder_that_cannot_be_made_is_one_line(
    restride: Restride, run: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    done = restride("analyze", run, "--out", tmp_path / "file" / "out")
    assert done.returncode == 2
    assert done.stderr.startswith(f"restride: {tmp_path / 'file'}: is a file; ")


def test_what_is_no_calibration_is_one_line(restride: Restride, run: Path, tmp_path: Path) -> None:
    done = restride("analyze", run, "--out", tmp_path / "out", "--calibration", run / "recording.json")
    assert done.returncode == 2
    assert done.stderr.startswith(f"restride: {run / 'recording.json'}: is not a restride-calibration")


@pytest.mark.unhurried
def test_ctrl_c_ends_in_one_line_and_leaves_nothing_half_written(a_minute: Recording, tmp_path: Path) -> None:
    imu.save(_repeated(a_minute, times=60), tmp_path / "hour")
    with subprocess.Popen(
        [*COMMAND, "analyze", "nothing", tmp_path / "hour", "--out", tmp_path / "out"],
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "restride: nothing: does not exist\n"  # the hour comes next
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == "restride: interrupted; what was finished is kept\n"
    assert process.returncode == 130
    assert [path.name for path in tmp_path.iterdir()] == ["hour"]


def _repeated(recording: Recording, *, times: int) -> Recording:
    """The same recording again and again, a clumsy runner but a long file."""
    period_s = recording.duration_s + 0.005

    def repeat(track: SensorTrack) -> SensorTrack:
        once = track.samples()
        assert once.gyr_radps is not None
        samples = Samples(
            np.tile(once.time_s, times) + np.repeat(np.arange(times) * period_s, len(once)),
            np.tile(once.acc_mps2, (times, 1)),
            np.tile(once.gyr_radps, (times, 1)),
        )
        return SensorTrack.from_samples(track.placement, samples)

    return replace(recording, tracks={name: repeat(track) for name, track in recording.tracks.items()})
