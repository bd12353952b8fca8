"""What `restride status` tells in each state of a plan: each thing once, and what to type next."""

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


def test_between_two_sessions_the_stage_and_the_day_are_told_once(
    told: Tell, store: Store, anna: Account, clock: Clock
) -> None:
    keep_story(store, anna, "returning")
    keep_run(store, anna, run_of_today("b" * 32))
    clock.now = MORNING
    lines = told()
    assert re.fullmatch(
        r"Anna \(simulated\): stage \w+ since \d{4}-\d\d-\d\d, \d of 2 sessions in a row counted\.", lines[0]
    )
    assert re.fullmatch(r"Rest today\. From 2026-07-\d\d on: Stage \w+: .*\.", lines[1])
    assert sum("in a row counted" in line for line in lines) == 1
    assert not any(line.startswith("  because") for line in lines)
    answers = [at for at, line in enumerate(lines) if re.match(r"(Due|Overdue): How much", line)]
    assert lines[answers[-1] + 1] == "  restride checkin"
    assert lines.count("  restride checkin") == 1


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
