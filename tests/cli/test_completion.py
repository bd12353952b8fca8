"""Tab completes verbs and options, and the man page has every verb."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.core import TyperGroup

from imu.cli.app import RESTRIDE
from tests.conftest import COMMAND, REPOSITORY

pytestmark = pytest.mark.unhurried


def _completed(words: str) -> set[str]:
    """What bash is told for these words, of which the last is being typed."""
    typed = words.split(" ")
    environment = {
        "_RESTRIDE_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(typed) - 1),
    }
    done = subprocess.run(
        COMMAND, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )
    assert done.stderr == ""
    return set(done.stdout.split())


def test_a_verb_and_an_option_are_completed() -> None:
    assert {"simulate", "share", "status", "scan"} <= _completed("restride s")
    assert "--seconds" in _completed("restride scan --")
    assert {"add", "show"} & _completed("restride plan ")


@pytest.mark.skipif(sys.platform == "win32" or shutil.which("bash") is None, reason="for bash")
def test_bash_gets_it_installed_and_nothing_else_is_touched(tmp_path: Path) -> None:
    (tmp_path / ".bashrc").write_text("export MINE=1\n")
    done = subprocess.run(
        [*COMMAND, "--show-completion", "bash"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HOME": str(tmp_path), "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert "complete -o default -F _restride_completion restride" in done.stdout
    checked = subprocess.run(["bash", "-n"], input=done.stdout, text=True, check=False)
    assert checked.returncode == 0
    assert (tmp_path / ".bashrc").read_text() == "export MINE=1\n"


def test_no_line_of_a_help_page_is_cut_at_80_columns() -> None:
    page = (REPOSITORY / "docs" / "cli.md").read_text(encoding="utf-8")
    assert re.findall(r"^  [a-z].*\.\.\.$", page, re.MULTILINE) == []


def test_the_man_page_has_every_verb_and_exit_code() -> None:
    made = subprocess.run(
        [sys.executable, REPOSITORY / "docs" / "man_page.py"], capture_output=True, text=True, check=True
    ).stdout
    assert isinstance(RESTRIDE, TyperGroup)
    shown = set(re.findall(r"^\.SS restride (\S+)$", made, re.MULTILINE))
    assert set(RESTRIDE.commands) <= shown
    assert re.findall(r"^\.B (\d+)$", made, re.MULTILINE) == ["0", "1", "2", "3", "70", "130", "141"]
    requests = {line.split()[0] for line in made.splitlines() if line.startswith((".", "'"))}
    assert requests == {".TH", ".SH", ".SS", ".B", ".TP", ".nf", ".fi"}
