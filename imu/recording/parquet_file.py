"""A sensor's Parquet file, read piece by piece."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from imu.errors import RecordingError
from imu.recording.columns import check_types, to_samples, usable_columns
from imu.recording.model import Samples, joined

_BATCH_ROWS = 1 << 16  # 5 min at 200 Hz, 2 MB of samples: the memory that a pass over any file takes
_MAX_ROWS = 500_000_000  # a week at 800 Hz: whatever claims more is not a recording
_MAX_BYTES_PER_VALUE = 1 << 10  # a number takes 8 and a foreign column's words a few hundred
_OVERHEAD_BYTES = 1 << 20  # of a page, at most
_ERROR_CHARS = 100  # of the library's own words


class ParquetFile:
    """One sensor's Parquet file: once through as a stream, then any stretch by row group.

    At most two row groups are kept in memory, so a window of a long recording costs about what it shows.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with _opened(path) as file:
            self._metadata = file.metadata
            _check_claims(path, self._metadata)
            schema = file.schema_arrow
        self._columns = usable_columns(path, schema.names)
        check_types(path, map(schema.field, self._columns))
        self._groups: list[int] = []  # those with rows
        self._group_starts_s: list[float] = []
        self._group = lru_cache(maxsize=2)(self._decoded_group)  # windows walk forward and overlap

    @property
    def n_rows(self) -> int:
        return int(self._metadata.num_rows)

    def stream(self) -> Iterator[Samples]:
        """All samples in file order, in pieces."""
        self._groups.clear()
        self._group_starts_s.clear()
        for group in range(self._metadata.num_row_groups):
            for piece, samples in enumerate(self._pieces(group)):
                if piece == 0:
                    self._groups.append(group)
                    self._group_starts_s.append(float(samples.time_s[0]))
                yield samples

    def between(self, start_s: float, end_s: float) -> Samples:
        """The samples with start_s <= time < end_s, of a file that was streamed once and found ascending."""
        first = max(int(np.searchsorted(self._group_starts_s, start_s, side="right")) - 1, 0)
        stop = max(int(np.searchsorted(self._group_starts_s, end_s)), first + 1)
        return joined([self._group(group).between(start_s, end_s) for group in self._groups[first:stop]])

    def _decoded_group(self, group: int) -> Samples:
        return joined(list(self._pieces(group)))

    def _pieces(self, group: int) -> Iterator[Samples]:
        with _opened(self._path, self._metadata) as file:
            for batch in file.iter_batches(_BATCH_ROWS, row_groups=[group], columns=self._columns):
                if batch.num_rows:
                    yield to_samples(batch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a Parquet file says about its own size. Nobody has looked whether it is true."""

    rows: int
    largest_group_rows: int
    bytes: int  # of all values, not compressed


def claims_of(path: Path) -> Claims:
    """RecordingError for a file that is no Parquet, or claims what cannot be."""
    with _opened(path) as file:
        metadata = file.metadata
        _check_claims(path, metadata)
        groups = [metadata.row_group(group) for group in range(metadata.num_row_groups)]
    return Claims(
        rows=metadata.num_rows,
        largest_group_rows=max((group.num_rows for group in groups), default=0),
        bytes=sum(group.total_byte_size for group in groups),
    )


@contextmanager
def _opened(path: Path, metadata: pq.FileMetaData | None = None) -> Iterator[pq.ParquetFile]:
    try:
        with pq.ParquetFile(
            path, metadata=metadata, pre_buffer=False, page_checksum_verification=True
        ) as file:
            yield file
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        words = " ".join(str(error).split())[:_ERROR_CHARS]
        reason = f"cannot be read as Parquet; copy or export it again ({words})"
        raise RecordingError(path, reason) from error


def _check_claims(path: Path, metadata: pq.FileMetaData) -> None:
    # A few bytes of footer can ask for gigabytes: nothing is decoded before the claim has been weighed. Not
    # column by column: pyarrow's view of a column's metadata ends the process where the footer is damaged.
    if not 0 <= metadata.num_rows <= _MAX_ROWS:
        raise RecordingError(path, f"claims {metadata.num_rows} rows; no recording is that long")
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        values = max(group.num_rows, 0) * group.num_columns
        if not 0 <= group.total_byte_size <= values * _MAX_BYTES_PER_VALUE + _OVERHEAD_BYTES:
            reason = f"claims {group.total_byte_size:.3g} bytes for {group.num_rows} rows"
            raise RecordingError(path, f"{reason}; copy or export it again")
