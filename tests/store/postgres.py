"""A throw-away PostgreSQL from the system's own package, on a socket in a temporary folder."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from imu.store.database import open_engine

_SUPERUSER = "restride"
_TEMPLATE = "template_restride"
_STARTED_BY_S = 120.0  # on a loaded machine; usually it takes one
_INITDB = ("--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")
# What is lost in a power cut is a test; memory is shared with all other tests.
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "64MB",
    "autovacuum": "off",
}


def binaries() -> Path | None:
    """The folder of initdb and postgres, as Debian lays them; None where the package is absent."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


class Cluster:
    """A running server whose databases are copies of an up-to-date, empty store."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder
        self._numbers = count(1)
        open_engine(self._created(_TEMPLATE, "template1")).dispose()

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of an empty store of its own, dropped at the end."""
        name = f"restride_{next(self._numbers)}"
        yield self._created(name, _TEMPLATE)
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def bare(self) -> Iterator[str]:
        """The same without a table."""
        name = f"restride_{next(self._numbers)}"
        yield self._created(name, "template1")
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _created(self, name: str, template: str) -> str:
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return f"postgresql://{_SUPERUSER}@/{name}?host={self._socket}"

    def _execute(self, command: str) -> None:
        with psycopg.connect(
            host=str(self._socket), user=_SUPERUSER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(command.encode())


@contextmanager
def running(programs: Path, **settings: str) -> Iterator[Cluster]:
    """A server of its own while it is needed."""
    # pytest's own folders may be entered by nobody else, and a socket's path has 107 characters at most.
    with tempfile.TemporaryDirectory(prefix="restride-pg-") as name:
        folder = Path(name)
        who: dict[str, Any] = {}
        if os.geteuid() == 0:  # a server refuses to run as root
            shutil.chown(folder, "postgres", "postgres")
            who = {"user": "postgres", "group": "postgres", "extra_groups": ()}
        data = folder / "data"
        made = subprocess.run(
            [programs / "initdb", f"--pgdata={data}", f"--username={_SUPERUSER}", *_INITDB],
            cwd=folder,
            capture_output=True,
            text=True,
            **who,
        )
        assert made.returncode == 0, made.stderr
        options = [f"-c{name}={value}" for name, value in {**_SETTINGS, **settings}.items()]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", folder, *options],
                cwd=folder,
                stdout=log,
                stderr=log,
                **who,
            )
        try:
            _until_ready(server, folder)
            yield Cluster(folder)
        finally:
            server.send_signal(signal.SIGINT)  # without waiting for those still connected
            server.wait()


def _until_ready(server: "subprocess.Popen[bytes]", folder: Path) -> None:
    until = time.monotonic() + _STARTED_BY_S
    while True:
        try:
            psycopg.connect(host=str(folder), user=_SUPERUSER, dbname="postgres").close()
        except psycopg.OperationalError:
            assert server.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < until, "the server takes no connection"
            time.sleep(0.05)
        else:
            return
