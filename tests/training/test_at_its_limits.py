"""Rules of training exactly at the limits that runners and clinicians are told."""

import json
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from imu.errors import RestrideError
from imu.training.crossbody import cross_body
from imu.training.history import CheckIn, CheckInIndex, Run
from imu.training.plan import Dose, Range
from imu.training.rehab import dose_amount, dose_words
from imu.training.said import Said, Several, plain, remade, said
from imu.training.segments import COLUMNS, NO_SEGMENTS, Segment, Segments
from imu.training.warnings import Act
from tests.training.histories import FIRST, after
from tests.training.test_references import baselines, with_pattern


def test_a_sentence_that_was_kept_is_the_same_one_again() -> None:
    inner = said("the {leg} leg", leg="left")
    sentence = said(
        "{leg:C} since {day}, for {reasons:; }",
        leg=inner,
        day=date(2026, 3, 2),
        reasons=Several(["a", inner]),
    )
    assert sentence == "The left leg since 2026-03-02, for a; the left leg"
    again = remade(json.loads(json.dumps(plain(sentence))))
    assert isinstance(again, Said)
    assert again == sentence
    assert again.pattern == sentence.pattern
    assert isinstance(again.values["leg"], Said)
    assert again.values["leg"].values == {"leg": "left"}
    assert again.values["reasons"] == Several(["a", "the left leg"])
    assert again.values["day"] == "2026-03-02"


ONE = Segment(side="right", minute=3.5, strides=25, speed_mps=3.25, pelvic_drop_deg=5.5)
OTHER = replace(ONE, side="left", minute=4.0, grade_percent=-2.5, cadence_spm=165.0)


def test_segments_come_back_from_a_store_as_they_were() -> None:
    kept = Segments.of([ONE, OTHER])
    again = Segments.from_bytes(kept.packed())
    assert again == kept
    assert list(again) == [ONE, OTHER]
    assert len(kept.packed()) == 2 * 4 * len(COLUMNS)  # single precision, for a season has many
    assert Segments.from_bytes(b"") == NO_SEGMENTS
    with pytest.raises(ValueError, match="reshape"):
        Segments.from_bytes(kept.packed()[:-4])
    with pytest.raises(ValueError, match="columns"):
        Segments(np.zeros((2, len(COLUMNS) + 1), np.float32))


def test_a_slope_that_is_found_later_leaves_alone_what_was_known() -> None:
    found = Segments.of([ONE, OTHER]).on_slope(np.array([1.5, np.nan]))
    assert [one.grade_percent for one in found] == [1.5, -2.5]
    assert [list(found.of_side(side)) for side in ("left", "right")] == [
        [OTHER],
        [replace(ONE, grade_percent=1.5)],
    ]
    joined = Segments.joined([found, NO_SEGMENTS, Segments.of([ONE])])
    assert list(joined) == [*found, ONE]
    assert joined.column("minute").tolist() == [3.5, 4.0, 3.5]


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_a_warning_is_not_overruled_without_saying_why(reason: str | None) -> None:
    with pytest.raises(RestrideError, match="warning w: overruling needs a reason"):
        Act(at=FIRST, warning="w", kind="overruled", by="runner", reason=reason)


def test_a_warning_is_snoozed_until_later_than_now() -> None:
    for until in (None, FIRST - timedelta(seconds=1), FIRST):
        with pytest.raises(RestrideError, match="warning w: snoozing needs a time in the future"):
            Act(at=FIRST, warning="w", kind="snoozed", by="runner", until=until)
    assert Act(at=FIRST, warning="w", kind="snoozed", by="runner", until=FIRST + timedelta(seconds=1)).until


def test_the_runs_a_baseline_was_made_of_are_no_sighting() -> None:
    """A pattern is looked for after the baseline was frozen, up to now: not in what it was made of."""
    history = with_pattern(3)
    seen = [one for one in history.runs if "run010" <= one.run_id <= "run012"]
    kept = {
        key: replace(one, frozen_at=seen[0].end) for key, one in baselines(history).items()
    }  # the first of the three ended in the moment of freezing
    (pattern,) = cross_body(history, kept, now=after(history))
    assert [one.run_id for one in pattern.sightings] == ["run011", "run012"]
    (pattern,) = cross_body(history, kept, now=seen[-1].end)  # of a run that has just ended, all is known
    assert [one.run_id for one in pattern.sightings] == ["run011", "run012"]
    assert cross_body(history, kept, now=seen[-1].end - timedelta(seconds=1)) == ()


def test_a_pattern_says_how_much_in_whose_stance_beside_what() -> None:
    history = with_pattern(2)
    (pattern,) = cross_body(history, baselines(history), now=after(history))
    assert pattern.hypothesis.startswith("A clinician's idea")
    for evidence, words in ((pattern.drop, "in left stance"), (pattern.reach, "right shank")):
        assert words in evidence.sentence
        assert evidence.unit == "deg"
        assert evidence.counted == "runs"
        assert evidence.compared_with.startswith("your baseline, at the same speed")
        assert evidence.reference is not None
        assert f"{evidence.value - evidence.reference:.1f}°" in evidence.sentence
        assert evidence.uncertainty is not None
        assert 0 < evidence.uncertainty < evidence.value


def test_a_dose_is_told_in_words() -> None:
    dose = Dose(id="chair_bridge", name="chair bridge", sets=Range(least=1, most=1), sources=())
    assert dose_amount(dose) == "1 set"
    whole = replace(
        dose, sets=Range(least=2, most=3), reps=Range(least=8, most=8), hold_s=Range(least=4, most=5)
    )
    assert dose_amount(whole) == "2 to 3 sets, 8 repetitions, 4 to 5 s each"
    assert dose_words(whole).lower().startswith("chair bridge, 2 to 3 sets")


def test_answers_between_two_moments_are_those_of_both_moments_too() -> None:
    answers = [CheckIn(at=FIRST + timedelta(hours=hour), moment="after", pain=hour) for hour in (3, 1, 2)]
    index = CheckInIndex(answers)
    between = index.between(FIRST + timedelta(hours=1), FIRST + timedelta(hours=2))
    assert [one.pain for one in between] == [1, 2]
    assert [one.pain for one in index.on(FIRST.date())] == [1, 2, 3]
    assert index.of_run("none") == ()


@pytest.mark.parametrize(
    ("own", "told", "effort"),
    [
        (None, [], None),
        (None, [None], None),
        (None, [4.0, 6.5, None], 6.5),  # the last one that says so
        (None, [4.0, 0.0], 0.0),
        (3.0, [4.0], 3.0),
        (0.0, [4.0], 0.0),
    ],
)
def test_an_effort_is_told_with_the_run_or_at_a_check_in_about_it(
    own: float | None, told: list[float | None], effort: float | None
) -> None:
    run = Run(run_id="a", start=FIRST, duration_s=60.0, bouts=(), effort_cr10=own)
    about = [
        CheckIn(at=FIRST + timedelta(hours=at), moment="after", pain=0, run_id="a", effort_cr10=one)
        for at, one in enumerate(told)
    ]
    others = [
        CheckIn(at=FIRST + timedelta(days=1), moment="after", pain=0, run_id=run_id, effort_cr10=9.0)
        for run_id in ("b", None)
    ]
    assert CheckInIndex([*others, *reversed(about)]).effort_of(run) == effort
