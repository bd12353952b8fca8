"""Runs that many tests look at, simulated and analysed once."""

import pytest

from imu.analysis import RunAnalysis, analyze
from imu.simulate import Simulation, SimulationConfig, simulate


@pytest.fixture(scope="session")
def easy() -> Simulation:
    """Forty seconds of running at 3 m/s between two stops, three strapped-on sensors."""
    return simulate(SimulationConfig(pattern="stand:6,run:40@3,stand:4", seed=1))


@pytest.fixture(scope="session")
def easy_run(easy: Simulation) -> RunAnalysis:
    return analyze(easy.recording)


@pytest.fixture(scope="session")
def walk_run() -> Simulation:
    """The first week of a return to running, shortened: two runs of 20 s between walks."""
    pattern = "stand:6,walk:25@1.3,run:20@2.6,walk:25@1.4,run:20@3.2,walk:20@1.2,stand:4"
    return simulate(SimulationConfig(pattern=pattern, seed=3))


@pytest.fixture(scope="session")
def walk_run_run(walk_run: Simulation) -> RunAnalysis:
    return analyze(walk_run.recording)


@pytest.fixture(scope="session")
def changed() -> Simulation:
    """Twenty minutes; from minute 12 the left shank lands 3 deg further ahead, the right hip drops 2 deg."""
    pattern, injections = "stand:6,run:1194@3", ("left-shank+3@12", "right-drop+2@12")
    return simulate(SimulationConfig(pattern=pattern, injections=injections, seed=1))


@pytest.fixture(scope="session")
def changed_run(changed: Simulation) -> RunAnalysis:
    return analyze(changed.recording)
