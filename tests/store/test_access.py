"""Who sees what: a truth table, and a stranger who learns nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from imu.followup.standing import judged_and_kept
from imu.store import Account, Athlete, Forbidden, Repository, Role, Scope, Store, StoreError
from imu.store.erase import erase
from imu.store.rights import OWN, granted
from imu.training.history import HOLDS, CheckIn, Decision, DecisionKind, Injury
from tests.store.conftest import NOON, Clock
from tests.store.filled import everything

PAIN = CheckIn(at=NOON, moment="after", pain=3, site="hamstring", note="tight on the bend")


@pytest.fixture
def told(store: Store, anna: Account, athlete: Athlete) -> str:
    with store.changed_by(anna) as repository:
        repository.care.add_check_in(athlete.athlete_id, PAIN)
    return athlete.athlete_id


def shared(store: Store, athlete_id: str, *, role: Role, scope: Scope) -> Account:
    viewer = store.add_account("other", role)
    with store.changed_by("anna") as repository:
        repository.sharing.grant(athlete_id, "other", scope)
    return viewer


@pytest.mark.parametrize(
    ("role", "scope", "reads_notes", "decides"),
    [
        ("runner", "training", False, False),
        ("runner", "clinical", True, False),
        ("coach", "training", False, False),
        ("coach", "clinical", True, False),
        ("clinician", "training", False, False),
        ("clinician", "clinical", True, True),
    ],
)
def test_a_grant_gives_what_its_scope_and_the_role_allow(
    store: Store, told: str, role: Role, scope: Scope, reads_notes: bool, decides: bool
) -> None:
    viewer = shared(store, told, role=role, scope=scope)
    with store.seen_by(viewer) as repository:
        (answer,) = repository.record(told).history.check_ins
    assert answer.pain == 3
    assert (answer.note is not None) is (answer.site is not None) is reads_notes
    hold = Decision(at=NOON, kind="hold", by="other", reason="wait for the scan")
    if decides:
        with store.changed_by(viewer) as repository:
            repository.care.decide(told, hold)
    else:
        with pytest.raises(Forbidden, match="decide"), store.changed_by(viewer) as repository:
            repository.care.decide(told, hold)


def test_an_administrator_has_no_health_data(store: Store, told: str) -> None:
    viewer = shared(store, told, role="admin", scope="clinical")
    with store.seen_by(viewer) as repository:
        assert repository.sharing.athletes() == ()
        assert [one.account.name for one in repository.accounts.all()] == ["anna", "other"]
        with pytest.raises(Forbidden):
            repository.record(told)


def test_a_stranger_does_not_learn_that_an_athlete_exists(store: Store, told: str) -> None:
    stranger = store.add_account("stranger", "clinician")
    lines = []
    for who in (told, "0" * 32):
        with store.seen_by(stranger) as repository, pytest.raises(Forbidden) as refused:
            repository.record(who)
        lines.append(str(refused.value).replace(who, "WHO"))
    assert lines[0] == lines[1]
    with store.seen_by(stranger) as repository, pytest.raises(Forbidden, match="Anna"):
        repository.sharing.athlete("Anna")


def test_a_grant_ends_by_itself_and_when_it_is_taken_back(store: Store, told: str, clock: Clock) -> None:
    coach = store.add_account("coach", "coach")
    with store.changed_by("anna") as repository:
        repository.sharing.grant(told, "coach", "training", until=NOON + timedelta(days=7))
    with store.seen_by(coach) as repository:
        assert [one.name for one in repository.sharing.athletes()] == ["Anna"]
    clock.forward(days=7)
    with store.seen_by(coach) as repository, pytest.raises(Forbidden):
        repository.record(told)
    with store.changed_by("anna") as repository:
        repository.sharing.grant(told, "coach", "training")
        assert repository.sharing.revoke(told, "coach") == 2
    with store.seen_by(coach) as repository, pytest.raises(Forbidden):
        repository.record(told)


def test_an_athlete_sees_who_looked(store: Store, told: str) -> None:
    coach = shared(store, told, role="coach", scope="training")
    for _ in range(3):
        with store.seen_by(coach) as repository:
            repository.record(told)
    with store.seen_by("anna") as repository:
        repository.record(told)
        entries = repository.sharing.audit(told)
    assert [(entry.by, entry.action) for entry in entries if entry.action == "read"] == [("other", "read")]


def test_judging_is_no_look(store: Store, told: str) -> None:
    coach = shared(store, told, role="coach", scope="training")
    with store.changed_by(coach) as repository:
        judged_and_kept(repository, told, analysis_version="test")
    with store.seen_by("anna") as repository:
        assert not [one for one in repository.sharing.audit(told) if one.action == "read"]


def test_a_look_is_noted_whatever_comes_after_it(store: Store, told: str) -> None:
    coach = shared(store, told, role="coach", scope="training")

    def look_and_fail() -> None:
        with store.seen_by(coach) as repository:
            repository.record(told)
            raise LookupError

    def look_and_change() -> None:
        with store.changed_by(coach) as repository:
            repository.record(told, segments=False)
            repository.runs.listed(told)
            repository.care.add_check_in(told, PAIN)

    with pytest.raises(LookupError):
        look_and_fail()
    with pytest.raises(Forbidden):
        look_and_change()
    with store.seen_by("anna") as repository:
        entries = repository.sharing.audit(told)
    assert [entry.subject for entry in entries if entry.action == "read"] == ["runs", "record"]


@pytest.mark.parametrize(
    ("look", "subject"),
    [
        (lambda repository, _: repository.standings.squad(analysis_version="test"), "standing"),
        (lambda repository, who: repository.standings.one(who, analysis_version="test"), "standing"),
        (lambda repository, who: repository.sharing.notes(who), "notes"),
    ],
)
def test_lists_and_notes_are_looks_too(
    store: Store, told: str, look: Callable[[Repository, str], object], subject: str
) -> None:
    coach = shared(store, told, role="coach", scope="training")
    for viewer in (coach, "anna", coach):
        with store.seen_by(viewer) as repository:
            look(repository, told)
    with store.seen_by("anna") as repository:
        entries = repository.sharing.audit(told)
    assert [(entry.by, entry.subject) for entry in entries if entry.action == "read"] == [("other", subject)]


def test_a_coach_may_not_look_into_the_log(store: Store, told: str) -> None:
    coach = shared(store, told, role="coach", scope="clinical")
    with store.seen_by(coach) as repository, pytest.raises(Forbidden, match="share"):
        repository.sharing.audit(told)


def test_an_error_leaves_nothing_behind(store: Store, told: str) -> None:
    def two_answers() -> None:
        with store.changed_by("anna") as repository:
            repository.care.add_check_in(told, PAIN)
            repository.care.add_check_in(told, CheckIn(at=NOON, moment="during", pain=11))

    with pytest.raises(StoreError, match="pain 11"):
        two_answers()
    with store.seen_by("anna") as repository:
        assert len(repository.record(told).history.check_ins) == 1


def test_what_was_opened_for_reading_takes_no_change(store: Store, told: str) -> None:
    with pytest.raises(RuntimeError, match="changed_by"), store.seen_by("anna") as repository:
        repository.care.add_check_in(told, PAIN)


def test_two_athletes_may_name_their_injuries_alike(store: Store, told: str) -> None:
    injury = Injury(injury_id="strain", side="left", site="hamstring", onset=NOON.date())
    with store.changed_by("anna") as repository:
        repository.care.add_injury(told, injury)
    ben = store.add_account("ben", "runner")
    with store.changed_by(ben) as repository:
        own = repository.sharing.add_athlete("Ben", own=True)
        repository.care.add_injury(own.athlete_id, injury)
    with pytest.raises(StoreError, match="strain"), store.changed_by("anna") as repository:
        repository.care.add_injury(told, injury)


def test_among_several_accounts_nobody_acts_unless_it_is_said_who(store: Store, told: str) -> None:
    assert told
    assert store.only_account().name == "anna"
    store.add_account("dr lee", "clinician")
    with pytest.raises(
        StoreError, match=r"2 accounts use this store \(anna and dr lee\); say who acts with --as"
    ):
        store.only_account()
    office = store.add_account("office", "admin")
    with store.changed_by(office) as repository:
        repository.accounts.close(repository.accounts.named("dr lee").account_id)
    with pytest.raises(StoreError, match="anna and office"):
        store.only_account()


def test_what_sensors_recorded_is_the_only_runners_whoever_has_an_account(store: Store, told: str) -> None:
    assert told
    store.add_account("dr lee", "clinician")
    assert store.wearer().name == "anna"
    store.add_account("ben", "runner")
    with pytest.raises(StoreError, match=r"3 accounts use this store \(anna, ben and dr lee\)"):
        store.wearer()


def test_of_many_accounts_a_few_are_named(store: Store) -> None:
    for name in "abcdefgh":
        store.add_account(name, "coach")
    with pytest.raises(StoreError, match=r"8 accounts use this store \(a, b, c, d, e and others\)"):
        store.only_account()


CLEARED = Decision(at=NOON, kind="resume", by="anna", reason="a cramp", cleared_by="Dr Mori")


def test_a_told_clearance_is_kept_as_told_and_audited_as_such(store: Store, told: str) -> None:
    coach = shared(store, told, role="coach", scope="training")
    with store.changed_by("anna") as repository:
        assert repository.care.may_tell_clearance(told, "resume")
        repository.care.tell_clearance(told, CLEARED)
        (entry, *_) = repository.sharing.audit(told)
        (kept,) = repository.record(told).history.decisions
    assert (entry.by, entry.action, entry.subject) == ("anna", "clearance told", "resume")
    assert kept.whose == "told by anna, not by a clinician's account: Dr Mori"
    with store.seen_by(coach) as repository:
        (seen,) = repository.record(told).history.decisions
    assert seen.whose == "told by anna, not by a clinician's account: a clinician"  # whose patient, is hers


@pytest.mark.parametrize(
    ("role", "scope", "follows"),
    [
        ("clinician", "clinical", True),
        ("clinician", "training", False),
        ("coach", "clinical", False),
        ("runner", "clinical", False),
    ],
)
def test_a_clearance_is_told_only_where_nobody_decides(
    store: Store, told: str, role: Role, scope: Scope, follows: bool
) -> None:
    viewer = shared(store, told, role=role, scope=scope)
    with store.changed_by("anna") as repository:
        assert repository.care.may_tell_clearance(told, "resume") is not follows
        if follows:
            with pytest.raises(StoreError, match="other decides"):
                repository.care.tell_clearance(told, CLEARED)
            repository.sharing.revoke(told, "other")
        repository.care.tell_clearance(told, CLEARED)
    with pytest.raises(Forbidden), store.changed_by(viewer) as repository:
        repository.care.tell_clearance(told, CLEARED)


@pytest.mark.parametrize("kind", HOLDS)
def test_a_hold_or_a_no_of_a_clinicians_account_outlasts_the_sharing(
    store: Store, told: str, kind: DecisionKind
) -> None:
    store.add_account("ito", "clinician")
    hold = Decision(at=NOON, kind=kind, by="ito", reason="MRI first")

    def without_ito(repository: Repository) -> None:
        repository.sharing.revoke(told, "ito")
        assert not repository.care.may_tell_clearance(told, "resume")
        with pytest.raises(StoreError, match="a clinician's account said no"):
            repository.care.tell_clearance(told, CLEARED)
        repository.sharing.grant(told, "ito", "clinical")

    with store.changed_by("anna") as repository:
        repository.sharing.grant(told, "ito", "clinical")
    with store.changed_by("ito") as repository:
        repository.care.decide(told, hold)
    with store.changed_by("anna") as repository:
        without_ito(repository)
    with store.changed_by("ito") as repository:
        repository.care.decide(told, replace(hold, kind="resume", reason="clear"))
        repository.care.answer_gate(told, "clinician_ok", passed=False, at=NOON + timedelta(minutes=1))
    with store.changed_by("anna") as repository:
        without_ito(repository)


def test_a_no_to_exercises_refuses_those_alone_until_the_account_takes_it_back(
    store: Store, told: str, clock: Clock
) -> None:
    exercises = replace(CLEARED, kind="exercises")

    def answered(gate: str, *, passed: bool) -> bool:
        """Whether exercises may be told of after an answer of the clinician's account."""
        with store.changed_by("anna") as repository:
            repository.sharing.grant(told, "ito", "clinical")
        clock.forward(minutes=1)
        with store.changed_by("ito") as repository:
            repository.care.answer_gate(told, gate, passed=passed, at=clock.now)
        with store.changed_by("anna") as repository:
            repository.sharing.revoke(told, "ito")
            assert repository.care.may_tell_clearance(told, "resume")
            return repository.care.may_tell_clearance(told, "exercises")

    store.add_account("ito", "clinician")
    assert not answered("clinician_ok_exercises", passed=False)
    with (
        pytest.raises(StoreError, match="a clinician's account said no"),
        store.changed_by("anna") as repository,
    ):
        repository.care.tell_clearance(told, exercises)
    assert answered("clinician_ok", passed=True)  # who says that running may begin, agrees to them
    assert not answered("clinician_ok_exercises", passed=False)
    assert answered("clinician_ok_exercises", passed=True)
    with store.changed_by("anna") as repository:
        repository.care.tell_clearance(told, exercises)


def test_a_clinicians_account_answers_the_gate_of_the_exercises(store: Store, told: str) -> None:
    viewer = shared(store, told, role="clinician", scope="clinical")
    with pytest.raises(StoreError, match="answers the gate"), store.changed_by(viewer) as repository:
        repository.care.decide(told, Decision(at=NOON, kind="exercises", by="other", reason="begin"))


def test_who_keeps_anothers_record_tells_no_clearance(store: Store) -> None:
    """It was not said to a coach."""
    store.add_account("kim", "coach")
    with store.changed_by("kim") as repository:
        eve = repository.sharing.add_athlete("Eve").athlete_id
        assert not repository.care.may_tell_clearance(eve, "resume")
    with pytest.raises(Forbidden), store.changed_by("kim") as repository:
        repository.care.tell_clearance(eve, CLEARED)


def test_a_clinician_whose_grant_is_over_or_who_left_decides_no_more(
    store: Store, told: str, clock: Clock
) -> None:
    store.add_account("other", "clinician")
    gone, office = store.add_account("gone", "clinician"), store.add_account("office", "admin")
    with store.changed_by("anna") as repository:
        repository.sharing.grant(told, "other", "clinical", until=NOON + timedelta(days=1))
        repository.sharing.grant(told, "gone", "clinical")
        assert not repository.care.may_tell_clearance(told, "resume")
    with store.changed_by(office) as repository:
        repository.accounts.close(gone.account_id)
    clock.forward(days=1)
    with store.seen_by("anna") as repository:
        assert repository.care.may_tell_clearance(told, "resume")


def test_only_a_hold_and_a_gate_are_told_of_and_a_clinician_decides_in_his_own_name(
    store: Store, told: str
) -> None:
    with store.changed_by("anna") as repository:
        for wrong, words in (
            (replace(CLEARED, kind="set_stage", stage="9"), "only a clinician's account"),
            *((replace(CLEARED, kind=one), "only a clinician's account") for one in HOLDS),
            (replace(CLEARED, cleared_by=None), "say which clinician"),
            (replace(CLEARED, cleared_by="d" * 81), "the name of a clinician has"),
            (replace(CLEARED, reason=" "), "needs a reason"),
        ):
            with pytest.raises(StoreError, match=words):
                repository.care.tell_clearance(told, wrong)
    viewer = shared(store, told, role="clinician", scope="clinical")
    with pytest.raises(StoreError, match="in its own name"), store.changed_by(viewer) as repository:
        repository.care.decide(told, CLEARED)


@pytest.mark.parametrize(("role", "decides"), [("coach", False), ("clinician", True), ("runner", False)])
def test_who_adds_an_athlete_keeps_the_record(store: Store, role: Role, decides: bool) -> None:
    keeper = store.add_account("keeper", role)
    store.add_account("other", "coach")
    with store.changed_by(keeper) as repository:
        athlete = repository.sharing.add_athlete("Dora")
        repository.care.add_check_in(athlete.athlete_id, PAIN)
        repository.sharing.grant(athlete.athlete_id, "other", "training")
        (answer,) = repository.record(athlete.athlete_id).history.check_ins
    assert answer.note == PAIN.note
    assert athlete.rights == granted(role, "clinical") | (OWN - {"tell_clearance"})
    assert ("decide" in athlete.rights) is decides
    with pytest.raises(StoreError, match="hand it over"), store.changed_by(keeper) as repository:
        repository.sharing.revoke(athlete.athlete_id, "keeper")
    with pytest.raises(StoreError, match="hand it over"), store.changed_by(keeper) as repository:
        repository.sharing.grant(athlete.athlete_id, "other", "keeper")
    erase(store, keeper, athlete.athlete_id)
    assert [one for one in everything(store)["audit"] if one["athlete_id"]] == []


@pytest.mark.parametrize(("role", "scope"), [("coach", "training"), ("clinician", "clinical")])
def test_a_record_is_handed_over_to_the_runner_whose_it_is(store: Store, role: Role, scope: Scope) -> None:
    keeper, dora = store.add_account("keeper", role), store.add_account("dora", "runner")
    with store.changed_by(keeper) as repository:
        who = repository.sharing.add_athlete("Dora").athlete_id
        with pytest.raises(StoreError, match="runner"):
            repository.sharing.hand_over(who, "keeper")
        repository.sharing.hand_over(who, "dora")
    with store.seen_by(keeper) as repository:
        assert repository.sharing.athlete("Dora").rights == granted(role, scope)
    with store.changed_by(dora) as repository:
        assert repository.sharing.athlete().rights == OWN
        with pytest.raises(StoreError, match="already"):
            repository.sharing.hand_over(who, "dora")
        assert repository.sharing.revoke(who, "keeper") == 1
    with store.seen_by(keeper) as repository, pytest.raises(Forbidden):
        repository.record(who)
