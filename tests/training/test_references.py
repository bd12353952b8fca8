"""Three yardsticks beside each other, and the pattern across the body."""

from dataclasses import replace
from datetime import timedelta

import pytest

from imu.training.baseline import Baseline, fit_baseline
from imu.training.crossbody import Baselines, cross_body
from imu.training.history import History, Injury, Run
from imu.training.metrics import METRICS, SHANK_ANGLE_IC
from imu.training.overstride import WEIGHTS
from imu.training.references import references
from tests.test_words import judging
from tests.training.histories import SIDES, after, run, usual

BEFORE = usual(10)


def test_a_returning_runner_is_shown_beside_all_three() -> None:
    returning = tuple(run(at, ahead_deg={"left": 6}) for at in range(10, 21))
    onset = BEFORE[-1].start.date() + timedelta(days=1)
    healed = onset + timedelta(days=1)
    history = History(
        runs=BEFORE + returning,
        injuries=(Injury(injury_id="i", side="left", site="hamstring", onset=onset, resolved=healed),),
    )
    kept = fit_baseline(history, SHANK_ANGLE_IC, "left", now=after(history), since=returning[0].start)
    assert isinstance(kept, Baseline)
    own, before, other = references(
        history, returning[-1], SHANK_ANGLE_IC, "left", now=after(history), kept=kept
    )
    assert own.comparison is not None
    assert before.comparison is not None
    assert other.comparison is not None
    assert own.comparison.change_deg < 4 < before.comparison.change_deg
    assert before.runs == 10
    assert other.comparison.change_deg > 3


def test_without_an_injury_there_is_no_time_before_it() -> None:
    history = History(runs=BEFORE)
    _, before, _ = references(history, BEFORE[0], SHANK_ANGLE_IC, "left", now=after(history))
    assert before.comparison is None
    assert before.not_judged == "no injury is recorded"


def baselines(history: History) -> Baselines:
    return {
        (metric, side): found
        for metric in (*WEIGHTS, METRICS["pelvic_drop_deg"].name)
        for side in SIDES
        if isinstance(found := fit_baseline(history, METRICS[metric], side, now=after(history)), Baseline)
    }


def with_pattern(sightings: int) -> History:
    seen = tuple(run(at, drop_deg={"left": 7}, ahead_deg={"right": 9}) for at in range(10, 10 + sightings))
    return History(runs=BEFORE + seen + tuple(run(at) for at in range(20, 23)))


def test_drop_on_one_side_and_reach_of_the_other_in_two_runs_is_a_pattern_to_discuss() -> None:
    history = with_pattern(2)
    (pattern,) = cross_body(history, baselines(history), now=after(history))
    assert (pattern.stance, pattern.reaching) == ("left", "right")
    assert [one.run_id for one in pattern.sightings] == ["run010", "run011"]
    for evidence in (pattern.drop, pattern.reach):
        assert evidence.n == 2
        assert "pattern to discuss" in evidence.sentence
        assert judging(f"{evidence.sentence} {evidence.to_do} {pattern.hypothesis}") == []


@pytest.mark.parametrize(
    "history",
    [
        with_pattern(1),
        History(
            runs=BEFORE + tuple(run(at, drop_deg={"left": 7}, ahead_deg={"left": 9}) for at in range(10, 14))
        ),
        History(runs=BEFORE + tuple(run(at, drop_deg={"left": 7}) for at in range(10, 14))),
    ],
    ids=["seen once", "same side", "drop alone"],
)
def test_less_than_that_is_no_pattern(history: History) -> None:
    assert cross_body(history, baselines(history), now=after(history)) == ()


def test_recordings_that_are_not_to_be_trusted_show_no_pattern() -> None:
    def poor(one: Run) -> Run:
        return replace(one, trust="poor") if one.run_id >= "run010" else one

    history = with_pattern(6)
    distrusted = replace(history, runs=tuple(poor(one) for one in history.runs))
    assert cross_body(distrusted, baselines(history), now=after(history)) == ()
