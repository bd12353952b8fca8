"""What a treadmill session is told follows its runner's own numbers."""

import numpy as np
import pandas as pd
import pytest

from imu.collect.coach import PACE_FROM_S, Coach
from imu.collect.cue import CueRule


def strides(
    start_s: float, end_s: float, *, angle_deg: float = 10.0, change_deg: float = 0.0, activity: str = "run"
) -> pd.DataFrame:
    """Both feet, 0.7 s a stride."""
    time_s = np.arange(start_s, end_s, 0.35)
    n = len(time_s)
    return pd.DataFrame(
        {
            "side": np.where(np.arange(n) % 2, "left", "right"),
            "next_ic_time_s": time_s,
            "stride_time_s": 0.7,
            "activity": activity,
            "valid": True,
            "shank_angle_ic_deg": angle_deg,
            "shank_angle_change_deg": change_deg,
        }
    )


def test_both_sides_are_shown_with_their_change() -> None:
    coach = Coach(limit_deg=12.0)
    coach.hear(strides(0, 10, angle_deg=13.0, change_deg=2.5))
    assert {
        side: (now.angle_deg, now.change_deg, now.above_limit) for side, now in coach.now(10.0).items()
    } == {
        "left": (13.0, 2.5, True),
        "right": (13.0, 2.5, True),
    }


def test_old_numbers_are_not_shown() -> None:
    coach = Coach()
    coach.hear(strides(0, 10))
    assert coach.now(30.0) == {}


def test_walking_and_unknown_angles_are_not_judged() -> None:
    coach = Coach(limit_deg=5.0, rule=CueRule(5.0, hold_s=10.0, fading=()))
    coach.hear(strides(0, 60, activity="walk"))
    coach.hear(strides(60, 120, angle_deg=np.nan, change_deg=np.nan))
    assert coach.now(120.0) == {}
    assert coach.cue_due(120.0) is None


def test_without_standing_the_change_is_known_and_no_limit_is_passed() -> None:
    coach = Coach(limit_deg=5.0, rule=CueRule(5.0, hold_s=10.0, fading=()))
    coach.hear(strides(0, 60, angle_deg=np.nan, change_deg=8.0))
    now = coach.now(60.0)["left"]
    assert (now.angle_deg, now.change_deg, now.above_limit) == (None, 8.0, False)
    assert coach.cue_due(60.0) is None


def test_one_leg_alone_shows_its_cadence_in_the_same_time() -> None:
    coach = Coach(cadence_change=0.0)
    both = strides(0, PACE_FROM_S + 5)
    coach.hear(both[both["side"] == "left"])
    assert coach.pace_spm(PACE_FROM_S + 5) == pytest.approx(120 / 0.7)


def test_a_cue_sounds_only_above_the_limit_and_while_running() -> None:
    coach = Coach(limit_deg=12.0, rule=CueRule(12.0, hold_s=20.0, fading=()))
    coach.hear(strides(0, 30, angle_deg=13.0))
    assert coach.cue_due(30.0) in ("left", "right")
    assert coach.cue_due(60.0) is None


def test_faded_cues_are_announced() -> None:
    coach = Coach(limit_deg=12.0, rule=CueRule(12.0, fading=((0.0, 0.5),), cycle_s=60.0))
    coach.hear(strides(0, 40))
    assert coach.notes(40.0) == ["no cues for now: keep to it on your own"]
    assert coach.notes(20.0) == []


def test_the_metronome_beats_beside_the_runners_own_cadence() -> None:
    coach = Coach(cadence_change=0.05)
    coach.hear(strides(0, PACE_FROM_S / 2))
    assert coach.pace_spm(PACE_FROM_S / 2) is None
    assert coach.notes(0.0) == ["metronome: measuring your own cadence (50%)"]
    coach.hear(strides(PACE_FROM_S / 2, PACE_FROM_S + 5))
    assert coach.pace_spm(PACE_FROM_S + 5) == pytest.approx(1.05 * 120 / 0.7)
    assert coach.pace_spm(PACE_FROM_S + 60) is None  # nobody runs
