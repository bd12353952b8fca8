"""Files beside the tables: samples of recordings and tables of strides, in a folder or an object store."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec

from imu.errors import StoreError


class Blobs:
    """Whole files under keys such as `recordings/<id>.zip`. A key is written whole or not at all.

    url: a folder, or whatever fsspec knows, for instance s3://bucket/prefix. StoreError where the place
    cannot be reached or written.
    """

    def __init__(self, url: str, **options: Any) -> None:
        try:
            self._files, self._root = fsspec.core.url_to_fs(url, **options)
        except (ImportError, ValueError) as error:
            raise StoreError(f"{url}: cannot keep files there ({error})") from error
        self.url = url
        self._is_local = "file" in self._files.protocol

    def write(self, key: str, content: bytes) -> None:
        path = self._path(key)
        try:
            if self._is_local:
                _write_beside(Path(path), content)
            else:
                self._files.pipe_file(path, content)  # an object appears when its upload is complete
        except OSError as error:
            raise StoreError(f"{path}: cannot be written ({error.strerror or error})") from error

    def read(self, key: str) -> bytes:
        path = self._path(key)
        try:
            return bytes(self._files.cat_file(path))
        except FileNotFoundError as error:
            raise StoreError(f"{path}: is gone; restore a backup") from error
        except OSError as error:
            raise StoreError(f"{path}: cannot be read ({error.strerror or error})") from error

    def has(self, key: str) -> bool:
        return bool(self._files.isfile(self._path(key)))

    def remove_all(self, prefix: str) -> int:
        """Remove a folder, also what a kill left half-written in it; how many files there were.

        StoreError if something stays.
        """
        count, folder = len(list(self.keys(prefix))), self._path(prefix)
        try:
            self._files.rm(folder, recursive=True)
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise StoreError(f"{folder}: cannot be removed ({error.strerror or error})") from error
        return count

    def keys(self, prefix: str = "") -> Iterator[str]:
        """All keys in a folder and below, in order."""
        root = self._path(prefix)
        self._files.invalidate_cache()
        for path in sorted(self._files.find(root)):
            key = path[len(self._root) :].lstrip("/")
            if not Path(key).name.startswith("."):
                yield key

    def _path(self, key: str) -> str:
        if not key:
            return str(self._root)
        # Names come from folders and browsers too: none may lead out of where it belongs.
        if any(part in ("", ".", "..") for part in key.replace("\\", "/").split("/")):
            raise StoreError(f"{key}: not the name of a stored file")
        return f"{self._root}/{key}"


def _write_beside(path: Path, content: bytes) -> None:
    """On the disk before it is seen: what the tables point at survives a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
