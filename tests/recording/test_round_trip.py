"""What is saved is loaded again, whole or not at all."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from imu.errors import RecordingError
from imu.recording import PLACEMENTS, Body, Channel, Recording, Samples, SensorTrack, load, save
from imu.recording.columns import to_table

GRAVITY_MPS2 = 9.80665


def moving_sensor(
    n: int = 1000, *, rate_hz: float = 200.0, start_s: float = 0.0, seed: int = 0, gyroscope: bool = True
) -> Samples:
    random = np.random.default_rng(seed)
    acc = random.normal(loc=(0, GRAVITY_MPS2, 0), scale=3.0, size=(n, 3))
    gyr = random.normal(size=(n, 3)).astype(np.float32) if gyroscope else None
    return Samples(start_s + np.arange(n) / rate_hz, acc.astype(np.float32), gyr)


def assert_same_samples(one: Samples, other: Samples) -> None:
    np.testing.assert_array_equal(one.time_s, other.time_s)
    np.testing.assert_array_equal(one.acc_mps2, other.acc_mps2)
    for ours, theirs in ((one.gyr_radps, other.gyr_radps), (one.temperature_degc, other.temperature_degc)):
        assert (ours is None) == (theirs is None)
        if ours is not None and theirs is not None:
            np.testing.assert_array_equal(ours, theirs)


def optional(values: st.SearchStrategy[float]) -> st.SearchStrategy[float | None]:
    return st.none() | values


texts = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
tracks = st.builds(
    lambda placement, n, gyroscope, start_s, **facts: SensorTrack.from_samples(
        placement, moving_sensor(n, start_s=start_s, seed=n, gyroscope=gyroscope), **facts
    ),
    st.sampled_from(PLACEMENTS),
    st.integers(500, 800),
    st.booleans(),
    st.floats(0, 1),
    device=texts,
    serial=texts,
    rate_hz=optional(st.floats(1, 1000)),
    acc_range_g=optional(st.floats(16, 200)),
    gyr_range_dps=optional(st.floats(1000, 4000)),
    mount_height_m=optional(st.floats(0.01, 0.2)),
)
recordings = st.builds(
    lambda worn, **facts: Recording(tracks={track.placement: track for track in worn}, **facts),
    st.lists(tracks, min_size=1, max_size=5),
    start=st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=offsets),
    athlete=texts,
    notes=texts,
    body=st.builds(
        Body, optional(st.floats(1, 2.4)), optional(st.floats(30, 200)), optional(st.floats(0.25, 0.6))
    ),
    reference_speed_mps=optional(st.floats(0.5, 12)),
)


@pytest.mark.unhurried
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(recording=recordings, file_format=st.sampled_from(["parquet", "csv"]))
def test_a_saved_recording_loads_as_it_was(
    recording: Recording, file_format: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("saved") / "run"
    save(recording, path, file_format=file_format)
    again = load(path)
    assert list(again.tracks) == list(recording.tracks)
    for name, track in recording.tracks.items():
        assert_same_samples(again.tracks[name].samples(), track.samples())
        for fact in ("n_samples", "start_s", "end_s", "has_gyroscope", "device", "serial", "rate_hz"):
            assert getattr(again.tracks[name], fact) == getattr(track, fact)
        for fact in ("acc_range_g", "gyr_range_dps", "mount_height_m"):
            assert getattr(again.tracks[name], fact) == getattr(track, fact)
    for fact in ("start", "athlete", "notes", "body", "reference_speed_mps", "duration_s"):
        assert getattr(again, fact) == getattr(recording, fact)
    assert again.path == path


def a_recording(n: int = 1000) -> Recording:
    return Recording(tracks={"pelvis": SensorTrack.from_samples("pelvis", moving_sensor(n))})


def test_an_existing_recording_is_never_overwritten(tmp_path: Path) -> None:
    save(a_recording(1000), tmp_path / "run")
    with pytest.raises(RecordingError, match=r"run: exists already; a recording is never overwritten"):
        save(a_recording(2000), tmp_path / "run")
    assert load(tmp_path / "run").tracks["pelvis"].n_samples == 1000


def test_a_save_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    def read_fails_late(start_s: float, end_s: float) -> Samples:
        if start_s > 200:
            raise RecordingError(tmp_path, "the disk went away")
        return moving_sensor(120_000).between(start_s, end_s)

    whole = SensorTrack.from_samples("pelvis", moving_sensor(120_000))
    failing = SensorTrack(
        placement="pelvis",
        n_samples=whole.n_samples,
        start_s=whole.start_s,
        end_s=whole.end_s,
        has_gyroscope=True,
        read=read_fails_late,
    )
    with pytest.raises(RecordingError, match="the disk went away"):
        save(Recording(tracks={"pelvis": failing}), tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RecordingError, match=r"file/run: cannot be written \(Not a directory\)"):
        save(a_recording(), tmp_path / "file" / "run")


def test_an_unknown_file_format_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="file_format must be 'parquet' or 'csv', not 'xlsx'"):
        save(a_recording(), tmp_path / "run", file_format="xlsx")


def test_what_is_not_known_is_left_out_of_recording_json(tmp_path: Path) -> None:
    save(a_recording(), tmp_path / "run")
    written = json.loads((tmp_path / "run" / "recording.json").read_text())
    assert written == {"format": "restride-recording/1", "sensors": {"pelvis": {}}}


def test_a_start_without_offset_is_taken_as_utc(tmp_path: Path) -> None:
    save(a_recording(), tmp_path / "run")
    written = {"format": "restride-recording/1", "sensors": {"pelvis": {}}, "start": "2026-05-04T07:30:00"}
    (tmp_path / "run" / "recording.json").write_text(json.dumps(written))
    assert load(tmp_path / "run").start == datetime(2026, 5, 4, 7, 30, tzinfo=UTC)


def test_row_groups_last_five_minutes_and_skip_holes(tmp_path: Path) -> None:
    early, late = moving_sensor(100_000), moving_sensor(20_000, start_s=4000.0)
    stacked = Samples(
        np.concatenate([early.time_s, late.time_s]), np.concatenate([early.acc_mps2, late.acc_mps2]), None
    )
    save(Recording(tracks={"pelvis": SensorTrack.from_samples("pelvis", stacked)}), tmp_path / "run")
    metadata = pq.read_metadata(tmp_path / "run" / "pelvis.parquet")
    rows = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    assert rows == [60_000, 40_000, 20_000]
    assert_same_samples(load(tmp_path / "run").tracks["pelvis"].samples(), stacked)


@pytest.mark.parametrize("file_format", ["parquet", "csv"])
def test_a_foreign_reader_finds_the_contract_s_columns(tmp_path: Path, file_format: str) -> None:
    import pandas as pd

    samples = moving_sensor()
    save(a_recording(), tmp_path / "run", file_format=file_format)
    file = tmp_path / "run" / f"pelvis.{file_format}"
    table = pd.read_parquet(file) if file_format == "parquet" else pd.read_csv(file)
    assert list(table) == ["time", "acc_x", "acc_y", "acc_z", "gyr_x", "gyr_y", "gyr_z"]
    np.testing.assert_allclose(table[["acc_x", "acc_y", "acc_z"]], samples.acc_mps2, rtol=1e-6)
    assert to_table(samples).column_names == list(table)


def test_how_it_was_collected_and_what_other_devices_said_are_kept(tmp_path: Path) -> None:
    collection = {"version": "0.1.0", "sensors": {"pelvis": {"lost": 3, "skew_ppm": -12.5}}}
    heart_rate = Channel(np.array([0.5, 1.5, 2.5]), np.array([120.0, 121.0, 123.0]))
    speed = Channel(np.array([1.0, 2.0]), np.array([3.1, 3.2]))
    recording = Recording(
        tracks=a_recording().tracks,
        collection=collection,
        reference={"heart_rate_bpm": heart_rate, "speed_mps": speed},
    )
    save(recording, tmp_path / "run")
    save(load(tmp_path / "run"), tmp_path / "again")
    again = load(tmp_path / "again")
    assert again.collection == collection
    assert list(again.reference) == ["heart_rate_bpm", "speed_mps"]
    for name, channel in recording.reference.items():
        np.testing.assert_array_equal(again.reference[name].time_s, channel.time_s)
        np.testing.assert_array_equal(again.reference[name].values, channel.values)


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"time": [0.0]}, "column channel is missing"),
        ({"time": [1.0, 0.0], "channel": ["a", "a"], "value": [1.0, 1.0]}, "in order of time"),
        ({"time": [1.0], "channel": ["a"], "value": [float("nan")]}, "must be numbers"),
        ({"time": [1.0], "channel": ["a"], "value": [None]}, "without a value"),
        ({"time": ["noon"], "channel": ["a"], "value": [1.0]}, "cannot be read as Parquet"),
    ],
)
def test_a_wrong_reference_file_is_refused_in_one_line(
    tmp_path: Path, columns: dict[str, list[object]], reason: str
) -> None:
    save(a_recording(), tmp_path / "run")
    pq.write_table(pa.table(columns), tmp_path / "run" / "reference.parquet")
    with pytest.raises(RecordingError, match=reason):
        load(tmp_path / "run")
