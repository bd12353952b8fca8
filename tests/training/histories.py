"""Runs of a runner whose own answer to speed is known to the digit, but for the chance that a test asks
for."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import get_args

import numpy as np

from imu.training.history import CheckIn, History, Run, Side, Surface
from imu.training.segments import Segment, Segments

FIRST = datetime(2026, 3, 2, 7, tzinfo=UTC)
EVERY = timedelta(days=2)
SIDES: tuple[Side, ...] = get_args(Side)
LEVEL_DEG = 8.0
PER_MPS_DEG = 1.4


def run(
    at: int,
    *,
    speed_mps: float = 3.0,
    ahead_deg: Mapping[Side, float] | None = None,
    late_deg: Mapping[Side, float] | None = None,
    drop_deg: Mapping[Side, float] | None = None,
    day_sd_deg: float = 1.5,
    segment_sd_deg: float = 0.8,
    minutes: float = 30.0,
    step_at_min: float | None = None,
    grade_percent: float | None = None,
    shoe: str | None = "a",
    surface: Surface = "road",
    seed: int = 1,
) -> Run:
    """Run number `at`. ahead_deg, late_deg, drop_deg: what is added to each side; the first from
    `step_at_min` on."""
    rng = np.random.default_rng([seed, at])
    minute = np.arange(0.3, minutes, 0.6)
    segments = []
    day = {side: rng.normal(0, 1, 3) for side in SIDES}
    for middle in minute.tolist():
        for side in SIDES:
            speed = speed_mps + rng.normal(0, 0.1)
            expected = LEVEL_DEG + PER_MPS_DEG * (speed - 3)
            began = step_at_min is None or middle >= step_at_min
            chance = day_sd_deg * day[side] + segment_sd_deg * rng.normal(0, 1, 3)
            segments.append(
                Segment(
                    side=side,
                    minute=middle,
                    strides=25,
                    speed_mps=speed,
                    grade_percent=grade_percent,
                    shank_angle_ic_deg=expected + chance[0] + began * (ahead_deg or {}).get(side, 0.0),
                    shank_angle_max_deg=expected + 6 + chance[1] + (late_deg or {}).get(side, 0.0),
                    pelvic_drop_deg=5 + 0.6 * chance[2] + (drop_deg or {}).get(side, 0.0),
                    cadence_spm=165.0,
                )
            )
    return Run(
        run_id=f"run{at:03}",
        start=FIRST + at * EVERY,
        duration_s=minutes * 60,
        bouts=(),
        segments=Segments.of(segments),
        shoe=shoe,
        surface=surface,
    )


def usual(runs: int, *, seed: int = 1) -> tuple[Run, ...]:
    """Runs at changing speeds, without change."""
    speeds = np.random.default_rng(seed).uniform(2.6, 3.4, runs)
    return tuple(run(at, speed_mps=float(speed), seed=seed) for at, speed in enumerate(speeds))


def after(history: History) -> datetime:
    """A time when everything about the last run is known."""
    return history.runs[-1].end + timedelta(days=3)


def pain(of: Run, level: int, *, hours: float = 1.0) -> CheckIn:
    return CheckIn(at=of.end + timedelta(hours=hours), moment="after", pain=level, run_id=of.run_id)
