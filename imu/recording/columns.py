"""The columns of a sensor file: their names, which of them a file must have, and how they become samples."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from imu.errors import RecordingError
from imu.recording.model import Samples

TIME = "time"
ACC = ("acc_x", "acc_y", "acc_z")
GYR = ("gyr_x", "gyr_y", "gyr_z")
TEMPERATURE = "temperature"

_NAMED_COLUMNS = 12  # of a foreign file, in a message


def usable_columns(path: Path, names: Sequence[str]) -> list[str]:
    """The contract's columns among `names`; those it must have are there, all others are ignored."""
    wanted = [TIME, *ACC]
    if any(name in names for name in GYR):
        wanted += GYR
    if missing := [name for name in wanted if name not in names]:
        found = ", ".join(ascii(name)[1:-1][:20] for name in names[:_NAMED_COLUMNS])
        more = ", ..." if len(names) > _NAMED_COLUMNS else ""
        verb = "columns {} are" if len(missing) > 1 else "column {} is"
        reason = f"{verb.format(', '.join(missing))} missing; the file has {found or 'no columns'}{more}"
        raise RecordingError(path, reason)
    if TEMPERATURE in names:
        wanted.append(TEMPERATURE)
    if twice := [name for name in wanted if list(names).count(name) > 1]:
        raise RecordingError(path, f"column {twice[0]} stands there {list(names).count(twice[0])} times")
    return wanted


def check_types(path: Path, fields: Iterable[pa.Field]) -> None:
    """Refuse columns that do not hold numbers."""
    for field in fields:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            continue
        advice = "write seconds since the recording's start" if field.name == TIME else "write plain numbers"
        raise RecordingError(path, f"column {field.name} holds {str(kind)[:30]}, not numbers; {advice}")


def to_samples(batch: pa.RecordBatch) -> Samples:
    """Arrow columns as arrays: time in float64, all others in float32, absent values as NaN."""
    names = batch.schema.names
    return Samples(
        _numbers(batch.column(TIME), pa.float64()),
        _vectors(batch, ACC),
        _vectors(batch, GYR) if GYR[0] in names else None,
        _numbers(batch.column(TEMPERATURE), pa.float32()) if TEMPERATURE in names else None,
    )


def to_table(samples: Samples) -> pa.Table:
    """The samples under the contract's names."""
    columns = {TIME: samples.time_s, **dict(zip(ACC, samples.acc_mps2.T, strict=True))}
    if samples.gyr_radps is not None:
        columns.update(zip(GYR, samples.gyr_radps.T, strict=True))
    if samples.temperature_degc is not None:
        columns[TEMPERATURE] = samples.temperature_degc
    return pa.table({name: np.ascontiguousarray(column) for name, column in columns.items()})


def _vectors(batch: pa.RecordBatch, names: Sequence[str]) -> NDArray[np.float32]:
    vectors = np.empty((batch.num_rows, len(names)), np.float32)
    for axis, name in enumerate(names):
        vectors[:, axis] = _numbers(batch.column(name), pa.float32())
    return vectors


def _numbers(column: pa.Array, kind: pa.DataType) -> NDArray[Any]:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    # Not `safe`: 24 bits of an integer are plenty, and what overflows turns inf, to be refused with its row.
    column = pc.cast(column, kind, safe=False)
    if column.null_count:
        column = column.fill_null(np.nan)
    return np.from_dlpack(column)  # `to_numpy` would import pandas first, a fifth of a second
