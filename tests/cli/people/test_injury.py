"""`restride injury`: on record as somebody wrote it down, open until it is closed."""

import json
from datetime import date

import pytest

from imu.store import Account, Store
from imu.training.history import Injury
from imu.training.plan_file import default_text
from tests.cli.people.story import athlete_of
from tests.conftest import Restride

ADD = ["injury", "add", "--side", "left", "--site", "hamstring"]
KNEE = Injury(injury_id="knee", side="right", site="knee", onset=date(2026, 6, 20), grade="1")


def kept(store: Store, account: Account) -> tuple[Injury, ...]:
    with store.seen_by(account) as repository:
        return repository.record(athlete_of(store, account).athlete_id).history.injuries


def test_it_is_recorded_with_all_that_is_known(restride: Restride, store: Store, anna: Account) -> None:
    words = ["--onset", "2026-06-01", "--grade", "2c", "--profile", "tendon", "--intratendinous"]
    done = restride(*ADD, *words)
    assert done.returncode == 0, done.stderr
    assert "Recorded: left hamstring, from 2026-06-01, grade 2c, tendon." in done.stdout
    assert "Ask your clinician to sign off." in done.stdout
    (injury,) = kept(store, anna)
    assert (injury.grade, injury.profile, injury.intratendinous, injury.resolved) == (
        "2c",
        "tendon",
        True,
        None,
    )
    assert "open" in restride("injury", "list").stdout


def test_the_only_open_one_is_closed_without_naming_it(
    restride: Restride, store: Store, anna: Account
) -> None:
    restride(*ADD, "--onset", "2026-04-01", "--ended", "2026-05-01")
    restride(*ADD, "--onset", "2026-06-01")
    done = restride("injury", "close", "--on", "2026-06-20", "--json")
    assert json.loads(done.stdout)["resolved"] == "2026-06-20"
    assert [str(one.resolved) for one in kept(store, anna)] == ["2026-05-01", "2026-06-20"]
    assert "no injury is open" in restride("injury", "close").stderr


def test_of_several_open_ones_one_is_named(restride: Restride, store: Store, anna: Account) -> None:
    restride(*ADD, "--onset", "2026-06-01")
    restride(*ADD, "--onset", "2026-06-05")
    assert "2 injuries are open; say which by its id" in restride("injury", "close").stderr
    first, second = kept(store, anna)
    assert restride("injury", "close", second.injury_id[:8]).returncode == 0
    assert [one.resolved is None for one in kept(store, anna)] == [True, False]
    assert kept(store, anna)[0] == first


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            [*ADD, "--onset", "2026-06-10", "--ended", "2026-06-01"],
            "cannot be over on 2026-06-01, before it began",
        ),
        ([*ADD, "--onset", "2026-07-10"], "2026-07-10 is in the future"),
        ([*ADD, "--onset", "2026-06-10", "--ended", "2026-07-10"], "2026-07-10 is in the future"),
        ([*ADD, "--onset", "10.6.2026"], "is not a day; write it as 2026-03-02"),
        (["injury", "add", "--side", "middle", "--site", "back"], "'middle' is not one of"),
        (["injury", "add", "--side", "left"], "Missing option '--site'"),
        (["injury", "add", "--side", "left", "--site", " "], "1 to 80 characters"),
        ([*ADD, "--athlete", "Bea"], "athlete Bea: there is none, or not shared"),
        (["injury", "close", "cafe"], "injury cafe: there is none of this id"),
    ],
)
def test_what_cannot_be_ends_in_one_line_and_nothing_is_kept(
    restride: Restride, store: Store, anna: Account, words: list[str], said: str
) -> None:
    done = restride(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert kept(store, anna) == ()


def test_an_injury_does_not_end_before_it_began(restride: Restride, store: Store, anna: Account) -> None:
    restride(*ADD, "--onset", "2026-06-10")
    done = restride("injury", "close", "--on", "2026-06-09")
    assert done.returncode == 2
    assert "before it began" in done.stderr
    assert kept(store, anna)[0].resolved is None


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("site", ["knee", "hamstrin"])
def test_that_the_plan_was_made_for_another_injury_is_said_wherever_the_plan_is(
    restride: Restride, site: str
) -> None:
    words = "This plan was made for hamstring strains; ask a clinician whether it fits."
    added = restride(
        "injury", "add", "--side", "right", "--site", site, "--onset", "2026-06-20", "--grade", "1"
    )
    assert words in added.stdout
    assert "If it is the hamstring: restride injury close" in added.stdout
    for verb in (["status"], ["plan", "show"], ["exercise", "today"]):
        assert restride(*verb).stdout.count(words) == 1, verb
    assert "open  clinician_ok: " in restride("plan", "gate").stdout


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("site", ["knee", "hamstring"])
def test_whether_the_plan_fits_is_in_the_json_as_it_is_in_that_of_the_status(
    restride: Restride, site: str
) -> None:
    add = ("injury", "add", "--side", "right", "--site", site, "--onset", "2026-06-20", "--json")
    told = json.loads(restride(*add).stdout)
    fits = json.loads(restride("status", "--json").stdout)["plan"]["whether_it_fits"]
    assert (told["site"], told["whether_it_fits"]) == (site, fits)
    assert (fits is None) == (site == "hamstring")


@pytest.mark.usefixtures("anna")
def test_of_the_hamstring_nothing_is_said_of_that(restride: Restride) -> None:
    said = [
        restride(*ADD, "--onset", "2026-06-20", "--grade", "1"),
        *(restride(*verb) for verb in (["status"], ["plan", "show"], ["plan", "gate"])),
    ]
    assert not any("made for" in done.stdout or "clinician_ok:" in done.stdout for done in said)


def test_it_is_not_said_of_a_plan_that_a_clinician_adopted(restride: Restride, store: Store) -> None:
    anna = store.add_account("Anna", "runner")
    store.add_account("ito", "clinician")
    with store.changed_by(anna) as repository:
        of = repository.sharing.add_athlete("Anna", own=True).athlete_id
        repository.sharing.grant(of, "ito", "clinical")
        repository.care.add_injury(of, KNEE)
    assert "made for hamstring strains" in restride("status", "--as", "Anna").stdout
    with store.changed_by("ito") as repository:
        repository.care.adopt_plan(of, json.loads(default_text()), reason="fits a knee as well")
    assert "made for hamstring strains" not in restride("status", "--as", "Anna").stdout
