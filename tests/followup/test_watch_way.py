"""How far somebody ran by a watch alone, whatever the watch leaves out."""

from datetime import UTC, datetime

import numpy as np
import pytest

from imu.followup.watch_run import run_of_watch
from imu.formats import Activity
from imu.recording.model import Channel
from imu.training.history import Run

RUNNING_MPS, WALKING_MPS, WHOLE_S = 3.0, 1.4, 1800.0


def ran(*, every_s: float, walks: np.ndarray, silent: tuple[float, float] = (0.0, 0.0)) -> Run:
    """Half an hour of running and walking as it is recorded; `silent`: from when to when no speed is told."""
    time_s = np.arange(0.0, WHOLE_S + 1, every_s)
    walking = walks[time_s.astype(int)]
    heard = (time_s < silent[0]) | (time_s >= silent[1])
    activity = Activity(
        origin="watch.fit",
        start=datetime(2026, 6, 1, 7, tzinfo=UTC),
        duration_s=WHOLE_S,
        sport="run",
        channels={
            "cadence_spm": Channel(time_s, np.where(walking, 110.0, 170.0)),
            "speed_mps": Channel(time_s[heard], np.where(walking, WALKING_MPS, RUNNING_MPS)[heard]),
        },
        distance_m=float(np.where(walks[:-1], WALKING_MPS, RUNNING_MPS).sum()),
    )
    return run_of_watch(activity, run_id="run-1")


@pytest.mark.parametrize("every_s", [1.0, 4.0, 7.0])
def test_walks_are_no_part_of_it_however_rarely_the_watch_writes(every_s: float) -> None:
    walks = (np.arange(WHOLE_S + 1) // 60) % 2 == 1
    assert ran(every_s=every_s, walks=walks).distance_m == pytest.approx(2700, rel=0.04)


def test_minutes_without_a_speed_are_not_taken_from_it() -> None:
    walks = np.arange(WHOLE_S + 1) < 20
    found = ran(every_s=1.0, walks=walks, silent=(600, 900))
    assert found.distance_m == pytest.approx(3.0 * 1780, rel=0.02)
