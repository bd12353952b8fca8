"""From a session of a season to a run of the simulated runner with his sensors on: one more run to sync.

    config = recorded_as(season, season.history.runs[-1].run_id)
    simulate(config).recording

The config's pattern, injections and seed are also all that a world of virtual sensors asks for.
"""

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from imu.simulate.season.habits import KEYS, LEG_METRICS
from imu.simulate.season.session import Session, pattern_of, prescribed
from imu.simulate.season.truth import Season
from imu.simulate.simulation import SimulationConfig, go_out
from imu.simulate.truth import stride_table
from imu.training.next_session import NextSession

Floats = NDArray[np.float64]

# What can be put into a run, and what it is called there. How far the late-swing angle lies above that at
# contact is the body's own, 2 to 7° less than in a season.
_INJECTED = {"shank_angle_ic_deg": "shank", "pelvic_drop_deg": "drop"}
_TRIAL_S = 20.0  # of running, to see how this body moves by itself


def recorded_as(season: Season, run_id: str) -> SimulationConfig:
    """A run of the season as a recording would have it. KeyError if there is no such run."""
    truth = season.truth.of(run_id)
    start = next(run.start for run in season.history.runs if run.run_id == run_id)
    own = np.array(truth.day_deg) + truth.setting_deg + np.array(truth.shift_deg)
    return _config(season, truth.session, own, start)


def next_as(season: Season, suggested: NextSession, *, start: datetime) -> SimulationConfig:
    """The session that comes next, on a usual day in the shoes of the last run, with its changes.

    ValueError if rest is asked for.
    """
    last = season.truth.runs[-1]
    own = last.setting_deg + np.array(last.shift_deg)
    return _config(season, prescribed(season.truth.athlete, suggested), own, start)


def _config(season: Season, session: Session, run_deg: Floats, start: datetime) -> SimulationConfig:
    seed = season.truth.athlete.seed
    injections: tuple[str, ...] = ()
    if session.running_s:
        speed_mps = _mean_speed_mps(session)
        half_way_min = session.running_s / 2 / 60
        usual_deg = season.truth.athlete.habits.expected_deg(*np.array([[half_way_min], [speed_mps], [0.0]]))
        lacks_deg = usual_deg[:, 0] + run_deg - _by_itself(seed, speed_mps)
        injections = tuple(
            f"{side}-{_INJECTED[metric]}{deg:+.2f}@0"
            for (metric, side), deg in zip(KEYS, lacks_deg.tolist(), strict=True)
            if metric in _INJECTED
        )
    return SimulationConfig(pattern=pattern_of(session), injections=injections, seed=seed, start=start)


def _mean_speed_mps(session: Session) -> float:
    running = [piece for piece in session.pieces if piece.activity == "run"]
    metres = sum(piece.duration_s * 0.5 * (piece.speed_mps + piece.end_speed_mps) for piece in running)
    return metres / session.running_s


def _by_itself(seed: int, speed_mps: float) -> Floats:
    """How the body of this seed runs at a speed, as the truth of a short run tells; per row of `KEYS`."""
    pattern = f"stand:6,run:{_TRIAL_S:g}@{speed_mps:.3f},stand:6"
    strides = stride_table(go_out(SimulationConfig(pattern=pattern, seed=seed)).motion)
    of_legs = strides[strides["activity"] == "run"].groupby("side")[list(LEG_METRICS)].median()
    return np.array([of_legs.loc[side, metric] for metric, side in KEYS], float)
