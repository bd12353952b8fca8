"""A session of a season as a run of the simulated runner with his sensors on."""

from datetime import date, timedelta

import numpy as np
import pytest

from imu.simulate.boards.worn import Wearer
from imu.simulate.season import Season, next_as, recorded_as, tell
from imu.simulate.season.habits import KEYS
from imu.simulate.simulation import SimulationConfig, go_out
from imu.simulate.truth import stride_table
from imu.training.next_session import next_session
from imu.training.plan_file import default_plan

pytestmark = pytest.mark.unhurried


@pytest.fixture(scope="module")
def season() -> Season:
    return tell("overstride", until=date(2026, 11, 26))


def medians(config: SimulationConfig) -> dict[tuple[str, str], float]:
    strides = stride_table(go_out(config).motion)
    running = strides[strides["activity"] == "run"]
    metrics = ("shank_angle_ic_deg", "pelvic_drop_deg", "speed_mps", "cadence_spm")
    return {
        (metric, side): float(running.loc[running["side"] == side, metric].median())
        for metric in metrics
        for side in ("left", "right")
    }


def test_a_recorded_run_shows_the_numbers_of_the_season(season: Season) -> None:
    run = season.history.runs[-1]
    found = medians(recorded_as(season, run.run_id))
    for (metric, side), value in found.items():
        told = np.median([getattr(segment, metric) for segment in run.segments if segment.side == side])
        tolerance = {"speed_mps": 0.05, "cadence_spm": 2.0}.get(metric, 1.0)
        assert value == pytest.approx(told, abs=tolerance), (metric, side)


def test_the_next_session_can_be_run_by_virtual_sensors(season: Season) -> None:
    tomorrow = season.until + timedelta(days=1)
    suggested = next_session(season.history, default_plan(), now=tomorrow)
    config = next_as(season, suggested, start=tomorrow)
    wearer = Wearer(config, begins_s=30.0)  # refuses a plan without standing at both ends
    assert suggested.total_min is not None
    assert wearer.ends_s - 30.0 == pytest.approx(60 * suggested.total_min, abs=20)


def test_a_change_that_lasts_is_in_the_next_session_too(season: Season) -> None:
    last, habits = season.truth.runs[-1], season.truth.athlete.habits
    assert last.is_shifted
    tomorrow = season.until + timedelta(days=1)
    suggested = next_session(season.history, default_plan(), now=tomorrow)
    config = next_as(season, suggested, start=tomorrow)
    found = medians(config)
    speed, half_way = np.array([found["speed_mps", "left"]]), np.array([(suggested.running_min or 0.0) / 2])
    usual = habits.expected_deg(half_way, speed, np.zeros(1))[KEYS.index(("shank_angle_ic_deg", "left")), 0]
    assert found["shank_angle_ic_deg", "left"] == pytest.approx(usual + last.setting_deg + 5.0, abs=1.0)


def test_what_was_not_run_and_what_is_no_run_is_refused(season: Season) -> None:
    with pytest.raises(KeyError):
        recorded_as(season, "no such run")
    injured = tell("returning", until=season.until.date())
    onset = injured.history.injuries[0].onset
    on_the_day_after = injured.until.replace(month=onset.month, day=onset.day) + timedelta(days=1)
    rest = next_session(injured.history, default_plan(), now=on_the_day_after)
    with pytest.raises(ValueError, match="rest"):
        next_as(injured, rest, start=on_the_day_after)
