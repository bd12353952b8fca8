"""From the command line: one line and exit code 2, or results without an absurd number in them."""

import re
import subprocess
from pathlib import Path

import pytest

import imu
from tests.bad_input.corpus import CASES, Case
from tests.bad_input.test_corpus import LONGEST_LINE
from tests.conftest import COMMAND, Restride

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


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_the_command_refuses_in_one_line_and_writes_nothing(
    case: Case, tmp_path: Path, restride: Restride
) -> None:
    path, out = case.make(tmp_path), tmp_path / "out"
    done = restride("analyze", path, "--out", out)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("restride: ")
    assert len(done.stderr.splitlines()) == 1
    assert len(done.stderr) < LONGEST_LINE + len(str(path))
    assert case.refused is not None
    assert re.search(case.refused, done.stderr), done.stderr
    assert not out.exists()


@pytest.mark.parametrize("case", ANALYSED, ids=lambda case: case.name)
def test_an_odd_recording_gives_no_absurd_number(case: Case, tmp_path: Path) -> None:
    run = imu.analyze(imu.load(case.make(tmp_path)))
    valid = run.strides[run.strides["valid"]]
    assert not valid[list(case.absent)].notna().any().any()
    for column, (low, high) in POSSIBLE.items():
        values = valid[column].dropna()
        assert values.between(low, high).all(), f"{column}: {values.min()} to {values.max()}"


@pytest.mark.unhurried
@pytest.mark.parametrize("case", REFUSED[::12], ids=lambda case: case.name)
def test_a_process_of_its_own_ends_the_same_way(case: Case, tmp_path: Path) -> None:
    path, out = case.make(tmp_path), tmp_path / "out"
    command = [*COMMAND, "analyze", str(path), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert not out.exists()
