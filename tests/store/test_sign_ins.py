"""Ways in: browsers that are signed in, devices that upload, and tries that were wrong."""

import pytest

from imu.store import Account, Store, StoreError
from imu.store.passwords import fits, hashed
from imu.store.sign_ins import MOST_DEVICES, TRIES
from tests.store.conftest import Clock


@pytest.fixture
def ito(store: Store) -> Account:
    return store.add_account("ito", "clinician")


def test_a_browser_is_known_by_its_secret_until_it_is_idle(store: Store, anna: Account, clock: Clock) -> None:
    secret = store.sign_ins.begin("anna", agent="Firefox")
    assert store.sign_ins.account(secret) == anna
    assert store.sign_ins.account(secret[:-1]) is None
    clock.forward(hours=11)
    assert store.sign_ins.account(secret) == anna
    clock.forward(hours=11)
    assert store.sign_ins.account(secret) == anna
    clock.forward(hours=13)
    assert store.sign_ins.account(secret) is None


def test_a_browser_that_is_never_idle_is_signed_out_after_two_weeks(
    store: Store, anna: Account, clock: Clock
) -> None:
    secret = store.sign_ins.begin("anna", agent=None)
    for _ in range(14 * 4):
        clock.forward(hours=6)
        assert store.sign_ins.account(secret) == anna
    clock.forward(hours=1)
    assert store.sign_ins.account(secret) is None


def test_browsers_are_listed_and_ended_by_their_own_account_only(
    store: Store, anna: Account, ito: Account
) -> None:
    here, there = (store.sign_ins.begin("anna", agent=one) for one in ("phone", "laptop"))
    known = {one.agent: one for one in store.sign_ins.browsers(anna, this=here)}
    assert known["phone"].is_this
    assert not known["laptop"].is_this
    with pytest.raises(StoreError, match="not signed in any more"):
        store.sign_ins.end_browser(ito, known["laptop"].key)
    store.sign_ins.end_browser(anna, known["laptop"].key)
    assert store.sign_ins.account(there) is None
    assert store.sign_ins.account(here) == anna


def test_another_password_keeps_the_browser_that_set_it_and_ends_the_others(
    store: Store, anna: Account, ito: Account
) -> None:
    here, there, his = (store.sign_ins.begin(name, agent=None) for name in ("anna", "anna", "ito"))
    store.sign_ins.set_password_hash("anna", hashed("quite another one"), keep=here)
    assert store.sign_ins.account(here) == anna
    assert store.sign_ins.account(there) is None
    assert store.sign_ins.account(his) == ito
    store.sign_ins.set_password_hash("anna", hashed("and one more word"))
    assert store.sign_ins.account(here) is None


def test_a_closed_account_has_no_browser_and_no_device(store: Store, anna: Account) -> None:
    office = store.add_account("office", "admin")
    secret, token = store.sign_ins.begin("anna", agent=None), store.sign_ins.make_token(anna, "laptop")
    with store.changed_by(office) as repository:
        repository.accounts.close(anna.account_id)
    assert store.sign_ins.account(secret) is None
    assert store.sign_ins.account_of_token(token) is None


def test_a_renewed_password_takes_back_the_keys_of_devices(store: Store, anna: Account, ito: Account) -> None:
    office = store.add_account("office", "admin")
    hers, his = (store.sign_ins.make_token(one, "laptop") for one in (anna, ito))
    with store.changed_by(office) as repository:
        repository.accounts.renew_password(anna.account_id, password_hash=hashed("for one time only"))
    assert store.sign_ins.account_of_token(hers) is None
    assert not store.sign_ins.devices(anna)
    assert store.sign_ins.account_of_token(his) == ito


def test_a_password_is_kept_as_a_hash_and_fits_only_itself() -> None:
    kept = hashed("anna anna anna")
    assert "anna" not in kept
    assert fits("anna anna anna", kept)
    assert not fits("anna anna ann", kept)
    assert not fits("nobody has this password", None)
    with pytest.raises(StoreError, match="10 to 200 characters"):
        hashed("short")


def test_after_many_tries_a_name_waits_whether_it_exists_or_not(
    store: Store, anna: Account, clock: Clock
) -> None:
    for name in (anna.name, "nobody"):
        for _ in range(TRIES):
            assert store.sign_ins.attempt(name) is None
            clock.forward(seconds=10)
        wait = store.sign_ins.attempt(name)
        assert wait is not None
        assert 13 * 60 < wait.total_seconds() < 14 * 60
    clock.forward(minutes=15)
    assert store.sign_ins.attempt(anna.name) is None


def test_the_right_password_forgets_the_wrong_ones(store: Store, anna: Account) -> None:
    for _ in range(TRIES):
        store.sign_ins.attempt(anna.name)
    store.sign_ins.succeeded(anna.name)
    assert store.sign_ins.attempt(anna.name) is None


def test_a_device_is_its_accounts_until_it_is_revoked(store: Store, anna: Account, ito: Account) -> None:
    token = store.sign_ins.make_token(anna, "  the   laptop ")
    (device,) = store.sign_ins.devices(anna)
    assert (device.name, device.used_at) == ("the laptop", None)
    assert store.sign_ins.account_of_token(token) == anna
    assert store.sign_ins.devices(anna)[0].used_at is not None
    assert store.sign_ins.devices(ito) == ()
    with pytest.raises(StoreError, match="no such device"):
        store.sign_ins.revoke_token(ito, device.token_id)
    store.sign_ins.revoke_token(anna, device.token_id)
    assert store.sign_ins.account_of_token(token) is None
    assert store.sign_ins.devices(anna) == ()


@pytest.mark.parametrize("token", ["", "restride_", "' OR 1=1 --", "\ud800", "x" * 10_000])
def test_what_is_no_key_opens_nothing(store: Store, anna: Account, token: str) -> None:
    store.sign_ins.make_token(anna, "laptop")
    assert store.sign_ins.account_of_token(token) is None


def test_devices_are_few_and_have_names(store: Store, anna: Account) -> None:
    for number in range(MOST_DEVICES):
        store.sign_ins.make_token(anna, f"laptop {number}")
    with pytest.raises(StoreError, match="at most 20 devices"):
        store.sign_ins.make_token(anna, "one more")
    with pytest.raises(StoreError, match="name of a device"):
        store.sign_ins.make_token(anna, "   ")
