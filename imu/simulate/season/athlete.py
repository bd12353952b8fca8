"""Who runs: his numbers, his speeds, his usual week."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from imu.simulate.runner import Runner
from imu.simulate.season.habits import Habits
from imu.simulate.simulation import SimulationConfig, drawn_runner

Kind = Literal["easy", "strides", "intervals", "long"]
# Weekdays (Monday is 0) and what is run on them.
WEEKS: tuple[tuple[tuple[int, Kind], ...], ...] = (
    ((1, "strides"), (3, "intervals"), (6, "long")),
    ((1, "easy"), (2, "intervals"), (4, "strides"), (6, "long")),
    ((0, "easy"), (1, "strides"), (3, "intervals"), (5, "easy"), (6, "long")),
)
_ATHLETE = 11  # keeps this chance apart from that of the body


@dataclass(frozen=True, slots=True, kw_only=True)
class Athlete:
    """One person. `seed` also draws the body that wears the sensors when a run is recorded."""

    seed: int
    habits: Habits
    runner: Runner
    easy_mps: float
    top_mps: float
    easy_min: float
    long_min: float
    peak_g: float  # of tibial acceleration at 3.5 m/s
    week: tuple[tuple[int, Kind], ...]

    @classmethod
    def draw(cls, seed: int) -> "Athlete":
        habits_rng, rng = np.random.default_rng((seed, _ATHLETE)).spawn(2)
        runner = drawn_runner(SimulationConfig(seed=seed))
        easy_mps = float(rng.uniform(2.7, 3.2))
        easy_min = float(rng.uniform(35, 50))
        return cls(
            seed=seed,
            habits=Habits.draw(habits_rng),
            runner=runner,
            easy_mps=easy_mps,
            top_mps=easy_mps * float(rng.uniform(2.3, 2.7)),
            easy_min=easy_min,
            long_min=1.5 * easy_min,
            peak_g=float(rng.uniform(*runner.landing.shake_g)) + 1.0,  # the ground itself adds about 1 g
            week=WEEKS[int(rng.integers(len(WEEKS)))],
        )
