"""A plan's file: the default one is whole, and another one is followed exactly or refused in one line."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from imu.errors import PlanError
from imu.training.history import Injury
from imu.training.plan_file import default_plan, parse_plan
from imu.training.stages import stages
from tests.training.athlete import DAY_ONE

TEXT = files("imu.training").joinpath("plans", "hamstring_default.json").read_text(encoding="utf-8")
SHARED = Path(os.environ.get("RESTRIDE_SHARED", "../shared"))


def changed(change: Callable[[Any], Any]) -> str:
    content = json.loads(TEXT)
    change(content)
    return json.dumps(content)


def test_the_default_plan_has_ten_walk_run_four_continuous_and_six_speed_stages() -> None:
    kinds = [stage.kind for stage in stages(default_plan(), profile="strain")]
    assert kinds == ["walk_run"] * 10 + ["continuous"] * 4 + ["speed"] * 6


def test_the_default_plan_holds_the_facts_of_the_reference() -> None:
    reference_file = SHARED / "reference" / "plan_hamstring_default.json"
    if not reference_file.exists():
        pytest.skip(f"{reference_file} is not there; set RESTRIDE_SHARED")
    reference = json.loads(reference_file.read_text(encoding="utf-8"))
    plan = default_plan()
    assert [
        {"stage": s.stage, "walk_min": s.walk_min, "jog_min": s.jog_min} for s in plan.walk_run.stages
    ] == reference["walk_run"]["stages"]
    assert [(s.id, s.reps, s.seconds, s.percent) for s in plan.speed_ladder.steps] == [
        (s["id"], s["reps"], s["sec"], s["pct"]) for s in reference["speed_ladder"]["steps"]
    ]
    for name in ("green_max_during", "amber_max_during", "amber_max_24h_change"):
        assert getattr(plan.pain_profiles.strain, name) == reference["pain_profiles"]["strain"][name]
    assert {dose.id for dose in plan.exercises} == {entry["id"] for entry in reference["exercise_log"]}


def test_a_tendon_runs_uphill_later_than_a_strain() -> None:
    first = {
        profile: next(stage.id for stage in stages(default_plan(), profile=profile) if stage.uphill)
        for profile in ("strain", "tendon")
    }
    assert first == {"strain": "12", "tendon": "14"}


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda c: c.update(colour="red"), "plan has the unknown key 'colour'"),
        (lambda c: c["rules"].pop("successes_to_advance"), "plan.rules lacks 'successes_to_advance'"),
        (lambda c: c["walk_run"]["stages"].pop(3), "stage 4 is missing"),
        (lambda c: c["walk_run"]["stages"].reverse(), "the stages do not stand in ascending order"),
        (
            lambda c: c["walk_run"]["stages"][0].update(jog_min="half"),
            'stages[0].jog_min is "half"; it must be',
        ),
        (lambda c: c["walk_run"]["stages"][0].update(walk_min=1), "must add up to 5"),
        (lambda c: c["continuous"]["stages"][1].update(run_min=22.5), "grow by a factor of 1.1"),
        (lambda c: c["speed_ladder"]["steps"][0].update(percent=95), "percent must rise"),
        (lambda c: c["speed_ladder"].update(steps=[]), "a part of the plan has no stages"),
        (lambda c: c["sources"].pop("aspetar"), "sources lacks 'aspetar'"),
        (lambda c: c["pain_profiles"]["strain"].update(red_flags=["ouch"]), "known are 'sudden_sharp'"),
        (lambda c: c["pain_profiles"]["strain"].update(green_max_during=5), "green must end below amber"),
        (lambda c: c["rules"].update(successes_to_advance=True), "successes_to_advance is true"),
        (lambda c: c.update(exercises={}), "plan.exercises is {}; it must be a list"),
        (lambda c: c["exercises"][0].update(id="bridge_walkout"), "two have the same id"),
    ],
)
def test_what_cannot_be_followed_is_refused_in_one_line(change: Callable[[Any], Any], line: str) -> None:
    with pytest.raises(PlanError) as refused:
        parse_plan(changed(change), name="mine.json")
    assert str(refused.value).startswith("mine.json: ")
    assert line in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"id": 1, "id": 2}', '{"id": NaN}', "\x00", "[" * 5000])
def test_what_is_no_plan_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(PlanError) as refused:
        parse_plan(text, name="mine.json")
    assert "\n" not in str(refused.value)


@given(
    at=st.integers(0, len(TEXT) - 1),
    put=st.text(alphabet='{}[],:"019.-etrufalsn \n', max_size=3),
    cut=st.integers(0, 40),
)
def test_a_damaged_file_is_read_or_refused(at: int, put: str, cut: int) -> None:
    # Anything but a plan or a `PlanError` fails here.
    with suppress(PlanError):
        stages(parse_plan(TEXT[:at] + put + TEXT[at + cut :], name="mine.json"), profile="strain")


@pytest.mark.parametrize(
    ("grade", "profile", "reasons"),
    [
        ("1", "strain", ()),
        ("1b", "strain", ()),
        ("2", "strain", ("grade>=2",)),
        ("1c", "strain", ("intratendinous",)),
        (None, "strain", ("unknown_grade",)),
        ("0", "tendon", ("proximal_tendon",)),
    ],
)
def test_the_entry_gate_knows_when_a_clinician_must_agree(
    grade: str | None, profile: Any, reasons: tuple[str, ...]
) -> None:
    injury = Injury(
        injury_id="i", side="left", site="hamstring", onset=DAY_ONE.date(), grade=grade, profile=profile
    )
    assert default_plan().entry_gate.clinician_because(injury) == reasons


@pytest.mark.parametrize("site", ["knee", "calf", "hamstrin", "biceps"])
def test_of_another_site_than_the_hamstring_a_clinician_is_asked_whatever_the_grade(site: str) -> None:
    injury = Injury(injury_id="i", side="left", site=site, onset=DAY_ONE.date(), grade="1")
    assert default_plan().entry_gate.clinician_because(injury) == ("not_hamstring",)
