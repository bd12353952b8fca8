"""What `restride status` tells in each state of a plan: each thing once, and what to type next."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from imu.store import Account, Store
from tests.cli.people.story import MORNING, Clock, keep_run, keep_story, run_of_today
from tests.conftest import Restride

Tell = Callable[..., list[str]]


@pytest.fixture
def told(restride: Restride, anna: Account) -> Tell:
    """The lines of it, none of them twice."""

    def lines(*options: str, who: str = anna.name) -> list[str]:
        done = restride("status", *options, RESTRIDE_AS=who)
        assert done.returncode == 0, done.stderr
        found = done.stdout.splitlines()
        assert len(set(found)) == len(found)
        return found

    return lines


def hurt(restride: Restride, *more: str) -> None:
    words = ("injury", "add", "--side", "left", "--site", "hamstring", "--onset", "2026-06-28", *more)
    assert restride(*words).returncode == 0


def test_without_a_plan(told: Tell) -> None:
    assert told() == [
        "Anna: no open injury is on record.",
        "May run: An easy run of up to 20 min.",
        "  No plan is followed: the longest run of the last 30 days leads.",
        "  No run in 30 days: begin with walking in it.",
        "No run yet: restride record, or restride import RECORDING",
    ]


def test_what_a_gate_waits_for_is_told_once_with_the_command_that_answers_it(
    restride: Restride, told: Tell
) -> None:
    hurt(restride, "--grade", "1")
    lines = told()
    assert lines[:4] == [
        "Anna: before the first stage of the plan.",
        "Rest today.",
        "  The entry gate is not met yet.",
        "  No walk of 30 min on record.",
    ]
    assert sum("squat" in line for line in lines) == 2  # what to try, and what to type
    at = lines.index("To do: Try: a squat on the affected leg without pain. Then tell.")
    assert lines[at + 1] == "  restride plan gate painless_single_leg_squat yes|no"
    for command in [line for line in lines if " yes|no" in line]:
        answer = re.findall(r"restride (.*) yes\|no", command)[0].split()
        assert restride(*answer, "yes").returncode == 0
    assert told()[0].startswith("Anna: stage 1 since ")
    assert not any("plan gate" in line for line in told())


def test_a_gate_answered_no_stays_with_its_command(restride: Restride, told: Tell) -> None:
    hurt(restride, "--grade", "1")
    for gate in ("painless_single_leg_squat", "painless_single_leg_bridge"):
        restride("plan", "gate", gate, "no")
    lines = told()
    at = lines.index("To do: Try again in a few days; until then the stage stays.")
    assert lines[at + 1 : at + 3] == [
        "  restride plan gate painless_single_leg_squat yes|no",
        "  restride plan gate painless_single_leg_bridge yes|no",
    ]
    assert "  Not yet (Anna, 2026-06-30): a squat on the affected leg without pain." in lines


def test_on_hold_the_reason_is_told_once_and_so_is_who_may_lift_it(restride: Restride, told: Tell) -> None:
    hurt(restride, "--grade", "1")
    restride("checkin", "--pain", "3", "--red-flag", "limp")
    lines = told()
    assert lines[:5] == [
        "Anna: the plan is on hold (a red flag was told: a limp).",
        "Rest today.",
        "To do: Show this to your clinician.",
        "Once a clinician has cleared you, tell who it was:",
        '  restride plan resume --cleared-by NAME --reason "WORDS"',
    ]
    assert not any(line.startswith("Due: Walk") for line in lines)


@pytest.mark.parametrize("by", ["a red flag", "a clinician"])
def test_on_hold_exercises_wait_for_a_clinician_in_every_place(
    restride: Restride, told: Tell, store: Store, by: str
) -> None:
    hurt(restride, "--grade", "1")
    assert any(line.startswith("Due: Chair bridge") for line in told())
    if by == "a red flag":
        assert restride("checkin", "--pain", "5", "--red-flag", "limp").returncode == 0
        because = "a red flag was told: a limp"
    else:
        store.add_account("ito", "clinician")
        assert restride("share", "with", "ito", "--scope", "clinical", "--as", "Anna").returncode == 0
        held = restride("plan", "hold", "--reason", "wait for the scan", "--athlete", "Anna", "--as", "ito")
        assert held.returncode == 0
        because = "wait for the scan"
    lines = told()
    assert not any(line.startswith(("Due: ", "Overdue: ", "  restride exercise")) for line in lines)
    waits = [line for line in lines if line.startswith("Waits for a clinician, as the plan is on hold: ")]
    assert [line.partition(": ")[2].partition(",")[0] for line in waits] == [
        "Chair bridge",
        "Bridge walk-out",
        "Power position",
    ]
    why = f"Exercises wait for a clinician: the plan is on hold ({because})."
    today = restride("exercise", "today", RESTRIDE_AS="Anna").stdout
    assert " due" not in today
    assert today.count("waits for a clinician") == 7
    assert why in today
    past = restride("exercise", "history", RESTRIDE_AS="Anna").stdout
    assert "Next: " not in past
    assert why in past
    done = restride(
        "exercise", "log", "chair", "--sets", "2", "--reps", "10", "--hold", "4", RESTRIDE_AS="Anna"
    )
    assert f"Done while the plan was on hold ({because})" in done.stdout
    before = ["--sets", "2", "--reps", "10", "--at", "2026-06-29T09:00+00:00"]
    assert "on hold" not in restride("exercise", "log", "bridge", *before, RESTRIDE_AS="Anna").stdout


def test_exercises_for_the_hamstring_wait_in_every_place_where_it_is_another_site(
    restride: Restride, told: Tell
) -> None:
    knee = ("injury", "add", "--side", "left", "--site", "knee", "--onset", "2026-06-28", "--grade", "1")
    assert restride(*knee).returncode == 0
    lines = told()
    assert not any(line.startswith(("Due: ", "Overdue: ", "  restride exercise")) for line in lines)
    waits = [
        line for line in lines if line.startswith("Waits for a clinician, who decides whether it fits: ")
    ]
    assert [line.partition(": ")[2].partition(",")[0] for line in waits] == [
        "Chair bridge",
        "Bridge walk-out",
        "Power position",
    ]
    way = '  restride plan gate clinician_ok_exercises yes --cleared-by NAME --reason "WORDS"'
    at = lines.index("Once a clinician has agreed to the exercises, tell who it was:")
    assert lines[at + 1] == way
    kinds = {one["kind"] for one in json.loads(restride("status", "--json").stdout)["due"]}
    assert "exercise_not_agreed" in kinds
    assert "exercise" not in kinds
    why = (
        "Exercises wait for a clinician: this plan's exercises are for the hamstring. A clinician decides "
        "whether they fit this injury: ask before doing them."
    )
    today = restride("exercise", "today").stdout
    assert " due" not in today
    assert today.count("waits for a clinician") == 7
    assert why in today
    planned = json.loads(restride("exercise", "today", "--json").stdout)
    bridge = next(one for one in planned if one["dose"]["id"] == "chair_bridge")
    assert (bridge["when"], bridge["waits_because"]) == ("waits for a clinician", why)
    past = restride("exercise", "history").stdout
    assert "Next: " not in past
    assert why in past
    done = restride("exercise", "log", "chair", "--sets", "2", "--reps", "10", "--hold", "4").stdout
    assert why in done
    agreed = way.strip().removeprefix("restride ").replace("NAME", "Mori").replace('"WORDS"', "fits").split()
    assert restride(*agreed).returncode == 0
    assert any(line.startswith("Due: Bridge walk-out") for line in told())
    assert " done" in restride("exercise", "today").stdout  # what was written down before stays
    assert why not in restride("exercise", "today").stdout


def test_what_is_overdue_is_so_in_the_list_of_today_too(restride: Restride, told: Tell, clock: Clock) -> None:
    hurt(restride, "--grade", "1")
    assert restride("exercise", "log", "chair", "--sets", "2", "--reps", "10", "--hold", "4").returncode == 0
    clock.now += timedelta(days=2)
    assert any(line.startswith("Overdue: Chair bridge") for line in told())
    rows = restride("exercise", "today").stdout.splitlines()
    assert [" overdue 0 of 1" in row for row in rows if row.startswith("Chair bridge")] == [True]
    assert [" due 0 of 1" in row for row in rows if row.startswith("Bridge walk-out")] == [True]


def test_who_asks_for_a_clinicians_word_is_told_how_to_tell_it(restride: Restride, told: Tell) -> None:
    hurt(restride)  # of unknown grade
    lines = told()
    at = lines.index("To do: Ask your clinician to sign off.")
    assert lines[at + 1] == '  restride plan sign-off --cleared-by NAME --reason "WORDS"'


def test_a_walk_whose_pain_is_asked_for_is_asked_for_once(
    restride: Restride, told: Tell, store: Store, anna: Account
) -> None:
    hurt(restride, "--grade", "1")
    run = run_of_today("a" * 32, minutes=31)
    walk = replace(run.bouts[0], activity="walk", speed_mps=1.6)
    keep_run(store, anna, replace(run, bouts=(walk,)))
    asked = [line for line in told() if "he walk of" in line]
    assert len(asked) == 1
    assert asked[0].startswith("Due: How much did it hurt in the walk of")


@pytest.mark.unhurried
def test_between_two_sessions_the_stage_and_the_day_are_told_once(
    restride: Restride, told: Tell, store: Store, anna: Account, clock: Clock
) -> None:
    keep_story(store, anna, "returning")
    keep_run(store, anna, run_of_today("b" * 32))
    clock.now = MORNING
    lines = told()
    assert re.fullmatch(
        r"Anna \(simulated\): stage \w+ since \d{4}-\d\d-\d\d, \d of 2 sessions in a row counted\.", lines[0]
    )
    coming = re.fullmatch(r"Rest today\. From (tomorrow|2026-07-\d\d) on: Stage \w+: .*\.", lines[1])
    assert coming is not None
    shown = restride("plan", "show", RESTRIDE_AS="Anna").stdout
    assert f"\nNext, from {coming[1]} on: Stage " in shown
    assert sum("in a row counted" in line for line in lines) == 1
    assert not any(line.startswith("  because") for line in lines)
    answers = [at for at, line in enumerate(lines) if re.match(r"(Due|Overdue): How much", line)]
    assert lines[answers[-1] + 1] == "  restride checkin"
    assert lines.count("  restride checkin") == 1


@pytest.mark.unhurried
def test_the_pace_that_the_next_session_keeps_to_is_told_wherever_it_is(
    restride: Restride, told: Tell, store: Store, anna: Account
) -> None:
    keep_story(store, anna, "returning")
    limit = json.loads(restride("status", "--json", RESTRIDE_AS="Anna").stdout)["next"]["to_mps"]
    minutes, seconds = divmod(round(1000 / limit), 60)
    words = f"Pace: not faster than {minutes}:{seconds:02d} min/km."
    assert told().count(f"  {words}") == 1
    shown = restride("plan", "show", RESTRIDE_AS="Anna").stdout.splitlines()
    at = next(at for at, line in enumerate(shown) if line.startswith("Next"))
    assert shown[at + 1] == words


def test_commands_are_about_whom_one_looks_at_and_only_those_one_may_give(
    restride: Restride, told: Tell, store: Store, anna: Account, clock: Clock
) -> None:
    keep_story(store, anna, "returning")
    store.add_account("cleo", "coach")
    assert restride("share", "with", "cleo", RESTRIDE_AS="Anna").returncode == 0
    clock.now += timedelta(hours=1)
    whose = ("--athlete", "Anna (simulated)")
    of_clinician, of_coach = told(*whose, who="ito"), told(*whose, who="cleo")
    assert any(line.startswith(("Due: ", "Overdue: ")) for line in of_coach)
    assert not any(line.startswith(("  restride checkin", "  restride exercise")) for line in of_coach)
    own = [line for line in of_clinician if line.startswith("  restride exercise log")]
    assert len(own) == 1
    assert own[0].endswith(" --athlete 'Anna (simulated)'")
