"""Runs that several tests look at."""

import pytest

from imu.simulate import Simulation, SimulationConfig, simulate


@pytest.fixture(scope="session")
def mixed() -> Simulation:
    """Standing, running, a turn, a bend and walking, with sensors that add nothing."""
    pattern = "stand:5,run:20@3.5,turn,run:8@3~20,walk:15@1.4,stand:5"
    return simulate(SimulationConfig(pattern=pattern, errors="ideal", mounting="aligned"))
