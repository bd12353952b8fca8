"""Answers about pain find the run that they are about, at every hour of the days around it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from imu.errors import StoreError
from imu.followup.answers import Told, check_ins, run_named
from imu.followup.plain import plain
from imu.followup.questions import coming_questions
from imu.training.history import Bout, CheckIn, History, Run

MONDAY = datetime(2026, 3, 2, 18, tzinfo=UTC)


def run(run_id: str, start: datetime) -> Run:
    whole = Bout(activity="run", start_s=0.0, end_s=1800.0)
    return Run(run_id=run_id, start=start, duration_s=1800, bouts=(whole,))


TWO = History(runs=(run("aaaa1111", MONDAY), run("aaaa2222", MONDAY + timedelta(hours=13))))


@pytest.mark.parametrize(
    ("hours", "told", "about"),
    [
        (1, Told(during=1), "aaaa1111"),
        (12, Told(during=1), "aaaa1111"),
        (12, Told(next_morning=1), "aaaa1111"),
        (14, Told(during=1), "aaaa2222"),
        (14, Told(next_morning=1), "aaaa1111"),  # Tuesday: the run of this morning has no next morning yet
        (37, Told(next_morning=1), "aaaa2222"),
        (14, Told(resting=1), None),
        (80, Told(next_morning=1), None),  # nobody remembers; it is how it is at rest
    ],
)
def test_an_answer_is_about_the_run_that_it_can_be_about(hours: float, told: Told, about: str | None) -> None:
    (answer,) = check_ins(TWO, told, at=MONDAY + timedelta(hours=hours))
    assert answer.run_id == about


def test_no_run_can_be_meant_before_the_first_and_long_after_the_last() -> None:
    for at in (MONDAY - timedelta(hours=1), MONDAY + timedelta(days=5)):
        with pytest.raises(StoreError, match="no run in 2 days before"):
            check_ins(TWO, Told(during=1), at=at)
    with pytest.raises(StoreError, match="after the answer"):
        check_ins(TWO, Told(during=1), at=MONDAY - timedelta(hours=1), run="aaaa1111")


def test_a_run_is_named_by_as_many_digits_as_it_takes() -> None:
    assert run_named(TWO, "aaaa2").run_id == "aaaa2222"
    with pytest.raises(StoreError, match="2 begin like this; give more digits"):
        run_named(TWO, "aaaa")
    with pytest.raises(StoreError, match="none of this name"):
        run_named(TWO, "aaa")


@given(st.floats(0.6, 100))
def test_a_question_is_due_from_the_runs_end_and_from_the_next_morning_for_two_days(hours: float) -> None:
    history, now = History(runs=TWO.runs[:1]), MONDAY + timedelta(hours=hours)
    end = TWO.runs[0].end
    asked = [one for one in coming_questions(history, now=now) if one.since <= now <= one.until]
    morning = MONDAY.replace(hour=5) + timedelta(days=1)
    if now - end > timedelta(days=2):
        assert asked == []
    else:
        assert len(asked) == 1 + (now >= morning)


def test_an_answered_question_is_not_asked_again() -> None:
    now = MONDAY + timedelta(hours=1)
    told = (CheckIn(at=now, moment="after", pain=0, run_id="aaaa1111"),)
    (left,) = coming_questions(History(runs=TWO.runs[:1], check_ins=told), now=now)
    assert left.since == datetime(2026, 3, 3, 5, tzinfo=UTC)


def test_plain_values_are_what_json_knows() -> None:
    shown = plain({"runs": TWO.runs[:1], "rights": frozenset({"b", "a"}), "open": float("inf")})
    assert shown["rights"] == ["a", "b"]
    assert shown["open"] is None
    assert shown["runs"][0]["start"] == "2026-03-02T18:00:00+00:00"
