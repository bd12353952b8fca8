"""What an account chose for itself, and what an administrator keeps of all."""

import pytest

from imu.store import Account, Athlete, Forbidden, Store, StoreError
from imu.store.passwords import hashed


@pytest.fixture
def office(store: Store) -> Account:
    return store.add_account("office", "admin")


def test_language_and_units_are_kept_with_the_account(store: Store, anna: Account) -> None:
    assert (anna.language, anna.units) == (None, "km")
    store.profiles.choose(anna, language="de", units="mi")
    again = store.profiles.by_name("anna")
    assert again is not None
    assert (again.language, again.units) == ("de", "mi")


@pytest.mark.parametrize(("language", "units"), [("xx", "km"), ("de", "furlong"), ("de' --", "km")])
def test_unknown_languages_and_units_are_refused(
    store: Store, anna: Account, language: str, units: str
) -> None:
    with pytest.raises(StoreError, match=r"there (is|are) none"):
        store.profiles.choose(anna, language=language, units=units)  # type: ignore[arg-type]
    assert store.profiles.by_name("anna") == anna


def test_a_code_of_the_second_step_counts_once(store: Store, anna: Account) -> None:
    assert store.profiles.second_step(anna) is None
    assert not store.profiles.use_step(anna, 8)
    store.profiles.set_second_step(anna, "SECRET", used=7)
    assert store.profiles.second_step(anna) == "SECRET"
    assert not store.profiles.use_step(anna, 7)
    assert store.profiles.use_step(anna, 8)
    assert not store.profiles.use_step(anna, 8)
    assert not store.profiles.use_step(anna, 7)
    store.profiles.set_second_step(anna, None)
    assert store.profiles.second_step(anna) is None


def test_a_one_time_password_is_one_until_it_is_changed(store: Store, office: Account) -> None:
    with store.changed_by(office) as repository:
        uma = repository.accounts.add("uma", "runner", password_hash=hashed("given by office"))
    assert store.profiles.has_one_time_password(uma)
    store.sign_ins.set_password_hash("uma", hashed("chosen by uma"))
    assert not store.profiles.has_one_time_password(uma)
    with store.seen_by(uma) as repository:
        assert repository.sharing.athlete().is_own


def test_a_renewed_password_ends_browsers_and_the_second_step(
    store: Store, anna: Account, office: Account
) -> None:
    secret = store.sign_ins.begin("anna", agent=None)
    store.profiles.set_second_step(anna, "SECRET")
    with store.changed_by(office) as repository:
        repository.accounts.renew_password(anna.account_id, password_hash=hashed("another word"))
    assert store.sign_ins.account(secret) is None
    assert store.profiles.second_step(anna) is None
    assert store.profiles.has_one_time_password(anna)


def test_an_identity_belongs_to_one_account(store: Store, anna: Account, office: Account) -> None:
    with store.changed_by(office) as repository:
        repository.accounts.link(anna.account_id, " subject-7 ")
    assert store.profiles.by_outside_id("subject-7") == anna
    assert store.profiles.by_outside_id("subject-8") is None
    with store.changed_by(office) as repository:
        with pytest.raises(StoreError, match="belongs to anna already"):
            repository.accounts.link(office.account_id, "subject-7")
        repository.accounts.link(anna.account_id, None)
    assert store.profiles.by_outside_id("subject-7") is None


def test_a_closed_account_is_nobody_until_it_is_opened_again(
    store: Store, anna: Account, office: Account
) -> None:
    with store.changed_by(office) as repository:
        repository.accounts.close(anna.account_id)
    assert store.profiles.by_name("anna") is None
    with store.changed_by(office) as repository:
        repository.accounts.reopen(anna.account_id)
    assert store.profiles.by_name("anna") == anna


def test_an_administrator_locks_nobody_out_by_mistake(
    store: Store, anna: Account, athlete: Athlete, office: Account
) -> None:
    with store.changed_by(office) as repository:
        for act in (repository.accounts.close, repository.accounts.reopen):
            with pytest.raises(StoreError, match="your own account"):
                act(office.account_id)
        with pytest.raises(StoreError, match="runs of its own"):
            repository.accounts.set_role(anna.account_id, "admin")
        with pytest.raises(StoreError, match="there is none"):
            repository.accounts.set_role(anna.account_id, "king")  # type: ignore[arg-type]
        assert repository.accounts.set_role(anna.account_id, "coach").role == "coach"
        assert repository.accounts.counts().athletes == 1
        assert [one.account.name for one in repository.accounts.all()] == ["anna", "office"]
    assert athlete.is_own


@pytest.mark.parametrize("role", ["runner", "coach", "clinician"])
def test_nobody_else_keeps_accounts(store: Store, anna: Account, role: str) -> None:
    other = store.add_account("other", role)  # type: ignore[arg-type]
    with store.changed_by(other) as repository:
        accounts = repository.accounts
        for act in (
            accounts.all,
            accounts.counts,
            lambda: accounts.add("new", "admin", password_hash="x"),
            lambda: accounts.renew_password(anna.account_id, password_hash="x"),
            lambda: accounts.set_role(other.account_id, "admin"),
            lambda: accounts.link(other.account_id, "subject"),
            lambda: accounts.close(anna.account_id),
            lambda: accounts.reopen(anna.account_id),
        ):
            with pytest.raises(Forbidden, match="only an administrator"):
                act()
