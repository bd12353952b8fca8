"""`restride simulate` as a user has it."""

import json
from pathlib import Path

import pandas as pd
import pytest

import imu
from tests.conftest import Restride


def test_it_writes_a_recording_with_its_truth_beside_it(restride: Restride, tmp_path: Path) -> None:
    done = restride("simulate", "--minutes", "0.5", "--speed", "3", "--out", tmp_path / "run")
    assert (done.returncode, done.stderr) == (0, "")
    assert imu.load(tmp_path / "run").duration_s == pytest.approx(
        42, abs=0.1
    )  # and standing before and after
    truth = pd.read_csv(tmp_path / "run" / "truth" / "strides.csv")
    assert truth["speed_mps"].median() == pytest.approx(3.0, rel=0.03)


def test_every_choice_arrives_in_the_recording(restride: Restride, tmp_path: Path) -> None:
    plan = [
        "--pattern",
        "stand:4,run:20@2.5",
        "--inject",
        "left-shank+3@0.1",
        "--placements",
        "pelvis, shank_left",
    ]
    done = restride(
        "simulate", *plan, "--strike", "forefoot", "--seed", "7", "--out", tmp_path / "run", "--json"
    )
    assert done.returncode == 0
    written = json.loads(done.stdout)
    assert written["recording"] == str(tmp_path / "run")
    assert written["injections"] == ["left-shank+3@0.1"]
    assert list(imu.load(tmp_path / "run").tracks) == ["shank_left", "pelvis"]


def test_an_existing_recording_is_left_alone(restride: Restride, tmp_path: Path) -> None:
    before = tmp_path / "run" / "notes.txt"
    before.parent.mkdir()
    before.write_text("mine")
    done = restride("simulate", "--minutes", "0.1", "--out", tmp_path / "run")
    assert done.returncode == 2
    assert done.stderr.startswith(f"restride: {tmp_path / 'run'}: exists already")
    assert [path.name for path in before.parent.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--pattern", "run:60", "--minutes", "3"], "--pattern says how long and how fast"),
        (["--pattern", "jump:60"], "pattern piece 'jump:60'"),
        (["--inject", "left-knee+3@2"], "injection 'left-knee+3@2'"),
        (["--placements", "wrist"], "simulation: placement 'wrist'"),
        (["--pattern", ""], "pattern piece ''"),
        (["--minutes", "-3"], "-3 minutes: a run lasts from half a second to a day"),
        (["--minutes", "nan"], "nan minutes: a run lasts"),
        (["--minutes", "1e9"], "1e+09 minutes: a run lasts"),
        (["--speed", "50"], "50 m/s: run goes from 1.5 to 10 m/s"),
        (
            ["--minutes", "1", "--inject", "left-shank+3@12"],
            "injection 'left-shank+3@12': begins after the end of the run at minute 1.2",
        ),
    ],
)
def test_what_cannot_be_simulated_is_refused_in_a_line(
    restride: Restride, tmp_path: Path, arguments: list[str], reason: str
) -> None:
    done = restride("simulate", *arguments, "--out", tmp_path / "run")
    assert done.returncode == 2
    assert done.stderr.startswith(f"restride: {reason}")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "run").exists()
