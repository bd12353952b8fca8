"""Standing, walking and running: made-up bodies whose physics is known, and recordings with truth."""

import json
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numpy.typing import NDArray
from scipy import constants
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.transform import Rotation

import imu
from imu.signal.activity import ACTIVITIES, RUN, STAND, UNKNOWN, WALK, Activity, classify
from imu.signal.activity_features import HOP_S, ActivityFeatures, activity_features
from imu.signal.grid import GRID_HZ, to_grid

Floats = NDArray[np.float64]

UP = np.array([0.0, 1.0, 0.0])


def features_of(
    acc_g: Floats, *, placement: str = "pelvis", missing: NDArray[np.bool_] | None = None
) -> ActivityFeatures:
    nothing = np.zeros(len(acc_g), bool) if missing is None else missing
    return activity_features(acc_g * constants.g, nothing, placement=placement, sampling_rate_hz=GRID_HZ)


def classified(acc_g: Floats, *, placement: str = "pelvis") -> Activity:
    return classify({placement: features_of(acc_g, placement=placement)})


def clock(duration_s: float) -> Floats:
    return np.arange(round(duration_s * GRID_HZ)) / GRID_HZ


def standing(duration_s: float) -> Floats:
    return np.random.default_rng(1).normal(UP, 0.002, size=(len(clock(duration_s)), 3))


def springing(duration_s: float, *, steps_hz: float, duty: float) -> Floats:
    """A pelvis on a spring: half-sine supports that last `duty` of a step and carry the body's weight."""
    phase = (clock(duration_s) * steps_hz) % 1.0
    support = np.where(phase < duty, np.pi / (2.0 * duty) * np.sin(np.pi * phase / duty), 0.0)
    return np.outer(support, UP)


def vaulting(duration_s: float, *, steps_hz: float, rise_m: float) -> Floats:
    """A pelvis on stiff legs: up and down by `rise_m` each step, with a smaller push at double the rate."""
    turn = 2.0 * np.pi * steps_hz * clock(duration_s)
    swing = (2.0 * np.pi * steps_hz) ** 2 * rise_m / 2.0 / constants.g
    return np.outer(1.0 + swing * (np.cos(turn) + 0.4 * np.cos(2.0 * turn)), UP)


def swinging(duration_s: float, *, strides_hz: float) -> Floats:
    """A running leg: nearly a sine to and fro, with the lift of its foot and a strike in every stride."""
    turn = 2.0 * np.pi * strides_hz * clock(duration_s)
    lift = 1.0 + 0.8 * np.cos(2.0 * turn) + 0.5 * np.cos(3.0 * turn + 1.0)
    return np.stack([1.4 * np.sin(turn), lift, 0.0 * turn], axis=1)


def bouts_of(activity: Activity) -> list[tuple[str, float, float]]:
    return [
        (ACTIVITIES[kind], float(start_s), float(end_s))
        for kind, start_s, end_s in zip(
            activity.bout_activity, activity.bout_start_s, activity.bout_end_s, strict=True
        )
    ]


def test_a_spring_without_flight_moves_the_pelvis_with_two_thirds_of_gravity() -> None:
    features = features_of(springing(20.0, steps_hz=2.6, duty=1.0))
    assert np.median(features.line_g) == pytest.approx(2.0 / 3.0, rel=0.05)
    assert np.median(features.cadence_spm) == pytest.approx(156.0, rel=0.01)


@pytest.mark.parametrize("steps_hz", [2.4, 2.8, 3.3, 4.5])
@pytest.mark.parametrize("duty", [0.55, 0.75, 0.9])
def test_a_pelvis_on_a_spring_runs(steps_hz: float, duty: float) -> None:
    activity = classified(springing(30.0, steps_hz=steps_hz, duty=duty))
    assert (activity.label == RUN).all()


@pytest.mark.parametrize(("steps_hz", "rise_m"), [(1.4, 0.03), (1.8, 0.04), (2.2, 0.05), (2.33, 0.06)])
def test_a_pelvis_on_stiff_legs_walks(steps_hz: float, rise_m: float) -> None:
    activity = classified(vaulting(30.0, steps_hz=steps_hz, rise_m=rise_m))
    assert (activity.label == WALK).all()


def test_a_walk_run_programme_comes_apart_at_its_edges() -> None:
    walk, run = vaulting(40.0, steps_hz=1.8, rise_m=0.04), springing(20.0, steps_hz=2.7, duty=0.8)
    activity = classified(np.concatenate([standing(10.0), walk, run, walk, run, standing(10.0)]))
    assert [kind for kind, _, _ in bouts_of(activity)] == ["stand", "walk", "run", "walk", "run", "stand"]
    assert activity.bout_start_s == pytest.approx([0.0, 10.0, 50.0, 70.0, 110.0, 130.0], abs=2 * HOP_S)
    assert activity.bout_end_s[:-1] == pytest.approx(activity.bout_start_s[1:])
    assert list(activity.per_second()[[5, 30, 60, 90, 120, 135]]) == [STAND, WALK, RUN, WALK, RUN, STAND]


def test_a_start_from_standing_is_not_called_a_walk() -> None:
    run = springing(30.0, steps_hz=2.8, duty=0.7)
    activity = classified(np.concatenate([standing(10.0), run, standing(10.0)]))
    assert [kind for kind, _, _ in bouts_of(activity)] == ["stand", "run", "stand"]


def test_a_recording_of_five_seconds_is_enough() -> None:
    assert bouts_of(classified(springing(5.0, steps_hz=2.8, duty=0.7))) == [("run", 0.0, 5.0)]


def test_a_recording_too_short_for_a_rhythm_has_no_bouts() -> None:
    activity = classified(springing(2.0, steps_hz=2.8, duty=0.7))
    assert bouts_of(activity) == []
    assert (activity.per_second() == UNKNOWN).all()


def test_a_hole_belongs_to_no_bout_and_a_lost_packet_to_its_bout() -> None:
    acc_g = springing(60.0, steps_hz=2.8, duty=0.7)
    missing = np.zeros(len(acc_g), bool)
    for start_s, end_s in [(10.0, 10.2), (13.1, 13.35), (30.0, 40.0)]:
        hole = slice(round(start_s * GRID_HZ), round(end_s * GRID_HZ))
        missing[hole] = True
        acc_g[hole] = acc_g[hole.start]
    activity = classify({"pelvis": features_of(acc_g, missing=missing)})
    assert bouts_of(activity) == [("run", 0.0, 30.0), ("run", 40.0, 60.0)]
    assert (activity.per_second()[30:40] == UNKNOWN).all()


def test_a_sensor_that_died_leaves_the_word_to_the_others() -> None:
    pelvis_g, leg_g = springing(60.0, steps_hz=2.8, duty=0.7), swinging(60.0, strides_hz=1.4)
    dead = np.arange(len(pelvis_g)) > 20 * GRID_HZ
    pelvis_g[dead] = UP
    worn = {
        "pelvis": features_of(pelvis_g, missing=dead),
        "shank_left": features_of(leg_g, placement="shank_left"),
    }
    assert (classify(worn).label == RUN).all()


def test_a_sensor_that_is_shaken_while_the_others_lie_still_does_not_run() -> None:
    worn = {
        "pelvis": features_of(springing(30.0, steps_hz=2.8, duty=0.7)),
        "shank_left": features_of(standing(30.0), placement="shank_left"),
        "shank_right": features_of(standing(30.0), placement="shank_right"),
    }
    assert not (classify(worn).label == RUN).any()


def test_one_knock_is_not_a_walk() -> None:
    acc_g = standing(30.0)
    acc_g[3000:3040] += 3.0
    assert (classified(acc_g).label == STAND).all()


def test_a_body_at_rest_to_the_last_bit_stands() -> None:
    assert (classified(np.tile(UP, (4000, 1))).label == STAND).all()
    assert not (classified(np.zeros((4000, 3))).label == RUN).any()


@pytest.mark.parametrize("placement", ["pelvis", "shank_left"])
@pytest.mark.parametrize("vigour_g", [0.3, 1.0, 2.0])
def test_strapping_a_sensor_on_is_not_a_run(placement: str, vigour_g: float) -> None:
    random = np.random.default_rng(3)
    turns = gaussian_filter1d(random.normal(size=(12_000, 3)), 100.0, axis=0)
    push = gaussian_filter1d(random.normal(size=(12_000, 3)), 8.0, axis=0)
    felt = Rotation.from_rotvec(20.0 * turns).inv().apply(UP + vigour_g * push / push.std())
    assert not (classified(felt, placement=placement).label == RUN).any()


@pytest.mark.parametrize("rate_hz", [2.0, 2.7, 3.5, 5.0, 6.0])
def test_shaking_a_sensor_for_a_moment_is_not_a_run(rate_hz: float) -> None:
    acc_g = standing(30.0)
    shake = slice(2000, 2500)
    acc_g[shake] += 1.5 * np.sin(2.0 * np.pi * rate_hz * clock(2.5))[:, None] * UP
    assert not (classified(acc_g).label == RUN).any()


@pytest.mark.parametrize("crank_rpm", [60.0, 80.0, 95.0])
def test_a_pedalling_leg_does_not_run(crank_rpm: float) -> None:
    crank = 2.0 * np.pi * crank_rpm / 60.0 * clock(60.0)
    ankle = 0.17 * np.stack([np.cos(crank), np.sin(crank)])
    hip, thigh_m, shank_m = np.array([[-0.15], [0.62]]), 0.44, 0.43
    reach = np.linalg.norm(ankle - hip, axis=0)
    knee_side = np.arccos((thigh_m**2 + reach**2 - shank_m**2) / (2.0 * thigh_m * reach))
    direction = np.arctan2(*(ankle - hip)[::-1]) + knee_side
    knee = hip + thigh_m * np.stack([np.cos(direction), np.sin(direction)])
    sensor = ankle + 0.35 * (knee - ankle)
    acceleration = np.gradient(np.gradient(sensor, 1.0 / GRID_HZ, axis=1), 1.0 / GRID_HZ, axis=1)
    force = acceleration / constants.g + np.array([[0.0], [1.0]])
    along = (knee - ankle) / shank_m
    felt = np.stack(
        [force[0] * along[1] - force[1] * along[0], (force * along).sum(axis=0), 0.0 * crank], axis=1
    )
    assert not (classified(felt[200:-200], placement="shank_left").label == RUN).any()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(-1.0, 1.0), min_size=4, max_size=4).filter(lambda q: np.linalg.norm(q) > 0.1))
def test_the_mounting_does_not_matter(quaternion: list[float]) -> None:
    acc_g = np.concatenate([vaulting(4.0, steps_hz=1.8, rise_m=0.04), springing(6.0, steps_hz=2.7, duty=0.8)])
    upright, turned = features_of(acc_g), features_of(Rotation.from_quat(quaternion).apply(acc_g))
    for name in ActivityFeatures.__dataclass_fields__:
        np.testing.assert_allclose(
            getattr(turned, name), getattr(upright, name), rtol=2e-3, atol=2e-3, err_msg=name
        )


def test_blocks_with_margins_join_to_the_whole() -> None:
    acc_g = np.concatenate([standing(20.0), vaulting(30.0, steps_hz=1.8, rise_m=0.04)] * 3)
    acc_g += np.random.default_rng(2).normal(scale=0.05, size=acc_g.shape)
    missing = np.zeros(len(acc_g), bool)
    missing[4_000:6_000] = missing[12_345:12_400] = True
    whole = features_of(acc_g, missing=missing)
    hop, margin = round(HOP_S * GRID_HZ), 20  # hops; 5 s
    blocks = []
    for start in range(0, len(whole), 90):
        stop, first = min(start + 90, len(whole)), max(start - margin, 0)
        reach = slice(first * hop, (stop + margin) * hop)
        block = features_of(acc_g[reach], missing=missing[reach])
        blocks.append(block.hops(start - first, stop - first))
    joined = ActivityFeatures.joined(blocks)
    for name in ActivityFeatures.__dataclass_fields__:
        np.testing.assert_allclose(
            getattr(joined, name), getattr(whole, name), rtol=1e-4, atol=1e-5, err_msg=name
        )


def test_a_rate_without_whole_bins_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 20 Hz, not 90"):
        activity_features(np.ones((900, 3)), np.zeros(900, bool), placement="pelvis", sampling_rate_hz=90.0)


# Recordings with truth


def sensors(
    folder: Path, *, pace: float = 1.0, start_s: float = -np.inf, end_s: float = np.inf
) -> dict[str, ActivityFeatures]:
    """Features of every sensor; at another pace, time shrinks and accelerations grow with its square."""
    recording = imu.load(folder)
    n = int(recording.duration_s / pace * GRID_HZ) + 1
    of = {}
    for placement, track in recording.tracks.items():
        samples = track.samples(start_s, end_s)
        level = gaussian_filter1d(samples.acc_mps2, 1.5 / np.median(np.diff(samples.time_s)), axis=0)
        acc_mps2 = level + pace**2 * (samples.acc_mps2 - level)
        signal = to_grid(samples.time_s / pace, acc_mps2.astype(float), None, start_s=0.0, n=n)
        of[placement] = activity_features(
            signal.acc_mps2, signal.missing, placement=placement, sampling_rate_hz=GRID_HZ
        )
    return of


def subsets(of: Mapping[str, ActivityFeatures]) -> Iterable[dict[str, ActivityFeatures]]:
    for count in range(1, len(of) + 1):
        for placements in combinations(of, count):
            yield {placement: of[placement] for placement in placements}


def overlap_s(one: tuple[float, float], other: tuple[float, float]) -> float:
    return max(0.0, min(one[1], other[1]) - max(one[0], other[0]))


WALK_RUN = [
    "clean/walkrun_012_short",
    "field/walkrun_012_short",
    "field/walkrun_011_week1",
    "field/walkrun_017_lights",
    "field/walkrun_022_build_up",
]


@pytest.mark.unhurried
@pytest.mark.parametrize("name", WALK_RUN)
def test_walk_run_programmes_are_told_second_by_second_with_any_sensors(
    shared_samples: Path, name: str
) -> None:
    truth = json.loads((shared_samples / f"truth/walkrun/{Path(name).name}.activity.json").read_text())
    runs = [(b["start_s"], b["end_s"]) for b in truth["bouts"] if b["activity"] == "run"]
    change_s = np.array([b["start_s"] for b in truth["bouts"][1:]])
    for worn in subsets(sensors(shared_samples / "recordings/walkrun" / name)):
        activity = classify(worn)
        told = [ACTIVITIES[kind] for kind in activity.per_second()]
        scored = [(a, b) for a, b in zip(told, truth["seconds"], strict=False) if b != "transition"]
        assert np.mean([a == b for a, b in scored]) >= 0.99, list(worn)
        found = [bout[1:] for bout in bouts_of(activity) if bout[0] == "run"]
        assert len(found) == len(runs)
        assert all(overlap_s(a, b) > 0.9 * (b[1] - b[0]) for a, b in zip(found, runs, strict=True))
        edge_error_s = np.abs(activity.bout_start_s[:, None] - change_s).min(axis=0)
        assert np.median(edge_error_s) <= 0.5
        assert edge_error_s.max() <= 1.0


REAL_WALKS = [
    ("shanks_pelvis/mr_pp01", 0.95),
    ("shanks_pelvis/mr_pp02", 0.95),
    ("pelvis_feet/vo_1-1", 0.9),  # 20 s each: one foot alone sees its own first and last step only
    ("pelvis_feet/vo_1-4", 0.9),
    ("pelvis_feet/vo_2-2", 0.9),
    ("pelvis/mg_HA001", 0.0),  # everyday tasks, no truth of walking
]


@pytest.mark.parametrize(("name", "share"), REAL_WALKS)
def test_real_walking_is_found_and_never_called_running(
    shared_samples: Path, name: str, share: float
) -> None:
    truth = json.loads((shared_samples / f"truth/realwalk/{Path(name).name}.json").read_text())
    for worn in subsets(sensors(shared_samples / "recordings/realwalk" / name)):
        bouts = bouts_of(classify(worn))
        assert not [bout for bout in bouts if bout[0] == "run"], list(worn)
        for walk in truth["walk"]:
            found_s = sum(
                overlap_s((start_s, end_s), walk) for kind, start_s, end_s in bouts if kind == "walk"
            )
            assert found_s >= share * (walk[1] - walk[0]), list(worn)


@pytest.mark.parametrize("name", ["shanks_pelvis/mr_pp02", "pelvis_feet/vo_1-1"])
def test_real_walking_sped_up_to_140_steps_a_minute_stays_walking(shared_samples: Path, name: str) -> None:
    usual_spm = {"shanks_pelvis/mr_pp02": 127.0, "pelvis_feet/vo_1-1": 108.0}[name]
    for worn in subsets(sensors(shared_samples / "recordings/realwalk" / name, pace=140.0 / usual_spm)):
        assert not (classify(worn).label == RUN).any(), list(worn)


@pytest.mark.parametrize("runner", ["011", "012", "015", "017", "018", "022"])
@pytest.mark.parametrize("pace", [1 / 1.15, 1.0])
def test_a_slow_jog_is_a_run(shared_samples: Path, runner: str, pace: float) -> None:
    folder = shared_samples / f"recordings/rbds/field/RBDS{runner}_T25"
    for worn in subsets(sensors(folder, pace=pace)):
        stand, run = bouts_of(classify(worn))
        assert (stand[0], run[0]) == ("stand", "run")
        assert run[1] < 8.3 / pace


@pytest.mark.parametrize("speed", [200, 300, 400, 500])
def test_running_without_any_standing_is_a_run(shared_samples: Path, speed: int) -> None:
    for worn in subsets(sensors(shared_samples / f"recordings/hamner/field/hamner_run{speed}")):
        assert (classify(worn).label == RUN).all(), list(worn)


@pytest.mark.unhurried
def test_real_accelerometers_alone_are_enough(shared_samples: Path) -> None:
    for trial in range(15):
        (activity,) = map(
            classify, subsets(sensors(shared_samples / f"recordings/alcantara/real/alcantara_{trial:02d}"))
        )
        assert (activity.label == RUN).all(), trial
    truth = json.loads((shared_samples / "truth/adept/adept_first10.json").read_text())
    for worn in subsets(sensors(shared_samples / "recordings/adept/real/adept_first10")):
        seconds = classify(worn).per_second()
        running = [np.mean(seconds[int(a) : int(b)] == RUN) for a, b, _ in truth["cadence_windows"]]
        assert np.mean(running) >= 0.95, list(worn)
