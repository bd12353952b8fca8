"""The runner's own normal: which runs make it, what it learns, and that it stays."""

import json
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from imu.training.baseline import Baseline, NoBaseline, fit_baseline
from imu.training.comparison import Comparison, NotCompared, compare, compare_all
from imu.training.history import CheckIn, History, Injury, Run
from imu.training.metrics import PELVIC_DROP, PELVIC_DROP_DIFFERENCE, SHANK_ANGLE_IC, observations
from imu.training.segments import NO_SEGMENTS, Segments
from tests.training.histories import FIRST, PER_MPS_DEG, after, pain, run, usual


def fitted(history: History) -> Baseline:
    found = fit_baseline(history, SHANK_ANGLE_IC, "left", now=after(history))
    assert isinstance(found, Baseline)
    return found


def test_ten_runs_are_needed_and_the_answer_says_how_many_are_missing() -> None:
    history = History(runs=usual(7))
    found = fit_baseline(history, SHANK_ANGLE_IC, "left", now=after(history))
    assert isinstance(found, NoBaseline)
    assert found.runs == 7
    assert found.reason.endswith("; 3 more are needed")
    nine = History(runs=usual(9))
    almost = fit_baseline(nine, SHANK_ANGLE_IC, "left", now=after(nine))
    assert isinstance(almost, NoBaseline)
    assert almost.reason.endswith("; one more is needed")


def test_it_stays_as_it_was_when_more_runs_come() -> None:
    runs = usual(10)
    later = tuple(run(at, ahead_deg={"left": 5}) for at in range(10, 20))
    assert fitted(History(runs=runs)) == fitted(History(runs=runs + later))


@pytest.mark.parametrize("alike", [0.0, 0.5, 0.8])
def test_how_much_neighbouring_segments_resemble_each_other_is_learnt(alike: float) -> None:
    """Segments whose chance is a first-order autoregression of known correlation, within each run alone."""
    runs = tuple(_resembling(run(at, minutes=120), alike, seed=at) for at in range(10))
    assert fitted(History(runs=runs)).lag_1 == pytest.approx(alike, abs=0.1)


def _resembling(one: Run, alike: float, *, seed: int) -> Run:
    rng, before, segments = np.random.default_rng(seed), 0.0, []
    for segment in one.segments.of_side("left"):
        before = alike * before + np.sqrt(1 - alike**2) * rng.normal()
        segments.append(replace(segment, shank_angle_ic_deg=8.0 + 1.4 * (segment.speed_mps - 3.0) + before))
    return replace(one, segments=Segments.of(segments))


def test_the_act_of_rebaselining_takes_what_was_run_since() -> None:
    runs = usual(10) + tuple(run(at, ahead_deg={"left": 5}) for at in range(10, 24))
    history = History(runs=runs)
    found = fit_baseline(history, SHANK_ANGLE_IC, "left", now=after(history), since=runs[10].start)
    assert isinstance(found, Baseline)
    assert found.run_ids == tuple(one.run_id for one in runs[10:])
    assert found.mean[0] == pytest.approx(fitted(history).mean[0] + 5, abs=2)


def test_runs_with_symptoms_are_left_out() -> None:
    runs = usual(13)
    history = History(
        runs=runs,
        check_ins=(
            pain(runs[1], 2),
            pain(runs[2], 1),
            CheckIn(at=runs[3].end, moment="after", pain=0, run_id=runs[3].run_id, red_flags=("limp",)),
            CheckIn(at=runs[5].end + timedelta(hours=20), moment="next_morning", pain=3),
        ),
    )
    kept = fitted(history).run_ids
    assert {"run001", "run003", "run005"} & set(kept) == set()
    assert "run002" in kept


def test_during_an_injury_silence_is_not_taken_for_no_symptoms() -> None:
    runs = usual(12)
    injury = Injury(injury_id="i", side="left", site="hamstring", onset=FIRST.date() - timedelta(days=9))
    silent = History(runs=runs, injuries=(injury,))
    assert isinstance(fit_baseline(silent, SHANK_ANGLE_IC, "left", now=after(silent)), NoBaseline)
    answers = tuple(
        answer
        for one in runs
        for answer in (
            pain(one, 0),
            replace(pain(one, 1, hours=20), moment="next_morning"),
        )
    )
    assert fitted(replace(silent, check_ins=answers)).runs == 10


def test_a_run_whose_next_morning_has_not_come_is_waited_for() -> None:
    history = History(runs=usual(10))
    now = history.runs[-1].end + timedelta(hours=2)
    assert isinstance(fit_baseline(history, SHANK_ANGLE_IC, "left", now=now), NoBaseline)


def test_recordings_that_are_not_to_be_trusted_are_left_out() -> None:
    runs = usual(11)
    history = History(runs=(replace(runs[0], trust="poor"), *runs[1:]))
    assert "run000" not in fitted(history).run_ids


def test_it_learns_the_answer_to_speed() -> None:
    slopes = [fitted(History(runs=usual(10, seed=seed))).mean[1] for seed in range(12)]
    assert np.mean(slopes) == pytest.approx(PER_MPS_DEG, abs=0.15)


def test_a_faster_run_is_not_a_change() -> None:
    changes = []
    for seed in range(12):
        baseline = fitted(History(runs=usual(10, seed=seed)))
        quick = compare(run(30, speed_mps=3.4, seed=seed, day_sd_deg=0), baseline)
        easy = compare(run(30, speed_mps=2.6, seed=seed, day_sd_deg=0), baseline)
        assert isinstance(quick, Comparison)
        assert isinstance(easy, Comparison)
        changes.append(quick.change_deg - easy.change_deg)
    assert abs(np.mean(changes)) < 0.25


@pytest.mark.unhurried
def test_expected_errors_are_honest() -> None:
    z = []
    for seed in range(25):
        found = compare(run(40, seed=seed), fitted(History(runs=usual(10, seed=seed))))
        assert isinstance(found, Comparison)
        z.append(found.z)
    assert 0.7 < np.std(z) < 1.4


def test_a_new_shoe_is_called_unknown() -> None:
    found = compare(run(20, shoe="new"), fitted(History(runs=usual(10))))
    assert isinstance(found, Comparison)
    assert found.unknown == ("shoe new",)


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        (run(20, minutes=1.5), "segments of 25 strides; 3 are needed"),
        (run(20, speed_mps=5.5), "the baseline knows"),
        (run(20, grade_percent=6.0), "0 level"),
        (replace(run(20), segments=NO_SEGMENTS), "nothing worn shows"),
        (
            replace(run(20), segments=NO_SEGMENTS, trust="usable", untrusted_because=("left shank: gaps",)),
            "nothing shows it (left shank: gaps)",
        ),
        (
            replace(run(20), segments=NO_SEGMENTS, trust="usable", untrusted_because=("pelvis: gaps",)),
            "nothing worn shows it",
        ),
        (replace(run(20), trust="poor", untrusted_because=("the left strap slipped",)), "strap slipped"),
    ],
)
def test_what_cannot_be_compared_says_why(odd: Run, reason: str) -> None:
    found = compare(odd, fitted(History(runs=usual(10))))
    assert isinstance(found, NotCompared)
    assert reason in found.reason


def test_it_is_the_same_after_a_way_through_json() -> None:
    baseline = fitted(History(runs=usual(10)))
    assert Baseline.from_json(json.loads(json.dumps(baseline.as_json()))) == baseline


def test_the_difference_of_the_sides_is_left_minus_right_of_the_same_minute() -> None:
    one = run(0, drop_deg={"left": 2.0}, day_sd_deg=0, segment_sd_deg=0)
    assert observations(one, PELVIC_DROP_DIFFERENCE, None).value_deg == pytest.approx(2.0)
    only_left = replace(one, segments=one.segments.of_side("left"))
    assert len(observations(only_left, PELVIC_DROP_DIFFERENCE, None).value_deg) == 0
    with pytest.raises(ValueError, match="no such thing"):
        observations(one, PELVIC_DROP, None)


def test_days_of_an_injury_end_with_it() -> None:
    runs = usual(10)
    healed = Injury(
        injury_id="i", side="left", site="hamstring", onset=date(2025, 1, 1), resolved=date(2025, 3, 1)
    )
    assert fitted(History(runs=runs, injuries=(healed,))).runs == 10


def test_a_baseline_of_all_runs_leaves_none_to_compare() -> None:
    assert compare_all([], fitted(History(runs=usual(10)))) == []


def test_how_far_usual_runs_lie_by_chance_shrinks_with_the_root_of_their_segments() -> None:
    """A run's own chance stays, however long it is."""
    baseline = fitted(History(runs=usual(10)))
    for minutes in (10.0, 30.0, 120.0):
        found = compare(run(20, minutes=minutes), baseline)
        assert isinstance(found, Comparison)
        by_hand = (baseline.sd_run_deg**2 + baseline.sd_segment_deg**2 / found.segments) ** 0.5
        assert found.scatter_deg == pytest.approx(by_hand)
        assert found.z == pytest.approx(found.change_deg / (by_hand**2 + found.standard_error_deg**2) ** 0.5)


def test_a_shoe_has_its_own_level_in_runs_of_any_length() -> None:
    """Of runs that follow each other, each segment is read in the shoe of its own run."""
    shoes = [
        run(at, shoe=shoe, minutes=minutes, day_sd_deg=0.2, ahead_deg={"left": 3.0 if shoe == "b" else 0.0})
        for at, (shoe, minutes) in enumerate(
            [("a", 20.0), ("b", 45.0), ("a", 35.0), ("b", 15.0), ("a", 25.0)] * 2
        )
    ]
    baseline = fitted(History(runs=tuple(shoes)))
    (worn,) = [number for number, word in enumerate(baseline.settings) if "shoe b" in word]
    assert baseline.mean[5 + worn] == pytest.approx(3.0, abs=0.7)
    later = [
        run(at, shoe=shoe, minutes=minutes, day_sd_deg=0.2, ahead_deg={"left": 3.0 if shoe == "b" else 0.0})
        for at, (shoe, minutes) in enumerate([("b", 12.0), ("a", 50.0), ("b", 30.0)], start=20)
    ]
    together = compare_all(later, baseline)
    assert together == [compare(one, baseline) for one in later]
    for found in together:
        assert isinstance(found, Comparison)
        assert abs(found.change_deg) < 1.0
