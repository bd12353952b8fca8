"""What every verb shares: help, versions, exit codes and errors in one line."""

import os
import platform
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

import imu
from imu.cli import command
from imu.errors import RestrideError
from tests.conftest import COMMAND, REPOSITORY, Restride


def test_the_script_of_the_distribution_is_the_command_tested_here() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert project["scripts"] == {"restride": "imu.cli:main"}


def test_the_version_is_the_installed_one(restride: Restride) -> None:
    first, built, python, system = restride("--version").stdout.splitlines()
    assert first == f"restride {imu.__version__}"
    assert built.startswith("commit ")
    assert python == f"Python {platform.python_version()}"
    assert system.startswith(platform.system())
    assert metadata.version("restride") == imu.__version__


def test_without_a_verb_it_shows_what_it_can_do(restride: Restride) -> None:
    shown = restride()
    assert shown.returncode == 0
    assert all(verb in shown.stdout for verb in ("analyze", "simulate", "validate", "demo", "doctor"))


@pytest.mark.parametrize("group", ["accounts", "athletes", "share", "plan", "injury", "exercise", "baseline"])
def test_a_verb_of_several_shows_them_a_line_each(restride: Restride, group: str) -> None:
    shown = restride(group)
    assert shown.returncode == 2
    usage, *lines = shown.stderr.splitlines()
    assert usage == f"Usage: restride {group} [OPTIONS] COMMAND [ARGS]..."
    assert "Commands:" in lines


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["analyse"], "No such command 'analyse'. Did you mean 'analyze'?; see restride --help"),
        (["--sideways"], "No such option: --sideways; see restride --help"),
        (["analyze"], "Missing argument 'RECORDING'; see restride analyze --help"),
        (["analyze", "run7"], "Missing option '--out'; see restride analyze --help"),
        (["simulate", "--out", "x", "--minutes", "soon"], "Invalid value for '--minutes'"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(restride: Restride, arguments: list[str], reason: str) -> None:
    done = restride(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"restride: {reason}")
    assert done.stderr.count("\n") == 1


def _exit_of(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> object:
    def fail(_arguments: list[str]) -> int:
        raise error

    monkeypatch.setattr(command, "_run", fail)
    with pytest.raises(SystemExit) as ended:
        command.main()
    return ended.value.code


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (RestrideError("run7: no\nsuch thing"), 2, "restride: run7: no such thing\n"),
        (PermissionError(13, "Permission denied", "out"), 2, "restride: out: Permission denied\n"),
        (MemoryError(), 2, "restride: there is not enough memory for this; close other programs\n"),
        (KeyboardInterrupt(), 130, "restride: interrupted; what was finished is kept\n"),
        (
            KeyError("pelvis"),
            70,
            "restride: this is a bug in restride: KeyError: 'pelvis' (RESTRIDE_DEBUG=1 shows where)\n",
        ),
    ],
)
def test_every_end_has_its_exit_code_and_one_line(
    error: BaseException,
    code: int,
    text: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _exit_of(error, monkeypatch) == code
    assert capsys.readouterr() == ("", text)


def test_debugging_shows_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESTRIDE_DEBUG", "1")
    with pytest.raises(KeyError):
        _exit_of(KeyError("pelvis"), monkeypatch)


@pytest.mark.unhurried
def test_a_real_process_ends_the_same_way(tmp_path: Path) -> None:
    command = [*COMMAND, "analyze", "nothing", "--out", "out"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "restride: nothing: does not exist\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.unhurried
@pytest.mark.parametrize(("asked", "threads"), [(None, "1"), ("4", "4")])
def test_matrices_take_one_thread_unless_the_user_says_otherwise(asked: str | None, threads: str) -> None:
    script = """
import atexit, os, sys
from imu.cli import main
sys.argv = ["restride", "--version"]
atexit.register(lambda: print(os.environ["OPENBLAS_NUM_THREADS"]))
main()
"""
    outside = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    given = outside if asked is None else {**outside, "OPENBLAS_NUM_THREADS": asked}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=given
    )
    assert done.stdout.splitlines()[-1] == threads


@pytest.mark.unhurried
def test_help_and_import_leave_the_heavy_libraries_alone() -> None:
    heavy = "{'numpy', 'scipy', 'pandas', 'pyarrow', 'plotly', 'rich'}"
    script = f"""
import contextlib, io, sys
import imu
from imu.cli import command
with contextlib.redirect_stdout(io.StringIO()) as shown:
    command._run(["analyze", "--help"])
assert "RECORDING" in shown.getvalue()
print({heavy} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.unhurried
def test_logs_are_looked_for_before_anything_is_loaded_to_analyse_them(tmp_path: Path) -> None:
    script = """
import sys
from imu.cli import command
from imu.errors import SensorError
try:
    command._run(["sync", "--surface", "road", "--radio", "tcp-client:127.0.0.1:1"])
except SensorError:
    print({'scipy.signal', 'pandas', 'sqlalchemy', 'plotly'} & set(sys.modules))
"""
    environment = {**os.environ, "RESTRIDE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout == "set()\n"
