"""What the analysis noticed in a run is told where the run is kept, not only by `analyze`."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from imu.analysis import analyze
from imu.analysis.withheld import NONE_TOLD, as_told
from imu.recording import save
from imu.report.opening import headline
from imu.simulate import SimulationConfig, simulate
from tests.analysis.days import lost_in_bursts, rate_times, spoiled
from tests.conftest import Restride

pytestmark = pytest.mark.unhurried


def test_whoever_imports_a_run_hears_that_a_sensor_is_not_to_be_trusted(
    restride: Restride, tmp_path: Path
) -> None:
    whole = simulate(SimulationConfig(pattern="stand:6,run:40@3,stand:3")).recording
    save(spoiled(whole, lost_in_bursts(0.35, seed=1), "shank_left"), tmp_path / "run")
    told = restride("import", tmp_path / "run", "--start", "2026-03-02T07:30").stdout
    assert "Noticed in this run: The left shank sensor is not to be trusted in this run." in told
    assert "\nLeft shank: angles and impact are not told, because " in told
    again = restride("import", tmp_path / "run", "--start", "2026-03-02T07:30", "--json").stdout
    (result,) = json.loads(again)
    assert any("left shank" in sentence for sentence in result["noticed"])
    assert [sentence.split(":")[0] for sentence in result["not_told"]] == ["left shank"]


def test_a_change_that_only_such_a_sensor_saw_is_not_noticed(
    restride: Restride, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its force and its rate contradict each other, which is no grade: without its change nothing is left."""
    recording = simulate(SimulationConfig(pattern="stand:6,run:40@3,stand:3")).recording
    mirrored = spoiled(recording, rate_times((-1, -1, -1)), "shank_left")
    analysis = analyze(mirrored)
    change = {"code": "shank_angle_changed", "side": "left", "onset_s": 30.0, "sentence": "It changed."}
    summary = {**analysis.summary, "warnings": [{**change, "finding": "It changed."}]}
    assert as_told(summary)["warnings"] == []
    assert "Nothing in this run was marked as changed" not in headline(as_told(summary), running_s=40.0)
    assert NONE_TOLD in headline(as_told(summary), running_s=40.0)
    monkeypatch.setattr("imu.analysis.pipeline.analyze", lambda *_, **__: replace(analysis, summary=summary))
    save(mirrored, tmp_path / "run")
    told = restride("import", tmp_path / "run", "--start", "2026-03-02T07:30").stdout
    assert "It changed." not in told
    assert "\nLeft shank: angles and impact are not told, because " in told
