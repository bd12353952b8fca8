"""The file of a backup: a ZIP of Parquet tables and blobs, and a manifest that says what must be in it.

manifest.json comes last; a file without one was never finished. Every other entry stands in it with its
length and SHA-256. Any program that reads ZIP, JSON and Parquet can read it without this one.
"""

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from imu.errors import StoreError

FORMAT = "restride-backup/1"
_MANIFEST = "manifest.json"
_KEY = re.compile(r"(recordings|derived)/[0-9a-f]{32}/[0-9a-f]{32}/\w[\w.-]*")

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Piece:
    """One entry, and what must come out of it."""

    name: str
    bytes: int
    sha256: str


@dataclass(slots=True, kw_only=True)
class Manifest:
    """What an archive holds."""

    revision: str  # of the tables
    made_by: str
    made_at: str
    rows: dict[str, int] = field(default_factory=dict)  # by table
    tables: dict[str, list[Piece]] = field(default_factory=dict)
    blobs: dict[str, Piece] = field(default_factory=dict)  # by key
    missing: list[str] = field(default_factory=list)  # keys of files that were gone already

    @property
    def pieces(self) -> Iterator[Piece]:
        for pieces in self.tables.values():
            yield from pieces
        yield from self.blobs.values()


class ArchiveWriter:
    """Adds entries to an archive that is being made."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def add(self, name: str, content: bytes) -> Piece:
        # Parquet is compressed already.
        self._archive.writestr(name, content)
        return Piece(name, len(content), hashlib.sha256(content).hexdigest())

    def add_table(self, name: str, table: pa.Table) -> Piece:
        out = BytesIO()
        pq.write_table(table, out, compression="zstd")
        return self.add(name, out.getvalue())

    def finish(self, manifest: Manifest) -> None:
        content = {"format": FORMAT, **asdict(manifest)}
        self._archive.writestr(_MANIFEST, json.dumps(content, indent=1, ensure_ascii=False))


@contextmanager
def new_archive(path: Path) -> Iterator[ArchiveWriter]:
    """Write beside and rename, for its owner's eyes. StoreError if it cannot be, or is there already."""
    if path.exists():
        raise StoreError(f"{path}: is there already; give another name")
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(beside, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                yield ArchiveWriter(archive)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror or error})") from error
    finally:
        beside.unlink(missing_ok=True)


class Archive:
    """A finished archive, open for reading."""

    def __init__(self, archive: zipfile.ZipFile, path: Path) -> None:
        self._archive = archive
        self._path = path
        told = self._read(_MANIFEST)
        self.name = hashlib.sha256(told).hexdigest()[:32]
        self.manifest = _manifest(told, path)

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Iterator["Archive"]:
        """StoreError for what is not a whole backup."""
        try:
            with zipfile.ZipFile(path) as archive:
                yield cls(archive, path)
        except zipfile.BadZipFile as error:
            raise StoreError(f"{path}: is not a backup of restride, or was cut off; take another") from error
        except OSError as error:
            raise StoreError(f"{path}: cannot be read ({error.strerror or error})") from error

    def verify(self, progress: Progress) -> None:
        """Read every entry. StoreError if one is not what the manifest says."""
        total = sum(piece.bytes for piece in self.manifest.pieces) or 1
        done = 0
        for piece in self.manifest.pieces:
            self.content(piece)
            done += piece.bytes
            progress(done / total)

    def content(self, piece: Piece) -> bytes:
        content = self._read(piece.name)
        if hashlib.sha256(content).hexdigest() != piece.sha256:
            raise StoreError(f"{self._path}: {piece.name} is damaged; take another backup")
        return content

    def table(self, piece: Piece) -> pa.Table:
        try:
            return pq.read_table(BytesIO(self.content(piece)))
        except pa.ArrowException as error:
            raise StoreError(f"{self._path}: {piece.name} is not a table; take another backup") from error

    def _read(self, name: str) -> bytes:
        try:
            return self._archive.read(name)
        except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise StoreError(f"{self._path}: {name} is missing or damaged; take another backup") from error


def _manifest(told: bytes, path: Path) -> Manifest:
    try:
        content: dict[str, Any] = json.loads(told)
        made_as = content.pop("format")
        if made_as != FORMAT:
            raise StoreError(f"{path}: is of the kind {made_as}, which this restride cannot read; update it")
        content["tables"] = {
            name: [Piece(**one) for one in pieces] for name, pieces in content["tables"].items()
        }
        content["blobs"] = {key: Piece(**one) for key, one in content["blobs"].items()}
        manifest = Manifest(**content)
        if set(manifest.rows) != set(manifest.tables):
            raise ValueError("rows of other tables are counted")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StoreError(f"{path}: its manifest cannot be read; take another backup") from error
    for key in manifest.blobs:
        if not _KEY.fullmatch(key):
            raise StoreError(f"{path}: {key!r} is no place for a file of a run; take another backup")
    return manifest
