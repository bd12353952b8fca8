"""What is told of rules, exactly where it changes."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from imu.training.baseline import NoBaseline, fit_baseline
from imu.training.evidence import Evidence, as_shown
from imu.training.gates import entry_gates
from imu.training.history import GateAnswer, History
from imu.training.metrics import SHANK_ANGLE_IC, observations
from imu.training.next_session import next_session
from imu.training.overstride import WithinRun, within_run
from imu.training.plan import coarse_grade
from imu.training.references import references
from imu.training.rehab import adherence
from imu.training.sides import compared_runs
from imu.training.top_speed import measured_speeds
from imu.training.usual_range import usual_range
from imu.training.warnings import FORGOTTEN_AFTER, warnings
from tests.training import histories
from tests.training.athlete import (
    BEFORE,
    ENTERED,
    INJURED,
    INJURY,
    PLAN,
    ROW,
    after,
    at,
    planned,
    run,
    state_of,
)
from tests.training.test_overstride import CONTACT


@pytest.mark.parametrize(
    ("grade", "coarse"),
    [
        ("0", "1"),
        ("1", "1"),
        ("1b", "1"),
        ("2", "2"),
        ("3a", "2"),
        ("2C ", "2c"),
        ("c", "c"),
        ("", None),
        (None, None),
    ],
)
def test_of_a_grade_that_is_not_shared_no_more_is_told_than_the_gate_reads(
    grade: str | None, coarse: str | None
) -> None:
    assert coarse_grade(grade) == coarse


@pytest.mark.parametrize(("runs", "lacking"), [(7, "3 more are"), (8, "2 more are"), (9, "one more is")])
def test_a_baseline_says_how_many_runs_it_lacks(runs: int, lacking: str) -> None:
    history = History(runs=histories.usual(runs))
    found = fit_baseline(history, SHANK_ANGLE_IC, "left", now=histories.after(history))
    assert isinstance(found, NoBaseline)
    assert found.reason == (
        f"{runs} of 10 runs without symptoms that show the left shank angle at contact; {lacking} needed"
    )


@pytest.mark.parametrize(
    ("unit", "value", "reference", "error", "shown"),
    [
        ("runs", 3.0, 2.0, None, (3.0, 2.0, None, "runs", 0)),
        ("of 10", 3.0, None, 1.0, (3.0, None, 1.0, "of 10", 0)),
        ("runs", 3.0, 2.0, 0.5, (3.0, 2.0, 0.5, "runs", 1)),
        ("deg", 3.5, 2.0, None, (3.5, 2.0, None, "°", 1)),
        ("s", 90.0, 60.0, None, (1.5, 1.0, None, "min", 1)),
        ("deg", 3.5, 2.0, 0.01, (3.5, 2.0, 0.1, "°", 1)),
    ],
)
def test_what_was_counted_has_no_decimals_and_an_error_is_never_nothing(
    unit: str, value: float, reference: float | None, error: float | None, shown: tuple[object, ...]
) -> None:
    found = as_shown(
        Evidence(
            value=value,
            unit=unit,
            reference=reference,
            compared_with="usual",
            uncertainty=error,
            n=1,
            counted="runs",
            sentence="",
            to_do="",
        )
    )
    assert found is not None
    assert (found.value, found.reference, found.uncertainty, found.unit, found.decimals) == shown


def test_a_stage_that_is_reached_is_an_event_of_its_own() -> None:
    history = ENTERED
    for day in (12, 14):
        history = after(history, planned(day, ROW["1"]))
    assert [one.kind for one in state_of(history, day=16).events] == [
        "entered",
        "success",
        "success",
        "advanced",
    ]


@pytest.mark.parametrize(
    ("passed", "to_do"), [(True, ""), (False, "Follow your clinician; the stage stays until the sign-off.")]
)
def test_a_clinicians_no_is_followed(passed: bool, to_do: str) -> None:
    injury = replace(INJURY, grade="2")
    word = GateAnswer(at=at(10), gate="clinician_ok", passed=passed, by="ito", clinician=True)
    history = replace(INJURED, injuries=(injury,), gate_answers=(word,))
    (gate,) = (one for one in entry_gates(history, PLAN, injury, at=at(11)) if one.key == "clinician_ok")
    assert (gate.met, gate.to_do) == (passed, to_do)


@pytest.mark.parametrize(
    ("passed", "sentence", "to_do"),
    [
        (
            None,
            "Not answered: a squat on the affected leg without pain.",
            "Try: a squat on the affected leg without pain. Then tell.",
        ),
        (True, "Yes (runner, 2026-03-12): a squat on the affected leg without pain.", ""),
        (
            False,
            "Not yet (runner, 2026-03-12): a squat on the affected leg without pain.",
            "Try again in a few days; until then the stage stays.",
        ),
    ],
)
def test_a_gate_says_what_it_asks_and_who_answered(passed: bool | None, sentence: str, to_do: str) -> None:
    key = "painless_single_leg_squat"
    answers = () if passed is None else (GateAnswer(at=at(10), gate=key, passed=passed, by="runner"),)
    history = replace(INJURED, gate_answers=answers)
    (gate,) = (one for one in entry_gates(history, PLAN, INJURY, at=at(11)) if one.key == key)
    assert (gate.met, gate.sentence, gate.to_do) == (bool(passed), sentence, to_do)


def test_without_a_plan_an_easy_run_has_no_speed_of_the_plan() -> None:
    coming = next_session(History(runs=BEFORE), PLAN, now=at(0))
    assert (coming.kind, coming.to_mps) == ("easy_run", None)


def test_the_legs_are_each_others_reference() -> None:
    history = History(runs=tuple(histories.run(number, ahead_deg={"left": 6.0}) for number in range(10)))
    last = history.runs[-1]
    for side in histories.SIDES:
        change = 6.0 if side == "left" else -6.0
        *_, other = references(history, last, SHANK_ANGLE_IC, side, now=histories.after(history))
        assert other.comparison is not None
        assert other.comparison.change_deg == pytest.approx(change, abs=3)


def test_an_exercise_before_a_run_is_asked_for_by_the_run_of_today() -> None:
    history = replace(ENTERED, runs=(*BEFORE, run(11, ("run", 600)), run(12, ("run", 600))))
    asked = {one.dose.id: one.asked for one in adherence(history, PLAN, INJURY, now=at(12, 20), days=2)}
    assert asked["march_skip_drill"] == 2


def test_runs_since_an_injury_are_told_until_it_was_over() -> None:
    runs = (*BEFORE, run(3, ("run", 600)), run(9, ("run", 600)))
    for resolved, since in ((None, 2), (at(9).date(), 2), (at(8).date(), 1)):
        injury = replace(INJURY, resolved=resolved)
        found = compared_runs(History(runs=runs, injuries=(injury,)), injury, now=at(20))
        assert [len(one) for one in found] == [3, since]


def test_the_usual_speed_is_that_of_the_run_in_the_middle() -> None:
    runs = tuple(
        replace(run(day, ("run", 1000)), distance_m=metres)
        for day, metres in ((1, 2000.0), (2, 4000.0), (3, 2500.0), (4, 3500.0))
    )
    told = [one.usual_mps for one in measured_speeds(History(runs=runs))]
    assert told == pytest.approx([2.0, 3.0, 2.5, 3.0])


def test_without_a_baseline_minutes_and_angles_are_shown_all_the_same() -> None:
    of = histories.run(0)
    seen = observations(of, SHANK_ANGLE_IC, "left")
    shown = usual_range(of, SHANK_ANGLE_IC, "left", None)
    np.testing.assert_array_equal(shown.minute, seen.minute)
    np.testing.assert_array_equal(shown.value_deg, seen.value_deg)
    assert shown.not_judged == "no baseline yet"


@pytest.mark.parametrize(("days", "status"), [(14, "open"), (15, "resolved")])
def test_what_one_run_raised_is_over_two_weeks_after_it(days: int, status: str) -> None:
    poor = replace(run(0, ("run", 600)), trust="poor", untrusted_because=("its strap slipped",))
    now = poor.end + timedelta(days=days)
    (warning,) = warnings(History(runs=(poor,)), now=now, state=None)
    assert warning.status == status
    assert warning.resolved_at == (None if status == "open" else poor.end + FORGOTTEN_AFTER)


def test_the_error_of_a_change_within_a_run_is_that_of_two_means() -> None:
    """Of the segments before and after: fewer of either make it larger, as 1/n does."""
    of = histories.run(30, step_at_min=15.0, ahead_deg={"left": 5.0}, segment_sd_deg=0.3)
    found = within_run(of, CONTACT)
    assert isinstance(found, WithinRun)
    assert found.onset is not None
    evidence = found.onset.evidence
    alike = (1 + CONTACT.lag_1) / (1 - CONTACT.lag_1)
    two_means = alike * (1 / evidence.n + 1 / found.reference_segments)
    assert evidence.uncertainty == pytest.approx(CONTACT.sd_segment_deg * two_means**0.5)
    assert found.start == of.start
