"""Whoever reads the output may go away: what is recorded goes on, and nothing hangs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from imu.recording import load
from tests.conftest import COMMAND

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
_ENDS_S = 240.0  # on a machine that does other things beside


def _nobody() -> int:
    """The end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


def test_results_that_nobody_reads_end_a_verb_quietly() -> None:
    done = subprocess.run([*COMMAND, "--help"], stdout=_nobody(), stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.unhurried
def test_an_error_that_nobody_reads_keeps_its_exit_code(tmp_path: Path) -> None:
    nowhere = _nobody()
    command = [*COMMAND, "analyze", str(tmp_path / "nothing"), "--out", str(tmp_path / "out")]
    assert subprocess.run(command, stdout=nowhere, stderr=nowhere, check=False).returncode == 2


def test_no_line_is_written_twice_when_ctrl_c_comes_within_its_writing() -> None:
    writes_while_it_is_interrupted = """
import signal, sys
from imu.cli.pipes import pipes_that_may_close
signal.signal(signal.SIGALRM, signal.default_int_handler)
with pipes_that_may_close():
    for number in range(2000):
        try:
            signal.setitimer(signal.ITIMER_REAL, 2e-5)
            sys.stderr.write(f"{number}\\n")
            signal.setitimer(signal.ITIMER_REAL, 0)
        except KeyboardInterrupt:
            pass
"""
    done = subprocess.run(
        [sys.executable, "-c", writes_while_it_is_interrupted], stderr=subprocess.PIPE, check=False, text=True
    )
    numbers = [int(line) for line in done.stderr.split()]
    assert len(numbers) == len(set(numbers)) > 500


@pytest.mark.slow
def test_a_recording_goes_on_to_its_end_after_head_has_left(tmp_path: Path) -> None:
    """`restride record --virtual ... 2>&1 | head -1`."""
    words = ["record", "--virtual", "--virtual-sensors", "esp32", "--no-standing", "--minutes", "0.1"]
    with subprocess.Popen(
        [*COMMAND, *words, "--out", str(tmp_path / "run")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "RESTRIDE_HOME": str(tmp_path / "home")},
    ) as process:
        try:
            assert process.stdout is not None
            assert b"Looking for" in process.stdout.readline()
            process.stdout.close()
            assert process.wait(_ENDS_S) == 141
        finally:
            process.kill()
    recording = load(tmp_path / "run")
    assert set(recording.tracks) == {"shank_left", "shank_right", "pelvis"}
    assert (tmp_path / "run" / "results" / "summary.json").is_file()
