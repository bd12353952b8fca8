"""Files beside the tables: samples of recordings and tables of strides, in a folder or an object store."""

import os
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from imu.errors import StoreError, StoreTroubleError


class Blobs:
    """Whole files under keys such as `recordings/<id>.zip`. A key is written whole or not at all.

    url: a folder, or whatever fsspec knows, for instance s3://bucket/prefix. StoreError where the place
    cannot be reached or written.
    """

    def __init__(self, url: str, **options: Any) -> None:
        self.url = url
        self._options = options
        if "://" in url:
            _ = self._place  # whether there is such a place is said at once

    @cached_property
    def _place(self) -> tuple[Any, str]:
        """Who reads and writes there, and where that is; loaded by the first who wants a file."""
        import fsspec  # most verbs read no file

        try:
            files, root = fsspec.core.url_to_fs(self.url, **self._options)
        except (ImportError, ValueError) as error:
            raise StoreError(f"{self.url}: cannot keep files there ({error})") from error
        return files, str(root)

    @property
    def _files(self) -> Any:
        return self._place[0]

    @property
    def _root(self) -> str:
        return self._place[1]

    @property
    def _is_local(self) -> bool:
        return "file" in self._files.protocol

    @property
    def folder(self) -> Path | None:
        """Where the files are on this computer; None for an object store."""
        return Path(self._root) if self._is_local else None

    def write(self, key: str, content: bytes) -> None:
        path = self._path(key)
        try:
            if self._is_local:
                _write_beside(Path(path), content)
            else:
                self._files.pipe_file(path, content)  # an object appears when its upload is complete
        except OSError as error:
            raise StoreTroubleError(f"{path}: cannot be written ({error.strerror or error})") from error

    def read(self, key: str) -> bytes:
        path = self._path(key)
        try:
            return bytes(self._files.cat_file(path))
        except FileNotFoundError as error:
            raise StoreTroubleError(f"{path}: is gone; restore a backup") from error
        except OSError as error:
            raise StoreTroubleError(f"{path}: cannot be read ({error.strerror or error})") from error

    def has(self, key: str) -> bool:
        return bool(self._files.isfile(self._path(key)))

    def move(self, key: str, target: str) -> None:
        """Put a file under another key, in place of what is there."""
        path = self._path(target)
        if self._is_local:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(self._path(key)).replace(path)
        else:
            self._files.mv(self._path(key), path)

    def remove(self, key: str) -> None:
        self._files.rm_file(self._path(key))

    def remove_all(self, prefix: str) -> int:
        """Remove a folder, also what a kill left half-written in it; how many files there were.

        StoreError if something stays.
        """
        count, folder = len(self.sizes(prefix)), self._path(prefix)
        try:
            self._files.rm(folder, recursive=True)
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise StoreTroubleError(f"{folder}: cannot be removed ({error.strerror or error})") from error
        return count

    def keys(self, prefix: str = "") -> Iterator[str]:
        """All keys in a folder and below, in order."""
        return iter(self.sizes(prefix))

    def sizes(self, prefix: str = "") -> dict[str, int]:
        """Bytes of all files in a folder and below, by key, in order."""
        found = self._found(prefix)
        return {key: facts["size"] for key, facts in found.items() if not _is_half_written(key)}

    def half_written(self, prefix: str = "") -> tuple[str, ...]:
        """What a kill left of a file that was being written."""
        return tuple(filter(_is_half_written, self._found(prefix)))

    def modified(self, key: str) -> datetime:
        """When a file was written."""
        found: datetime = self._files.modified(self._path(key))
        return found

    def _found(self, prefix: str) -> dict[str, dict[str, Any]]:
        self._files.invalidate_cache()
        found = self._files.find(self._path(prefix), detail=True)
        return {path[len(self._root) :].lstrip("/"): found[path] for path in sorted(found)}

    def _path(self, key: str) -> str:
        if not key:
            return str(self._root)
        # Names come from folders and browsers too: none may lead out of where it belongs.
        if any(part in ("", ".", "..") for part in key.replace("\\", "/").split("/")):
            raise StoreError(f"{key}: not the name of a stored file")
        return f"{self._root}/{key}"


def _is_half_written(key: str) -> bool:
    return Path(key).name.startswith(".")


def _write_beside(path: Path, content: bytes) -> None:
    """On the disk before it is seen: what the tables point at survives a power cut."""
    new_folders = [folder for folder in path.parents if not folder.exists()]
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
    for folder in (path.parent, *(made.parent for made in new_folders)):
        _sync(folder)


def _sync(folder: Path) -> None:
    """The names in a folder, on the disk; only Unix opens folders."""
    if os.name != "posix":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
