"""Is there a file to read? Asked before any reader, so that nothing hangs on a pipe or speaks in codes."""

import stat
from pathlib import Path

from imu.errors import RecordingError


def check_file(path: Path) -> None:
    """Refuse what is not a regular, readable file with something in it."""
    mode = _mode(path)
    if not stat.S_ISREG(mode):
        raise RecordingError(path, f"is a {'folder' if stat.S_ISDIR(mode) else 'device'}, not a file")
    try:
        with path.open("rb") as file:
            first = file.read(1)
    except OSError as error:
        raise RecordingError(path, f"cannot be read ({error.strerror or error})") from error
    if not first:
        raise RecordingError(path, "is empty")


def is_folder(path: Path) -> bool:
    """Whether `path` is a folder; refuses what is not there at all."""
    return stat.S_ISDIR(_mode(path))


def _mode(path: Path) -> int:
    """The kind and permissions of what stands at `path`."""
    try:
        return path.stat().st_mode
    except FileNotFoundError as error:
        raise RecordingError(path, "does not exist") from error
    except OSError as error:
        raise RecordingError(path, f"cannot be read ({error.strerror or error})") from error
    except ValueError as error:  # a name that no file system can hold
        raise RecordingError(path, f"cannot be read ({error})") from error
