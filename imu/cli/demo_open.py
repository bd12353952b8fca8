"""The demo's dashboard: `restride serve` on its home, in a process beside."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from imu.errors import ServerError

PORT = 8050
LOG_FILE = "serve.log"
_ENDS_WITHIN_S = 40.0


def can_open() -> bool:
    """Whether the dashboard is installed."""
    return all(find_spec(name) is not None for name in ("dash", "argon2", "dash_mantine_components"))


@contextmanager
def opened(home: Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Serve a home: the line that it says when it is open, and its process. It ends with the block."""
    log = home / LOG_FILE
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", "from imu.cli import main; main()"),
            *("serve", "--port", str(PORT if _is_free(PORT) else 0), "--log", str(log)),
        ],
        env={**os.environ, "RESTRIDE_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for the demo, which then ends it
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        if not said:
            raise ServerError(f"the dashboard does not open; {log} says why")
        yield said, process
    finally:
        process.terminate()
        process.wait(_ENDS_WITHIN_S)
        if process.stdout is not None:
            process.stdout.close()


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        if sys.platform != "win32":
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
