"""A runner with known truth and the sensors on him.

    simulation = simulate(SimulationConfig(pattern="stand:6,run:600@3.0", injections=("left-shank+3@5",)))
    simulation.recording, simulation.truth.strides
    simulation.save("run")

Kinematics come first: every segment follows a smooth path that is known exactly, and what sensors feel is
derived from it. Nothing is ever integrated from noisy forces, so the truth has no error of its own.
"""

from imu.simulate.plan import SCENARIOS as SCENARIOS, steady_run as steady_run
from imu.simulate.runner import Runner as Runner
from imu.simulate.sensors import SensorErrors as SensorErrors
from imu.simulate.simulation import (
    Simulation as Simulation,
    SimulationConfig as SimulationConfig,
    Slip as Slip,
    simulate as simulate,
)
from imu.simulate.truth import Truth as Truth

__all__ = [
    "SCENARIOS",
    "Runner",
    "SensorErrors",
    "Simulation",
    "SimulationConfig",
    "Slip",
    "Truth",
    "simulate",
    "steady_run",
]
