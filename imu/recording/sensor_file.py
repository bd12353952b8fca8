"""One sensor's file, Parquet or CSV, as a stream of samples. Columns and types are checked here, values are not."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from imu.errors import RecordingError
from imu.recording.model import Samples

TIME = "time"
ACC = ("acc_x", "acc_y", "acc_z")
GYR = ("gyr_x", "gyr_y", "gyr_z")
TEMPERATURE = "temperature"

BATCH_ROWS = 1 << 16  # 5 min at 200 Hz; 2 MB of samples


def stream(path: Path) -> Iterator[Samples]:
    """The whole file in pieces, in file order."""
    return _stream_csv(path) if path.suffix == ".csv" else _stream_parquet(path)


def _stream_parquet(path: Path) -> Iterator[Samples]:
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            columns = usable_columns(path, file.schema_arrow.names)
            for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=columns):
                yield to_samples(batch)
    except (pa.ArrowException, OSError) as error:
        raise RecordingError(path, f"not a readable Parquet file ({error})") from error


def _stream_csv(path: Path) -> Iterator[Samples]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        header = [name.strip() for name in file.readline().split(",")]
    columns = usable_columns(path, header)
    try:
        reader = pyarrow.csv.open_csv(
            path,
            read_options=pyarrow.csv.ReadOptions(column_names=header, skip_rows=1, use_threads=False),
            convert_options=pyarrow.csv.ConvertOptions(
                include_columns=columns, column_types=dict.fromkeys(columns, pa.float64())
            ),
        )
        yield from map(to_samples, reader)
    except (pa.ArrowException, OSError) as error:
        raise RecordingError(path, f"not a readable CSV file ({error})") from error


def usable_columns(path: Path, names: Sequence[str]) -> list[str]:
    """The contract's columns that this file has; those it must have are there, others are ignored."""
    wanted = [TIME, *ACC]
    if any(name in names for name in GYR):
        wanted += GYR
    if missing := [name for name in wanted if name not in names]:
        raise RecordingError(path, f"column {', '.join(missing)} is missing; it has {', '.join(names)}")
    return [*wanted, TEMPERATURE] if TEMPERATURE in names else wanted


def to_samples(table: pa.RecordBatch | pa.Table) -> Samples:
    """Arrow columns as arrays: time in float64, all others in float32, absent values as NaN."""
    names = table.schema.names
    return Samples(
        _numbers(table.column(TIME), pa.float64()),
        _vectors(table, ACC),
        _vectors(table, GYR) if GYR[0] in names else None,
        _numbers(table.column(TEMPERATURE), pa.float32()) if TEMPERATURE in names else None,
    )


def _vectors(table: pa.RecordBatch | pa.Table, names: Sequence[str]) -> NDArray[np.float32]:
    vectors = np.empty((table.num_rows, len(names)), np.float32)
    for axis, name in enumerate(names):
        vectors[:, axis] = _numbers(table.column(name), pa.float32())
    return vectors


def _numbers(column: pa.Array | pa.ChunkedArray, kind: pa.DataType) -> NDArray:
    if pa.types.is_dictionary(column.type):
        column = pc.cast(column, column.type.value_type)
    column = pc.cast(column, kind, safe=False)
    return column.to_numpy(zero_copy_only=False) if isinstance(column, pa.Array) else column.to_numpy()
