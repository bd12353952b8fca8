"""A recording on disk: `load` reads and checks a folder, `save` writes one."""

import os
import shutil
import uuid
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pyarrow.csv
import pyarrow.parquet as pq

from imu.errors import RecordingError, writing
from imu.recording.checks import checked
from imu.recording.columns import to_table
from imu.recording.csv_file import stream_csv
from imu.recording.files import check_file, is_folder
from imu.recording.manifest import FILE_NAME, read_manifest, written_manifest
from imu.recording.model import PLACEMENTS, Recording, Samples, SensorFacts, SensorTrack, joined
from imu.recording.parquet_file import ParquetFile
from imu.recording.reference_file import REFERENCE_FILE, read_reference, write_reference

_SUFFIXES = (".parquet", ".csv")
_HELD_ROWS = 1_000_000  # 83 min at 200 Hz, 32 MB: up to here a Parquet file stays in memory
_GROUP_S = 300.0  # of samples per row group: a window reads little more than it shows


def load(path: Path | str) -> Recording:
    """Read and check the recording in folder `path` (or whose recording.json is `path`).

    Raises `RecordingError`, one line, for anything a user can put right. A start without offset is taken as
    UTC; a sensor file that recording.json does not name is left alone and listed in `unlisted`.
    """
    folder = _folder(Path(path))
    manifest = read_manifest(folder / FILE_NAME)
    tracks = {
        name: _load_track(_sensor_file(folder, name), name, facts) for name, facts in manifest.sensors.items()
    }
    _check_overlap(folder, list(tracks.values()))
    return Recording(
        tracks=tracks,
        start=manifest.start,
        athlete=manifest.athlete,
        notes=manifest.notes,
        body=manifest.body,
        reference_speed_mps=manifest.reference_speed_mps,
        collection=manifest.collection,
        reference=read_reference(folder / REFERENCE_FILE),
        path=folder,
        unlisted=tuple(name for name in PLACEMENTS if name not in tracks and _candidates(folder, name)),
    )


def save(recording: Recording, path: Path | str, *, file_format: str = "parquet") -> None:
    """Write `recording` as a folder at `path`, whole or not at all.

    A recording is immutable: what already stands at `path` is refused, not replaced. `file_format` is
    "parquet" or "csv". Times are kept in double precision, all other columns in single.
    """
    if f".{file_format}" not in _SUFFIXES:
        raise ValueError(f"file_format must be 'parquet' or 'csv', not {file_format!r}")
    target = Path(path)
    if os.path.lexists(target):
        raise RecordingError(target, "exists already; a recording is never overwritten, choose another name")
    unfinished = target.parent / f".{target.name}.{uuid.uuid4().hex[:8]}"
    try:
        with writing(target):
            unfinished.mkdir(parents=True)
            for name, track in recording.tracks.items():
                _write_track(track, unfinished / f"{name}.{file_format}")
            if recording.reference:
                write_reference(recording.reference, unfinished / REFERENCE_FILE)
            (unfinished / FILE_NAME).write_text(written_manifest(recording), encoding="utf-8")
            for file in unfinished.iterdir():
                _sync(file)
            _sync(unfinished)
            unfinished.rename(target)
            _sync(target.parent)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _sync(path: Path) -> None:
    """On the disk when this returns, so that a power cut leaves a recording whole or none."""
    if os.name != "posix" and path.is_dir():
        return
    opened = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _folder(path: Path) -> Path:
    if is_folder(path):
        return path
    if path.name == FILE_NAME:
        return path.parent
    raise RecordingError(path, f"is not a recording, which is a folder with a {FILE_NAME} and sensor files")


def _candidates(folder: Path, placement: str) -> list[Path]:
    files = [folder / f"{placement}{suffix}" for suffix in _SUFFIXES]
    return [file for file in files if os.path.lexists(file)]


def _sensor_file(folder: Path, placement: str) -> Path:
    files = _candidates(folder, placement)
    if not files:
        reason = f"names {placement}, but there is no {placement}.parquet or {placement}.csv beside it"
        raise RecordingError(folder / FILE_NAME, reason)
    if len(files) > 1:
        raise RecordingError(folder, f"holds both {files[0].name} and {files[1].name}; keep the right one")
    return files[0]


def _load_track(file: Path, placement: str, facts: SensorFacts) -> SensorTrack:
    check_file(file)
    if file.suffix == ".csv":
        samples = joined(list(checked(stream_csv(file), file, facts)))
        return SensorTrack.from_samples(placement, samples, **facts)
    parquet = ParquetFile(file)
    pieces = checked(parquet.stream(), file, facts)
    if parquet.n_rows <= _HELD_ROWS:
        return SensorTrack.from_samples(placement, joined(list(pieces)), **facts)
    first = last = next(pieces)
    n_samples = len(first)
    for last in pieces:
        n_samples += len(last)
    return SensorTrack(
        placement=placement,
        n_samples=n_samples,
        start_s=float(first.time_s[0]),
        end_s=float(last.time_s[-1]),
        has_gyroscope=first.gyr_radps is not None,
        read=parquet.between,
        **facts,
    )


def _check_overlap(folder: Path, tracks: list[SensorTrack]) -> None:
    for one, other in combinations(tracks, 2):
        if one.start_s >= other.end_s or other.start_s >= one.end_s:
            spans = " and ".join(f"{t.placement} ({t.start_s:.6g} to {t.end_s:.6g} s)" for t in (one, other))
            raise RecordingError(folder, f"{spans} never overlap; put them on one common clock")


def _write_track(track: SensorTrack, file: Path) -> None:
    if file.suffix == ".csv":
        pyarrow.csv.write_csv(to_table(track.samples()), file)
        return
    writer: pq.ParquetWriter | None = None
    try:
        for stretch in _stretches(track):
            table = to_table(stretch)
            # Byte streams of floats compress without dictionaries. LZ4 reads fastest: 15 ms per sensor and
            # hour, Snappy 20, Zstandard 28 for 3 % less space. Checksums find a flipped bit that would
            # otherwise be a strange number.
            writer = writer or pq.ParquetWriter(
                file,
                table.schema,
                compression="lz4",
                use_dictionary=False,
                use_byte_stream_split=True,
                write_page_checksum=True,
            )
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()


def _stretches(track: SensorTrack) -> Iterator[Samples]:
    edges_s = np.append(np.arange(track.start_s, track.end_s, _GROUP_S), np.inf)
    for start_s, end_s in pairwise(edges_s):
        stretch = track.samples(start_s, end_s)
        if len(stretch):
            yield stretch
