"""The command as a user has it: a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

# The console script of pyproject.toml, spelled out: the tests need no particular place of installation.
COMMAND = [sys.executable, "-c", "from imu.cli import main; main()"]
Restride = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def restride(restride_home: Path) -> Restride:
    """`restride("analyze", folder, "--out", out)` as a finished process with text output."""

    def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, "RESTRIDE_HOME": str(restride_home), **environment},
        )

    return run
