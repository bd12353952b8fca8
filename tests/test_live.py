"""The live window: the same strides as afterwards, each once, soon after they end."""

import pickle
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import imu
from imu.errors import RestrideError
from imu.live import LiveSession, LiveState
from imu.live.sums import ROWS_KEPT, Sums
from imu.recording import Recording, Samples
from imu.signal.activity import RUN
from imu.signal.moments import Moments
from imu.simulate import SimulationConfig, Slip, simulate
from tests.analysis.days import lost_in_bursts, only, spoiled, without, worn
from tests.benchmarks.live import beside_batch, feed, told_live

pytestmark = pytest.mark.unhurried

STEP_S = 0.5
SETTLED_S = 30.0  # 8 s of standing, then twenty seconds of running before results are compared
AT_THE_END_S = 3.0  # what ends later is told when the session goes on


def run_of(pattern: str, *, seed: int = 4, slips: tuple[Slip, ...] = ()) -> Recording:
    return simulate(SimulationConfig(pattern=pattern, seed=seed, slips=slips)).recording


def settled(recording: Recording, live: pd.DataFrame, *, after_s: float = SETTLED_S) -> pd.DataFrame:
    """Batch strides away from the edges beside the live ones of the same foot."""
    pairs = beside_batch(imu.analyze(recording).strides, live)
    return pairs[(pairs["ic_time_s"] > after_s) & (pairs["next_ic_time_s"] < recording.end_s - AT_THE_END_S)]


def difference(pairs: pd.DataFrame, name: str) -> "pd.Series[float]":
    return (pairs[f"{name}_live"] - pairs[name]).dropna().abs()


def states(recording: Recording) -> Iterator[LiveState]:
    """How things stood, second by second."""
    session = LiveSession({place: {} for place in recording.tracks})
    for end_s in np.arange(1.0, recording.end_s + 1.0):
        feed(session, recording, end_s - 1.0, end_s)
        session.strides()
        yield session.state


@pytest.fixture(scope="module")
def run() -> Recording:
    return run_of("stand:8,run:60@3.0")


@pytest.fixture(scope="module")
def live(run: Recording) -> pd.DataFrame:
    return told_live(run, step_s=STEP_S)


@pytest.fixture(scope="module")
def pairs(run: Recording, live: pd.DataFrame) -> pd.DataFrame:
    return settled(run, live)


def test_every_stride_of_the_batch_is_reported_live(pairs: pd.DataFrame) -> None:
    assert len(pairs) > 60
    assert pairs["ic_time_s_live"].notna().mean() >= 0.97


@pytest.mark.parametrize(
    ("name", "within"),
    [
        ("ic_time_s", 0.003),
        ("to_time_s", 0.008),
        ("speed_mps", 0.05),
        ("shank_angle_ic_deg", 0.5),
        ("shank_angle_max_deg", 0.3),
        ("peak_tibial_acc_g", 0.01),
        ("pelvic_drop_deg", 0.1),
        ("vertical_oscillation_m", 0.001),
    ],
)
def test_live_and_batch_agree_on_a_steady_run(pairs: pd.DataFrame, name: str, within: float) -> None:
    assert len(difference(pairs, name)) > 50
    assert difference(pairs, name).quantile(0.95) <= within


def test_each_stride_is_reported_once(live: pd.DataFrame) -> None:
    for _, side in live.groupby("side"):
        assert (side["ic_time_s"].sort_values().diff().dropna() > 0.3).all()


def test_a_stride_is_reported_within_a_stride_of_its_end(live: pd.DataFrame) -> None:
    lag_s = live["told_s"] - live["next_ic_time_s"]
    settled_s = lag_s[live["ic_time_s"] > SETTLED_S]
    assert settled_s.median() <= STEP_S + 0.45
    assert settled_s.quantile(0.95) <= STEP_S + 0.5
    assert settled_s.max() <= STEP_S + 0.7


@pytest.mark.slow
def test_where_walking_and_running_meet_a_stride_is_told_within_seven_seconds() -> None:
    recording = run_of("stand:8,2x(walk:20@1.4,run:25@3.0),stand:6")
    live = told_live(recording, step_s=STEP_S)
    lag_s = live["told_s"] - live["next_ic_time_s"]
    assert lag_s.max() <= 7.0
    bouts = imu.analyze(recording).summary["bouts"]
    ends_s = np.array([bout["end_s"] for bout in bouts])
    to_an_edge_s = np.abs(live["ic_time_s"].to_numpy()[:, None] - ends_s).min(axis=1)
    assert lag_s[to_an_edge_s > 8.0].quantile(0.95) <= STEP_S + 0.75  # a walking stance is longer


def test_how_often_it_is_asked_hardly_changes_what_is_told(run: Recording, live: pd.DataFrame) -> None:
    seldom = told_live(run, step_s=1.0)
    again = beside_batch(live[live["ic_time_s"].between(SETTLED_S, run.end_s - AT_THE_END_S)], seldom)
    assert again["ic_time_s_live"].notna().all()
    assert difference(again, "ic_time_s").quantile(0.95) <= 0.003


@pytest.mark.slow
def test_live_and_batch_agree_on_a_sample_that_lost_packets(shared_samples: Path) -> None:
    recording = imu.load(shared_samples / "recordings/welk/field/welk007_natural2")
    assert imu.analyze(recording).summary["sensors"]["shank_left"]["missing_share"] > 0.001
    pairs = settled(recording, told_live(recording, step_s=STEP_S), after_s=25.0)
    assert len(pairs) > 80
    assert pairs["ic_time_s_live"].notna().mean() >= 0.97
    assert difference(pairs, "ic_time_s").quantile(0.95) <= 0.008
    assert difference(pairs, "speed_mps").quantile(0.95) <= 0.06
    assert difference(pairs, "shank_angle_ic_deg").quantile(0.95) <= 2.0
    assert difference(pairs, "pelvic_drop_deg").quantile(0.95) <= 0.3


def test_lost_packets_cost_no_more_live_than_afterwards() -> None:
    recording = spoiled(run_of("stand:8,run:45@3.0"), lost_in_bursts(0.05, seed=2))
    pairs = settled(recording, told_live(recording, step_s=STEP_S), after_s=20.0)
    assert pairs["ic_time_s_live"].notna().mean() >= 0.97
    assert difference(pairs, "ic_time_s").quantile(0.9) <= 0.01
    known, told = pairs["shank_angle_ic_deg"].notna(), pairs["shank_angle_ic_deg_live"].notna()
    assert told[known].mean() >= 0.95


def test_walking_and_running_in_turn_are_told_as_afterwards() -> None:
    recording = run_of("stand:8,2x(walk:15@1.4,run:20@3.0),stand:6")
    pairs = settled(recording, told_live(recording, step_s=STEP_S), after_s=20.0)
    told = pairs[pairs["ic_time_s_live"].notna()]
    assert len(told) >= 0.97 * len(pairs)
    assert (told["activity"] == told["activity_live"]).mean() >= 0.98
    assert difference(told, "speed_mps").quantile(0.95) <= 0.07
    assert difference(told, "ic_time_s").quantile(0.95) <= 0.01


@pytest.mark.parametrize("place", ["shank_left", "pelvis"])
def test_one_sensor_alone_is_enough(run: Recording, place: str) -> None:
    alone = only(run, place)
    pairs = settled(alone, told_live(alone, step_s=STEP_S))
    assert len(pairs) > 30
    assert pairs["ic_time_s_live"].notna().mean() >= 0.97
    assert difference(pairs, "ic_time_s").quantile(0.95) <= 0.006


def test_a_sensor_that_falls_silent_is_named_and_comes_back() -> None:
    recording = spoiled(run_of("stand:8,run:40@3.0"), without((22.0, 28.0)), "shank_left")
    while_silent = [state for state in states(recording) if state.time_s and 24.0 < state.time_s < 28.0]
    assert while_silent
    assert all(state.sensors["shank_left"] == "silent" for state in while_silent)
    assert any("left shank" in sentence for state in while_silent for sentence in state.advice)

    live = told_live(recording, step_s=STEP_S)
    angle = live[live["side"] == "left"].set_index("ic_time_s")["shank_angle_ic_deg"]
    assert angle[22.5:27.0].isna().all()  # the pelvis may still tell that leg's contacts, not its angles
    assert angle[34.0:44.0].notna().mean() >= 0.9
    assert live[live["side"] == "right"]["ic_time_s"].between(22.5, 27.0).sum() >= 5
    pairs = settled(recording, live, after_s=34.0)
    assert difference(pairs, "shank_angle_ic_deg").quantile(0.95) <= 0.6


def test_a_long_silence_of_all_sensors_ends_as_a_beginning() -> None:
    recording = spoiled(run_of("stand:8,run:60@3.0"), without((25.0, 45.0)))
    live = told_live(recording, step_s=STEP_S)
    assert not live["ic_time_s"].between(25.5, 44.5).any()
    again = settled(recording, live, after_s=50.0)
    assert again["ic_time_s_live"].notna().mean() >= 0.97
    assert again["shank_angle_ic_deg_live"].notna().mean() >= 0.9  # how the sensors sat is not forgotten


def test_without_standing_angles_stay_unknown_and_standing_is_asked_for() -> None:
    recording = run_of("run:30@3.0")
    *_, last = states(recording)
    assert {last.sensors[place] for place in ("shank_left", "shank_right", "pelvis")} == {"relative"}
    assert any("Stand still" in sentence for sentence in last.advice)
    live = told_live(recording, step_s=STEP_S)
    assert live["shank_angle_ic_deg"].isna().all()
    assert live["pelvic_drop_abs_deg"].isna().all()
    assert live["shank_angle_change_deg"].notna().mean() >= 0.9


def test_a_strap_that_slips_is_counted_and_the_other_is_not() -> None:
    slipped = run_of("stand:8,run:70@3.0", slips=(Slip("shank_left", 40.0, 25.0),))
    *_, last = states(slipped)
    assert last.mount_shifts == {"shank_left": 1, "shank_right": 0, "pelvis": 0}


def test_swapped_sensors_are_said_to_be_also_while_standing() -> None:
    swapped = worn(run_of("stand:8,run:20@3.0,stand:15"), shank_left="pelvis", pelvis="shank_left")
    *_, last = states(swapped)
    assert last.activity == "stand"
    assert any("swapped" in sentence for sentence in last.advice)


def test_walking_after_a_run_accuses_nobody() -> None:
    seen = list(states(run_of("stand:8,run:20@3.0,walk:20@0.9")))
    assert not any("swapped" in sentence for state in seen for sentence in state.advice)


def test_sums_of_ten_hours_take_no_more_rows_than_those_of_ten_minutes() -> None:
    still = Moments(*(np.zeros((60, *shape)) for shape in ((), (3,), (), (3,), (3, 3), (10,))))
    minute = replace(still, samples=np.ones(60), acc_square=np.full(60, 100.0))
    sums = Sums(minute, np.full(60, RUN, np.int8), np.arange(60))
    for later in range(1, 600):
        sums = sums.then(replace(sums[:60], rows=minute, second=np.arange(60) + 60 * later)).condensed()
    assert len(sums) <= 2 * ROWS_KEPT + 60
    assert sums.rows.samples.sum() == 36000  # added up, not dropped
    assert {len(getattr(sums.rows, f.name)) for f in fields(Moments)} == {len(sums)}


@pytest.mark.slow
def test_a_session_stays_small_however_long_it_lasts(run: Recording) -> None:
    track = run.tracks["shank_left"]
    session = LiveSession({"shank_left": {}})
    sizes = []
    for later_s in np.arange(0.0, 780.0, 60.0):
        for start_s in np.arange(8.0, 68.0, 1.0):
            session.feed("shank_left", _later(track.samples(start_s, start_s + 1.0), later_s))
            session.strides()
        sizes.append(len(pickle.dumps(session)))
    assert max(sizes) < 1e6
    assert max(sizes[10:]) <= 1.05 * max(sizes[:10])  # after ten minutes old seconds are added up


def _later(samples: Samples, by_s: float) -> Samples:
    return replace(samples, time_s=samples.time_s + by_s)


def test_blocks_out_of_order_are_refused(run: Recording) -> None:
    session = LiveSession({"pelvis": {}})
    session.feed("pelvis", run.tracks["pelvis"].samples(1.0, 2.0))
    with pytest.raises(RestrideError):
        session.feed("pelvis", run.tracks["pelvis"].samples(0.0, 1.0))


@pytest.mark.parametrize("place", ["shank_left", "pelvis"])
@pytest.mark.parametrize("hole", [(0.0, 14.3), (16.3, 34.6)], ids=["late", "silent for longer than a window"])
@pytest.mark.slow
def test_a_sensor_may_come_late_or_stay_away(place: str, hole: tuple[float, float]) -> None:
    recording = spoiled(run_of("stand:8,run:42@3.0"), without(hole), place)
    live = told_live(recording, step_s=STEP_S)
    right = live[live["side"] == "right"]
    assert right["ic_time_s"].between(10.0, 46.0).sum() >= 48
    lately = live[live["ic_time_s"].between(42.0, 46.0)]
    assert lately["shank_angle_change_deg"].notna().all()
    assert lately["pelvic_drop_deg"].notna().all()
