"""Browsers, devices and tries, exactly at the limits that are promised."""

from datetime import timedelta

import pytest

from imu.store import Account, Store, StoreError
from imu.store.passwords import hashed
from imu.store.sign_ins import IDLE, LONGEST, MOST_DEVICES, TRIES, WITHIN
from tests.store.conftest import NOON, Clock

MOMENT = timedelta(seconds=1)


def test_a_browser_lives_twelve_hours_of_idleness_and_no_moment_longer(
    store: Store, anna: Account, clock: Clock
) -> None:
    secret = store.sign_ins.begin("anna", agent="phone")
    clock.now = NOON + IDLE
    assert [one.agent for one in store.sign_ins.browsers(anna)] == ["phone"]
    assert store.sign_ins.account(secret) == anna
    clock.now += IDLE + MOMENT
    assert store.sign_ins.browsers(anna) == ()
    assert store.sign_ins.account(secret) is None


def test_two_weeks_after_it_was_signed_in_a_busy_browser_is_out(
    store: Store, anna: Account, clock: Clock
) -> None:
    secret = store.sign_ins.begin("anna", agent=None)
    while clock.now < NOON + LONGEST:
        clock.now += IDLE
        assert store.sign_ins.account(secret) == anna
    clock.now += MOMENT
    assert store.sign_ins.account(secret) is None


def test_browsers_are_told_the_latest_first_with_when_and_from_what(
    store: Store, anna: Account, clock: Clock
) -> None:
    first = store.sign_ins.begin("anna", agent="x" * 300)
    clock.forward(minutes=1)
    store.sign_ins.begin("anna", agent=None)
    seen = store.sign_ins.browsers(anna)
    assert [(one.agent, one.made_at, one.is_this) for one in seen] == [
        (None, NOON + timedelta(minutes=1), False),
        ("x" * 200, NOON, False),
    ]
    assert first[:16] not in {one.key for one in seen}
    clock.now = NOON + timedelta(minutes=5)
    store.sign_ins.account(first)  # a glance within five minutes is not written down: nobody waits for a disk
    assert store.sign_ins.browsers(anna, this=first)[1].seen_at == NOON
    clock.forward(seconds=1)
    store.sign_ins.account(first)
    latest = store.sign_ins.browsers(anna, this=first)[0]
    assert (latest.seen_at, latest.is_this) == (clock.now, True)


def test_signing_in_clears_what_was_over_and_nothing_else(store: Store, anna: Account, clock: Clock) -> None:
    ito = store.add_account("ito", "clinician")
    old, his = (store.sign_ins.begin(name, agent=None) for name in ("anna", "ito"))
    clock.now = NOON + IDLE
    store.sign_ins.begin("anna", agent="new")
    clock.now = NOON  # as it was: what was cleared does not come back
    assert store.sign_ins.account(old) is None
    assert store.sign_ins.account(his) == ito
    assert [one.agent for one in store.sign_ins.browsers(anna)] == ["new"]


def test_other_browsers_can_be_ended_together(store: Store, anna: Account) -> None:
    ito = store.add_account("ito", "clinician")
    here, there, his = (store.sign_ins.begin(name, agent=None) for name in ("anna", "anna", "ito"))
    store.sign_ins.end_others(anna, keep=here)
    assert [store.sign_ins.account(one) for one in (here, there, his)] == [anna, None, ito]
    store.sign_ins.end_others(anna, keep=None)
    assert store.sign_ins.account(here) is None
    store.sign_ins.end(his)
    assert store.sign_ins.account(his) is None


def test_a_name_waits_until_its_first_try_is_fifteen_minutes_old(
    store: Store, anna: Account, clock: Clock
) -> None:
    for number in range(TRIES):
        assert store.sign_ins.attempt("anna") is None, number
        clock.forward(seconds=1)
    assert store.sign_ins.attempt("anna") == WITHIN - TRIES * MOMENT
    store.sign_ins.succeeded("somebody else")
    clock.now = NOON + WITHIN - MOMENT
    assert store.sign_ins.attempt(anna.name) == MOMENT
    clock.now = NOON + WITHIN
    assert store.sign_ins.attempt("anna") is None
    assert store.sign_ins.attempt("anna") is not None  # that one counted too


def test_a_device_is_noted_when_it_comes_and_named_in_one_line(
    store: Store, anna: Account, clock: Clock
) -> None:
    token = store.sign_ins.make_token(anna, "laptop")
    assert token.startswith("restride_")
    clock.forward(minutes=1)
    store.sign_ins.make_token(anna, " the \n phone ")
    assert [(one.name, one.made_at) for one in store.sign_ins.devices(anna)] == [
        ("the phone", NOON + timedelta(minutes=1)),
        ("laptop", NOON),
    ]
    store.sign_ins.account_of_token(token)
    first = clock.now
    clock.forward(minutes=5)
    store.sign_ins.account_of_token(token)
    assert store.sign_ins.devices(anna)[1].used_at == first
    clock.forward(seconds=1)
    store.sign_ins.account_of_token(token)
    assert store.sign_ins.devices(anna)[1].used_at == clock.now


def test_a_device_that_was_removed_makes_room_for_another(store: Store, anna: Account) -> None:
    for number in range(MOST_DEVICES):
        store.sign_ins.make_token(anna, f"laptop {number}")
    store.sign_ins.revoke_token(anna, store.sign_ins.devices(anna)[0].token_id)
    store.sign_ins.make_token(anna, "one more")
    with pytest.raises(StoreError, match="at most 20"):
        store.sign_ins.make_token(anna, "and one")


def test_a_password_that_was_chosen_is_no_longer_for_one_time(store: Store, anna: Account) -> None:
    office = store.add_account("office", "admin")
    with store.changed_by(office) as repository:
        repository.accounts.renew_password(anna.account_id, password_hash=hashed("given by office"))
    store.sign_ins.set_password_hash("anna", "hash of her own")
    assert not store.profiles.has_one_time_password(anna)
    assert store.sign_ins.password_hash("anna") == "hash of her own"
    assert store.sign_ins.password_hash("nobody") is None
    with pytest.raises(StoreError, match="account nobody: there is none"):
        store.sign_ins.set_password_hash("nobody", "hash")
