"""A zip as the files in it. Nothing is unpacked by name, and nothing that it says of itself is believed.

A member is read as a stream, from memory to memory; its name is a word in messages and never a path. What the
zip claims (sizes, counts) is checked before anything is unpacked, and counted while it is.
"""

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import IO

from imu.formats.source import DAMAGED, Source

_FIRST_MEMBER, _NO_MEMBER = b"PK\x03\x04", b"PK\x05\x06"
_ENCRYPTED = 0x1
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others need memory as they like
_LOCAL_HEADER_BYTES = 30
_LONGEST_ENTRY_BYTES = 300  # with a name of 254 characters; ten times what exports have
_LONGEST_END_BYTES = 22 + 65_535 + 76  # the end record with the longest comment, and what zip64 has before it
_IN_MEMORY_BYTES = 32 << 20
_NO_FILES = ("__MACOSX/", "._", ".DS_Store", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of an open archive."""

    name: str  # as the archive says it, folders too
    size_bytes: int  # unpacked, as the archive claims
    refusal: str | None  # why it is not even opened
    source: Callable[[], Source] = field(repr=False)  # raises RecordingError for what is damaged


def is_archive(source: Source) -> bool:
    """Whether the first bytes are those of a zip."""
    return source.head.startswith((_FIRST_MEMBER, _NO_MEMBER))


@contextmanager
def opened(source: Source) -> Iterator[Sequence[Member]]:
    """The files in a zip, in its order, readable as long as the context lasts; what a Mac adds is left out.

    RecordingError where the archive as a whole is damaged, or claims what no runner's archive has.
    """
    if source.depth >= source.limits.max_depth:
        raise source.refused(f"is an archive within {source.depth} others; unpack the outer ones first")
    with ExitStack() as files:
        file = files.enter_context(_seekable(source))
        _check_directory(file, source)
        try:
            archive = files.enter_context(zipfile.ZipFile(file))
        except DAMAGED as error:
            raise source.refused(f"is a damaged or incomplete zip; copy it again ({error})") from error
        infos = [info for info in archive.infolist() if _is_file(info)]
        _check_claims(infos, source)
        yield _members(archive, infos, source)


def _seekable(source: Source) -> IO[bytes]:
    """The zip as a file in which one can go back; out of another archive it is unpacked to the side first."""
    if not source.is_packed:
        return source.opened()
    aside = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - the caller closes it
    try:
        with source.opened() as packed:
            shutil.copyfileobj(packed, aside, 1 << 20)
    except BaseException:
        aside.close()
        raise
    return aside


def _check_directory(file: IO[bytes], source: Source) -> None:
    """Refuse a table of contents that would not fit into memory, before the library reads it at once."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_END_BYTES))
    tail = file.read(_LONGEST_END_BYTES)
    end = tail.rfind(_NO_MEMBER)
    if end < 0 or len(tail) - end < 22:
        raise source.refused("is an incomplete zip, its table of contents is missing; copy it again")
    directory_bytes = int.from_bytes(tail[end + 12 : end + 16], "little")
    if directory_bytes == 0xFFFFFFFF:  # zip64 says it in a record of its own
        large = tail.rfind(b"PK\x06\x06")
        directory_bytes = int.from_bytes(tail[large + 40 : large + 48], "little") if large >= 0 else size
    most = source.limits.max_members * _LONGEST_ENTRY_BYTES
    if directory_bytes > most:
        raise source.refused(
            f"has a table of contents of {directory_bytes >> 10} kB, more than the {most >> 10} kB read here"
        )


def _check_claims(infos: Sequence[zipfile.ZipInfo], source: Source) -> None:
    limits, spent = source.limits, source.spent
    spent.members += len(infos)
    if spent.members > limits.max_members:
        raise source.refused(
            f"holds {spent.members} files, more than {limits.max_members}; import it in parts"
        )
    total = sum(info.file_size for info in infos)
    if total > limits.max_total_bytes:
        raise source.refused(
            f"claims to unpack to {total >> 30} GB, more than {limits.max_total_bytes >> 30} GB"
        )
    placed = sorted(infos, key=lambda info: info.header_offset)
    for one, other in pairwise(placed):
        end = one.header_offset + _LOCAL_HEADER_BYTES + one.compress_size
        if end > other.header_offset:
            raise source.refused(
                f"holds files that overlap ({one.filename} and {other.filename}): no archive of a runner, "
                "and not unpacked"
            )


def _is_file(info: zipfile.ZipInfo) -> bool:
    last = info.filename.rsplit("/", 1)[-1]
    # Not info.is_dir(): some versions of Python fail there on a name without a letter.
    return not (
        info.filename.endswith("/")
        or info.filename.startswith(_NO_FILES[0])
        or last.startswith(_NO_FILES[1:])
    )


def _members(archive: zipfile.ZipFile, infos: Sequence[zipfile.ZipInfo], source: Source) -> list[Member]:
    total, before, members = max(1, sum(info.file_size for info in infos)), 0, []
    for info in infos:
        members.append(
            Member(
                name=info.filename,
                size_bytes=info.file_size,
                refusal=_refusal(info, source),
                source=_opener(archive, info, source, before / total, info.file_size / total),
            )
        )
        before += info.file_size
    return members


def _opener(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, source: Source, before: float, part: float
) -> Callable[[], Source]:
    return lambda: source.packed(
        f"{source.origin}/{info.filename}",
        lambda files: files.enter_context(archive.open(info)),
        packed_bytes=info.compress_size,
        size_bytes=info.file_size,
        depth=source.depth + 1,
        progress=lambda share: source.progress(before + part * share),
    )


def _refusal(info: zipfile.ZipInfo, source: Source) -> str | None:
    limits = source.limits
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted; unpack the archive with its password and import the files"
    if info.compress_type not in _PACKINGS:
        way = info.compress_type
        return f"is packed in a way that is not read here (number {way}); pack it again as an ordinary zip"
    if info.file_size > limits.max_bytes:
        return f"claims {info.file_size >> 20} MB, more than the {limits.max_bytes >> 20} MB read at most"
    return None
