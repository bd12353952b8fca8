"""One run: the index and its parts, and the minute in which a change began."""

from dataclasses import replace

import numpy as np
import pytest

from imu.training.baseline import Baseline, fit_baseline
from imu.training.comparison import NotCompared
from imu.training.history import History, Run, Side
from imu.training.metrics import METRICS, MetricName
from imu.training.overstride import OverstrideIndex, WithinRun, _unlikely, overstride_index, within_run
from imu.training.segments import Segments
from tests.test_words import judging
from tests.training.histories import after, run, usual

HISTORY = History(runs=usual(10))


def baseline(metric: MetricName, side: Side = "left") -> Baseline:
    found = fit_baseline(HISTORY, METRICS[metric], side, now=after(HISTORY))
    assert isinstance(found, Baseline)
    return found


CONTACT, SWING = baseline("shank_angle_ic_deg"), baseline("shank_angle_max_deg")


def index(of: Run) -> OverstrideIndex:
    found = overstride_index(of, (CONTACT, SWING))
    assert isinstance(found, OverstrideIndex)
    return found


def test_fifty_and_the_parts_make_the_index() -> None:
    found = index(run(30, ahead_deg={"left": 6}))
    assert found.value == pytest.approx(50 + sum(part.points for part in found.parts))
    assert sum(part.weight for part in found.parts) == pytest.approx(1)
    assert [part.metric for part in found.parts] == ["shank_angle_ic_deg", "shank_angle_max_deg"]


def test_usual_runs_are_about_fifty() -> None:
    values = [index(run(at)).value for at in range(30, 60)]
    assert np.mean(values) == pytest.approx(50, abs=6)
    assert np.std(values) < 13


def test_reaching_further_raises_it_and_only_of_that_leg() -> None:
    assert index(run(30, ahead_deg={"left": 4})).value > index(run(30)).value + 8
    assert index(run(30, ahead_deg={"right": 4})).value == pytest.approx(index(run(30)).value)


def test_the_weight_of_a_missing_part_is_shared() -> None:
    bare = replace(
        run(30),
        segments=Segments.of(replace(one, shank_angle_max_deg=None) for one in run(30).segments),
    )
    found = index(bare)
    assert [part.weight for part in found.parts] == [1.0]


def test_in_a_shoe_that_the_baseline_does_not_know_there_is_no_index() -> None:
    found = overstride_index(run(30, shoe="new"), (CONTACT, SWING))
    assert isinstance(found, NotCompared)
    assert "shoe new" in found.reason


def test_baselines_of_two_legs_are_refused() -> None:
    with pytest.raises(ValueError, match="one leg"):
        overstride_index(run(30), (CONTACT, baseline("shank_angle_max_deg", "right")))


def within(of: Run) -> WithinRun:
    found = within_run(of, CONTACT)
    assert isinstance(found, WithinRun)
    return found


@pytest.mark.parametrize("minute", [12.0, 20.0, 26.0])
def test_the_minute_in_which_it_began_is_found(minute: float) -> None:
    onset = within(run(30, ahead_deg={"left": 3.5}, step_at_min=minute, minutes=36)).onset
    assert onset is not None
    assert onset.minute == pytest.approx(minute, abs=1.5)
    assert onset.between_min[0] <= onset.minute <= onset.between_min[1]
    assert onset.evidence.value == pytest.approx(3.5, abs=0.8)
    assert judging(onset.evidence.sentence + onset.evidence.to_do) == []


def test_a_minute_that_is_sure_is_told_once() -> None:
    sure = within(run(30, ahead_deg={"left": 9.0}, step_at_min=12.0, minutes=36, segment_sd_deg=0.3)).onset
    assert sure is not None
    assert round(sure.between_min[0]) == round(sure.between_min[1])
    assert "between" not in sure.evidence.sentence


def test_a_split_is_as_likely_as_the_squares_it_leaves_and_only_a_step_up_is_one() -> None:
    """By hand: the squares of all, less those of one level from the split on; three segments at least."""
    up = np.array([0.0, 0.0, 0.0, 2.0, 2.0, 2.0])
    assert _unlikely(up) == pytest.approx([12 - 36 / 6, 12 - 36 / 5, 12 - 36 / 4, 0.0])
    assert _unlikely(up / 20) == pytest.approx([0.015, 0.012, 0.0075, 0.0])  # however small it is
    assert _unlikely(-up) == pytest.approx([12.0] * 4)


def test_runs_without_change_have_no_onset() -> None:
    assert [within(run(at)).onset for at in range(30, 60)] == [None] * 30


def test_a_strap_that_sits_otherwise_today_is_no_change_within_the_run() -> None:
    assert within(run(30, ahead_deg={"left": 8})).onset is None


def test_running_faster_towards_the_end_is_no_change() -> None:
    slow, fast = run(30, speed_mps=2.7), run(30, speed_mps=3.3)
    half = Segments.of(a if a.minute < 15 else b for a, b in zip(slow.segments, fast.segments, strict=True))
    assert within(replace(slow, segments=half)).onset is None


def test_a_change_that_was_gone_at_the_end_is_not_told() -> None:
    moved, usual_run = run(30, ahead_deg={"left": 5}, step_at_min=10), run(30)
    pairs = zip(moved.segments, usual_run.segments, strict=True)
    gone = Segments.of(a if a.minute < 25 else b for a, b in pairs)
    assert within(replace(moved, segments=gone)).onset is None


def test_a_short_run_says_why_it_was_not_looked_at() -> None:
    found = within_run(run(30, minutes=8), CONTACT)
    assert isinstance(found, NotCompared)
    assert "3 of each are needed" in found.reason
