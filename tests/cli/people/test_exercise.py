"""`restride exercise`: the programme with its dosage, some of it behind a clinician's word."""

import json

import pytest

from imu.store import Account, Store
from tests.cli.people.story import athlete_of
from tests.conftest import Restride

HURT = ["injury", "add", "--side", "left", "--site", "hamstring", "--onset", "2026-06-20", "--grade", "1"]


@pytest.fixture
def injured(restride: Restride, anna: Account) -> Account:
    assert restride(*HURT).returncode == 0
    return anna


@pytest.mark.usefixtures("injured")
def test_today_lists_each_exercise_with_its_dosage(restride: Restride) -> None:
    done = restride("exercise", "today")
    assert "Chair bridge, 2 to 3 sets, 10 repetitions, 3 to 6 s each" in done.stdout
    when = {
        one["dose"]["id"]: one["when"] for one in json.loads(restride("exercise", "today", "--json").stdout)
    }
    assert when["chair_bridge"] == "due"
    assert when["march_skip_drill"] == "before a run"
    assert {when[one] for one in when if one.startswith("askling")} == {"waits for a clinician"}


@pytest.mark.usefixtures("injured")
def test_what_was_done_counts_if_it_reaches_the_dose(restride: Restride) -> None:
    short = restride("exercise", "log", "chair", "--sets", "1", "--reps", "10", "--hold", "4")
    assert "Below the dose, kept all the same" in short.stdout
    whole = ["--sets", "2", "--reps", "10", "--hold", "4", "--side", "left", "--pain", "1"]
    assert "Reaches the dose" in restride("exercise", "log", "Chair bridge", *whole).stdout
    today = json.loads(restride("exercise", "today", "--json").stdout)
    assert next((one["done"], one["when"]) for one in today if one["dose"]["id"] == "chair_bridge") == (
        1,
        "done",
    )
    text = restride("exercise", "history").stdout
    assert "Chair bridge: 1 of 7 times in 7 days." in text
    assert "Chair bridge, 2 sets, 10 repetitions, 4 s each, left, pain 1 of 10" in text
    told = json.loads(restride("exercise", "history", "--json").stdout)
    assert sorted(one["sets"] for one in told["entries"]) == [1, 2]
    assert next(one for one in told["adherence"] if one["dose"]["id"] == "chair_bridge")["short"] == 1


def test_a_clinicians_word_opens_the_exercises_that_need_it(
    restride: Restride, store: Store, injured: Account
) -> None:
    early = restride("exercise", "log", "askling_diver", "--sets", "3", "--reps", "6")
    assert "asks for a clinician's word before this exercise" in early.stdout
    store.add_account("ito", "clinician")
    assert restride("share", "with", "ito", "--scope", "clinical", "--as", "Anna").returncode == 0
    refused = restride("plan", "gate", "clinician_ok_exercises", "yes", "--as", "Anna")
    assert refused.returncode == 2
    assert "only a clinician's word counts" in refused.stderr
    word = restride("plan", "gate", "clinician_ok_exercises", "yes", "--as", "ito", "--athlete", injured.name)
    assert word.stdout.startswith("A clinician agrees to the exercises.\n")
    assert word.returncode == 0, word.stderr
    today = json.loads(restride("exercise", "today", "--as", "Anna", "--json").stdout)
    assert "waits for a clinician" not in {one["when"] for one in today}
    later = restride("exercise", "log", "askling_diver", "--sets", "3", "--reps", "6", "--as", "Anna")
    assert "clinician" not in later.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["log", "plank"], "exercise plank: the plan has none of this name; it has chair_bridge"),
        (["log", "askling"], "the plan has 3 that begin like this"),
        (["log", ""], "the plan has none of this name"),
        (["log", "chair", "--sets", "0"], "sets 0: nobody does that"),
        (["log", "chair", "--reps", "5000"], "reps 5000: nobody does that"),
        (["log", "chair", "--hold", "-3"], "hold_s -3: nobody does that"),
        (["log", "chair", "--pain", "11"], "pain 11: the scale goes from 0 to 10"),
        (["log", "chair", "--at", "2030-01-01T10:00+00:00"], "is in the future"),
        (["today", "--athlete", "Bea"], "athlete Bea: there is none, or not shared"),
    ],
)
def test_what_cannot_be_ends_in_one_line_and_nothing_is_kept(
    restride: Restride, store: Store, injured: Account, words: list[str], said: str
) -> None:
    done = restride("exercise", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    with store.seen_by(injured) as repository:
        assert repository.record(athlete_of(store, injured).athlete_id).history.exercises == ()


@pytest.mark.usefixtures("anna")
def test_without_an_open_injury_nothing_is_asked_for(restride: Restride) -> None:
    done = restride("exercise", "today")
    assert done.returncode == 2
    assert "no open injury is on record" in done.stderr
