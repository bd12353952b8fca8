"""What is kept of a recording gives back the recording."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings, strategies as st

import imu
from imu.recording import Channel, Recording, Samples, SensorTrack
from imu.store.raw_files import GROUP_S, content_hash, packed_files, restore_folder, stretch

RATE_HZ = 200.0
START = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)


def samples(n: int, *, scale: float | None, seed: int = 1, gyroscope: bool = True) -> Samples:
    """Integers of a chip times its scale, or with None floats that never were any."""
    rng = np.random.default_rng(seed)
    values = rng.normal([0, 0, 9.8, 0, 0, 0], [3, 3, 3, 2, 2, 2], (n, 6))
    if scale is not None:
        values = (values / scale).round() * scale
    floats = values.astype(np.float32)
    time_s = np.arange(n) / RATE_HZ + rng.uniform(0, 1e-4, n)
    return Samples(time_s, floats[:, :3], floats[:, 3:] if gyroscope else None)


def recording(*tracks: SensorTrack) -> Recording:
    return Recording(tracks={track.placement: track for track in tracks}, start=START)


def kept(given_one: Recording, folder: Path) -> tuple[dict[str, bytes], Recording]:
    files = dict(packed_files(given_one, folder))
    restore_folder(list(files), files.__getitem__, folder / "again")
    return files, imu.load(folder / "again")


def kinds(packed: bytes) -> set[str]:
    return {str(field.type) for field in pq.ParquetFile(BytesIO(packed)).schema_arrow}


@pytest.mark.parametrize("scale", [16 * 9.80665 / 32768, 0.000976 * 9.80665, np.pi / 180 / 16.4])
def test_a_chips_integers_are_kept_as_integers_and_come_back_exactly(scale: float, tmp_path: Path) -> None:
    first = recording(SensorTrack.from_samples("shank_left", samples(3000, scale=scale)))
    files, again = kept(first, tmp_path)
    assert kinds(files["shank_left.parquet"]) == {"double", "int16"}
    a, b = first.tracks["shank_left"].samples(), again.tracks["shank_left"].samples()
    assert a.gyr_radps is not None
    assert b.gyr_radps is not None
    np.testing.assert_array_equal(a.time_s, b.time_s)
    np.testing.assert_array_equal(a.acc_mps2, b.acc_mps2)
    np.testing.assert_array_equal(a.gyr_radps, b.gyr_radps)
    assert content_hash(first) == content_hash(again)


def test_other_floats_are_kept_as_they_are(tmp_path: Path) -> None:
    first = recording(SensorTrack.from_samples("pelvis", samples(3000, scale=None)))
    files, again = kept(first, tmp_path)
    assert kinds(files["pelvis.parquet"]) == {"double", "float"}
    assert content_hash(first) == content_hash(again)


def test_one_value_off_the_scale_is_not_rounded_to_it(tmp_path: Path) -> None:
    values = samples(3000, scale=0.0048)
    acc = values.acc_mps2.copy()
    acc[1500, 1] *= np.float32(1.00001)
    first = recording(SensorTrack.from_samples("pelvis", replace(values, acc_mps2=acc)))
    _, again = kept(first, tmp_path)
    np.testing.assert_array_equal(again.tracks["pelvis"].samples().acc_mps2, acc)


def test_accelerometers_alone_temperature_reference_and_notes_come_back(tmp_path: Path) -> None:
    alone = samples(500, scale=0.0048, gyroscope=False)
    warm = replace(samples(500, scale=0.0048), temperature_degc=np.full(500, np.nan, np.float32))
    warm.temperature_degc[::100] = 24.5  # type: ignore[index]
    first = replace(
        recording(
            SensorTrack.from_samples("shank_left", alone, device="board", serial="A1", acc_range_g=16.0),
            SensorTrack.from_samples("pelvis", warm),
        ),
        notes="wind",
        reference={"heart_rate_bpm": Channel(np.arange(5.0) / 2, np.array([90.0, 91, 92, 94, 95]))},
    )
    _, again = kept(first, tmp_path)
    assert (again.notes, again.start, again.tracks["shank_left"].serial) == ("wind", START, "A1")
    assert again.tracks["shank_left"].samples().gyr_radps is None
    found = again.tracks["pelvis"].samples().temperature_degc
    assert found is not None
    np.testing.assert_array_equal(found, warm.temperature_degc)
    np.testing.assert_array_equal(again.reference["heart_rate_bpm"].values, [90, 91, 92, 94, 95])


@settings(max_examples=25, deadline=None)
@given(at=st.integers(0, 399), axis=st.integers(0, 2), of=st.sampled_from(["time", "acc", "gyr"]))
def test_any_other_sample_is_another_recording(at: int, axis: int, of: str) -> None:
    values = samples(400, scale=0.0048)
    time_s, acc, gyr = values.time_s.copy(), values.acc_mps2.copy(), values.gyr_radps.copy()  # type: ignore[union-attr]
    if of == "time":
        time_s[at] += 1e-6
    else:
        (acc if of == "acc" else gyr)[at, axis] += 1
    changed = recording(SensorTrack.from_samples("pelvis", Samples(time_s, acc, gyr)))
    assert content_hash(changed) != content_hash(recording(SensorTrack.from_samples("pelvis", values)))


def test_notes_do_not_make_another_recording_and_the_start_does() -> None:
    first = recording(SensorTrack.from_samples("pelvis", samples(400, scale=0.0048)))
    assert content_hash(replace(first, notes="rain")) == content_hash(first)
    assert content_hash(replace(first, start=START.replace(hour=8))) != content_hash(first)


def test_a_window_is_what_lies_in_it(tmp_path: Path) -> None:
    values = samples(int(3 * GROUP_S * RATE_HZ), scale=0.0048)
    (_, packed), *_ = packed_files(recording(SensorTrack.from_samples("pelvis", values)), tmp_path)
    table = stretch(packed, GROUP_S - 1, GROUP_S + 1)
    inside = values.between(GROUP_S - 1, GROUP_S + 1)
    np.testing.assert_array_equal(table.column("time").to_numpy(), inside.time_s)
    np.testing.assert_array_equal(table.column("acc_y").to_numpy(), inside.acc_mps2[:, 1])
    assert stretch(packed, 1e6, 2e6).num_rows == 0


def test_only_the_columns_that_are_asked_for_are_read(tmp_path: Path) -> None:
    scale = 16 * 9.80665 / 32768
    first = recording(SensorTrack.from_samples("pelvis", samples(3000, scale=scale)))
    packed = dict(packed_files(first, tmp_path))["pelvis.parquet"]
    whole, some = stretch(packed, 2.0, 5.0), stretch(packed, 2.0, 5.0, columns=["gyr_x"])
    assert some.column_names == ["time", "gyr_x"]
    assert some.column("gyr_x").equals(whole.column("gyr_x"))
