"""What an administrator may do with accounts, what nobody else may, and what neither can."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from imu.store import Account, Athlete, Forbidden, Repository, Store, StoreError
from imu.store.names import printable_name
from imu.store.passwords import hashed
from tests.store.conftest import NOON, Clock
from tests.store.filled import everything

Deed = Callable[[Repository, str], object]

EVERY_DEED: dict[str, Deed] = {
    "all": lambda repository, _: repository.accounts.all(),
    "named": lambda repository, _: repository.accounts.named("anna"),
    "add": lambda repository, _: repository.accounts.add("new", "runner", password_hash="hash"),
    "renew_password": lambda repository, who: repository.accounts.renew_password(who, password_hash="hash"),
    "set_role": lambda repository, who: repository.accounts.set_role(who, "coach"),
    "link": lambda repository, who: repository.accounts.link(who, "outside"),
    "close": lambda repository, who: repository.accounts.close(who),
    "reopen": lambda repository, who: repository.accounts.reopen(who),
    "counts": lambda repository, _: repository.accounts.counts(),
}


@pytest.fixture
def office(store: Store) -> Account:
    return store.add_account("office", "admin")


def log_of(store: Store, office: Account) -> list[tuple[str, str]]:
    """What the office did with accounts, the latest last."""
    lines = [one for one in everything(store)["audit"] if one["account_id"] == office.account_id]
    return [(one["action"], one["subject"]) for one in sorted(lines, key=lambda one: one["entry_id"])][1:]


@pytest.mark.parametrize("deed", EVERY_DEED.values(), ids=EVERY_DEED)
@pytest.mark.parametrize("role", ["runner", "coach", "clinician"])
def test_only_an_administrator_keeps_accounts(store: Store, anna: Account, role: str, deed: Deed) -> None:
    other = store.add_account("other", role)  # type: ignore[arg-type]
    with (
        pytest.raises(Forbidden, match="other: only an administrator"),
        store.changed_by(other) as repository,
    ):
        deed(repository, anna.account_id)


def test_accounts_are_listed_by_name_with_what_each_has(store: Store, anna: Account, office: Account) -> None:
    assert anna.role == "runner"
    with store.changed_by(office) as repository:
        added = repository.accounts.add("ito", "clinician", password_hash=hashed("given by office"))
        repository.accounts.link(added.account_id, "  ito@clinic  ")
    with store.seen_by(office) as repository:
        found = repository.accounts.all()
        assert repository.accounts.named("ito") == added
        with pytest.raises(StoreError, match="account nobody: there is none"):
            repository.accounts.named("nobody")
    assert [(one.account.name, one.has_password, one.has_second_step, one.outside_id) for one in found] == [
        ("anna", False, False, None),
        ("ito", True, False, "ito@clinic"),
        ("office", False, False, None),
    ]


def test_a_new_account_is_known_and_must_change_its_password(store: Store, office: Account) -> None:
    with store.changed_by(office) as repository:
        dora = repository.accounts.add("  dora   d ", "runner", password_hash=hashed("given by office"))
        lee = repository.accounts.add("lee", "coach", password_hash=hashed("given by office"))
        with pytest.raises(StoreError, match="one of this name"):
            repository.accounts.add("lee", "runner", password_hash="hash")
        with pytest.raises(StoreError, match="role 'boss': there is none"):
            repository.accounts.add("boss", "boss", password_hash="hash")  # type: ignore[arg-type]
    assert (dora.name, dora.role, dora.created_at) == ("dora d", "runner", NOON)
    assert store.profiles.has_one_time_password(dora)
    with store.seen_by(dora) as repository:
        own = repository.sharing.own()
        assert (own.name, own.is_own, own.simulated) == ("dora d", True, False)
    with store.seen_by(lee) as repository, pytest.raises(StoreError, match="no record of its own"):
        repository.sharing.own()
    assert log_of(store, office)[-2:] == [("account added", "dora d"), ("account added", "lee")]


def test_a_renewed_password_is_for_one_time_without_a_second_step_and_signs_out(
    store: Store, anna: Account, office: Account
) -> None:
    store.profiles.set_second_step(anna, "JBSWY3DPEHPK3PXP")
    secret = store.sign_ins.begin("anna", agent=None)
    with store.changed_by(office) as repository:
        repository.accounts.renew_password(anna.account_id, password_hash="another hash")
    assert store.sign_ins.account(secret) is None
    assert store.profiles.second_step(anna) is None
    assert store.profiles.has_one_time_password(anna)
    assert store.sign_ins.password_hash("anna") == "another hash"
    assert log_of(store, office)[-1] == ("password renewed", "anna")


def test_another_role_signs_out_and_a_new_runner_has_a_record(store: Store, office: Account) -> None:
    lee = store.add_account("lee", "coach")
    secret = store.sign_ins.begin("lee", agent=None)
    with store.changed_by(office) as repository:
        assert repository.accounts.set_role(lee.account_id, "clinician").role == "clinician"
        with pytest.raises(StoreError, match="role 'boss'"):
            repository.accounts.set_role(lee.account_id, "boss")  # type: ignore[arg-type]
    assert store.sign_ins.account(secret) is None
    with store.changed_by(office) as repository:
        assert repository.accounts.counts().athletes == 0
        repository.accounts.set_role(lee.account_id, "runner")
        repository.accounts.set_role(lee.account_id, "coach")
        repository.accounts.set_role(lee.account_id, "runner")
        assert repository.accounts.counts().athletes == 1  # the one record, not one more each time
        with pytest.raises(StoreError, match="runs of its own"):
            repository.accounts.set_role(lee.account_id, "admin")
    with store.seen_by("lee") as repository:
        assert repository.sharing.own().name == "lee"
    assert log_of(store, office)[-1] == ("role changed", "lee")


def test_a_coach_without_a_record_may_become_an_administrator(store: Store, office: Account) -> None:
    lee = store.add_account("lee", "coach")
    with store.changed_by(office) as repository:
        assert repository.accounts.set_role(lee.account_id, "admin").role == "admin"


def test_an_identity_belongs_to_one_account_until_it_is_taken_back(
    store: Store, anna: Account, office: Account
) -> None:
    ben = store.add_account("ben", "runner")
    with store.changed_by(office) as repository:
        repository.accounts.link(anna.account_id, "sub-1")
        repository.accounts.link(anna.account_id, "sub-1")  # once more is no other account's
        with pytest.raises(StoreError, match="belongs to anna"):
            repository.accounts.link(ben.account_id, "sub-1")
        with pytest.raises(StoreError, match="1 to 255"):
            repository.accounts.link(ben.account_id, "s" * 256)
        repository.accounts.link(ben.account_id, "s" * 255)
    assert store.profiles.by_outside_id("sub-1") == anna
    with store.changed_by(office) as repository:
        for nothing in (None, "  "):
            repository.accounts.link(anna.account_id, nothing)
            repository.accounts.link(ben.account_id, nothing)  # two without one are no clash
    assert store.profiles.by_outside_id("sub-1") is None
    told = [action for action, _ in log_of(store, office)]
    assert told[0] == "identity linked"
    assert told[-1] == "identity unlinked"


def test_a_closed_account_is_out_until_it_is_opened_again(
    store: Store, anna: Account, office: Account, clock: Clock
) -> None:
    store.sign_ins.set_password_hash("anna", hashed("anna anna anna"))
    secret = store.sign_ins.begin("anna", agent=None)
    with store.changed_by(office) as repository:
        assert repository.accounts.close(anna.account_id).disabled_at == NOON
    clock.forward(days=1)
    with store.changed_by(office) as repository:
        assert (
            repository.accounts.close(anna.account_id).disabled_at == NOON
        )  # since when: since the first time
    assert store.sign_ins.password_hash("anna") is None
    with store.changed_by(office) as repository:
        assert repository.accounts.reopen(anna.account_id).disabled_at is None
    assert store.sign_ins.password_hash("anna") is not None
    assert store.sign_ins.account(secret) is None  # closing had signed it out
    assert log_of(store, office) == [("account closed", "anna")] * 2 + [("account opened again", "anna")]


@pytest.mark.parametrize("name", ["renew_password", "set_role", "close", "reopen"])
def test_no_administrator_locks_himself_out(store: Store, office: Account, name: str) -> None:
    with pytest.raises(StoreError, match="your own account"), store.changed_by(office) as repository:
        EVERY_DEED[name](repository, office.account_id)
    with pytest.raises(StoreError, match="no such account"), store.changed_by(office) as repository:
        EVERY_DEED[name](repository, "0" * 32)


def test_counts_are_of_whomever(store: Store, athlete: Athlete, office: Account) -> None:
    assert athlete.is_own
    store.sign_ins.begin("anna", agent=None)
    store.add_account("ben", "runner")
    with store.seen_by(office) as repository:
        counts = repository.accounts.counts()
    assert (counts.accounts, counts.athletes, counts.runs, counts.signed_in) == (3, 1, 0, 1)
    assert (counts.jobs_waiting, counts.jobs_failed) == (0, 0)


@pytest.mark.parametrize(
    ("name", "kept"), [("a", "a"), ("  Anna   Q ", "Anna Q"), ("x" * 80, "x" * 80), ("Zoë", "Zoë")]
)
def test_a_name_is_kept_without_needless_space(name: str, kept: str) -> None:
    assert printable_name(name) == kept


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\x00b", "a\u202eb"])
def test_a_name_that_cannot_be_printed_is_none(name: str) -> None:
    with pytest.raises(StoreError, match="1 to 80 characters"):
        printable_name(name)


def test_sharing_until_now_is_over_already(store: Store, athlete: Athlete) -> None:
    store.add_account("lee", "coach")
    with store.changed_by("anna") as repository:
        for until in (NOON, NOON - timedelta(seconds=1)):
            with pytest.raises(StoreError, match="over already"):
                repository.sharing.grant(athlete.athlete_id, "lee", "training", until=until)
        made = repository.sharing.grant(
            athlete.athlete_id, "lee", "training", until=NOON + timedelta(seconds=1)
        )
    assert (made.viewer, made.scope, made.granted_at, made.revoked_at) == ("lee", "training", NOON, None)
    assert made.until == NOON + timedelta(seconds=1)


def test_nothing_is_shared_with_an_account_that_is_closed(
    store: Store, athlete: Athlete, office: Account
) -> None:
    lee = store.add_account("lee", "coach")
    with store.changed_by(office) as repository:
        repository.accounts.close(lee.account_id)
    for name in ("lee", "nobody"):
        with pytest.raises(StoreError, match="none to share with"), store.changed_by("anna") as repository:
            repository.sharing.grant(athlete.athlete_id, name, "training")


def test_one_line_a_day_says_that_somebody_looked(store: Store, athlete: Athlete, clock: Clock) -> None:
    coach = store.add_account("lee", "coach")
    with store.changed_by("anna") as repository:
        repository.sharing.grant(athlete.athlete_id, "lee", "training")
    clock.now = NOON.replace(hour=0)  # the first moment of a day belongs to it
    for hours in (0, 0.5, 23.4, 0.2):
        clock.forward(hours=hours)
        with store.seen_by(coach) as repository:
            repository.record(athlete.athlete_id)
    with store.seen_by("anna") as repository:
        looks = [one for one in repository.sharing.audit(athlete.athlete_id) if one.action == "read"]
    assert [one.at.day for one in looks] == [3, 2]


def test_looking_twice_at_one_thing_and_once_at_another_is_two_lines(store: Store, athlete: Athlete) -> None:
    coach = store.add_account("lee", "coach")
    with store.changed_by("anna") as repository:
        repository.sharing.grant(athlete.athlete_id, "lee", "training")
    with store.seen_by(coach) as repository:
        for what in ("table", "table", "summary"):
            repository.sharing.took(athlete.athlete_id, what)
    with store.seen_by("anna") as repository:
        looks = [one for one in repository.sharing.audit(athlete.athlete_id) if one.action == "read"]
    assert sorted(str(one.subject) for one in looks) == ["summary", "table"]


def test_the_log_can_be_asked_for_others_only_and_for_a_few_lines(store: Store, athlete: Athlete) -> None:
    coach = store.add_account("lee", "coach")
    with store.changed_by("anna") as repository:
        repository.sharing.grant(athlete.athlete_id, "lee", "training")
    with store.changed_by(coach) as repository:
        repository.sharing.add_note(athlete.athlete_id, "  well done ")
        with pytest.raises(StoreError, match="without a word"):
            repository.sharing.add_note(athlete.athlete_id, "  ")
    with store.seen_by("anna") as repository:
        log = repository.sharing.audit
        assert {one.by for one in log(athlete.athlete_id)} == {"anna", "lee"}
        assert [one.by for one in log(athlete.athlete_id, by_others=True)] == ["lee"]
        assert [one.action for one in log(athlete.athlete_id, most=2)] == ["note written", "shared"]
        (note,) = repository.sharing.notes(athlete.athlete_id)
    assert (note.at, note.by, note.text) == (NOON, "lee", "well done")


def test_an_athlete_is_found_by_id_and_by_a_name_that_one_has(store: Store) -> None:
    coach = store.add_account("lee", "coach")
    with store.changed_by(coach) as repository:
        with pytest.raises(StoreError, match="no athlete is known"):
            repository.sharing.athlete()
        first = repository.sharing.add_athlete("Dora")
        assert repository.sharing.athlete() == first
        second = repository.sharing.add_athlete("Dora")
        third = repository.sharing.add_athlete("anton")
        assert repository.sharing.athletes()[0] == third  # by name, whatever its first letter's size
        assert repository.sharing.athlete(second.athlete_id) == second
        assert repository.sharing.athlete("anton") == third
        with pytest.raises(StoreError, match="2 have this name"):
            repository.sharing.athlete("Dora")
        with pytest.raises(StoreError, match="3 athletes are shared with you"):
            repository.sharing.athlete()
        own = repository.sharing.add_athlete("zoe", own=True)
        assert repository.sharing.athletes()[0] == own
        assert repository.sharing.athlete() == repository.sharing.own() == own
        with pytest.raises(StoreError, match="has an athlete already"):
            repository.sharing.add_athlete("one more", own=True)


def test_an_administrator_keeps_no_athletes(store: Store, office: Account) -> None:
    with pytest.raises(Forbidden, match="accounts, not athletes"), store.changed_by(office) as repository:
        repository.sharing.add_athlete("Dora")


def test_all_that_was_ever_shared_is_listed_the_latest_first(
    store: Store, athlete: Athlete, clock: Clock
) -> None:
    for name in ("lee", "ito"):
        store.add_account(name, "coach")
    with store.changed_by("anna") as repository:
        repository.sharing.grant(athlete.athlete_id, "lee", "training")
        clock.forward(hours=1)
        repository.sharing.grant(athlete.athlete_id, "ito", "clinical")
        clock.forward(hours=1)
        assert repository.sharing.revoke(athlete.athlete_id, "lee") == 1
        with pytest.raises(StoreError, match="nothing of Anna is shared"):
            repository.sharing.revoke(athlete.athlete_id, "lee")
        found = repository.sharing.grants(athlete.athlete_id)
        assert repository.sharing.audit(athlete.athlete_id)[0].action == "sharing ended"
    assert [(one.viewer, one.revoked_at) for one in found] == [
        ("ito", None),
        ("lee", NOON + timedelta(hours=2)),
    ]
