"""`restride checkin`: what was told is kept once, tied to its run, and what follows is said."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from imu.cli import reminders
from imu.followup.questions import Question
from imu.store import Account, Store
from imu.training.history import CheckIn
from tests.cli.people.story import EVENING, MORNING, Clock, athlete_of, keep_run, keep_story, run_of_today
from tests.conftest import Restride

RUN = run_of_today("a" * 32)


@pytest.fixture
def ran(store: Store, anna: Account) -> str:
    return keep_run(store, anna, RUN).run_id


def kept(store: Store, account: Account) -> tuple[CheckIn, ...]:
    with store.seen_by(account) as repository:
        return repository.record(athlete_of(store, account).athlete_id).history.check_ins


def test_answers_are_tied_to_the_last_run(restride: Restride, store: Store, anna: Account, ran: str) -> None:
    words = ["--during", "1", "--after", "2", "--effort", "4", "--site", "hamstring", "--side", "left"]
    done = restride("checkin", *words, "--note", "tight on the bend")
    assert done.returncode == 0, done.stderr
    assert "Kept: pain 1 of 10, during, run aaaaaaaa." in done.stdout
    during, after = sorted(kept(store, anna), key=lambda one: one.moment, reverse=True)
    assert {during.run_id, after.run_id} == {ran}
    assert (during.pain, during.effort_cr10, during.note) == (1, 4.0, "tight on the bend")
    assert (after.pain, after.effort_cr10, after.note, after.site) == (2, None, None, "hamstring")


def test_the_morning_after_is_about_yesterdays_run_even_if_another_was_run_since(
    restride: Restride, store: Store, anna: Account, ran: str, clock: Clock
) -> None:
    clock.now = MORNING + timedelta(hours=3)
    keep_run(store, anna, run_of_today("b" * 32, start=MORNING))
    assert restride("checkin", "--morning", "2").returncode == 0
    assert restride("checkin", "--during", "1").returncode == 0
    assert {(one.moment, one.run_id) for one in kept(store, anna)} == {
        ("next_morning", ran),
        ("during", "b" * 32),
    }


@pytest.mark.usefixtures("ran")
def test_pain_without_a_run_is_about_none(restride: Restride, store: Store, anna: Account) -> None:
    assert restride("checkin", "--pain", "3").returncode == 0
    assert restride("checkin", "--morning", "1", "--no-run").returncode == 0
    assert [one.run_id for one in kept(store, anna)] == [None, None]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--during", "11"], "pain 11: the scale goes from 0 to 10"),
        (["--during", "-1"], "pain -1: the scale goes from 0 to 10"),
        (["--during", "1", "--after", "11"], "pain 11"),
        (["--during", "11", "--at", "2026-08-01T10:00+00:00"], "pain 11: the scale goes from 0 to 10"),
        (["--during", "1", "--effort", "12"], "effort 12: the scale goes from 0 to 10"),
        (["--during", "1", "--effort", "nan"], "effort nan"),
        (["--during", "1", "--at", "2026-08-01T10:00+00:00"], "no run in 2 days before"),
        (["--pain", "1", "--at", "2026-08-01T10:00+00:00"], "is in the future"),
        (["--pain", "1", "--at", "yesterday"], "is not a time"),
        (["--during", "1", "--run", "cccc"], "run cccc: there is none of this name"),
        (["--during", "1", "--run", "a"], "run a: there is none of this name"),
        (["--during", "1", "--run", "aaaa", "--no-run"], "an answer is about it, or about no run"),
        (["--pain", "1", "--run", "aaaa"], "tell them apart"),
        (["--morning", "1", "--run", "aaaa"], "its next morning is still to come"),
        (["--during", "1", "--red-flag", "ouch"], "known are sudden_sharp, pop, limp"),
        (["--site", "knee"], "no answer about pain"),
        (["--red-flag", "pop"], "a red flag is kept with how much it hurt; tell that too"),
        (["--pain", "1", "--site", "x" * 81], "1 to 80 characters"),
        (["--pain", "1", "--athlete", "Bea"], "athlete Bea: there is none, or not shared"),
        ([], "nobody is here to ask; give the answers as options: --during and --after --run aaaaaaaa"),
    ],
)
@pytest.mark.usefixtures("ran")
def test_what_cannot_be_ends_in_one_line_and_nothing_is_kept(
    restride: Restride, store: Store, anna: Account, words: list[str], said: str
) -> None:
    done = restride("checkin", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr
    assert kept(store, anna) == ()


@pytest.mark.unhurried
def test_an_answer_moves_the_plan_and_says_how(restride: Restride, store: Store, anna: Account) -> None:
    keep_story(store, anna, "returning")
    before = json.loads(restride("checkin", "--pain", "0", "--json", RESTRIDE_AS="Anna").stdout)
    assert before["follows"][-1].startswith("Next:") or "rest" in " ".join(before["follows"])
    run = keep_run(store, anna, run_of_today("a" * 32, start=EVENING - timedelta(hours=1)))
    done = restride("checkin", "--during", "8", "--red-flag", "limp", RESTRIDE_AS="Anna")
    assert done.returncode == 0, done.stderr
    assert (
        f"Red. Pain of the runs of {run.start.date()}: 8 of 10 in the run at 20:00 and after" in done.stdout
    )
    assert "a limp" in done.stdout
    assert "On hold until a clinician decides" in done.stdout
    assert "Next: No run today." in done.stdout


def test_without_an_injury_an_answer_is_kept_and_no_plan_moves(restride: Restride, ran: str) -> None:
    done = restride("checkin", "--during", "0", "--json")
    told = json.loads(done.stdout)
    assert told["kept"][0]["run_id"] == ran
    assert told["follows"][0] == "No plan is followed: no open injury is on record."


class Typing:
    """A terminal at which somebody answers."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return self.lines.pop(0) + "\n"


def test_at_a_terminal_it_asks_three_short_questions_and_takes_nothing_impossible(
    restride: Restride, store: Store, anna: Account, ran: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing = Typing("eleven", "11", "2", "", "5", "hop", "pop")
    monkeypatch.setattr("sys.stdin", typing)
    done = restride("checkin")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("A whole number from 0 to 10") == 2
    assert typing.lines == []
    (answer,) = kept(store, anna)
    assert (answer.moment, answer.pain, answer.effort_cr10) == ("during", 2, 5.0)
    assert (answer.red_flags, answer.run_id) == (("pop",), ran)


@pytest.mark.parametrize("words", [["--red-flag", "pop"], []])
def test_a_red_flag_is_never_dropped_at_a_terminal_for_want_of_a_number(
    restride: Restride,
    store: Store,
    anna: Account,
    ran: str,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
) -> None:
    # Enter leaves other questions open; this one is asked until there is a number.
    typing = Typing("", "3") if words else Typing("", "", "", "pop", "", "3")
    monkeypatch.setattr("sys.stdin", typing)
    done = restride("checkin", *words)
    assert done.returncode == 0, done.stderr
    assert "How much did it hurt right after the run" in done.stderr
    (answer,) = kept(store, anna)
    assert (answer.red_flags, answer.pain, answer.run_id) == (("pop",), 3, ran)


@pytest.mark.usefixtures("ran")
def test_in_the_morning_it_asks_one_question(
    restride: Restride, store: Store, anna: Account, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    restride("checkin", "--during", "0")
    clock.now = MORNING
    monkeypatch.setattr("sys.stdin", Typing("1"))
    assert restride("checkin").returncode == 0
    assert [(one.moment, one.pain) for one in kept(store, anna)] == [("during", 0), ("next_morning", 1)]
    assert restride("checkin").stdout == "Nothing is due.\n"


def test_other_verbs_remind_of_a_question_until_it_is_answered(
    restride: Restride, clock: Clock, restride_home: Path, ran: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    restride("checkin", "--during", "0")
    kept = (restride_home / reminders.FILE).read_text()
    assert ran not in kept
    assert reminders.questions_due(restride_home, now=EVENING) == 0
    assert reminders.questions_due(restride_home, now=MORNING) == 1
    assert reminders.questions_due(restride_home, now=MORNING + timedelta(days=3)) == 0
    monkeypatch.setenv("RESTRIDE_AS", "ito")
    assert reminders.questions_due(restride_home, now=MORNING) == 0
    monkeypatch.delenv("RESTRIDE_AS")
    clock.now = MORNING
    restride("checkin", "--morning", "0")
    assert reminders.questions_due(restride_home, now=MORNING) == 0


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"asked": 3}', '{"asked": {"Anna": 3}}', '{"asked": {"Anna": [["x", 1]]}}', "\x00"],
)
def test_a_spoilt_reminder_reminds_of_nothing(restride_home: Path, content: str) -> None:
    restride_home.mkdir()
    (restride_home / reminders.FILE).write_text(content)
    assert reminders.questions_due(restride_home, now=EVENING) == 0


@pytest.mark.usefixtures("anna")
def test_the_line_of_a_reminder_is_on_standard_error(restride: Restride, restride_home: Path) -> None:
    now = datetime.now(UTC)
    asked = Question(since=now - timedelta(hours=1), until=now + timedelta(days=1))
    reminders.remember(restride_home, "Anna", (asked, asked), accounts=1)
    done = restride("sensors")
    assert done.stderr == "2 questions about your last runs can be answered: restride checkin\n"
    assert restride("injury", "list", "--as", "Anna").stderr == ""


@pytest.mark.usefixtures("anna")
def test_a_reminder_names_the_account_where_there_are_several(
    restride: Restride, restride_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    asked = Question(since=now - timedelta(hours=1), until=now + timedelta(days=1))
    reminders.remember(restride_home, "Anna", (asked,), accounts=1)
    assert restride("accounts", "add", "head office", "--role", "admin").returncode == 0
    line = "a question about your last runs can be answered: restride checkin"
    assert restride("sensors").stderr == f"{line} --as Anna\n"
    monkeypatch.setenv("RESTRIDE_AS", "Anna")
    assert restride("sensors").stderr == f"{line}\n"
    monkeypatch.delenv("RESTRIDE_AS")
    assert restride("accounts", "add", "ito", "--role", "clinician").returncode == 0
    assert restride("accounts", "close", "ito", "--as", "head office").returncode == 0
    assert json.loads((restride_home / reminders.FILE).read_text())["accounts"] == 2  # those that are open
