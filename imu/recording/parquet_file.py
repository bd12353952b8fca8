"""A sensor's Parquet file, read piece by piece."""

from collections.abc import Iterator
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
_MAX_BYTES_PER_VALUE = 64  # the widest number takes 32; a column that claims more is a decompression bomb
_PAGE_OVERHEAD_BYTES = 1 << 20
_ERROR_CHARS = 100  # of the library's own words


class ParquetFile:
    """One sensor's Parquet file: once through as a stream, then any stretch by row group.

    At most two row groups are kept in memory, so a window of a long recording costs about what it shows.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with _opened(path) as file:
            self._metadata = file.metadata
            self._columns = usable_columns(path, file.schema_arrow.names)
            check_types(path, map(file.schema_arrow.field, self._columns))
        _check_claims(path, self._metadata, self._columns)
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
        with _opened(self._path, self._metadata) as file:
            for group in range(self._metadata.num_row_groups):
                for piece, samples in enumerate(self._pieces(file, group)):
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
        with _opened(self._path, self._metadata) as file:
            return joined(list(self._pieces(file, group)))

    def _pieces(self, file: pq.ParquetFile, group: int) -> Iterator[Samples]:
        try:
            for batch in file.iter_batches(_BATCH_ROWS, row_groups=[group], columns=self._columns):
                if batch.num_rows:
                    yield to_samples(batch)
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(self._path, error) from error


def _opened(path: Path, metadata: pq.FileMetaData | None = None) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path, metadata=metadata, pre_buffer=False, page_checksum_verification=True)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> RecordingError:
    words = " ".join(str(error).split())[:_ERROR_CHARS]
    return RecordingError(path, f"cannot be read as Parquet; copy or export it again ({words})")


def _check_claims(path: Path, metadata: pq.FileMetaData, columns: list[str]) -> None:
    # A few bytes of footer can ask for gigabytes; nothing is decoded before the claim has been weighed.
    if not 0 <= metadata.num_rows <= _MAX_ROWS:
        raise RecordingError(path, f"claims {metadata.num_rows} rows; no recording is that long")
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        allowed_bytes = max(group.num_rows, 0) * _MAX_BYTES_PER_VALUE + _PAGE_OVERHEAD_BYTES
        for chunk in map(group.column, range(group.num_columns)):
            claimed_bytes = chunk.total_uncompressed_size
            if chunk.path_in_schema in columns and not 0 <= claimed_bytes <= allowed_bytes:
                reason = f"claims {claimed_bytes:.3g} bytes for {group.num_rows} of {chunk.path_in_schema}"
                raise RecordingError(path, f"{reason}; copy or export it again")
