"""Two accounts and more: what is shared is seen, what is not shared teaches nobody anything."""

import json

import pytest

from imu.store import Account, Store
from imu.store.people import Grant
from tests.cli.people.story import athlete_of, keep_run, keep_story, run_of_today
from tests.conftest import Restride
from tests.store.filled import everything

RUN = run_of_today("a" * 32)
ASKING = [
    ["checkin", "--pain", "1"],
    ["checkin", "--during", "1", "--run", "aaaa"],
    ["exercise", "today"],
    ["exercise", "log", "chair_bridge"],
    ["exercise", "history"],
    ["injury", "list"],
    ["injury", "add", "--side", "left", "--site", "hamstring"],
    ["injury", "close"],
    ["plan", "show"],
    ["plan", "show", "--json"],
    ["plan", "gate"],
    ["plan", "gate", "brisk_walk", "yes"],
    ["plan", "hold", "--reason", "x"],
    ["plan", "sign-off", "--reason", "x"],
    ["baseline", "show"],
    ["baseline", "renew", "--since", "2026-01-01", "--reason", "x"],
    ["warnings"],
    ["warnings", "list", "--all"],
    ["warnings", "seen", "overstride_left"],
    ["share", "list"],
    ["share", "log"],
    ["share", "with", "cleo"],
    ["share", "revoke", "cleo"],
    ["athletes", "hand-over", "cleo"],
    ["note", "hello"],
    ["note"],
]


@pytest.fixture
def told(restride: Restride, store: Store, anna: Account) -> Account:
    """Anna, with a run, an injury and words about it; and two accounts that see nothing of it."""
    keep_run(store, anna, RUN)
    words = ["--side", "left", "--site", "hamstring", "--onset", "2026-06-20", "--grade", "1b"]
    assert restride("injury", "add", *words).returncode == 0
    assert restride("checkin", "--during", "2", "--site", "hamstring", "--note", "tight").returncode == 0
    restride("accounts", "add", "cleo", "--role", "coach")
    restride("accounts", "add", "ito", "--role", "clinician")
    return anna


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("words", ASKING, ids=" ".join)
def test_without_a_grant_nobody_learns_that_there_is_such_an_athlete(
    restride: Restride, words: list[str]
) -> None:
    lines = []
    for name in ("Anna", "Nobody"):
        done = restride(*words, "--athlete", name, "--as", "ito")
        assert (done.returncode, done.stdout) == (2, "")
        lines.append(done.stderr.replace(name, "NAME"))
    assert lines[0] == lines[1]
    assert "athlete NAME: there is none, or not shared with ito" in lines[0]


def test_a_coach_sees_training_and_a_clinician_the_words(restride: Restride, told: Account) -> None:
    assert restride("athletes", "list", "--as", "cleo").stdout == "cleo: no athlete is shared with you.\n"
    restride("share", "with", "cleo", "--as", told.name)
    restride("share", "with", "ito", "--scope", "clinical", "--until", "2026-12-01", "--as", told.name)
    assert json.loads(restride("injury", "list", "--json", "--as", "cleo").stdout)[0]["grade"] == "1"
    assert json.loads(restride("injury", "list", "--json", "--as", "ito").stdout)[0]["grade"] == "1b"
    refused = restride("checkin", "--pain", "3", "--as", "cleo")
    assert (refused.returncode, "may not write symptoms" in refused.stderr) == (2, True)
    assert restride("checkin", "--pain", "3", "--as", "ito").returncode == 0
    shared = json.loads(restride("share", "list", "--json", "--as", told.name).stdout)
    ends = {one["viewer"]: one["until"] for one in shared}
    assert ends["ito"].startswith("2026-12-01T23:59:59")  # that day still counts
    assert "until 2026-12-01" in restride("share", "list", "--as", told.name).stdout
    assert {one["viewer"]: (one["scope"], one["until"] is None) for one in shared} == {
        "cleo": ("training", True),
        "ito": ("clinical", False),
    }


def test_the_plan_stands_where_it_stands_whoever_asks(
    restride: Restride, store: Store, anna: Account
) -> None:
    keep_story(store, anna, "overstride")
    restride("accounts", "add", "cleo", "--role", "coach")
    restride("share", "with", "cleo", "--as", "Anna")
    seen = {who: restride("plan", "show", "--as", who).stdout for who in ("Anna", "ito", "cleo")}
    assert seen["Anna"] == seen["ito"] == seen["cleo"]


def test_what_is_taken_back_is_gone_at_once_and_the_log_says_who_looked(
    restride: Restride, told: Account
) -> None:
    restride("share", "with", "cleo", "--as", told.name)
    assert restride("warnings", "--as", "cleo").returncode == 0
    restride("share", "revoke", "cleo", "--as", told.name)
    assert restride("warnings", "--as", "cleo", "--athlete", "Anna").returncode == 2
    log = restride("share", "log", "--as", told.name).stdout
    assert "cleo: read record" in log
    assert "Anna: sharing ended cleo" in log
    assert len(restride("share", "log", "--limit", "2", "--as", told.name).stdout.splitlines()) == 2
    assert "nothing of Anna is shared with it" in restride("share", "revoke", "cleo", "--as", "Anna").stderr


def test_who_changes_something_is_seen_looking_too(restride: Restride, told: Account) -> None:
    restride("share", "with", "ito", "--scope", "clinical", "--as", told.name)
    restride("plan", "hold", "--reason", "wait", "--as", "ito")
    log = restride("share", "log", "--as", told.name).stdout
    assert "ito: decided hold" in log
    assert "ito: read record" in log


def test_a_note_reaches_the_athlete(restride: Restride, told: Account) -> None:
    restride("share", "with", "cleo", "--as", told.name)
    assert restride("note", "Easy week, please.", "--as", "cleo").returncode == 0
    assert restride("note", "--as", told.name).stdout == "2026-06-30 21:00  cleo: Easy week, please.\n"
    mine = restride("note", "to myself", "--as", told.name)
    assert (mine.returncode, "may not write a note; who follows the record may" in mine.stderr) == (2, True)
    assert "a note without a word" in restride("note", " ", "--as", "cleo").stderr


def test_accounts_are_added_listed_and_closed_by_an_administrator(
    restride: Restride, store: Store, anna: Account
) -> None:
    assert restride("accounts", "add", "bea", "--role", "runner").returncode == 0
    assert athlete_of(store, next(one for one in store.accounts() if one.name == "bea")).is_own
    taken = restride("accounts", "add", anna.name, "--role", "coach")
    assert "there is one of this name" in taken.stderr
    refused = restride("accounts", "close", "bea", "--as", anna.name)
    assert (refused.returncode, "only an administrator" in refused.stderr) == (2, True)
    restride("accounts", "add", "office", "--role", "admin")
    assert restride("accounts", "close", "bea", "--as", "office").returncode == 0
    assert "account bea: there is none, or it is closed" in restride("warnings", "--as", "bea").stderr
    listed = {one["name"]: one["role"] for one in json.loads(restride("accounts", "list", "--json").stdout)}
    assert listed == {"Anna": "runner", "bea": "runner", "office": "admin"}
    assert "closed 2026-06-30" in restride("accounts", "list").stdout
    assert restride("warnings", "--as", "office", "--athlete", "Anna").returncode == 2


def test_somebody_who_looks_after_athletes_adds_them(restride: Restride, anna: Account) -> None:
    restride("accounts", "add", "cleo", "--role", "coach")
    assert restride("athletes", "add", "Bea", "--as", "cleo").returncode == 0
    known = json.loads(restride("athletes", "list", "--json", "--as", "cleo").stdout)
    assert [(one["name"], one["is_own"]) for one in known] == [("Bea", False)]
    assert [
        one["name"] for one in json.loads(restride("athletes", "list", "--json", "--as", "Anna").stdout)
    ] == [anna.name]
    assert "has an athlete already" in restride("athletes", "add", "A", "--own", "--as", "Anna").stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["share", "with", "zoe"], "account zoe: there is none to share with"),
        (["share", "with", "cleo", "--until", "2026-01-01"], "would be over already"),
        (["share", "with", "cleo", "--scope", "all"], "'all' is not one of"),
        (["warnings", "--as", "zoe"], "account zoe: there is none, or it is closed"),
        (["accounts", "add", "", "--role", "coach"], "a name has 1 to 80 characters"),
        (["accounts", "add", "x", "--role", "king"], "'king' is not one of"),
        (["note", "--athlete", "Bea"], "athlete Bea: there is none, or not shared"),
    ],
)
@pytest.mark.usefixtures("told")
def test_what_cannot_be_ends_in_one_line(restride: Restride, words: list[str], said: str) -> None:
    done = restride(*words, RESTRIDE_AS="Anna")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.unhurried
@pytest.mark.parametrize(
    "words",
    [
        ["warnings", "acknowledge", "overstride_left", "--reason", "race week"],
        ["checkin", "--pain", "1"],
        ["injury", "add", "--side", "left", "--site", "hamstring"],
        ["plan", "show"],
        ["share", "with", "cleo"],
        ["status"],
        ["export-all", "out"],
        ["reprocess"],
    ],
    ids=lambda words: words[0],
)
def test_with_a_coach_at_the_same_store_no_act_is_taken_for_the_runners(
    restride: Restride, store: Store, told: Account, words: list[str]
) -> None:
    before = everything(store)
    done = restride(*words)
    assert (done.returncode, done.stdout) == (2, "")
    who = f"3 accounts use this store ({told.name}, cleo and ito)"
    assert done.stderr == f"restride: {who}; say who acts with --as NAME, or set RESTRIDE_AS\n"
    assert everything(store) == before


@pytest.mark.usefixtures("anna")
def test_a_runner_alone_need_not_say_who_acts(restride: Restride) -> None:
    assert restride("checkin", "--pain", "1").returncode == 0
    restride("accounts", "add", "cleo", "--role", "coach")
    assert restride("checkin", "--pain", "1").returncode == 2
    assert restride("checkin", "--pain", "1", RESTRIDE_AS="Anna").returncode == 0
    assert restride("checkin", "--pain", "1", "--as", "anna").returncode == 0


def test_a_record_that_a_clinician_kept_becomes_the_runners_own(restride: Restride, anna: Account) -> None:
    restride("accounts", "add", "ito", "--role", "clinician")
    restride("athletes", "add", "Berta", "--as", "ito")
    restride("accounts", "add", "berta", "--role", "runner", "--no-record")
    taken = restride("athletes", "hand-over", anna.name, "--athlete", "Berta", "--as", "ito")
    assert taken.returncode == 2
    assert "has an athlete already" in taken.stderr
    assert restride("athletes", "hand-over", "berta", "--athlete", "Berta", "--as", "ito").returncode == 0
    for name, is_own in (("ito", False), ("berta", True)):
        listed = json.loads(restride("athletes", "list", "--as", name, "--json").stdout)
        assert [(one["name"], one["is_own"]) for one in listed] == [("Berta", is_own)]


@pytest.mark.usefixtures("told")
def test_a_name_in_another_case_is_the_same_person(restride: Restride, store: Store, anna: Account) -> None:
    taken = restride("accounts", "add", "CLEO", "--role", "coach")
    assert (taken.returncode, taken.stdout) == (2, "")
    assert "account CLEO: there is cleo, which differs only in case; choose another" in taken.stderr
    done = restride("share", "with", "Cleo", "--as", "ANNA")
    assert done.stdout == "Anna: training data is shared with cleo until taken back\n"
    assert restride("injury", "list", "--athlete", "anna", "--as", "CLEO").returncode == 0
    assert restride("share", "revoke", "CLEO", "--as", "anna").returncode == 0
    assert [one.viewer for one in grants(store, anna)] == ["cleo"]


def grants(store: Store, account: Account) -> tuple[Grant, ...]:
    with store.seen_by(account) as repository:
        return repository.sharing.grants(athlete_of(store, account).athlete_id)
