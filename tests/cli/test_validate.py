"""`restride validate` as a user has it."""

import json
from pathlib import Path

import pytest

import imu
from tests.conftest import Restride

INDEX = """\
name,set,variant,recording,truth,series,sensors,window_start_s,window_end_s,belt_mps,duration_s,activity
jog,tiny,clean,jog,jog/truth/strides.csv,jog/truth/series.parquet,,6,40,3.0,42,
"""


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    """One short simulated run in the layout of a folder of samples."""
    config = imu.simulate.SimulationConfig(pattern="stand:6,run:30@3,stand:6", errors="ideal")
    imu.simulate.simulate(config).save(tmp_path / "samples" / "jog")
    (tmp_path / "samples" / "index.csv").write_text(INDEX)
    return tmp_path / "samples"


@pytest.mark.unhurried
def test_it_prints_the_goals_writes_the_report_and_tells_a_missed_goal_by_its_exit_code(
    restride: Restride, samples: Path, tmp_path: Path
) -> None:
    done = restride(
        "validate", samples, "--sets", "tiny", "--workers", "1", "--out", tmp_path / "out", "--json"
    )
    goals = json.loads(done.stdout)
    assert done.stderr == ""
    assert done.returncode == int(any(goal["met"] is False for goal in goals))
    assert {"quantity", "value", "limit", "unit", "met", "worst"} <= set(goals[0])
    assert {"validation.md", "validation.html", "evidence"} <= {
        path.name for path in (tmp_path / "out").iterdir()
    }


@pytest.mark.parametrize(
    ("folder", "sets", "reason"),
    [("samples", "huge", "no recording of the sets huge"), ("nowhere", "tiny", "")],
)
def test_what_holds_no_truth_is_refused_in_a_line(
    restride: Restride, samples: Path, tmp_path: Path, folder: str, sets: str, reason: str
) -> None:
    done = restride("validate", samples.parent / folder, "--sets", sets, "--out", tmp_path / "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"restride: {tmp_path / folder}: {reason}")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()
