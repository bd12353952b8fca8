"""Runs that many tests look at, simulated and analysed once."""

from datetime import UTC, datetime

import pytest

from imu.analysis import RunAnalysis, analyze
from imu.followup.derive import run_of
from imu.simulate import Simulation, SimulationConfig, simulate
from imu.training.history import Run

START = datetime(2026, 3, 2, 7, tzinfo=UTC)


def derived(analysis: RunAnalysis) -> Run:
    return run_of(analysis, run_id="run1", start=START)


@pytest.fixture(scope="session")
def even() -> Simulation:
    """Three minutes at 3 m/s."""
    return simulate(SimulationConfig(pattern="stand:6,run:180@3,stand:4", seed=1))


@pytest.fixture(scope="session")
def walk_run() -> Simulation:
    """A walk between two jogs of two paces, and a turn on the way."""
    pattern = "stand:6,run:60@2.6,walk:30@1.4,run:45@3.4,turn,run:45@3.4,stand:4"
    return simulate(SimulationConfig(pattern=pattern, seed=2))


@pytest.fixture(scope="session")
def walk_run_analysis(walk_run: Simulation) -> RunAnalysis:
    return analyze(walk_run.recording)


@pytest.fixture(scope="session")
def walk_run_derived(walk_run_analysis: RunAnalysis) -> Run:
    return derived(walk_run_analysis)
