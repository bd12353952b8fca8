"""A track hands out any stretch, whether its file stands in memory or not."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings, strategies as st

from imu.errors import RecordingError
from imu.recording import Recording, Samples, SensorTrack, load

N_SAMPLES = 1_100_000  # more than is held in memory
RATE_HZ = 200.0


@pytest.fixture(scope="module")
def long_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ninety minutes of a pelvis sensor with a hole, in row groups of odd sizes."""
    folder = tmp_path_factory.mktemp("long") / "run"
    folder.mkdir()
    rows = np.arange(N_SAMPLES)
    time_s = rows / RATE_HZ + np.where(rows < 500_000, 0.0, 700.0)
    wave = np.sin(2 * np.pi * 2.8 * rows / RATE_HZ).astype(np.float32)
    columns = {"time": time_s, "acc_x": wave, "acc_y": 9.8 + 5 * wave, "acc_z": rows.astype(np.float32) / 1e6}
    columns |= {name: wave * size for name, size in (("gyr_x", 1), ("gyr_y", 2), ("gyr_z", 3))}
    table = pa.table(columns)
    with pq.ParquetWriter(folder / "pelvis.parquet", table.schema) as writer:
        for first, last in pairwise([0, 60_000, 60_001, 499_990, 700_000, N_SAMPLES]):
            writer.write_table(table.slice(first, last - first))
    manifest = {"format": "restride-recording/1", "sensors": {"pelvis": {}}}
    (folder / "recording.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture(scope="module")
def everything(long_run: Path) -> Samples:
    table = pq.read_table(long_run / "pelvis.parquet")
    acc, gyr = (
        np.stack([table[f"{kind}_{axis}"].to_numpy() for axis in "xyz"], axis=1) for kind in ("acc", "gyr")
    )
    return Samples(table["time"].to_numpy(), acc.astype(np.float32), gyr)


@pytest.mark.unhurried
def test_the_track_of_a_long_file_knows_its_length(long_run: Path, everything: Samples) -> None:
    track = load(long_run).tracks["pelvis"]
    assert (track.n_samples, track.has_gyroscope) == (N_SAMPLES, True)
    assert (track.start_s, track.end_s) == (0.0, everything.time_s[-1])


@pytest.mark.unhurried
@settings(max_examples=40, deadline=None)
@given(start_s=st.floats(-100, 7000), length_s=st.floats(0, 1500))
def test_any_stretch_of_a_long_file_is_what_the_whole_holds(
    long_run: Path, everything: Samples, start_s: float, length_s: float
) -> None:
    stretch = _track(long_run).samples(start_s, start_s + length_s)
    wanted = (everything.time_s >= start_s) & (everything.time_s < start_s + length_s)
    np.testing.assert_array_equal(stretch.time_s, everything.time_s[wanted])
    np.testing.assert_array_equal(stretch.acc_mps2, everything.acc_mps2[wanted])
    assert stretch.gyr_radps is not None
    assert everything.gyr_radps is not None
    np.testing.assert_array_equal(stretch.gyr_radps, everything.gyr_radps[wanted])


_TRACKS: dict[Path, SensorTrack] = {}


def _track(folder: Path) -> SensorTrack:
    if folder not in _TRACKS:
        _TRACKS[folder] = load(folder).tracks["pelvis"]
    return _TRACKS[folder]


def test_without_limits_a_track_hands_out_everything(long_run: Path) -> None:
    assert len(_track(long_run).samples()) == N_SAMPLES


def test_a_long_file_that_is_gone_is_named(long_run: Path, tmp_path: Path) -> None:
    for file in long_run.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    track = load(tmp_path).tracks["pelvis"]
    (tmp_path / "pelvis.parquet").unlink()
    with pytest.raises(RecordingError, match=r"pelvis\.parquet: cannot be read as Parquet"):
        track.samples(0, 10)


def test_tracks_come_in_the_order_of_the_placements() -> None:
    samples = Samples(np.arange(3.0), np.zeros((3, 3), np.float32), None)
    worn = {name: SensorTrack.from_samples(name, samples) for name in ("foot_left", "pelvis", "shank_left")}
    recording = Recording(tracks=worn)
    assert list(recording.tracks) == ["shank_left", "pelvis", "foot_left"]
    assert recording.duration_s == 2.0


def test_a_recording_of_nothing_is_a_wrong_call() -> None:
    with pytest.raises(ValueError, match="at least one track"):
        Recording(tracks={})


def test_an_unknown_placement_is_a_wrong_call() -> None:
    samples = Samples(np.arange(3.0), np.zeros((3, 3), np.float32), None)
    with pytest.raises(ValueError, match="unknown placement 'wrist'"):
        Recording(tracks={"wrist": SensorTrack.from_samples("wrist", samples)})


def test_a_track_without_samples_is_a_wrong_call() -> None:
    with pytest.raises(ValueError, match="pelvis: a track needs samples"):
        SensorTrack.from_samples("pelvis", Samples(np.zeros(0), np.zeros((0, 3), np.float32), None))


@pytest.mark.unhurried
def test_every_sample_recording_loads(shared_samples: Path) -> None:
    folders = sorted(file.parent for file in (shared_samples / "recordings").rglob("recording.json"))
    assert len(folders) > 50
    for folder in folders:
        recording = load(folder)
        assert recording.duration_s > 2
        assert recording.unlisted == ()
