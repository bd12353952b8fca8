"""Names of accounts: no two new ones differ only in case, and a typed one finds whom it means."""

import pytest

from imu.store import Account, Athlete, Forbidden, Store, StoreError
from imu.store.access import new_id
from imu.store.rows import AccountRow
from imu.store.sign_ins import TRIES
from tests.store.conftest import NOON


def from_before(store: Store, name: str, role: str = "coach") -> str:
    """An account as older versions added it, whatever else there was. Its id."""
    row = AccountRow(account_id=new_id(), name=name, role=role, created_at=NOON)
    with store._transaction() as session:
        session.add(row)
    return row.account_id


@pytest.mark.parametrize(
    ("there", "new"),
    [("anna", "Anna"), ("Anna", "ANNA"), ("Groß", "GROSS"), ("Élodie", "élodie"), ("Élodie", "E\u0301LODIE")],
)
def test_a_new_name_that_differs_only_in_case_is_refused(store: Store, there: str, new: str) -> None:
    store.add_account("office", "admin")
    store.add_account(there, "runner")
    said = f"account {new}: there is {there}, which differs only in case; choose another"
    with pytest.raises(StoreError) as refused:
        store.add_account(new, "coach")
    assert str(refused.value) == said
    with pytest.raises(StoreError) as refused, store.changed_by("office") as repository:
        repository.accounts.add(new, "coach", password_hash="hash")
    assert str(refused.value) == said
    assert {one.name for one in store.accounts()} == {"office", there}


def test_a_name_in_another_case_finds_the_account(store: Store, anna: Account, athlete: Athlete) -> None:
    cleo = store.add_account("cleo", "coach")
    assert store.named("ANNA") == anna
    with store.changed_by(anna) as repository:
        granted = repository.sharing.grant(athlete.athlete_id, "Cleo", "training")
        assert granted.viewer == "cleo"
        assert repository.sharing.athlete("ANNA").athlete_id == athlete.athlete_id
        (line, *_) = repository.sharing.audit(athlete.athlete_id)
        assert (line.action, line.subject) == ("shared", "cleo")
    with store.seen_by(cleo) as repository:
        assert repository.sharing.athlete("anna").athlete_id == athlete.athlete_id
    with store.changed_by(anna) as repository:
        assert repository.sharing.revoke(athlete.athlete_id, "CLEO") == 1
    with pytest.raises(Forbidden, match="account annab: there is none"):
        store.named("annab")


def test_accounts_from_before_that_differ_only_in_case_go_on_and_are_never_mixed_up(
    store: Store, anna: Account, athlete: Athlete
) -> None:
    lower, upper = from_before(store, "cleo"), from_before(store, "Cleo")
    assert (store.named("cleo").account_id, store.named("Cleo").account_id) == (lower, upper)
    for act in (store.named, lambda name: share(store, anna, athlete, name)):
        with pytest.raises(StoreError, match="account CLEO: Cleo and cleo differ only in case; write"):
            act("CLEO")
    share(store, anna, athlete, "Cleo")
    with store.seen_by(store.named("Cleo")) as repository:
        assert repository.sharing.athletes()
    with store.seen_by(store.named("cleo")) as repository:
        assert not repository.sharing.athletes()


def share(store: Store, anna: Account, athlete: Athlete, name: str) -> None:
    with store.changed_by(anna) as repository:
        repository.sharing.grant(athlete.athlete_id, name, "training")


def test_a_closed_account_is_not_opened_by_writing_it_otherwise(store: Store, anna: Account) -> None:
    store.add_account("office", "admin")
    from_before(store, "ANNA")
    with store.changed_by("office") as repository:
        repository.accounts.close(anna.account_id)
    for name in ("anna", "office2"):
        with pytest.raises(Forbidden, match=f"account {name}: there is none, or it is closed"):
            store.named(name)


def test_whoever_signs_in_may_write_his_name_in_any_case(store: Store, anna: Account) -> None:
    store.sign_ins.set_password_hash("anna", "hash")
    assert store.sign_ins.password_hash("Anna") == "hash"
    assert store.profiles.by_name("ANNA") == anna
    from_before(store, "Anna")
    assert store.sign_ins.password_hash("Anna") is None
    assert store.sign_ins.password_hash("ANNA") is None
    assert store.profiles.by_name("ANNA") is None


@pytest.mark.usefixtures("anna")
def test_no_more_tries_are_had_by_writing_a_name_otherwise(store: Store) -> None:
    for name in ("anna", "nobody"):
        for turn in range(TRIES):
            assert store.sign_ins.attempt(name.upper() if turn % 2 else name) is None
        assert store.sign_ins.attempt(name.title()) is not None
    store.sign_ins.succeeded("anna")
    assert store.sign_ins.attempt("ANNA") is None


def test_who_signs_in_beside_a_namesake_forgives_the_tries_of_none_but_himself(
    store: Store, anna: Account
) -> None:
    assert anna.name == "anna"
    from_before(store, "Anna")
    for _ in range(TRIES):
        store.sign_ins.attempt("Anna")
    store.sign_ins.succeeded("anna")
    assert store.sign_ins.attempt("Anna") is not None
