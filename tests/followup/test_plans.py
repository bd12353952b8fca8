"""Versions of a plan: what differs is told by its place, and nothing else is."""

import copy
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from imu.errors import PlanError
from imu.followup.plan_versions import plan_of
from imu.followup.plans import changes, known_gates, new_content
from imu.store import Athlete, AthleteRecord, PlanVersion
from imu.store.rights import OWN
from imu.training.history import History, Injury
from imu.training.plan_file import default_plan, default_text

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
PARTS = st.lists(st.fixed_dictionaries({"id": st.sampled_from("xyz"), "reps": st.integers(0, 2)}), max_size=3)
CONTENTS = st.dictionaries(st.sampled_from("abc"), VALUES | PARTS, max_size=3)


@given(CONTENTS)
def test_a_content_does_not_differ_from_itself(content: dict[str, Any]) -> None:
    assert list(changes(content, copy.deepcopy(content))) == []


@pytest.mark.unhurried
@given(CONTENTS, CONTENTS)
def test_every_difference_is_told(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert bool(list(changes(before, after))) == (before != after)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 2}}, ["a.b: 1, now 2"]),
        ({"a": 1}, {}, ["a: gone, was 1"]),
        ({}, {"a": [1]}, ["a: new, [1]"]),
        ({"s": [{"id": "S1", "reps": 6}]}, {"s": [{"id": "S1", "reps": 5}]}, ["s.S1.reps: 6, now 5"]),
        (
            {"s": [{"stage": 1}, {"stage": 2}]},
            {"s": [{"stage": 1}]},
            ['s.2: gone, was {"stage": 2}'],
        ),
        ({"s": [{"id": "a"}, {"id": "b"}]}, {"s": [{"id": "b"}, {"id": "a"}]}, ["s: in another order"]),
        ({"names": ["a", "b"]}, {"names": ["a"]}, ['names: ["a", "b"], now ["a"]']),
    ],
)
def test_a_difference_is_told_by_its_place(
    before: dict[str, Any], after: dict[str, Any], told: list[str]
) -> None:
    assert list(changes(before, after)) == told


def test_the_file_of_the_program_is_a_whole_plan_and_its_gates_are_known() -> None:
    assert new_content(default_text(), name="default") == json.loads(default_text())
    assert {"brisk_walk", "painless_single_leg_squat", "clinician_ok", "clinician_clearance"} <= set(
        known_gates(default_plan())
    )


# --- Versions that this program cannot read ---------------------------------------------------------------

WHOLE: dict[str, Any] = json.loads(default_text())
OF_LATER: dict[str, Any] = {**WHOLE, "courage": 1}  # a key that only another program knows


def kept(version: int, content: dict[str, Any], *, on: int) -> PlanVersion:
    at = datetime(2026, 3, on, 8, tzinfo=UTC)
    return PlanVersion(version=version, content=content, reason="so", signed=False, by="ito", adopted_at=at)


def record_of(*plans: PlanVersion, onset: int, resolved: int | None = None) -> AthleteRecord:
    athlete = Athlete(athlete_id="1", name="Anna", is_own=True, simulated=True, revision=1, rights=OWN)
    injury = Injury(
        injury_id="i",
        side="left",
        site="hamstring",
        onset=date(2026, 3, onset),
        resolved=None if resolved is None else date(2026, 3, resolved),
    )
    return AthleteRecord(
        athlete=athlete, history=History(injuries=(injury,)), plans=plans, baselines=(), acts=()
    )


@pytest.mark.parametrize(("onset", "resolved"), [(21, None), (2, 4)])
def test_a_version_that_nothing_is_judged_by_may_be_unreadable(onset: int, resolved: int | None) -> None:
    """It came and went before the injury, or after it was over."""
    plans = (kept(1, WHOLE, on=1), kept(2, OF_LATER, on=10), kept(3, {**WHOLE, "version": "3"}, on=20))
    plan = plan_of(record_of(*plans, onset=onset, resolved=resolved))
    assert plan.version == "3"
    assert [one.at.day for one in plan.before] == [1, 20]


@pytest.mark.parametrize(
    ("plans", "named"),
    [
        (
            (kept(1, WHOLE, on=1), kept(2, OF_LATER, on=10)),
            "plan version 2 of 2026-03-10: it cannot be read .*update restride, or ask",
        ),
        (
            (kept(1, OF_LATER, on=1), kept(2, WHOLE, on=10)),
            "plan version 1 of 2026-03-01: it cannot be read .*unknown key 'courage'",
        ),
    ],
    ids=["in force", "followed in the injury"],
)
def test_a_version_that_something_is_judged_by_is_named_with_its_day(
    plans: tuple[PlanVersion, ...], named: str
) -> None:
    with pytest.raises(PlanError, match=named) as refused:
        plan_of(record_of(*plans, onset=5))
    assert str(refused.value).count("\n") == 0


def test_a_change_that_no_rule_follows_says_so() -> None:
    before = json.loads(default_text())
    after = copy.deepcopy(before)
    after["rules"]["weekly_ratio_amber"] = 2.0
    after["rules"]["successes_to_advance"] = 3
    followed, read = changes(before, after)
    assert followed.startswith("rules.successes_to_advance: ")
    assert not followed.endswith(")")
    assert read.startswith("rules.weekly_ratio_amber: ")
    assert read.endswith("(kept in the plan; this program acts on it nowhere)")
