"""`restride injury`: on record as somebody wrote it down, open until it is closed."""

import json

import pytest

from imu.store import Account, Store
from imu.training.history import Injury
from tests.cli.people.story import athlete_of
from tests.conftest import Restride

ADD = ["injury", "add", "--side", "left", "--site", "hamstring"]


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
