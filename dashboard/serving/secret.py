"""The key that signs cookies: made once, kept beside the store, readable by nobody else."""

import contextlib
import os
import secrets
import stat
import sys
from pathlib import Path
from shlex import quote

from imu.errors import StoreError

FILE_NAME = "secret_key"
_SHORTEST = 32


def secret_key(home: Path, *, given: str | None = None) -> bytes:
    """The key that was given, else that of a home, which gets one now if it has none.

    StoreError for one that is short, or that others on this computer may read.
    """
    if given is not None:
        if len(given) < _SHORTEST:
            raise StoreError(f"RESTRIDE_SECRET: has {len(given)} characters, at least {_SHORTEST} are needed")
        return given.encode()
    path = home / FILE_NAME
    if not path.exists():
        _make(path)
    if sys.platform != "win32" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise StoreError(
            f"{path}: others may read it; chmod 600 {quote(str(path))}, or delete it for a new one"
        )
    key = path.read_bytes()
    if len(key) < _SHORTEST:
        raise StoreError(f"{path}: holds no key; delete it for a new one, which signs everybody out")
    return key


def _make(path: Path) -> None:
    """Whole or not at all; of two processes that make one, the first wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{FILE_NAME}.{secrets.token_hex(8)}")
    file = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(file, "wb") as opened:
            opened.write(secrets.token_hex(32).encode())
        with contextlib.suppress(FileExistsError):
            os.link(unfinished, path)
    finally:
        unfinished.unlink()
