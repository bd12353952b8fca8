"""What the analysis noticed in a run is told where the run is kept, not only by `analyze`."""

import json
from pathlib import Path

from imu.recording import save
from imu.simulate import SimulationConfig, simulate
from tests.analysis.days import lost_in_bursts, spoiled
from tests.conftest import Restride


def test_whoever_imports_a_run_hears_that_a_sensor_is_not_to_be_trusted(
    restride: Restride, tmp_path: Path
) -> None:
    whole = simulate(SimulationConfig(pattern="stand:6,run:40@3,stand:3")).recording
    save(spoiled(whole, lost_in_bursts(0.35, seed=1), "shank_left"), tmp_path / "run")
    told = restride("import", tmp_path / "run", "--start", "2026-03-02T07:30").stdout
    assert "Noticed in this run: The left shank sensor is not to be trusted in this run." in told
    again = restride("import", tmp_path / "run", "--start", "2026-03-02T07:30", "--json").stdout
    (result,) = json.loads(again)
    assert any("left shank" in sentence for sentence in result["noticed"])
