"""`reference.parquet`: values of devices that are no IMU, one row each, whatever their rate."""

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from imu.errors import RecordingError
from imu.recording.files import check_file
from imu.recording.model import Channel

REFERENCE_FILE = "reference.parquet"
_SCHEMA = pa.schema([("time", pa.float64()), ("channel", pa.string()), ("value", pa.float64())])
_MAX_ROWS = 50_000_000  # a week at 80 values a second


def read_reference(path: Path) -> Mapping[str, Channel]:
    """All channels by name; none where the file does not exist."""
    if not os.path.lexists(path):
        return {}
    check_file(path)
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            if missing := [name for name in _SCHEMA.names if name not in file.schema_arrow.names]:
                raise RecordingError(path, f"column {missing[0]} is missing")
            if not 0 <= file.metadata.num_rows <= _MAX_ROWS:
                raise RecordingError(path, f"claims {file.metadata.num_rows} rows; no device says that much")
            table = file.read(columns=_SCHEMA.names).cast(_SCHEMA)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        words = " ".join(str(error).split())[:100]
        raise RecordingError(path, f"cannot be read as Parquet; copy or export it again ({words})") from error
    if any(table.column(name).null_count for name in _SCHEMA.names):
        raise RecordingError(path, "has rows without a value; leave them out")
    names = pc.unique(table.column("channel")).to_pylist()
    return {name: _channel(path, name, table.filter(pc.equal(table["channel"], name))) for name in names}


def write_reference(channels: Mapping[str, Channel], path: Path) -> None:
    """One row per value, in order of time."""
    time_s = np.concatenate([channel.time_s for channel in channels.values()])
    values = np.concatenate([channel.values for channel in channels.values()])
    names = [name for name, channel in channels.items() for _ in channel.time_s]
    order = pa.array(np.argsort(time_s, kind="stable"))
    table = pa.table({"time": time_s, "channel": names, "value": values}, schema=_SCHEMA)
    pq.write_table(table.take(order), path, compression="lz4", write_page_checksum=True)


def _channel(path: Path, name: str, rows: pa.Table) -> Channel:
    time_s, values = _numbers(rows.column("time")), _numbers(rows.column("value"))
    if not (np.isfinite(time_s).all() and np.isfinite(values).all() and (np.diff(time_s) >= 0).all()):
        raise RecordingError(path, f"{name!a}: times and values must be numbers, in order of time")
    return Channel(time_s, values)


def _numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    return np.asarray(np.from_dlpack(column.combine_chunks()), np.float64)
