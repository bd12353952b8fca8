"""Seconds, bouts and boundaries against what was truly done."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imu.validation.activity import (
    read_activity,
    score_cadence,
    score_edges,
    score_runs,
    score_seconds,
)

Bout = dict[str, object]


def bouts(*parts: tuple[str, float, float]) -> list[Bout]:
    return [{"activity": activity, "start_s": start, "end_s": end} for activity, start, end in parts]


TRUE = bouts(("stand", 0, 5), ("walk", 5, 35), ("run", 35, 65), ("walk", 65, 80))


@pytest.fixture
def truth_file(tmp_path: Path) -> Path:
    seconds = ["stand"] * 4 + ["transition"] * 2 + ["walk"] * 28 + ["transition"] * 2 + ["run"] * 28
    seconds += ["transition"] * 2 + ["walk"] * 14
    path = tmp_path / "truth.json"
    path.write_text(json.dumps({"bouts": TRUE, "seconds": seconds}))
    return path


def test_the_truth_itself_is_all_right(truth_file: Path) -> None:
    truth = read_activity(truth_file)
    seconds = score_seconds(TRUE, truth).set_index("activity")
    assert (seconds["found"] == seconds["true"]).all()
    assert seconds["true"].to_dict() == {"stand": 4, "walk": 42, "run": 28}
    assert score_runs(TRUE, truth).iloc[0].to_dict() == {"true": 1, "found": 1, "invented": 0}
    assert (score_edges(TRUE, truth)["error_s"] == 0).all()


def test_cross_fades_are_not_judged(truth_file: Path) -> None:
    shifted = bouts(("stand", 0, 5.6), ("walk", 5.6, 35.6), ("run", 35.6, 65.6), ("walk", 65.6, 80))
    seconds = score_seconds(shifted, read_activity(truth_file))
    assert seconds["found"].sum() == seconds["true"].sum()


def test_walking_called_running_is_counted_and_is_an_invented_run(truth_file: Path) -> None:
    ours = bouts(("stand", 0, 5), ("walk", 5, 10), ("run", 10, 20), ("walk", 20, 35), ("run", 35, 65))
    truth = read_activity(truth_file)
    assert score_seconds(ours, truth).set_index("activity")["as_run"]["walk"] == 10
    assert score_runs(ours, truth)["invented"].item() == 1


def test_a_run_half_covered_is_found_and_one_less_covered_is_not(truth_file: Path) -> None:
    truth = read_activity(truth_file)
    assert score_runs(bouts(("run", 35, 50)), truth)["found"].item() == 1
    assert score_runs(bouts(("run", 35, 49)), truth)["found"].item() == 0


def test_a_change_that_was_never_found_is_infinitely_far(truth_file: Path) -> None:
    edges = score_edges(bouts(("stand", 0, 5.5), ("walk", 5.5, 80)), read_activity(truth_file))
    assert edges.set_index("edge_s")["error_s"].to_dict() == {5: 0.5, 35: np.inf, 65: -59.5}


def test_real_walking_knows_only_when_somebody_walked(tmp_path: Path) -> None:
    path = tmp_path / "real.json"
    path.write_text(json.dumps({"walk": [[2.0, 12.0]], "cadence_windows": []}))
    truth = read_activity(path)
    seconds = score_seconds(bouts(("walk", 4, 20)), truth).set_index("activity")
    assert (seconds["true"]["walk"], seconds["found"]["walk"]) == (10, 8)
    assert score_runs(bouts(("run", 30, 33)), truth)["invented"].item() == 1
    assert score_edges([], truth).empty


def test_cadence_counts_whole_valid_strides_of_the_window(tmp_path: Path) -> None:
    path = tmp_path / "windows.json"
    path.write_text(json.dumps({"cadence_windows": [[0.0, 5.0, 120.0], [20.0, 30.0, 100.0]]}))
    ic_s = np.arange(0, 8.0)
    strides = pd.DataFrame({"ic_time_s": ic_s, "next_ic_time_s": ic_s + 1, "stride_time_s": 1.0})
    strides = strides.assign(valid=True, activity="walk")
    strides.loc[2, ["stride_time_s", "valid"]] = [5.0, False]
    windows = score_cadence(strides, path, activity="walk")
    assert windows["ours"][0] == pytest.approx(120.0)
    assert np.isnan(windows["ours"][1])
