"""The same simulated outing as two devices tell it: strides on one clock, a watch on another."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imu.signal.common_time import Rhythm
from imu.simulate import SimulationConfig
from imu.simulate.course import Bout
from imu.simulate.simulation import go_out
from imu.simulate.truth import stride_table
from tests.formats.watches import Worn

Floats = NDArray[np.float64]

LAG_S = 2.0  # of what a watch shows behind what was done; its filters look back only


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Done:
    """What happened, without a sensor between."""

    strides: pd.DataFrame
    bouts: Sequence[Bout]

    @property
    def duration_s(self) -> float:
        return self.bouts[-1].end_s

    def rhythm(self) -> Rhythm:
        """As strides tell it, with zeros where somebody stood."""
        still = np.concatenate(
            [np.arange(one.start_s, one.end_s) for one in self.bouts if one.activity == "stand"]
        )
        middle_s = 0.5 * (self.strides["ic_time_s"] + self.strides["next_ic_time_s"]).to_numpy(float)
        time_s = np.concatenate([middle_s, still])
        order = np.argsort(time_s, kind="stable")
        cadence, speed = (
            np.concatenate([self.strides[name].to_numpy(float), np.zeros(len(still))])[order]
            for name in ("cadence_spm", "speed_mps")
        )
        return Rhythm(time_s=time_s[order], cadence_spm=cadence, speed_mps=speed)


@cache
def done(pattern: str, *, seed: int, treadmill: bool = False) -> Done:
    outing = go_out(SimulationConfig(pattern=pattern, seed=seed, treadmill=treadmill))
    return Done(strides=stride_table(outing.motion), bouts=outing.motion.course.bouts)


def as_worn(
    what: Done,
    *,
    offset_s: float,
    seconds: int,
    seed: int,
    drift_ppm: float = 0.0,
    lag_s: float = LAG_S,
) -> Worn:
    """What a watch shows that was started `offset_s` after the recording (or before it, below zero).

    Cadence is a mean of the last seconds in steps of two, as of one foot; speed errs as satellites do, by
    0.15 m/s that change within 20 s. Beyond what happened somebody stands.
    """
    rng = np.random.default_rng(seed)
    time_s = np.arange(float(seconds))
    true_s = offset_s + time_s * (1 + drift_ppm * 1e-6)
    rhythm = what.rhythm()
    shown = []
    for values in (rhythm.cadence_spm, rhythm.speed_mps):
        looked_back = np.linspace(0, 2 * lag_s, 9)
        seen = np.stack(
            [np.interp(true_s - by, rhythm.time_s, values, left=0, right=0) for by in looked_back]
        )
        shown.append(seen.mean(axis=0))
    cadence, speed = shown
    errors = np.zeros(seconds)
    for at in range(1, seconds):
        errors[at] = 0.95 * errors[at - 1] + 0.15 * np.sqrt(1 - 0.95**2) * rng.standard_normal()
    moving = cadence > 40
    return Worn(
        time_s=time_s,
        speed_mps=np.where(moving, np.maximum(speed + errors, 0), 0),
        cadence_spm=np.where(moving, 2 * np.round(cadence / 2 + 0.5 * rng.standard_normal(seconds)), 0),
        heart_rate_bpm=np.round(150 - 60 * np.exp(-time_s / 120)),
    )


def rhythm_of(worn: Worn) -> Rhythm:
    assert worn.cadence_spm is not None
    return Rhythm(time_s=worn.time_s, cadence_spm=worn.cadence_spm, speed_mps=worn.speed_mps)
