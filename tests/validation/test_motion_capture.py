"""C3D trials of two runners, rebuilt and held against the truth that came with the samples."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imu.errors import RecordingError, RestrideError
from imu.recording import load
from imu.validation.motion_capture import find_trials, read_c3d
from imu.validation.truth import read_samples
from imu.validation.virtual_samples import VirtualRun, virtual_run, write_virtual_samples


@pytest.fixture(scope="module")
def c3d_folder(shared_samples: Path) -> Path:
    pytest.importorskip("ezc3d")
    return shared_samples / "c3d"


@pytest.fixture(scope="module", params=["RBDS011_T25", "RBDS015_T45"])
def rebuilt(request: pytest.FixtureRequest, c3d_folder: Path) -> tuple[VirtualRun, pd.DataFrame, Path]:
    """A trial as we rebuild it, its strides on the samples' clock, and the samples folder."""
    files = next(files for files in find_trials(c3d_folder) if files.name == request.param)
    run = virtual_run(files)
    samples = c3d_folder.parent
    truth = pd.read_csv(samples / f"truth/rbds/{files.name}.strides.csv")
    # The samples stood for some frames more or less than we do; whole frames are all that may differ.
    offset_s = _offset_s(run.strides, truth)
    strides = run.strides.copy()
    strides[["ic_time_s", "to_time_s", "next_ic_time_s"]] += offset_s
    nearest = np.abs(strides["ic_time_s"].to_numpy()[:, None] - truth["ic_time_s"].to_numpy()).argmin(axis=0)
    return run, strides.iloc[nearest].reset_index(drop=True), samples


def _offset_s(strides: pd.DataFrame, truth: pd.DataFrame) -> float:
    """The shift by a whole number of frames that brings the contacts of both tables together best."""
    ours, theirs = strides["ic_time_s"].to_numpy(), truth["ic_time_s"].to_numpy()
    shifts = np.arange(-50, 400) / 150
    distance = [np.abs(theirs[:, None] - ours[None] - shift).min(axis=1).mean() for shift in shifts]
    return float(shifts[np.argmin(distance)])


@pytest.mark.unhurried
@pytest.mark.parametrize(
    ("column", "within"),
    [
        ("ic_time_s", 0.001),
        ("to_time_s", 0.001),
        ("contact_time_s", 0.001),
        ("speed_mps", 0.002),
        ("stride_length_m", 0.001),
        ("shank_angle_ic_rel_deg", 0.1),
        ("shank_angle_max_rel_deg", 0.1),
        ("pelvic_drop_deg", 0.1),
        ("pelvic_drop_abs_deg", 0.1),
        ("vertical_oscillation_m", 0.001),
    ],
)
def test_truth_is_that_of_the_samples(
    rebuilt: tuple[VirtualRun, pd.DataFrame, Path], column: str, within: float
) -> None:
    run, strides, samples = rebuilt
    truth = pd.read_csv(samples / f"truth/rbds/{_name(run)}.strides.csv")
    assert (strides["side"] == truth["side"]).all()
    assert (strides[column] - truth[column]).abs().max() < within


def test_sensors_turn_as_those_of_the_samples(rebuilt: tuple[VirtualRun, pd.DataFrame, Path]) -> None:
    """The size of the angular rate does not depend on how a sensor is strapped on, so it can be compared."""
    run, strides, samples = rebuilt
    shift_s = strides["ic_time_s"].iloc[0] - _same_stride(run.strides, strides)
    theirs = load(samples / f"recordings/rbds/clean/{_name(run)}")
    for placement, track in theirs.tracks.items():
        sample = track.samples(10.0, 30.0)
        ours = run.recording.tracks[placement].samples()
        assert sample.gyr_radps is not None
        assert ours.gyr_radps is not None
        rate = np.linalg.norm(ours.gyr_radps, axis=1)
        true = np.linalg.norm(sample.gyr_radps, axis=1)
        error = np.interp(sample.time_s, ours.time_s + shift_s, rate) - true
        assert np.sqrt(np.mean(error**2)) < 0.02 * true.max()


def _same_stride(strides: pd.DataFrame, moved: pd.DataFrame) -> float:
    """Our own clock's time of the first matched stride, told by its length."""
    nearest = (strides["stride_length_m"] - moved["stride_length_m"].iloc[0]).abs().argmin()
    return float(strides["ic_time_s"].iloc[nearest])


def _name(run: VirtualRun) -> str:
    speed = round(10 * run.strides["speed_mps"].median() / 5) * 5
    return f"{run.recording.athlete}_T{speed:02d}"


@pytest.mark.unhurried
def test_a_folder_of_trials_becomes_a_samples_folder(c3d_folder: Path, tmp_path: Path) -> None:
    one = tmp_path / "c3d"
    one.mkdir()
    for name in ("RBDS011static.c3d", "RBDS011runT35.c3d"):
        (one / name).symlink_to(c3d_folder / name)
    (one / "RBDS011runT45.c3d").write_bytes(b"cut off")
    shares: list[float] = []
    virtual = write_virtual_samples(one, tmp_path / "out", progress=shares.append)
    assert shares == [0.5, 1.0]
    assert list(virtual.refused) == ["RBDS011_T45"]
    (case,) = read_samples(virtual.folder)
    assert (case.name, case.set, case.belt_mps) == ("RBDS011_T35", "rbds", 3.5)
    recording = load(case.recording)
    assert list(recording.tracks) == ["shank_left", "shank_right", "pelvis"]
    standing = recording.tracks["pelvis"].samples(1.0, 5.0)
    assert np.linalg.norm(standing.acc_mps2, axis=1) == pytest.approx(9.80665, abs=1e-4)
    assert recording.body.mass_kg == pytest.approx(75, abs=2)


def test_a_runner_without_a_standing_trial_is_named(c3d_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "RBDS011runT35.c3d").symlink_to(c3d_folder / "RBDS011runT35.c3d")
    with pytest.raises(RestrideError, match=r"RBDS011runT35\.c3d: no standing trial RBDS011static\.c3d"):
        list(find_trials(tmp_path))


def test_a_folder_without_trials_says_what_it_looks_for(tmp_path: Path) -> None:
    with pytest.raises(RestrideError, match=r"neither an index\.csv nor a C3D trial"):
        write_virtual_samples(tmp_path, tmp_path / "out")


def test_a_broken_file_is_refused_in_a_line(tmp_path: Path) -> None:
    pytest.importorskip("ezc3d")
    broken = tmp_path / "RBDS001runT25.c3d"
    broken.write_bytes(b"not motion capture at all")
    with pytest.raises(RecordingError, match=r"RBDS001runT25\.c3d: not a readable C3D file"):
        read_c3d(broken)


def test_without_ezc3d_the_way_to_get_it_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "ezc3d", None)
    with pytest.raises(RestrideError, match=r"pip install 'restride\[validation\]'"):
        read_c3d(tmp_path / "any.c3d")
