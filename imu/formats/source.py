"""A file to be read, from a disk or out of an archive, with limits for what it may claim."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from imu.errors import RecordingError, printable
from imu.recording.files import check_file

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_SNIFFED_BYTES = 1 << 16
_NO_BOMB_BYTES = 1 << 20  # up to here any ratio is fine: a table of zeros is small and packs well

# What the unpackers of the standard library say of bytes that are not what they claim.
DAMAGED = (
    OSError,
    EOFError,
    ValueError,
    OverflowError,
    RuntimeError,  # and NotImplementedError: a way of packing that Python does not have
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a foreign file may cost: beyond it stands a bomb or a mistake, never a runner's data."""

    max_bytes: int = 4 << 30  # of one file, unpacked; an Apple Health export of ten years has 2 GB
    max_whole_bytes: int = 256 << 20  # of a file that is read in one piece; a FIT of a day has 5 MB
    max_total_bytes: int = 64 << 30  # of all that is unpacked out of one file
    max_rows: int = 50_000_000  # of one table: three days at 200 Hz
    max_members: int = 100_000  # of one archive, and of all archives in it
    max_depth: int = 2  # archive within archive
    max_ratio: int = 200  # unpacked to packed; XML and CSV reach 30


@dataclass(slots=True)
class Spent:
    """What a file and all that is unpacked out of it have cost so far: one bill for all."""

    members: int = 0
    unpacked_bytes: int = 0


def _unseen(_share: float) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file: its name for messages, its first bytes, and a way to open it as often as needed."""

    origin: str  # "export.zip/activities/1.fit.gz"
    opened: Callable[[], IO[bytes]] = field(repr=False)
    head: bytes = field(repr=False)  # the first 64 kB, or all of a shorter file
    size_bytes: int | None  # None where only reading tells
    depth: int = 0  # archives around it
    is_packed: bool = False  # it comes out of an archive or .gz: a stream from the beginning, no seeking
    limits: Limits = Limits()
    spent: Spent = field(default_factory=Spent, repr=False)
    progress: Callable[[float], None] = field(default=_unseen, repr=False)  # told the share that is read

    @classmethod
    def of_file(
        cls, path: Path, *, limits: Limits = Limits(), progress: Callable[[float], None] = _unseen
    ) -> "Source":
        """Raises RecordingError for what is no readable file or too large."""
        check_file(path)
        size = path.stat().st_size
        if size > limits.max_bytes:
            raise RecordingError(
                path, f"has {size >> 20} MB, more than the {limits.max_bytes >> 20} MB read at most"
            )
        with path.open("rb") as file:
            head = file.read(_SNIFFED_BYTES)
        return cls(
            origin=str(path),
            opened=lambda: path.open("rb"),
            head=head,
            size_bytes=size,
            limits=limits,
            progress=progress,
        )

    @classmethod
    def of_bytes(cls, origin: str, content: bytes, *, depth: int = 0, limits: Limits = Limits()) -> "Source":
        """A file that is in memory already."""
        return cls(
            origin=origin,
            opened=lambda: io.BytesIO(content),
            head=content[:_SNIFFED_BYTES],
            size_bytes=len(content),
            depth=depth,
            limits=limits,
        )

    @property
    def name(self) -> str:
        """The last part of the origin, without the folders and archives around it."""
        return self.origin.replace("\\", "/").rsplit("/", 1)[-1]

    def content(self, *, most_bytes: int | None = None) -> bytes:
        """All of it, for formats that are read in one piece. RecordingError beyond the limit."""
        most = min(self.limits.max_whole_bytes, most_bytes or self.limits.max_whole_bytes)
        with self.opened() as file:
            content = file.read(most + 1)
        if len(content) > most:
            raise self.refused(f"has more than {most >> 20} MB, too much for a file of this kind")
        return content

    def refused(self, reason: str, *, line: int | None = None) -> RecordingError:
        """The error that names this file, and the line where one is known (1 = the first)."""
        return RecordingError(self.origin, reason if line is None else f"line {line}: {reason}")

    def packed(
        self,
        origin: str,
        unpacked: Callable[[ExitStack], IO[bytes]],
        *,
        packed_bytes: int,
        size_bytes: int | None,
        depth: int,
        progress: Callable[[float], None],
    ) -> "Source":
        """A file that is packed in this one: whoever reads it meets the limits, and damage as one line.

        unpacked opens the stream and leaves what is to be closed; packed_bytes is what it takes here,
        size_bytes what it claims to become.
        """
        most = min(self.limits.max_bytes, max(packed_bytes * self.limits.max_ratio, _NO_BOMB_BYTES))
        inner = replace(
            self,
            origin=printable(origin),
            head=b"",
            size_bytes=size_bytes,
            depth=depth,
            is_packed=True,
            progress=progress,
        )

        def opened() -> IO[bytes]:
            with ExitStack() as files:
                try:
                    file = unpacked(files)
                except DAMAGED as error:
                    raise inner.refused(_damage(error)) from error
                return io.BufferedReader(_Unpacking(file, files.pop_all(), inner, most), _SNIFFED_BYTES)

        with opened() as file:
            return replace(inner, opened=opened, head=file.read(_SNIFFED_BYTES))


class _Unpacking(io.RawIOBase):
    """A stream out of an archive that ends in an error of its file when it costs too much or is damaged."""

    def __init__(self, file: IO[bytes], files: ExitStack, source: Source, most_bytes: int) -> None:
        self._file = file
        self._files = files
        self._source = source
        self._most_bytes = most_bytes
        self._read_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer)
        try:
            part = self._file.read(len(view))
        except DAMAGED as error:
            raise self._source.refused(_damage(error)) from error
        view[: len(part)] = part
        self._read_bytes += len(part)
        spent, limits = self._source.spent, self._source.limits
        spent.unpacked_bytes += len(part)
        if self._read_bytes > self._most_bytes:
            raise self._source.refused(
                f"unpacks to more than {self._most_bytes >> 20} MB, out of proportion to what is packed"
            )
        if spent.unpacked_bytes > limits.max_total_bytes:
            raise self._source.refused(f"the archive unpacks to more than {limits.max_total_bytes >> 30} GB")
        return len(part)

    def close(self) -> None:
        self._files.close()
        super().close()


def _damage(error: Exception) -> str:
    return f"cannot be unpacked, it is damaged or incomplete; copy it again ({error})"


def unzipped(source: Source) -> Source:
    """What a .gz holds, unpacked while it is read. RecordingError where its beginning is damaged."""

    def unpacked(files: ExitStack) -> IO[bytes]:
        raw = files.enter_context(source.opened())
        return files.enter_context(cast("IO[bytes]", gzip.open(raw)))

    packed_bytes = len(source.head) if source.size_bytes is None else source.size_bytes
    return source.packed(
        source.origin.removesuffix(".gz"),
        unpacked,
        packed_bytes=packed_bytes,
        size_bytes=None,
        depth=source.depth,
        progress=source.progress,
    )
