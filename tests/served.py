"""A dashboard as a user starts it: `restride serve` in processes of its own."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from tests.conftest import COMMAND

_ENDS_WITHIN_S = 60


@dataclass(frozen=True, slots=True)
class Served:
    """An address where it answers, and what it wrote about itself."""

    address: str
    home: Path
    log: Path
    process: "subprocess.Popen[str]"


@contextmanager
def served(
    home: Path, *options: str, log: Path | None = None, environment: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Served]:
    """Serve a home, on a port that is free, until the block ends. Somebody must have a password there."""
    log = log or home / "serve.log"
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", "--log", str(log), *options],
        env={**os.environ, **environment, "RESTRIDE_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        told = process.stdout.readline()
        found = re.search(r"http://\S+(?=;)", told)
        assert found, f"said {told!r}; its log: {log.read_text() if log.exists() else 'none'}"
        yield Served(found[0], home, log, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_ENDS_WITHIN_S)
        if process.stdout is not None:
            process.stdout.close()
