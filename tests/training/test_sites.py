"""An injury of another site than the hamstring: told apart in one place, and said. Exercises wait then."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from imu.followup.exercise_log import remark
from imu.followup.plans import awaited_words
from imu.training.due import due
from imu.training.gates import entry_gates
from imu.training.history import Decision, Exercise, GateAnswer, History
from imu.training.next_session import next_session
from imu.training.plan import Plan, coarse
from imu.training.plan_file import default_text, parse_plan
from imu.training.programme import programme
from imu.training.rehab import CLINICIAN_EXERCISES
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


AGREED: dict[str, GateAnswer | Decision] = {
    "a clinician's yes to running": GateAnswer(
        at=at(10), gate="clinician_ok", passed=True, by="ito", clinician=True
    ),
    "a clinician's yes to exercises": GateAnswer(
        at=at(10), gate=CLINICIAN_EXERCISES, passed=True, by="ito", clinician=True
    ),
    "a sign-off": Decision(at=at(10), kind="sign_off", by="ito", reason="stable"),
    "a stage set": Decision(at=at(10), kind="set_stage", by="ito", reason="stable", stage="2"),
    "a hold that lets exercises go on": Decision(at=at(10), kind="hold_running", by="ito", reason="scan"),
    "exercises told by the runner": Decision(
        at=at(10), kind="exercises", by="anna", reason="he said so", cleared_by="Dr Mori"
    ),
    "a sign-off told by the runner": Decision(
        at=at(10), kind="sign_off", by="anna", reason="he said so", cleared_by="Dr Mori"
    ),
}


def with_word(history: History, word: GateAnswer | Decision) -> History:
    if isinstance(word, Decision):
        return replace(history, decisions=(*history.decisions, word))
    return replace(history, gate_answers=(*history.gate_answers, word))


def exercises_of(history: History, plan: Plan = PLAN) -> tuple[set[str | None], set[str]]:
    """Why the exercises wait that need no clinician of their own, and as what they are told."""
    state, now = state_of(history, day=11, plan=plan), at(11, 12)
    found = [one for one in programme(history, plan, state, now=now) if not one.dose.needs_clinician]
    waiting = due(history, plan, state, now=now)
    return {one.waits_because for one in found}, {
        one.kind for one in waiting if one.kind.startswith("exercise")
    }


def test_exercises_for_the_hamstring_wait_where_it_is_another_site() -> None:
    assert exercises_of(ENTERED) == ({None}, {"exercise"})
    (why,), told_as = exercises_of(KNEE)
    assert why == (
        "Exercises wait for a clinician: this plan's exercises are for the hamstring. A clinician decides "
        "whether they fit this injury: ask before doing them."
    )
    assert told_as == {"exercise_not_agreed"}
    assert "exercises" in awaited_words(KNEE, state_of(KNEE, day=11), now=at(11))


@pytest.mark.parametrize("word", AGREED.values(), ids=AGREED)
def test_with_a_clinicians_word_they_are_asked_for_as_usual(word: GateAnswer | Decision) -> None:
    assert exercises_of(with_word(KNEE, word)) == ({None}, {"exercise"})


def test_a_word_from_before_the_injury_or_taken_back_is_none() -> None:
    yes = Decision(at=at(0) - timedelta(days=9), kind="sign_off", by="ito", reason="stable")
    assert exercises_of(with_word(KNEE, yes))[1] == {"exercise_not_agreed"}
    taken_back = GateAnswer(at=at(10, 9), gate="clinician_ok", passed=False, by="ito", clinician=True)
    for of, word in AGREED.items():
        if of == "a hold that lets exercises go on":  # a no to running takes nothing from it
            continue
        assert exercises_of(with_word(with_word(KNEE, word), taken_back))[1] == {"exercise_not_agreed"}


def test_a_no_to_the_exercises_that_need_a_clinician_is_about_those_alone() -> None:
    running = with_word(KNEE, AGREED["a clinician's yes to running"])
    no = GateAnswer(at=at(10, 9), gate=CLINICIAN_EXERCISES, passed=False, by="ito", clinician=True)
    assert exercises_of(with_word(running, no)) == ({None}, {"exercise"})


def test_exercises_of_a_plan_that_a_clinician_or_the_runner_wrote_do_not_wait_for_its_fit() -> None:
    assert exercises_of(KNEE, replace(PLAN, signed=True)) == ({None}, {"exercise"})
    assert exercises_of(KNEE, plan_called("knee")) == ({None}, {"exercise"})


def test_what_was_done_stays_done_and_is_told_as_what_it_was() -> None:
    entry = Exercise(at=at(11, 9), exercise="chair_bridge", sets=2, reps=10, hold_s=4)
    history = replace(KNEE, exercises=(entry,))
    found = {one.dose.id: one for one in programme(history, PLAN, state_of(history, day=11), now=at(11, 12))}
    assert (found["chair_bridge"].when, found["chair_bridge"].done) == ("done", 1)
    dose = found["chair_bridge"].dose
    told = remark(history, PLAN, dose, entry, now=at(11, 12))
    assert told.startswith("Reaches the dose: ")
    assert "A clinician decides whether they fit this injury" in told
    agreed = with_word(history, AGREED["a sign-off"])
    assert "clinician" not in remark(agreed, PLAN, dose, entry, now=at(11, 12))


def test_who_may_not_know_the_site_is_told_that_they_wait_and_not_of_which_site_they_are() -> None:
    shared = coarse(replace(INJURY, site="knee"), injury_id="injury 1")
    (why,), told_as = exercises_of(replace(ENTERED, injuries=(shared,)))
    assert told_as == {"exercise_not_agreed"}
    assert why == (
        "Exercises wait for a clinician, who decides whether they fit this injury: ask before doing them."
    )


def test_on_hold_it_is_the_hold_that_is_told() -> None:
    hold = Decision(at=at(10), kind="hold", by="ito", reason="wait for the scan")
    (why,), told_as = exercises_of(with_word(KNEE, hold))
    assert told_as == {"exercise_on_hold"}
    assert why == "Exercises wait for a clinician: the plan is on hold (wait for the scan)."
