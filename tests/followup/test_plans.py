"""Versions of a plan: what differs is told by its place, and nothing else is."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from imu.followup.plans import changes, known_gates, new_content
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
