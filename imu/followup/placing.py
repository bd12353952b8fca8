"""Where an export goes: whole or not at all, and over nothing that was there unless it is wanted."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imu.errors import RecordingError, writing

_THERE = "is there already; --force replaces it"


@contextmanager
def placed(out: Path, *, as_folder: bool, force: bool) -> Iterator[Path]:
    """A place to write to, beside `out`. What lies there at the end takes its place, `out` itself last.

    Files that are written beside it come along. With `force` files of the same name are replaced, and no
    others; nothing happens to any where the block ends with an error. RecordingError for what is in the way.
    """
    _refuse(out, as_folder=as_folder, force=force)
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        with writing(out):
            yield scratch / out.name
            _move(scratch, out, force=force)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _refuse(out: Path, *, as_folder: bool, force: bool) -> None:
    holder = next((one for one in out.absolute().parents if (one / "recording.json").exists()), None)
    if holder is not None:
        raise RecordingError(
            out, f"is in {holder}, a recording, which is never changed; choose another --out"
        )
    if not os.path.lexists(out):
        return
    if out.is_dir() != as_folder:
        is_, to_be = ("folder", "file") if out.is_dir() else ("file", "folder")
        raise RecordingError(out, f"is a {is_}, and this format writes a {to_be}; choose another --out")
    if not force:
        raise RecordingError(out, _THERE)


def _move(scratch: Path, out: Path, *, force: bool) -> None:
    made = scratch / out.name
    if made.is_dir() and not os.path.lexists(out):
        made.rename(out)  # all at once
        return
    files = sorted(file for file in scratch.rglob("*") if file.is_file())
    targets = {file: out.parent / file.relative_to(scratch) for file in files}
    for target in targets.values():
        if os.path.lexists(target) and not force:
            raise RecordingError(target, _THERE)
        if target.is_dir():
            raise RecordingError(target, "is a folder where a file is to be; choose another --out")
    for file, target in sorted(targets.items(), key=lambda both: both[1] == out):
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            shutil.copymode(target, file)  # whoever was let read it goes on reading it
        file.replace(target)
