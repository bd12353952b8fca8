"""The command as a user has it: words in; exit code, standard output and standard error out."""

import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from imu.cli import main

Restride = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def restride(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Restride:
    """`restride("analyze", folder, "--out", out)`, ended as a process would, without paying for a new one."""

    def run(*arguments: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
        words = ["restride", *map(str, arguments)]
        with monkeypatch.context() as patched, warnings.catch_warnings():
            patched.setattr(sys, "argv", words)
            for name, value in environment.items():
                patched.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main()
        shown = capfd.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return subprocess.CompletedProcess(words, code, shown.out, shown.err)

    return run
