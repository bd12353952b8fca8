"""`restride warnings`: each with what it rests on; what people do with it is kept, and who did it."""

import json
from datetime import timedelta

import pytest

from imu.followup.answering import short_keys, warning_named
from imu.followup.judgement import judge
from imu.store import Account, Store, StoreError
from imu.training.warnings import RaisedWarning
from tests.cli.people.story import Clock, athlete_of, keep_story
from tests.conftest import Restride


@pytest.fixture
def warned(store: Store, anna: Account) -> Account:
    keep_story(store, anna, "overstride")
    return anna


def known(store: Store, account: Account) -> tuple[RaisedWarning, ...]:
    with store.seen_by(account) as repository:
        record = repository.record(athlete_of(store, account).athlete_id)
        return judge(record, now=repository.now()).warnings


def status(store: Store, account: Account) -> str:
    (one,) = (each for each in known(store, account) if each.key.startswith("overstride_left"))
    return one.status


@pytest.mark.unhurried
@pytest.mark.usefixtures("warned")
def test_each_shows_value_comparison_uncertainty_number_and_what_to_do(restride: Restride) -> None:
    done = restride("warnings", "--as", "Anna")
    head, sentence, figures, to_do, answered = done.stdout.splitlines()
    assert head.startswith("overstride_left:")
    assert "amber, open, since 2026-" in head
    assert "±" in figures
    assert "°, compared with " in figures
    assert figures.endswith("Runs: 3.")
    assert "baseline" in sentence
    assert "A pattern to discuss." in to_do
    assert answered == "  Nobody has answered it yet."
    (one,) = json.loads(restride("warnings", "list", "--json", "--as", "Anna").stdout)
    assert {"value", "reference", "uncertainty", "n", "to_do"} <= one["evidence"].keys()


@pytest.mark.unhurried
def test_it_lives_as_people_answer_it(
    restride: Restride, store: Store, warned: Account, clock: Clock
) -> None:
    def does(*words: str, who: str = warned.name) -> None:
        clock.now += timedelta(minutes=5)
        done = restride("warnings", *words, "--as", who)
        assert done.returncode == 0, done.stderr

    does("seen", "overstride_left", who="ito")
    assert status(store, warned) == "seen"
    does("snooze", "overstride_left", "--days", "7")
    assert status(store, warned) == "snoozed"
    assert restride("warnings", "--as", "Anna").stdout == "Nothing asks for attention.\n"
    aside = restride("warnings", "list", "--all", "--as", "Anna").stdout
    assert "amber, put aside, since 2026-" in aside
    assert "  put aside by Anna, " in aside
    clock.now += timedelta(days=7)
    assert status(store, warned) == "open"
    does("acknowledge", "overstride_left")
    assert status(store, warned) == "acknowledged"
    does("reopen", "overstride_left")
    assert status(store, warned) == "open"
    does("overrule", "overstride_left", "--reason", "the strap had turned")
    assert status(store, warned) == "overruled"
    text = restride("warnings", "list", "--all", "--as", "Anna").stdout
    assert "  seen by ito, 2026-06-30 21:05\n" in text
    assert "  overruled by Anna, 2026-07-07 21:25: the strap had turned\n" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["seen", "courage"], "warning courage: there is none of this name"),
        (["seen", ""], "there is none of this name"),
        (["seen", "load_spike"], "are called so; say which: load_spike:"),
        (["seen"], "Missing argument 'KEY...'"),
        (["snooze", "overstride_left"], "say until when: --days N or --until DATE"),
        (["snooze", "overstride_left", "--until", "2026-01-01"], "snoozing needs a time in the future"),
        (["snooze", "overstride_left", "--days", "0"], "Invalid value for '--days'"),
        (["overrule", "overstride_left"], "Missing option '--reason'"),
        (["overrule", "overstride_left", "--reason", " "], "overruling needs a reason"),
        (["seen", "overstride_left", "courage"], "warning courage: there is none"),
        (["--athlete", "Bea"], "athlete Bea: there is none, or not shared"),
    ],
)
def test_what_cannot_be_ends_in_one_line_and_nothing_is_kept(
    restride: Restride, store: Store, warned: Account, words: list[str], said: str
) -> None:
    done = restride("warnings", *words, RESTRIDE_AS=warned.name)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert {one.acts for one in known(store, warned)} == {()}


def test_short_names_are_taken_where_only_one_is_meant(store: Store, warned: Account) -> None:
    warnings = known(store, warned)
    short = short_keys(warnings)
    assert len(set(short.values())) == len(warnings)
    for one in warnings:
        assert warning_named(warnings, one.key) is one
        assert warning_named(warnings, short[one.key]) is one
    with pytest.raises(StoreError, match="are called so"):
        warning_named(warnings, "load_spike:")
