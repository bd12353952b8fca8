"""`restride baseline`: what is compared with, why not yet, and another one on purpose."""

import json

import pytest

from imu.store import Account, KeptBaseline, Store
from tests.cli.people.story import athlete_of, keep_run, keep_story, run_of_today
from tests.conftest import Restride


def kept(store: Store, account: Account) -> tuple[KeptBaseline, ...]:
    with store.seen_by(account) as repository:
        return repository.record(athlete_of(store, account).athlete_id).baselines


def test_without_enough_runs_it_says_what_is_missing(restride: Restride, store: Store, anna: Account) -> None:
    keep_run(store, anna, run_of_today("a" * 32))
    done = restride("baseline", "show")
    assert "none yet: 0 of 10 runs without symptoms that show the left shank angle at contact" in done.stdout
    assert [one["kept"] for one in json.loads(restride("baseline", "show", "--json").stdout)] == [None] * 3


@pytest.mark.unhurried
def test_it_shows_from_which_runs_and_a_renewed_one_keeps_the_old(
    restride: Restride, store: Store, anna: Account
) -> None:
    keep_story(store, anna, "healthy")
    shown = restride("baseline", "show", "--as", "Anna").stdout
    assert "overstride_left: the left shank angle at contact\n  from 10 runs (" in shown
    assert "kept by Anna: the first 10 runs without symptoms" in shown
    before = {one.chart: one.baseline for one in kept(store, anna)}
    words = ["--since", "2026-04-01", "--reason", "new technique", "--chart", "overstride_left"]
    done = restride("baseline", "renew", *words, "--as", "Anna")
    assert done.returncode == 0, done.stderr
    assert "new technique" in done.stdout
    assert "before: 10 runs" in done.stdout
    after = kept(store, anna)
    old = [one for one in after if one.replaced_at is not None]
    assert [(one.chart, one.baseline) for one in old] == [("overstride_left", before["overstride_left"])]
    new = {one.chart: one for one in after if one.replaced_at is None}
    assert new["overstride_left"].reason == "new technique"
    assert new["overstride_left"].baseline.run_ids != before["overstride_left"].run_ids
    assert new["drop_asymmetry"].baseline == before["drop_asymmetry"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--since", "2026-06-28", "--reason", "x"], "overstride_left: since 2026-06-28 there are"),
        (["--since", "2027-01-01", "--reason", "x"], "2027-01-01 is in the future"),
        (["--since", "spring", "--reason", "x"], "is not a day"),
        (["--since", "2026-04-01", "--reason", " "], "a baseline needs a reason"),
        (["--since", "2026-04-01", "--reason", "x", "--chart", "mood"], "chart mood: there is none"),
        (["--since", "2026-04-01"], "Missing option '--reason'"),
    ],
)
def test_what_cannot_be_ends_in_one_line_and_the_old_one_stays(
    restride: Restride, store: Store, anna: Account, words: list[str], said: str
) -> None:
    keep_story(store, anna, "healthy")
    before = kept(store, anna)
    done = restride("baseline", "renew", *words, "--as", "Anna")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert kept(store, anna) == before


RENEW = ["baseline", "renew", "--chart", "overstride_left", "--reason", "spring", "--as", "Anna"]
LEFT_OUT = "of which this chart warned, which --with-warned takes in if the change was meant"


@pytest.mark.unhurried
def test_runs_of_which_the_chart_warned_are_left_out_and_named(
    restride: Restride, store: Store, anna: Account
) -> None:
    keep_story(store, anna, "overstride")
    done = restride(*RENEW, "--since", "2026-04-01")
    assert done.returncode == 0, done.stderr
    (told,) = (line for line in done.stdout.splitlines() if "left out" in line)
    assert told.startswith("  left out: ")
    assert f" runs of 2026-05-31 to 2026-06-28, {LEFT_OUT}" in told  # from its likeliest first run on
    with_all = json.loads(restride(*RENEW, "--since", "2026-04-01", "--json", "--with-warned").stdout)
    assert [one["left_out"] for one in with_all] == [[]]


@pytest.mark.unhurried
def test_where_too_few_are_left_it_says_how_a_meant_change_becomes_usual(
    restride: Restride, store: Store, anna: Account
) -> None:
    keep_story(store, anna, "overstride")
    before = kept(store, anna)
    refused = restride(*RENEW, "--since", "2026-05-30")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "are from while this chart warned, which --with-warned takes in" in refused.stderr
    assert kept(store, anna) == before
    done = restride(*RENEW, "--since", "2026-05-30", "--with-warned")
    assert done.returncode == 0, done.stderr
    assert "left out" not in done.stdout


@pytest.mark.unhurried
def test_what_somebody_overruled_with_a_reason_is_no_change(
    restride: Restride, store: Store, anna: Account
) -> None:
    keep_story(store, anna, "overstride")
    words = ["warnings", "overrule", "overstride_left", "--reason", "the strap sat elsewhere"]
    assert restride(*words, "--as", "Anna").returncode == 0
    assert "left out" not in restride(*RENEW, "--since", "2026-04-01").stdout


def test_a_coach_adds_runs_and_renews_no_baseline(restride: Restride, store: Store, anna: Account) -> None:
    keep_story(store, anna, "healthy")
    restride("accounts", "add", "cleo", "--role", "coach")
    assert restride("share", "with", "cleo", "--as", "Anna").returncode == 0
    before = kept(store, anna)
    done = restride("baseline", "renew", "--since", "2026-04-01", "--reason", "x", "--as", "cleo")
    assert done.returncode == 2
    assert "cleo may not write symptoms" in done.stderr
    assert kept(store, anna) == before
