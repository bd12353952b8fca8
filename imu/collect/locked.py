"""One process at a time: a lock on an open file, let go of by the system when its process dies."""

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    _FAR_BYTE = 1 << 40  # Windows locks bytes, not files, and others must still read these

    def try_lock(file: int) -> bool:
        """Take the lock on this open file, if nobody else has it."""
        os.lseek(file, _FAR_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def try_lock(file: int) -> bool:
        """Take the lock on this open file, if nobody else has it."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def release(file: int) -> None:
    """Close the file, and with it the lock."""
    os.close(file)


def is_locked(path: Path) -> bool:
    """Whether another process, or another part of this one, holds the lock on this file now."""
    file = os.open(path, os.O_RDWR)
    try:
        return not try_lock(file)
    finally:
        os.close(file)
