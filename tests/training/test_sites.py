"""An injury of another site than the hamstring: told apart in one place, and said beside the plan."""

import json
from dataclasses import replace
from typing import Any

import pytest

from imu.training.gates import entry_gates
from imu.training.history import Decision, History
from imu.training.next_session import next_session
from imu.training.plan import Plan, coarse
from imu.training.plan_file import default_text, parse_plan
from imu.training.sites import is_of_hamstring
from tests.training.athlete import ENTERED, INJURY, PLAN, at, state_of

KNEE = replace(ENTERED, injuries=(replace(INJURY, site="knee"),))
ASKED = "This plan was made for hamstring strains; ask a clinician whether it fits."


@pytest.mark.parametrize(
    "site",
    [
        "hamstring",
        "Hamstrings",
        " left HAMSTRING, upper third",
        "proximal hamstring",
        "biceps femoris",
        "M. biceps-femoris (long head)",
        "Semitendinosus",
        "semimembranosus tendon",
        "back of the thigh",
        "hinterer Oberschenkel",
        "hintere Oberschenkelmuskulatur",
        "Oberschenkelrückseite",
        "Oberschenkelru\u0308ckseite",  # the two dots as a letter of their own, as some keyboards write it
        "Oberschenkelrueckseite",
        "ischiokrurale Muskulatur",
        "Bizeps femoris",
    ],
)
def test_the_hamstring_is_known_by_the_names_people_type(site: str) -> None:
    assert is_of_hamstring(site)


@pytest.mark.parametrize(
    "site", ["knee", "calf", "hamstrin", "biceps", "quadriceps femoris", "thigh", "vorderer Oberschenkel", ""]
)
def test_what_is_not_surely_the_hamstring_is_not_taken_for_it(site: str) -> None:
    assert not is_of_hamstring(site)


@pytest.mark.parametrize(
    "site", ["hamstring", "Proximal hamstring", "proximal tibia", "knee", "Semitendinosus"]
)
def test_who_may_not_read_the_site_is_judged_by_the_same_rules(site: str) -> None:
    injury = replace(INJURY, site=site)
    shared = coarse(injury, injury_id="injury 1")
    gate = PLAN.entry_gate
    assert gate.clinician_because(shared) == gate.clinician_because(injury)
    assert shared.site == "not shared"
    (asked,) = [
        one.sentence
        for one in entry_gates(replace(ENTERED, injuries=(shared,)), PLAN, shared, at=at(11))
        if one.key == "clinician_ok"
    ] or [""]
    assert not any(word in asked for word in ("proximal", "hamstring"))
    assert asked.count("where it is") <= 1


def plan_called(name: str) -> Plan:
    content: dict[str, Any] = {**json.loads(default_text()), "id": name}
    return parse_plan(json.dumps(content), name="mine.json")


def said_beside(history: History, plan: Plan = PLAN) -> str | None:
    return state_of(history, day=11, plan=plan).whether_it_fits


def test_the_plan_says_that_it_was_made_for_another_injury() -> None:
    assert said_beside(ENTERED) is None
    assert said_beside(KNEE) == ASKED


def test_it_is_not_said_of_a_plan_that_a_clinician_chose() -> None:
    assert said_beside(KNEE, replace(PLAN, signed=True)) is None


def test_of_a_plan_of_the_runners_own_it_is_said_whose_it_is_not() -> None:
    assert said_beside(KNEE, plan_called("knee")) == "No clinician signed this plan; ask one whether it fits."


def test_no_run_before_a_clinician_agreed_and_then_it_is_said_who_did() -> None:
    waiting = next_session(KNEE, PLAN, now=at(11))
    assert waiting.may_run == "rest"
    assert "Ask your clinician to sign off." in waiting.to_do
    assert any("an injury that is not known to be of the hamstring" in reason for reason in waiting.reasons)
    word = Decision(at=at(10, 12), kind="sign_off", by="Dr. Ito", reason="knee is stable")
    agreed = replace(KNEE, decisions=(word,))
    assert next_session(agreed, PLAN, now=at(11)).may_run == "yes"
    told = said_beside(agreed)
    assert told == "This plan was made for hamstring strains; Dr. Ito agreed that running may begin."
