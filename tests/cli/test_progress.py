"""A progress bar is for eyes: drawn on a terminal, absent from files, without colour where none is wanted."""

import os
import pty
import re
import subprocess
import sys

import pytest

from imu.cli.progress import progress_bar

SCRIPT = """
from imu.cli.progress import progress_bar
with progress_bar("monday", wanted=True) as progress:
    progress(0.5)
"""
COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-9][0-9;]*m")


def on_a_terminal(**environment: str) -> str:
    """What the bar writes to a terminal."""
    ours, theirs = pty.openpty()
    plain = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM")}
    with subprocess.Popen([sys.executable, "-c", SCRIPT], stderr=theirs, env=plain | environment) as process:
        process.wait(timeout=60)
    os.close(theirs)
    shown = os.read(ours, 1 << 16).decode()
    os.close(ours)
    return shown


def test_nothing_is_drawn_into_a_file(capfd: pytest.CaptureFixture[str]) -> None:
    with progress_bar("monday", wanted=True) as progress:
        progress(0.5)
    assert capfd.readouterr() == ("", "")


def test_a_terminal_shows_name_and_share() -> None:
    shown = on_a_terminal(TERM="xterm-256color")
    assert "monday" in shown
    assert "50%" in shown
    assert COLOUR.search(shown)


def test_no_color_is_respected() -> None:
    shown = on_a_terminal(TERM="xterm-256color", NO_COLOR="1")
    assert "50%" in shown
    assert not COLOUR.search(shown)


def test_a_terminal_that_cannot_move_its_cursor_gets_no_bar() -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stderr=theirs, env={**os.environ, "TERM": "dumb"}
    ) as process:
        process.wait(timeout=60)
    os.close(theirs)
    os.set_blocking(ours, False)
    with pytest.raises(OSError, match="Input/output error"):  # closed without a byte
        os.read(ours, 1)
    os.close(ours)
