"""From the command line: one line and exit code 2, or results without an absurd number in them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import imu
from imu.cli import main
from tests.bad_input.corpus import CASES, Case
from tests.bad_input.test_corpus import LONGEST_LINE
from tests.cli.conftest import COMMAND

# What the reader refuses takes one way to the terminal; every fourth is enough to know that it is open.
BROKEN = [case for case in CASES.values() if not case.loads][::4]
REFUSED = BROKEN + [case for case in CASES.values() if case.loads and case.refused is not None]
ANALYSED = [case for case in CASES.values() if case.refused is None]

# Between what a slow walker and a sprinter can do, with some room; nothing valid may lie outside.
POSSIBLE = {
    "stride_time_s": (0.35, 2.5),
    "contact_time_s": (0.06, 1.8),
    "cadence_spm": (48, 340),
    "speed_mps": (0.1, 12.5),
    "stride_length_m": (0.1, 5.5),
    "shank_angle_ic_deg": (-30, 50),
    "shank_angle_max_deg": (-30, 60),
    "peak_tibial_acc_g": (0.9, 200),
    "pelvic_drop_deg": (-1, 25),
    "pelvic_drop_abs_deg": (-25, 25),
    "vertical_oscillation_m": (0.005, 0.25),
}


def run_command(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["restride", *arguments])
    with pytest.raises(SystemExit) as leaving:
        main()
    assert isinstance(leaving.value.code, int)
    return leaving.value.code


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_the_command_refuses_in_one_line_and_writes_nothing(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = case.make(tmp_path), tmp_path / "out"
    code = run_command(["analyze", str(path), "--out", str(out)], monkeypatch)
    printed = capsys.readouterr()
    assert code == 2
    assert printed.out == ""
    assert printed.err.startswith("restride: ")
    assert len(printed.err.splitlines()) == 1
    assert len(printed.err) < LONGEST_LINE + len(str(path))
    assert case.refused is not None
    assert re.search(case.refused, printed.err), printed.err
    assert not out.exists()


@pytest.mark.parametrize("case", ANALYSED, ids=lambda case: case.name)
def test_an_odd_recording_gives_no_absurd_number(case: Case, tmp_path: Path) -> None:
    run = imu.analyze(imu.load(case.make(tmp_path)))
    valid = run.strides[run.strides["valid"]]
    assert not valid[list(case.absent)].notna().any().any()
    for column, (low, high) in POSSIBLE.items():
        values = valid[column].dropna()
        assert values.between(low, high).all(), f"{column}: {values.min()} to {values.max()}"


@pytest.mark.parametrize("case", REFUSED[::12], ids=lambda case: case.name)
def test_a_process_of_its_own_ends_the_same_way(case: Case, tmp_path: Path) -> None:
    path, out = case.make(tmp_path), tmp_path / "out"
    command = [*COMMAND, "analyze", str(path), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert not out.exists()
