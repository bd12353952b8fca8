"""A recording as the files that are kept of it: the sensor's own integers where it had any, and nothing lost.

A sample that was an integer times a scale is kept as that integer and the scale, which takes half the space;
the same floats come out again (a negative zero as zero). Where no scale gives exactly these floats (a
calibrated sensor, somebody's CSV) they are kept as they are.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from imu.errors import StoreError, writing
from imu.recording.columns import ACC, GYR, TEMPERATURE, TIME
from imu.recording.manifest import FILE_NAME, written_manifest
from imu.recording.model import Recording, Samples, SensorTrack
from imu.recording.reference_file import REFERENCE_FILE, write_reference

GROUP_S = 60.0  # a window on a screen reads one or two of these
_PASS_S = 600.0  # of samples in memory at a time
_SCALE = b"scale"
_LARGEST = 32767
_LOOKED_AT = 30_000  # values: among so many of a moving sensor two are neighbours
_ENCODINGS = {"double": "BYTE_STREAM_SPLIT", "float": "BYTE_STREAM_SPLIT", "int16": "DELTA_BINARY_PACKED"}

Floats32 = NDArray[np.float32]


def content_hash(recording: Recording) -> str:
    """A name for exactly these samples at this time, whatever notes say about them."""
    told = hashlib.sha256(b"restride-recording/1")
    told.update(recording.start.isoformat().encode() if recording.start else b"-")
    for placement, track in recording.tracks.items():
        told.update(placement.encode())
        for samples in _passes(track):
            for values in (samples.time_s, samples.acc_mps2, samples.gyr_radps):
                if values is not None:
                    told.update(np.ascontiguousarray(values + 0).data)  # no zero is negative
    return told.hexdigest()


def packed_files(recording: Recording, scratch: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents of all files of a recording. `scratch`: a folder for what must be written first."""
    for placement, track in recording.tracks.items():
        yield f"{placement}.parquet", _packed(track)
    if recording.reference:
        file = scratch / REFERENCE_FILE
        write_reference(recording.reference, file)
        yield REFERENCE_FILE, file.read_bytes()
        file.unlink()
    yield FILE_NAME, written_manifest(recording).encode()


def restore_folder(names: list[str], read: Callable[[str], bytes], folder: Path) -> None:
    """Write the recording's folder again, as `imu.load` reads it. StoreError for a file that is damaged."""
    with writing(folder):
        folder.mkdir(parents=True)
        for name in names:
            if name in (FILE_NAME, REFERENCE_FILE):
                (folder / name).write_bytes(read(name))
                continue
            packed = read(name)
            try:
                unpack(packed, folder / name)
            except (pa.ArrowException, OSError) as error:
                if isinstance(error, OSError) and error.errno is not None:
                    raise  # of the disk; a page with a wrong checksum has no number
                raise StoreError(f"{name}: the stored samples are damaged; restore a backup") from error


def stretch(packed: bytes, start_s: float, end_s: float, *, columns: Sequence[str] | None = None) -> pa.Table:
    """The samples of a packed file with start_s <= time < end_s, in SI units: a few groups are decoded.

    columns: only these, beside the time; of others nothing is decoded.
    """
    wanted = None if columns is None else [TIME, *columns]
    with pq.ParquetFile(BytesIO(packed)) as file:
        column = file.schema_arrow.get_field_index(TIME)
        spans = [
            file.metadata.row_group(group).column(column).statistics for group in range(file.num_row_groups)
        ]
        groups = [at for at, span in enumerate(spans) if span.max >= start_s and span.min < end_s]
        table = _in_si(file.read_row_groups(groups, columns=wanted))
    time_s = table.column(TIME).to_numpy()
    first, last = np.searchsorted(time_s, [start_s, end_s])
    return table.slice(int(first), int(last - first))


@dataclass(slots=True)
class _Scale:
    """The scales that turn integers into exactly the floats seen so far: any between `low` and `high`."""

    guess: float | None = None
    low: float = 0.0
    high: float = np.inf

    def see(self, values: Floats32) -> None:
        size = np.abs(values[values != 0].astype(float))
        if self.guess is None and len(steps := np.unique(size[:_LOOKED_AT])) > 1:
            self.guess = _step(steps)
        if not len(size) or self.guess is None:
            return
        count = np.round(size / self.guess)
        if count.min() < 1 or count.max() > _LARGEST:
            self.low = np.inf
            return
        spacing = np.spacing(size.astype(np.float32)).astype(float)
        self.low = max(self.low, float(((size - spacing / 2) / count).max()))
        self.high = min(self.high, float(((size + spacing / 2) / count).min()))

    @property
    def found(self) -> float | None:
        return (self.low + self.high) / 2 if self.guess is not None and self.low < self.high else None


def _step(size: NDArray[np.float64]) -> float:
    """The smallest step between ascending values, sharpened on ever larger ones."""
    step = min(float(np.diff(size).min()), float(size[0]))
    for reach in (1e2, 1e4, 1e6):
        below = size[size <= reach * step]
        if len(below):
            step = float(below[-1] / max(round(below[-1] / step), 1))
    return step


def _packed(track: SensorTrack) -> bytes:
    groups = {"acc": ACC, "gyr": GYR} if track.has_gyroscope else {"acc": ACC}
    scales = {name: _Scale() for name in groups}
    for samples in _passes(track):
        for name in groups:
            scales[name].see(_values(samples, name))
    found = {name: _exact(track, name, scale.found) for name, scale in scales.items()}
    first = next(_passes(track))
    schema = _schema(groups, found, with_temperature=first.temperature_degc is not None)
    out = BytesIO()
    with pq.ParquetWriter(
        out,
        schema,
        compression="zstd",
        use_dictionary=False,
        column_encoding={field.name: _ENCODINGS[str(field.type)] for field in schema},
        write_page_checksum=True,
    ) as writer:
        for samples in _passes(track):
            rows = max(ceil(len(samples) * GROUP_S / _PASS_S), 1)
            writer.write_table(_table(samples, schema, found), row_group_size=rows)
    return out.getvalue()


def _exact(track: SensorTrack, name: str, scale: float | None) -> float | None:
    """The scale, if it really gives back every float."""
    if scale is None:
        return None
    for samples in _passes(track):
        values = _values(samples, name)
        if not np.array_equal(_scaled(_counts(values, scale), scale), values):
            return None
    return scale


def _counts(values: Floats32, scale: float) -> NDArray[np.int16]:
    return np.round(values.astype(float) / scale).astype(np.int16)


def _scaled(counts: NDArray[np.int16], scale: float) -> Floats32:
    return (counts.astype(float) * scale).astype(np.float32)


def _schema(
    groups: Mapping[str, tuple[str, ...]], scales: dict[str, float | None], *, with_temperature: bool
) -> pa.Schema:
    fields = [pa.field(TIME, pa.float64())]
    for name, columns in groups.items():
        scale = scales[name]
        if scale is None:
            fields += [pa.field(column, pa.float32()) for column in columns]
        else:
            told = {_SCALE: repr(scale).encode()}
            fields += [pa.field(column, pa.int16(), metadata=told) for column in columns]
    if with_temperature:
        fields.append(pa.field(TEMPERATURE, pa.float32()))
    return pa.schema(fields)


def _table(samples: Samples, schema: pa.Schema, scales: dict[str, float | None]) -> pa.Table:
    columns: list[NDArray[Any]] = [samples.time_s]
    for name, scale in scales.items():
        values = _values(samples, name)
        kept = values if scale is None else _counts(values, scale)
        columns += list(np.ascontiguousarray(kept.T))
    if samples.temperature_degc is not None:
        columns.append(samples.temperature_degc)
    return pa.Table.from_arrays([pa.array(column) for column in columns], schema=schema)


def is_packed(file: Path) -> bool:
    """Whether a sensor's file holds integers and their scale."""
    return any(_SCALE in (field.metadata or {}) for field in pq.read_schema(file))


def unpack(packed: bytes, target: Path) -> None:
    """Write a packed file in SI units, as `imu.load` reads it. ArrowException if it is damaged."""
    with pq.ParquetFile(BytesIO(packed), page_checksum_verification=True) as file:
        schema = _in_si(file.schema_arrow.empty_table()).schema
        with pq.ParquetWriter(target, schema, compression="lz4", write_page_checksum=True) as writer:
            for group in range(file.num_row_groups):
                writer.write_table(_in_si(file.read_row_group(group)))


def _in_si(table: pa.Table) -> pa.Table:
    columns = {}
    for field in table.schema:
        column = table.column(field.name)
        if field.metadata and _SCALE in field.metadata:
            counts = column.to_numpy().astype(np.int16)
            columns[field.name] = pa.array(_scaled(counts, float(field.metadata[_SCALE])))
        else:
            columns[field.name] = column
    return pa.table(columns)


def _values(samples: Samples, name: str) -> Floats32:
    values = samples.acc_mps2 if name == "acc" else samples.gyr_radps
    assert values is not None
    return values


def _passes(track: SensorTrack) -> Iterator[Samples]:
    """A track in pieces of ten minutes, none empty."""
    start_s = track.start_s
    while start_s <= track.end_s:
        samples = track.samples(start_s, start_s + _PASS_S)
        if len(samples):
            yield samples
        start_s += _PASS_S
